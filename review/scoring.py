"""How sheets become scores, and scores an order. Pure: no ORM, no clock; totals are points of 100 as Decimals.

399号 and 82号 二(三)3 ask for 按得分顺序 and don't say how sheets become a score: that is the round's (tiers.terms).
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, TypeVar

from tiers.terms import Aggregation, Method

Key = TypeVar("Key", bound=Hashable)
ZERO, FULL = Decimal(0), Decimal(100)
# A sheet so many points off the middle of the others about the same candidate is pointed out, never left out.
FAR_OFF = Decimal(15)
_LEAST_TO_COMPARE = 3  # sheets about one candidate, below which nothing is far off


def rounded(value: Decimal, decimals: int) -> Decimal:
    """To so many decimals, half up (四舍五入): 0.125 becomes 0.13, whatever the binary of it."""
    return value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


def is_trimmed(count: int, rule: Aggregation) -> bool:
    """Whether the highest and the lowest of so many sheets are left out."""
    return rule.method is Method.TRIMMED and count >= rule.trim_from and count > 2


def exact(totals: Sequence[Decimal], rule: Aggregation) -> Decimal | None:
    """The unrounded score of these totals; None while there are fewer sheets than the round asks for."""
    if not totals or len(totals) < rule.least_sheets:
        return None
    counted = sorted(totals)[1:-1] if is_trimmed(len(totals), rule) else totals
    return sum(counted, ZERO) / len(counted)


def aggregate(totals: Sequence[Decimal], rule: Aggregation) -> Decimal | None:
    """The score of these totals as it is published, rounded half up; None while sheets are lacking."""
    found = exact(totals, rule)
    return None if found is None else rounded(found, rule.decimals)


def other_rule(rule: Aggregation) -> Aggregation:
    """The same with the other method: to see whether anything turns on it."""
    if rule.method is Method.TRIMMED:
        return replace(rule, method=Method.MEAN)
    return replace(rule, method=Method.TRIMMED, trim_from=3)


def median(values: Iterable[Decimal]) -> Decimal:
    """The middle one, or the mean of the two in the middle."""
    held = sorted(values)
    half = len(held) // 2
    return held[half] if len(held) % 2 else (held[half - 1] + held[half]) / 2


@dataclass(frozen=True)
class Score:
    """What the sheets about one candidate come to. `far_off`: the experts whose sheet stands far from the others'."""

    value: Decimal | None
    sheets: int
    spread: Decimal
    trimmed: bool
    far_off: tuple[Hashable, ...] = ()


def score_of(sheets: Mapping[Key, Decimal], rule: Aggregation) -> Score:
    """The score of one candidate from its experts' totals."""
    totals = list(sheets.values())
    spread = max(totals) - min(totals) if totals else ZERO
    return Score(aggregate(totals, rule), len(totals), spread, is_trimmed(len(totals), rule), _far_off(sheets, spread))


def _far_off(sheets: Mapping[Any, Decimal], spread: Decimal) -> tuple[Any, ...]:
    if len(sheets) < _LEAST_TO_COMPARE or spread <= FAR_OFF:
        return ()
    return tuple(
        expert
        for expert, total in sheets.items()
        if abs(total - median(other for key, other in sheets.items() if key != expert)) > FAR_OFF
    )


# -- severe and mild experts ------------------------------------------------------------------------------------------
def severities(sheets: Mapping[Key, Mapping[Any, Decimal]]) -> dict[Hashable, Decimal]:
    """By how many points each expert stands above (+) or below (−) the others about the same candidates, on average.

    `sheets`: candidate → expert → total. Candidates that nobody else judged say nothing; an expert without any is 0.
    """
    differences: dict[Hashable, list[Decimal]] = defaultdict(list)
    for of_candidate in sheets.values():
        total, count = sum(of_candidate.values(), ZERO), len(of_candidate)
        for expert, own in of_candidate.items():
            differences[expert]  # the expert is known, even if there is nothing to compare
            if count > 1:
                differences[expert].append(own - (total - own) / (count - 1))
    return {expert: sum(found, ZERO) / len(found) if found else ZERO for expert, found in differences.items()}


def normalised(sheets: Mapping[Key, Mapping[Any, Decimal]], rule: Aggregation) -> dict[Key, Decimal | None]:
    """Scores as they would be if every expert were as severe as the others; shown beside the raw ones."""
    severity = severities(sheets)
    return {
        candidate: aggregate([_clamped(total - severity[expert]) for expert, total in of_candidate.items()], rule)
        for candidate, of_candidate in sheets.items()
    }


def _clamped(value: Decimal) -> Decimal:
    return min(max(value, ZERO), FULL)


# -- the order --------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Place:
    """A place in the order: equal scores that no rule parts share it (1, 2, 2, 4)."""

    rank: int
    is_tied: bool


def places(scores: Mapping[Key, Sequence[Decimal]]) -> dict[Key, Place]:
    """The place of each, best first: `scores` are the score and, behind it, what the round parts ties by."""
    counted: dict[tuple[Decimal, ...], int] = defaultdict(int)
    for values in scores.values():
        counted[tuple(values)] += 1
    ranks, before = {}, 0
    for value in sorted(counted, reverse=True):
        ranks[value] = before + 1
        before += counted[value]
    return {key: Place(ranks[tuple(values)], counted[tuple(values)] > 1) for key, values in scores.items()}


# -- how firm a cut is ------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Firmness:
    """Whether those above a cut would be others: under the other method, or without one sheet.

    `other_in`, `other_out`: who would come in and go out under the other method. `sheets`: (candidate, expert) of each
    sheet without which its candidate would cross the cut.
    """

    other_in: tuple[Hashable, ...]
    other_out: tuple[Hashable, ...]
    sheets: tuple[tuple[Hashable, Hashable], ...]

    @property
    def is_firm(self) -> bool:
        """Nothing of that would change who is above it."""
        return not (self.other_in or self.other_out or self.sheets)


def firmness(sheets: Mapping[Key, Mapping[Any, Decimal]], rule: Aggregation, cut: int) -> Firmness:
    """How firm the first `cut` of a group are; with nobody above or below there is nothing to cross."""
    scores = {key: score for key, held in sheets.items() if (score := aggregate(list(held.values()), rule)) is not None}
    if not 0 < cut < len(scores):
        return Firmness((), (), ())
    above = _above(scores, cut)
    if len(above) == len(scores):  # all level: nobody is below
        return Firmness((), (), ())
    other = other_rule(rule)
    changed = {key: aggregate(list(held.values()), other) or ZERO for key, held in sheets.items() if key in scores}
    then = _above(changed, cut)
    line_in = min(scores[key] for key in above)  # the last one in, the first one out
    line_out = max(value for key, value in scores.items() if key not in above)
    crossing = tuple(
        (key, expert)
        for key, held in sheets.items()
        if key in scores
        for expert in held
        if _crosses(key in above, _without(held, expert, rule), line_in, line_out)
    )
    return Firmness(_sorted(then - above), _sorted(above - then), crossing)


def _above(scores: Mapping[Key, Decimal], cut: int) -> set[Key]:
    """Those whose score is at least the cut's: with a tie at the cut, all of the tied."""
    line = sorted(scores.values(), reverse=True)[cut - 1]
    return {key for key, value in scores.items() if value >= line}


def _without(held: Mapping[Any, Decimal], expert: Hashable, rule: Aggregation) -> Decimal | None:
    left = [total for key, total in held.items() if key != expert]
    return aggregate(left, replace(rule, least_sheets=1))


def _crosses(is_in: bool, value: Decimal | None, line_in: Decimal, line_out: Decimal) -> bool:
    if value is None:
        return False
    return value < line_out if is_in else value > line_in


def _sorted(keys: Iterable[Key]) -> tuple[Key, ...]:
    return tuple(sorted(keys, key=repr))
