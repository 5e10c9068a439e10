"""A self-assessment's answers as the ladder reads them, and what in them does not agree with itself. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from portal.declared import Value, Values, number, rows_of
from tiers.assessment_form import BASICS, INDICATORS, MATURITY, SCENARIOS
from tiers.editions import Edition, IndicatorKind
from tiers.indicators import Figure, agrees, figure
from tiers.ladder import LEVEL_NAMES, Answers, ScenarioUse, ai_share, maturity_level

Sections = Mapping[str, Values]
AI_INDICATOR = "ai_scenarios"


@dataclass(frozen=True)
class Hint:
    """Something that does not agree; it stops nothing. `section` leads to where it can be mended."""

    section: str
    sentence: str


def ladder_answers(edition: Edition, sections: Sections) -> Answers:
    """What the ladder measures; what is not answered, or not a number, counts as not answered."""
    basics = sections.get(BASICS, {})
    met = {"yes": True, "no": False}
    grades: dict[str, Decimal | None] = {}
    for values in sections.values():
        for key, value in values.items():
            if key.endswith(".grade") and isinstance(value, str) and value:
                grades[key.removesuffix(".grade")] = Decimal(value)
    return Answers(
        basics={basic.code: met.get(_text(basics, f"{basic.code}.met")) for basic in edition.basics if not basic.gate},
        grades=grades,
        scenarios=scenario_uses(edition, sections),
        maturity=score_of(sections),
    )


def scenario_uses(edition: Edition, sections: Sections) -> tuple[ScenarioUse, ...]:
    """The scenarios by their 环节; those beside the five have none, and count for the share of AI all the same."""
    rows = rows_of(sections.get(SCENARIOS, {}), SCENARIOS).values()
    return tuple(
        ScenarioUse(edition.area_of_guide.get(row.get("area", ""), ""), row.get("ai") == "yes")
        for row in rows
        if row.get("area")
    )


def figures(edition: Edition, sections: Sections) -> list[Figure]:
    """Every indicator as it was answered, in the notice's order."""
    return [figure(indicator, sections.get(INDICATORS, {})) for indicator in edition.indicators]


def hints(edition: Edition, sections: Sections) -> list[Hint]:
    """What does not agree with itself: level and score, claims and counts, scenarios and indicators."""
    answered = figures(edition, sections)
    found = [
        (MATURITY, level_sentence(sections)),
        *((INDICATORS, f.sentence) for f in answered),
        (INDICATORS, ai_sentence(edition, sections, answered)),
    ]
    return [Hint(section, sentence) for section, sentence in found if sentence]


def level_sentence(sections: Sections) -> str:
    """That the reported level isn't the score's; empty when it is, or when one of them isn't known."""
    score, claimed = score_of(sections), _text(sections.get(MATURITY, {}), "level")
    names = dict(zip("012345", LEVEL_NAMES, strict=True))
    if score is None or claimed not in names or int(claimed) == maturity_level(score):
        return ""
    level = LEVEL_NAMES[maturity_level(score)]
    return f"成熟度：总分{score}分对应{level}，与报告所载{names[claimed]}不一致，请核对（GB/T 39116-2020）。"


def ai_sentence(edition: Edition, sections: Sections, answered: list[Figure]) -> str:
    """That the share of AI isn't what the scenarios give; empty when it is, or when one of them isn't known."""
    uses = scenario_uses(edition, sections)
    claimed = next((f.value for f in answered if f.indicator.code == AI_INDICATOR), None)
    if not uses or claimed is None or agrees(ai_share(uses), claimed):
        return ""
    share = round(ai_share(uses), 2)
    return f"应用人工智能技术场景比例：指标为{claimed}%，按所列{len(uses)}个场景计算为{share}%，请核对。"


def notes(edition: Edition, sections: Sections, key: str) -> dict[str, str]:
    """What follows from a section's answers, by block: the level of a score, the figure that counts give."""
    if key == MATURITY:
        score = score_of(sections)
        if score is None:
            return {}
        said = [f"按总分计算为{LEVEL_NAMES[maturity_level(score)]}。", level_sentence(sections)]
        return {MATURITY: " ".join(filter(None, said))}
    if key != INDICATORS:
        return {}
    return {f.indicator.code: _figure_note(f) for f in figures(edition, sections) if _figure_note(f)}


def _figure_note(answered: Figure) -> str:
    if answered.not_applicable:
        return "不适用，不计入。"
    said = [] if answered.computed is None else [f"计算结果：{answered.computed}{answered.indicator.unit}。"]
    return " ".join([*said, *([answered.sentence] if answered.sentence else [])])


def prefilled(edition: Edition, sections: Sections) -> dict[str, Value]:
    """Indicator values that follow from other sections and are not yet answered: the two counts of AI scenarios."""
    uses = scenario_uses(edition, sections)
    values = sections.get(INDICATORS, {})
    kinds = {i.code: i.kind for i in edition.indicators}
    if not uses or kinds.get(AI_INDICATOR) is not IndicatorKind.RATIO:
        return {}
    counts = {"part": sum(use.uses_ai for use in uses), "whole": len(uses)}
    return {f"{AI_INDICATOR}.{p}": str(n) for p, n in counts.items() if not values.get(f"{AI_INDICATOR}.{p}")}


def score_of(sections: Sections) -> Decimal | None:
    """The score of the maturity, 0–5; None when it isn't known."""
    score = number(_text(sections.get(MATURITY, {}), "score"))
    return score if score is not None and 0 <= score <= 5 else None


def _text(values: Values, key: str) -> str:
    value = values.get(key, "")
    return value if isinstance(value, str) else ""
