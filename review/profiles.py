"""What is weighed beside an application in a city's order, out of what was handed in. Pure.

82号 二(三)1 asks for 基础条件优、成长性好、示范性强 and for 行业覆盖面: maturity and tiers, growth, reach, industry.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import median
from typing import Any

from tiers.answers import figures, scenario_uses
from tiers.assessment_form import INDICATORS, MATURITY, SCENARIOS
from tiers.editions import Edition
from tiers.ladder import LEVEL_NAMES, ai_share
from tiers.names import TIER_NAMES

# Indicators that are shown beside a row, by their number in 附1: growth, efficiency, quality, demonstration.
_SHOWN = (6, 7, 9, 20)


def profile_of(document: Mapping[str, Any], edition: Edition, held_tier: str) -> dict[str, Any]:
    """What a row shows, as plain values: industry, tier, maturity, coverage, key figures, investment."""
    sections = document["sections"]
    factory, scenarios = sections.get("factory", {}), sections.get(SCENARIOS, {})
    uses = scenario_uses(edition, {SCENARIOS: scenarios})
    covered = {use.area for use in uses} & edition.area_names.keys()
    said = {INDICATORS: sections.get("effects", {}), SCENARIOS: scenarios, MATURITY: {}}
    level = str(factory.get("maturity.level", ""))
    return {
        "industry": document["factory"]["industry"],
        "held": TIER_NAMES.get(held_tier, ""),
        "score": str(factory.get("maturity.score", "")),
        "level": LEVEL_NAMES[int(level)] if level.isdecimal() and int(level) < len(LEVEL_NAMES) else "",
        "covered": len(covered),
        "areas": len(edition.areas),
        "scenarios": len(uses),
        "ai": f"{ai_share(uses):.0f}" if uses else "",
        "investment": str(factory.get("investment", "")),
        "indicators": {
            str(f.indicator.number): str(f.value)
            for f in figures(edition, said)
            if f.indicator.number in _SHOWN and f.value is not None
        },
    }


@dataclass(frozen=True)
class Weighed:
    """A key figure of a row beside the middle of all rows: -1 below, 0 at, 1 above; None where nothing compares."""

    name: str
    value: str
    unit: str
    against: int | None
    middle: str


def weighed(profiles: Sequence[Mapping[str, Any]], edition: Edition) -> list[tuple[Weighed, ...]]:
    """The key figures of each row against the middle of the whole list, which needs at least three to say anything."""
    shown = [indicator for indicator in edition.indicators if indicator.number in _SHOWN]
    columns = {
        indicator.number: [
            Decimal(p["indicators"][str(indicator.number)])
            for p in profiles
            if str(indicator.number) in p["indicators"]
        ]
        for indicator in shown
    }
    middles = {number: median(values) if len(values) >= 3 else None for number, values in columns.items()}
    return [
        tuple(
            _weighed(indicator, p["indicators"].get(str(indicator.number)), middles[indicator.number])
            for indicator in shown
        )
        for p in profiles
    ]


def _weighed(indicator: Any, value: str | None, middle: Decimal | None) -> Weighed:
    against = None
    if value is not None and middle is not None:
        better = (Decimal(value) > middle) - (Decimal(value) < middle)
        against = int(better)
    return Weighed(indicator.name, value or "", indicator.unit, against, "" if middle is None else f"{middle:.1f}")
