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
    """What is known of an applicant; None: not known. `statements` are answers by the rule's code."""

    is_branch: bool | None = None
    industry: str | None = None
    is_in_unit: bool | None = None
    is_central: bool | None = None
    is_above_scale: bool | None = None
    held: tuple[Held, ...] | None = None
    tiers_held: frozenset[str] | None = None
    tiers_met: frozenset[str] | None = None
    basics_met: bool | None = None
    maturity_level: int | None = None
    accidents: frozenset[str] | None = None
    is_barred: bool | None = None
    statements: Mapping[str, bool] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """A rule measured against facts: the verdict, and a sentence for whoever does not meet it or has to be asked."""

    rule: Rule
    verdict: Verdict
    reason: str = ""

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
    """A kind of rule: its name, how it is checked (True, False, None), and what is said when it is not met or known."""

    label: str
    check: Callable[[Rule, Facts], bool | None]
    unmet: Callable[[Rule, Facts], str]
    ask: str
    parameter: Parameter | None = None


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

# Every kind of rule. A new one is one entry here; files, pages and the applicants' screening follow.
RULE_KINDS: dict[str, RuleKind] = {
    "legal_person": RuleKind(
        "具有独立法人资格（列明行业可由分支机构申报）",
        _legal_person,
        _says("申报主体为分支机构，且所属行业不在允许分支机构申报的行业之列；请由法人单位申报。"),
        "请说明申报主体是独立法人还是法人的分支机构。",
        Parameter("branch_industries", "允许分支机构申报的行业", texts, []),
    ),
    "registered_in_unit": RuleKind(
        "在推荐单位所辖范围内注册",
        lambda _rule, facts: facts.is_in_unit,
        _says("申报主体的注册地不在本推荐单位范围内；请向注册地的推荐单位申报。"),
        "请补充注册地。",
    ),
    "not_central": RuleKind(
        "非中央企业",
        lambda _rule, facts: _not(facts.is_central),
        _says("中央企业另有申报渠道；请通过所属中央企业集团申报。"),
        "请说明是否为中央企业所属单位。",
    ),
    "of_group": RuleKind(
        "本集团所属企业",
        lambda _rule, facts: facts.is_central,
        _says("本批次由中央企业集团组织，仅限本集团所属企业申报；请向注册地的推荐单位申报。"),
        "请说明是否为本集团所属企业。",
    ),
    "above_scale": RuleKind(
        "规模以上工业企业",
        lambda _rule, facts: facts.is_above_scale,
        _says("申报主体不是规模以上工业企业。"),
        "请说明是否为规模以上工业企业。",
    ),
    "any_title": RuleKind(
        "已获下列称号之一",
        _any_title,
        lambda rule, _facts: f"尚无以下任一称号：{'、'.join(TITLES[code] for code in rule.value)}。",
        "请补充已获称号。",
        Parameter("titles", "称号", some_of(TITLES), [*TITLES], _TITLE_NAMES),
    ),
    "holds_tier": RuleKind(
        "已获评某一层级",
        _holds_tier,
        lambda rule, _facts: f"尚未获评{_TIER_NAMES[rule.value]}智能工厂。",
        "请补充已获评的层级。",
        Parameter("tier", "层级", one_of(TIERS), "advanced", _TIER_NAMES),
    ),
    "maturity": RuleKind(
        "智能制造能力成熟度达到某一等级",
        _maturity,
        lambda rule, facts: f"自评估为{level_name(facts.maturity_level)}，应达到{LEVELS[rule.value]}及以上。",
        "请先在“智能制造评估评价公共服务平台”完成自评估，再填写等级。",
        Parameter("level", "等级（及以上）", _level, 3, LEVELS),
    ),
    "tier_met": RuleKind(
        "达到某一层级的要素条件",
        _tier_met,
        lambda rule, _facts: f"自评估尚未达到{_TIER_NAMES[rule.value]}智能工厂要素条件；请查看自评估的差距清单。",
        "请先完成对照要素条件的自评估。",
        Parameter("tier", "层级", one_of(TIERS), "advanced", _TIER_NAMES),
    ),
    "basics_met": RuleKind(
        "满足要素条件的基础要求",
        lambda _rule, facts: facts.basics_met,
        _says("自评估中有基础要求未满足；请查看自评估的差距清单。"),
        "请先完成自评估中的基础要求部分。",
    ),
    "no_accidents": RuleKind(
        "无列明等级的事故",
        _no_accidents,
        lambda rule, _facts: f"近三年发生过{'、'.join(ACCIDENTS[code] for code in rule.value)}安全、环保等事故。",
        "请说明近三年是否发生过安全、环保等事故。",
        Parameter("grades", "事故等级", some_of(ACCIDENTS), [*ACCIDENTS], ACCIDENTS),
    ),
    "not_barred": RuleKind(
        "不在限制申报期内",
        lambda _rule, facts: _not(facts.is_barred),
        _says("称号被撤销后的限制申报期尚未结束。"),
        "称号撤销情况正在核对。",
    ),
    "statement": RuleKind(
        "由申报主体承诺",
        lambda rule, facts: facts.statements.get(rule.code),
        _says("申报主体声明不符合本条。"),
        "请由申报主体逐条承诺。",
    ),
}


def judge(rule: Rule, facts: Facts) -> Outcome:
    """One rule measured against facts. Raises KeyError for a kind nobody declared."""
    kind = RULE_KINDS[rule.kind]
    verdict = kind.check(rule, facts)
    if verdict is None:
        return Outcome(rule, Verdict.UNKNOWN, kind.ask)
    return Outcome(rule, Verdict.MET) if verdict else Outcome(rule, Verdict.UNMET, kind.unmet(rule, facts))


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
