"""Eligibility: the kinds of rule that a round can be made of, and what each says of an applicant's facts."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from tiers.editions import Force
from tiers.file_tables import one_of, some_of, texts, whole
from tiers.terms import TIERS, TITLES, Direct, Rule

# Grades of accidents; 亡人 is any that cost a life, whatever its grade (82号 二(一)4).
ACCIDENTS = {"fatal": "亡人", "larger": "较大", "major": "重大", "severe": "特别重大"}
LEVELS = {1: "一级", 2: "二级", 3: "三级", 4: "四级", 5: "五级"}


class Verdict(StrEnum):
    """What the facts say about a rule."""

    MET = "met"
    UNMET = "unmet"
    UNKNOWN = "unknown"  # to be asked, or not on file yet


@dataclass(frozen=True)
class Held:
    """A title that is held: which, of which year, and whether what it was given for has passed acceptance."""

    title: str
    year: int
    accepted: bool = True


@dataclass(frozen=True)
class Facts:
    """What is known of an applicant; None: not known. `statements` are answers by the rule's code.

    `is_of_group`: belongs to the very group whose round it is. `told`: what is on file in words, by the fact's name.
    """

    is_branch: bool | None = None
    industry: str | None = None
    is_in_unit: bool | None = None
    is_central: bool | None = None
    is_of_group: bool | None = None
    is_above_scale: bool | None = None
    held: tuple[Held, ...] | None = None
    tiers_held: frozenset[str] | None = None
    tiers_met: frozenset[str] | None = None
    basics_met: bool | None = None
    maturity_level: int | None = None
    accidents: frozenset[str] | None = None
    is_barred: bool | None = None
    statements: Mapping[str, bool] = field(default_factory=dict)
    told: Mapping[str, str] = field(default_factory=dict)


# Where each fact is known from.
SOURCES = {
    "is_branch": "企业登记",
    "is_in_unit": "企业登记",
    "is_central": "企业登记",
    "is_of_group": "企业登记",
    "is_above_scale": "企业登记",
    "held": "荣誉称号",
    "tiers_held": "荣誉称号",
    "maturity_level": "智能工厂自评",
    "tiers_met": "智能工厂自评",
    "basics_met": "智能工厂自评",
    "is_barred": "称号撤销记录",
    "accidents": "申报主体填写",
    "statements": "申报主体填写",
}


@dataclass(frozen=True)
class Outcome:
    """A rule measured against facts: the verdict; why and what to do for whoever does not meet it or has to be asked.

    `ends`: nothing that the applicant writes could change it, so there is no use in beginning.
    """

    rule: Rule
    verdict: Verdict
    reason: str = ""
    remedy: str = ""
    ends: bool = False

    @property
    def stops(self) -> bool:
        """Whether nobody may apply like this: a hard rule that is not met."""
        return self.verdict is Verdict.UNMET and self.rule.force is Force.REQUIRED


@dataclass(frozen=True)
class Parameter:
    """What a kind of rule compares with: its key in a file, its name on a page, and what it may be."""

    key: str
    label: str
    cast: Callable[[Any], Any]
    default: Any
    choices: Mapping[Any, str] | None = None

    @property
    def takes_many(self) -> bool:
        """Whether its value is a list."""
        return isinstance(self.default, list)


@dataclass(frozen=True)
class RuleKind:
    """A kind of rule: its name, the fact it turns on, how it is checked (True, False, None), and what is said.

    `unmet`: why it is not met; `ask`: what is needed where nothing is known; `remedy`: what can be done about it.
    `is_final`: it stands with who applies and where, so whoever does not meet it need not begin.
    """

    label: str
    fact: str
    check: Callable[[Rule, Facts], bool | None]
    unmet: Callable[[Rule, Facts], str]
    ask: str
    remedy: str
    parameter: Parameter | None = None
    is_final: bool = False


def _says(sentence: str) -> Callable[[Rule, Facts], str]:
    return lambda _rule, _facts: sentence


def _legal_person(rule: Rule, facts: Facts) -> bool | None:
    if facts.is_branch is None or (facts.is_branch and facts.industry is None):
        return None
    return not facts.is_branch or facts.industry in rule.value


def _any_title(rule: Rule, facts: Facts) -> bool | None:
    if facts.held is None:
        return None
    return any(held.title in rule.value for held in facts.held)


def _holds_tier(rule: Rule, facts: Facts) -> bool | None:
    return None if facts.tiers_held is None else rule.value in facts.tiers_held


def _tier_met(rule: Rule, facts: Facts) -> bool | None:
    return None if facts.tiers_met is None else rule.value in facts.tiers_met


def _maturity(rule: Rule, facts: Facts) -> bool | None:
    return None if facts.maturity_level is None else bool(facts.maturity_level >= rule.value)


def _no_accidents(rule: Rule, facts: Facts) -> bool | None:
    return None if facts.accidents is None else not facts.accidents & set(rule.value)


def _accidents_said(rule: Rule, facts: Facts) -> str:
    happened = [name for code, name in ACCIDENTS.items() if code in rule.value and code in (facts.accidents or ())]
    return f"近三年发生过{'、'.join(happened)}安全、环保等事故。"


def _not(value: bool | None) -> bool | None:
    return None if value is None else not value


def level_name(level: int | None) -> str:
    """A level of maturity in words."""
    return LEVELS.get(level or 0, "未达到一级")


def _level(value: Any) -> int:
    level = whole(value)
    if level not in LEVELS:
        raise ValueError("not a level from 1 to 5")
    return level


_TITLE_NAMES = dict(TITLES)
_TIER_NAMES = {code: name for code, (_, name) in TIERS.items()}

_REASSESS = "请对照自评的差距清单改进并更新自评；自评未对标该层级的，请另建对标该层级的自评。"
_RECORD = "已获称号而本平台尚无记录的，请凭认定文件联系推荐单位补充登记。"

# Every kind of rule. A new one is one entry here; files, pages and the applicants' screening follow.
RULE_KINDS: dict[str, RuleKind] = {
    "legal_person": RuleKind(
        "具有独立法人资格（列明行业可由分支机构申报）",
        "is_branch",
        _legal_person,
        _says("申报主体为分支机构，且所属行业不在允许分支机构申报的行业之列。"),
        "请说明申报主体是独立法人还是法人的分支机构。",
        "请由所属法人单位申报；企业登记有误的，请先更正企业信息。",
        Parameter("branch_industries", "允许分支机构申报的行业", texts, []),
        is_final=True,
    ),
    "registered_in_unit": RuleKind(
        "在推荐单位所辖范围内注册",
        "is_in_unit",
        lambda _rule, facts: facts.is_in_unit,
        _says("申报主体的注册地不在本推荐单位范围内。"),
        "请补充注册地。",
        "请向注册地的推荐单位申报；注册地登记有误的，请先更正企业信息。",
        is_final=True,
    ),
    "not_central": RuleKind(
        "非中央企业",
        "is_central",
        lambda _rule, facts: _not(facts.is_central),
        _says("申报主体为中央企业所属单位，中央企业另有申报渠道。"),
        "请说明是否为中央企业所属单位。",
        "请通过所属中央企业集团申报；所属集团登记有误的，请先更正企业信息。",
        is_final=True,
    ),
    "of_group": RuleKind(
        "本集团所属企业",
        "is_of_group",
        lambda _rule, facts: facts.is_of_group,
        _says("本批次由中央企业集团组织，仅限本集团所属企业申报。"),
        "请说明是否为本集团所属企业。",
        "请向注册地的推荐单位或所属集团申报；所属集团登记有误的，请先更正企业信息。",
        is_final=True,
    ),
    "above_scale": RuleKind(
        "规模以上工业企业",
        "is_above_scale",
        lambda _rule, facts: facts.is_above_scale,
        _says("申报主体登记为非规模以上工业企业。"),
        "请说明是否为规模以上工业企业。",
        "已纳入规模以上工业统计的，请更正企业信息；尚未纳入的，请在纳入后申报。",
    ),
    "any_title": RuleKind(
        "已获下列称号之一",
        "held",
        _any_title,
        lambda rule, _facts: f"尚无以下任一称号：{'、'.join(TITLES[code] for code in rule.value)}。",
        "请补充已获称号。",
        _RECORD,
        Parameter("titles", "称号", some_of(TITLES), [*TITLES], _TITLE_NAMES),
    ),
    "holds_tier": RuleKind(
        "已获评某一层级",
        "tiers_held",
        _holds_tier,
        lambda rule, _facts: f"尚未获评{_TIER_NAMES[rule.value]}智能工厂。",
        "请补充已获评的层级。",
        _RECORD,
        Parameter("tier", "层级", one_of(TIERS), "advanced", _TIER_NAMES),
    ),
    "maturity": RuleKind(
        "智能制造能力成熟度达到某一等级",
        "maturity_level",
        _maturity,
        lambda rule, facts: f"自评估为{level_name(facts.maturity_level)}，应达到{LEVELS[rule.value]}及以上。",
        "请先在“智能制造评估评价公共服务平台”完成自评估，再填写等级。",
        "请改进后在“智能制造评估评价公共服务平台”重新开展自评估，并更新填报的等级。",
        Parameter("level", "等级（及以上）", _level, 3, LEVELS),
    ),
    "tier_met": RuleKind(
        "达到某一层级的要素条件",
        "tiers_met",
        _tier_met,
        lambda rule, _facts: f"自评估尚未达到{_TIER_NAMES[rule.value]}智能工厂要素条件。",
        "请先完成对照要素条件的自评估。",
        _REASSESS,
        Parameter("tier", "层级", one_of(TIERS), "advanced", _TIER_NAMES),
    ),
    "basics_met": RuleKind(
        "满足要素条件的基础要求",
        "basics_met",
        lambda _rule, facts: facts.basics_met,
        _says("自评估中有基础要求未满足。"),
        "请先完成自评估中的基础要求部分。",
        "请改进后更新自评中的基础要求部分。",
    ),
    "no_accidents": RuleKind(
        "无列明等级的事故",
        "accidents",
        _no_accidents,
        _accidents_said,
        "请说明近三年是否发生过安全、环保等事故。",
        "请在事故发生满三年后申报；填写有误的，请更正。",
        Parameter("grades", "事故等级", some_of(ACCIDENTS), [*ACCIDENTS], ACCIDENTS),
    ),
    "not_barred": RuleKind(
        "不在限制申报期内",
        "is_barred",
        lambda _rule, facts: _not(facts.is_barred),
        lambda _rule, facts: facts.told.get("is_barred") or "称号被撤销后的限制申报期尚未结束。",
        "称号撤销情况正在核对。",
        "请在限制申报期满后申报；对撤销记录有异议的，请联系作出撤销决定的单位。",
        is_final=True,
    ),
    "statement": RuleKind(
        "由申报主体承诺",
        "statements",
        lambda rule, facts: facts.statements.get(rule.code),
        _says("申报主体声明不符合本条。"),
        "平台没有本条的记录，请据实填写。",
        "请在达到要求后申报；填写有误的，请更正。",
    ),
}


def judge(rule: Rule, facts: Facts) -> Outcome:
    """One rule measured against facts. Raises KeyError for a kind nobody declared."""
    kind = RULE_KINDS[rule.kind]
    verdict = kind.check(rule, facts)
    if verdict is None:
        return Outcome(rule, Verdict.UNKNOWN, kind.ask)
    if verdict:
        return Outcome(rule, Verdict.MET)
    ends = kind.is_final and rule.force is Force.REQUIRED
    return Outcome(rule, Verdict.UNMET, kind.unmet(rule, facts), kind.remedy, ends)


def screen(rules: Iterable[Rule], facts: Facts) -> tuple[Outcome, ...]:
    """Every rule of a round measured against facts, in the round's order."""
    return tuple(judge(rule, facts) for rule in rules)


def is_direct(direct: Direct | None, facts: Facts) -> bool:
    """Whether the applicant goes the direct way, outside the quota."""
    return direct is not None and any(
        held.title == direct.title and held.accepted and direct.from_year <= held.year <= direct.to_year
        for held in facts.held or ()
    )


def value_in_words(rule: Rule, industries: Mapping[str, str] | None = None) -> str:
    """What the rule compares with, as people read it; empty when it compares with nothing."""
    parameter = RULE_KINDS[rule.kind].parameter
    if parameter is None:
        return ""
    names = parameter.choices or industries or {}
    values = rule.value if isinstance(rule.value, tuple | list) else (rule.value,)
    return "、".join(names.get(value, str(value)) for value in values) or "无"
