"""The terms of a round as a value: who may apply, with what, how it is judged, and who decides at the end."""

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

from tiers import titles
from tiers.editions import Force
from tiers.names import TIER_NAMES
from tiers.rounds import Windows

# The tiers a round can be about: the letter in its reference, and the name.
_LETTERS = {"basic": "B", "advanced": "A", "excellent": "E", "leading": "L"}
TIERS = {code: (_LETTERS[code], name) for code, name in TIER_NAMES.items()}

# Titles that rules can name (82号 二(一)2, 二(三)4).
TITLES = {title.code: title.name for title in titles.TITLES}

FORMATS = ("pdf", "docx", "xlsx", "jpg", "png", "mp4")

# What a column of the summary table can hold.
COLUMNS = {
    "position": "推荐顺序",
    "unit": "推荐单位",
    "enterprise": "申报单位",
    "code": "统一社会信用代码",
    "city": "所在市州",
    "factory": "工厂名称",
    "project": "项目名称",
    "industry": "所属行业",
    "nature": "企业性质",
    "address": "工厂地址",
    "maturity": "成熟度等级",
    "score": "评审得分",
    "contact": "联系人",
    "phone": "联系电话",
    "remarks": "备注",
}


class Decider(StrEnum):
    """Who recognises at the end."""

    UNIT = "unit"  # the recommending unit itself: 先进级
    MINISTRY = "ministry"  # the ministries: 卓越级

    @property
    def label(self) -> str:
        """Its name."""
        return {"unit": "推荐单位评审认定", "ministry": "国家部委评审认定"}[self]


# What an applicant that was not recommended, or not recognised, may know of the experts' scores; never a name.
DISCLOSURES = {
    "nothing": "不告知得分",
    "total": "告知评审总分",
    "criteria": "告知评审总分和各评分项平均分",
}


class Method(StrEnum):
    """How the experts' scores become one."""

    MEAN = "mean"
    TRIMMED = "trimmed"

    @property
    def label(self) -> str:
        """Its name."""
        return {"mean": "算术平均", "trimmed": "去掉一个最高分和一个最低分后平均"}[self]


class Ties(StrEnum):
    """What parts equal scores; the notices don't say."""

    OFFICER = "officer"
    CRITERIA = "criteria"

    @property
    def label(self) -> str:
        """Its name."""
        return {
            "officer": "并列的由主管部门研究确定，并写明理由",
            "criteria": "依次比较权重较高的评分项的平均分，仍相同的由主管部门研究确定",
        }[self]


@dataclass(frozen=True)
class Rule:
    """One condition of eligibility in its notice's words; `value` is what its kind compares with (see RULE_KINDS)."""

    code: str
    kind: str
    text: str
    clause: str
    force: Force = Force.REQUIRED
    value: Any = None
    unverified: bool = False


@dataclass(frozen=True)
class Attachment:
    """A file that comes with an application."""

    code: str
    name: str
    required: bool
    formats: tuple[str, ...]
    most_mb: int
    most: int
    clause: str
    help: str = ""
    unverified: bool = False


@dataclass(frozen=True)
class Limit:
    """How long or how many something in the form may be."""

    code: str
    name: str
    most: int
    unit: str
    clause: str
    unverified: bool = False


@dataclass(frozen=True)
class Criterion:
    """One line of the score sheet."""

    code: str
    name: str
    weight: Decimal
    clause: str
    help: str = ""
    unverified: bool = False


@dataclass(frozen=True)
class Aggregation:
    """How sheets become a score: trimmed only from `trim_from` sheets on, otherwise the plain mean."""

    method: Method
    trim_from: int
    least_sheets: int
    decimals: int
    clause: str
    unverified: bool = False
    ties: Ties = Ties.OFFICER


@dataclass(frozen=True)
class Column:
    """One column of the summary table."""

    code: str
    name: str
    clause: str
    unverified: bool = False


@dataclass(frozen=True)
class Direct:
    """Who applies directly and outside the quota: a title taken on within these years and passed (82号 二(三)4)."""

    title: str
    from_year: int
    to_year: int
    text: str
    clause: str


@dataclass(frozen=True)
class Terms:
    """Everything about a round that is fixed once it is published."""

    sources: tuple[str, ...]
    decider: Decider
    decider_clause: str
    departments: tuple[str, ...]
    departments_clause: str
    publicity_clause: str
    rules: tuple[Rule, ...] = ()
    limits: tuple[Limit, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    criteria: tuple[Criterion, ...] = ()
    aggregation: Aggregation = field(default_factory=lambda: Aggregation(Method.MEAN, 5, 3, 2, ""))
    columns: tuple[Column, ...] = ()
    direct: Direct | None = None
    notes: tuple[str, ...] = ()
    disclosure: str = "nothing"
    disclosure_unverified: bool = False

    @property
    def disclosure_label(self) -> str:
        """What may be known, in words."""
        return DISCLOSURES[self.disclosure]

    @property
    def weight(self) -> Decimal:
        """What the score sheet sums up to."""
        return sum((criterion.weight for criterion in self.criteria), Decimal(0))


@dataclass(frozen=True)
class Programme:
    """A round as shipped: whose it is, its terms, its windows. `units` are codes; `kinds` stand for all others."""

    code: str
    name: str
    year: int
    tier: str
    batch: int
    edition: str
    kinds: tuple[str, ...]
    units: tuple[str, ...]
    quota: int | None
    windows: Windows
    publicity_days: int
    terms: Terms
    document: dict[str, Any]
    unverified_windows: str = ""

    def is_for(self, unit_code: str, unit_kind: str) -> bool:
        """Whether this unit's rounds are made from it: named, or of its kind and not named elsewhere."""
        return unit_code in self.units or (not self.units and unit_kind in self.kinds)


FULL = Decimal(100)


def weight_reason(terms: Terms) -> str | None:
    """Why the score sheet can't be used, or None."""
    if terms.weight != FULL:
        return f"评分表各项权重之和应为100，现为{terms.weight.normalize():f}，请调整。"
    return None


def missing(terms: Terms) -> list[str]:
    """What the terms lack before a round can be published: one sentence each."""
    wanted = [
        (terms.departments, "尚未确定参与部门。"),
        (terms.rules, "尚未填写申报条件。"),
        (terms.attachments, "尚未填写申报材料（附件）要求。"),
        (terms.criteria, "尚未填写评分表。"),
        (terms.columns, "尚未确定推荐汇总表的栏目。"),
    ]
    found = [sentence for part, sentence in wanted if not part]
    if terms.criteria and (reason := weight_reason(terms)):
        found.append(reason)
    return found
