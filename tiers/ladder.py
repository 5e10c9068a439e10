"""Where a factory stands on the ladder: answers in, tiers met and what is missing out. Pure: no database, no clock."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from enum import IntEnum

from tiers.editions import Edition, Element, Force, Tier

# GB/T 39116-2020: score → level. Under 0.8 there is no level.
_LEVELS = ((Decimal("4.8"), 5), (Decimal("3.8"), 4), (Decimal("2.8"), 3), (Decimal("1.8"), 2), (Decimal("0.8"), 1))
LEVEL_NAMES = ("未达级", "一级", "二级", "三级", "四级", "五级")
GRADES = {  # GB/T 39117
    Decimal("1"): "全部满足",
    Decimal("0.8"): "大部分满足",
    Decimal("0.5"): "部分满足",
    Decimal("0"): "不满足",
}


class Order(IntEnum):
    """Where a finding stands in the gap report: gates first, then by 环节, 建设成效 last."""

    @property
    def label(self) -> str:
        """What it is called."""
        return ("基础要求", "能力成熟度", "环节覆盖", "人工智能场景", "建设内容", "建设成效")[self]

    BASIC = 0
    MATURITY = 1
    COVERAGE = 2
    AI_SHARE = 3
    CONTENT = 4
    EFFECT = 5


@dataclass(frozen=True)
class ScenarioUse:
    """A scenario the factory has built: the code of its 环节, and whether it uses artificial intelligence."""

    area: str
    uses_ai: bool = False


@dataclass(frozen=True)
class Answers:
    """What an enterprise says of a factory. What is missing from a mapping, or None, is not answered yet.

    `basics`: code of a 基础要求 → yes or no; `grades`: code of a 要素 → 1, 0.8, 0.5 or 0; `maturity`: score 0–5.
    """

    basics: Mapping[str, bool | None] = field(default_factory=dict)
    grades: Mapping[str, Decimal | None] = field(default_factory=dict)
    scenarios: Sequence[ScenarioUse] = ()
    maturity: Decimal | None = None


@dataclass(frozen=True)
class Finding:
    """One point that keeps a tier from being met, or that asks for an explanation, with its clause.

    `point` names what is asked for, however far it is from being met: the same in every assessment.
    """

    order: Order
    area: str
    clause: str
    sentence: str
    force: Force = Force.REQUIRED
    point: str = ""


@dataclass(frozen=True)
class Standing:
    """How a factory stands towards one tier; `scores`: code of each 环节 → 0–100."""

    tier: Tier
    findings: tuple[Finding, ...]
    scores: dict[str, Decimal]

    @property
    def unmet(self) -> tuple[Finding, ...]:
        """What must be mended."""
        return tuple(f for f in self.findings if f.force is Force.REQUIRED)

    @property
    def to_explain(self) -> tuple[Finding, ...]:
        """What is 原则上 required and asks for an explanation."""
        return tuple(f for f in self.findings if f.force is Force.IN_PRINCIPLE)

    @property
    def is_met(self) -> bool:
        """Nothing that is 须 is missing at this tier (those below count by themselves)."""
        return not self.unmet


@dataclass(frozen=True)
class Verdict:
    """The whole ladder for one factory."""

    standings: tuple[Standing, ...]

    @property
    def reached(self) -> Tier | None:
        """The highest tier met together with all below it; None when not even the lowest is."""
        reached = None
        for standing in self.standings:
            if not standing.is_met:
                break
            reached = standing.tier
        return reached

    @property
    def gap(self) -> tuple[Finding, ...]:
        """What is missing for the next tier, in the order in which to mend it; empty at the top."""
        for standing in self.standings:
            if not standing.is_met:
                return standing.findings
        return ()


def maturity_level(score: Decimal | None) -> int:
    """The level of GB/T 39116-2020 that a score of 0–5 gives; 0: none."""
    if score is None:
        return 0
    return next((level for least, level in _LEVELS if score >= least), 0)


def ai_share(scenarios: Sequence[ScenarioUse]) -> Decimal:
    """The share of scenarios that use AI, in %, unrounded; 0 when there are none."""
    if not scenarios:
        return Decimal(0)
    return Decimal(100) * sum(s.uses_ai for s in scenarios) / len(scenarios)


def evaluate(edition: Edition, answers: Answers) -> Verdict:
    """Measure one factory's answers against every tier of an edition."""
    return Verdict(tuple(_standing(edition, tier, answers) for tier in edition.tiers))


def _standing(edition: Edition, tier: Tier, answers: Answers) -> Standing:
    findings = [
        *_basics(edition, answers),
        *_maturity(tier, answers),
        *_ai(tier, answers),
        *_coverage_and_content(edition, tier, answers),
        *_effects(edition, tier, answers),
    ]
    places = {code: place for place, code in enumerate(edition.area_names)}
    findings.sort(key=lambda f: (f.order, places.get(f.area, len(places))))
    return Standing(tier, tuple(findings), _scores(edition, tier, answers))


def _basics(edition: Edition, answers: Answers) -> list[Finding]:
    said = {True: "", False: "不符合", None: "尚未填写"}
    return [
        Finding(
            Order.BASIC,
            "",
            basic.clause,
            f"基础要求“{basic.text.rstrip('。')}”{how}（{basic.clause}）。",
            point=basic.code,
        )
        for basic in edition.basics
        if not basic.gate and (how := said[answers.basics.get(basic.code)])
    ]


def _maturity(tier: Tier, answers: Answers) -> list[Finding]:
    level = maturity_level(answers.maturity)
    if level >= tier.maturity:
        return []
    now = "尚未填写" if answers.maturity is None else f"现为{LEVEL_NAMES[level]}（{answers.maturity}分）"
    sentence = f"智能制造能力成熟度须达到{LEVEL_NAMES[tier.maturity]}及以上，{now}（附件2 一5）。"
    return [Finding(Order.MATURITY, "", "附件2 一5", sentence, point="maturity")]


def _ai(tier: Tier, answers: Answers) -> list[Finding]:
    if tier.ai_share is None or ai_share(answers.scenarios) >= tier.ai_share:
        return []
    now = ai_share(answers.scenarios).quantize(Decimal("0.1"), ROUND_HALF_UP)
    sentence = f"应用人工智能技术的场景比例须不低于{tier.ai_share}%，现为{now}%（{tier.clause}）。"
    return [Finding(Order.AI_SHARE, "", tier.clause, sentence, point="ai_share")]


def coverage(edition: Edition, tier: Tier, scenarios: Sequence[ScenarioUse]) -> list[Finding]:
    """The 环节 that a tier names and no scenario stands in, each with how hard that is."""
    built = {scenario.area for scenario in scenarios}
    wanted = f"{tier.coverage.text.removeprefix('且')}（{tier.coverage.clause}）"
    return [
        Finding(
            Order.COVERAGE,
            area,
            tier.coverage.clause,
            f"{edition.area_names[area]}环节尚无建设场景：{wanted}。",
            force,
            f"coverage.{area}",
        )
        for area, force in _forces(edition, tier).items()
        if area not in built
    ]


def _forces(edition: Edition, tier: Tier) -> dict[str, Force]:
    """How hard each 环节 is that the tier names.

    原则上 leaves room only above what a lower tier already requires: there a missing 环节 stops (decision 8).
    """
    lower = [t.coverage for t in edition.tiers if t.rank < tier.rank and t.coverage.force is Force.REQUIRED]
    below = {area for needed in lower for area in needed.areas}
    return {area: Force.REQUIRED if area in below else tier.coverage.force for area in tier.coverage.areas}


def _coverage_and_content(edition: Edition, tier: Tier, answers: Answers) -> list[Finding]:
    """Each 环节 that the tier names must have a scenario, and its 要素 met; others are encouraged, not asked for."""
    forces, findings = _forces(edition, tier), coverage(edition, tier, answers.scenarios)
    for clause in tier.content:
        if (force := forces.get(clause.area)) is None:
            continue
        for element in clause.elements:
            if how := _short(edition, element, answers):
                name = edition.area_names[clause.area]
                sentence = f"{name}：“{element.label}”{how}（{element.clause}）。"
                findings.append(Finding(Order.CONTENT, clause.area, element.clause, sentence, force, element.code))
    return findings


def _effects(edition: Edition, tier: Tier, answers: Answers) -> list[Finding]:
    return [
        Finding(
            Order.EFFECT,
            "",
            element.clause,
            f"建设成效：“{element.label}”{how}（{element.clause}）。",
            point=element.code,
        )
        for clause in tier.effects
        for element in clause.elements
        if (how := _short(edition, element, answers))
    ]


def _short(edition: Edition, element: Element, answers: Answers) -> str:
    """How far a 要素 is from being met, in words; empty when it is met."""
    grade = answers.grades.get(element.code)
    if grade is None:
        return "尚未填写"
    return "" if grade >= edition.met_from else f"现为{GRADES.get(grade, f'{grade}分')}"


def _scores(edition: Edition, tier: Tier, answers: Answers) -> dict[str, Decimal]:
    """Each 环节's mean grade over the tier's 要素, 0–100, one decimal, half up; what is not answered counts 0."""
    scores = {}
    for clause in tier.content:
        grades = [answers.grades.get(element.code) or Decimal(0) for element in clause.elements]
        mean = sum(grades, Decimal(0)) / len(grades) * 100
        scores[clause.area] = mean.quantize(Decimal("0.1"), ROUND_HALF_UP)
    return {code: scores.get(code, Decimal(0)) for code in edition.area_names}
