"""Two self-assessments side by side: scores, points mended and points new, indicators. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from tiers.indicators import Figure
from tiers.ladder import Finding, Verdict


@dataclass(frozen=True)
class Change:
    """One figure then and now; `difference` is None unless both are known."""

    name: str
    before: Decimal | None
    after: Decimal | None
    unit: str = ""

    @property
    def difference(self) -> Decimal | None:
        """After less before."""
        return None if self.before is None or self.after is None else self.after - self.before


@dataclass(frozen=True)
class TierChange:
    """One tier: the score of each 环节 then and now, what was mended, what is new, what is still missing."""

    name: str
    scores: tuple[Change, ...]
    mended: tuple[Finding, ...]
    new: tuple[Finding, ...]
    still: tuple[Finding, ...]


def tier_changes(before: Verdict, after: Verdict, area_names: dict[str, str]) -> list[TierChange]:
    """Tier by tier, for the tiers that both editions know."""
    old = {standing.tier.code: standing for standing in before.standings}
    found = []
    for now in after.standings:
        if then := old.get(now.tier.code):
            was, now_open = _by_point(then.findings), _by_point(now.findings)
            scores = tuple(
                Change(name, then.scores.get(code), now.scores.get(code)) for code, name in area_names.items()
            )
            found.append(
                TierChange(
                    now.tier.name,
                    scores,
                    tuple(f for point, f in was.items() if point not in now_open),
                    tuple(f for point, f in now_open.items() if point not in was),
                    tuple(f for point, f in now_open.items() if point in was),
                )
            )
    return found


def _by_point(findings: Sequence[Finding]) -> dict[str, Finding]:
    return {finding.point: finding for finding in findings}


def figure_changes(before: Sequence[Figure], after: Sequence[Figure]) -> list[Change]:
    """Indicator by indicator, by its code."""
    old = {figure.indicator.code: figure.value for figure in before}
    return [
        Change(figure.indicator.name, old.get(figure.indicator.code), figure.value, figure.indicator.unit)
        for figure in after
    ]
