"""What an applicant may know of the scores: as the round says, and never of fewer than three sheets."""

from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from review.disclosure import disclosed
from tiers.selectors.rounds import programmes

HUBEI = next(one for one in programmes() if one.code == "2024-excellent-HB").terms
CODES = [one.code for one in HUBEI.criteria]


def _sheet(points: list[int]) -> dict[str, Decimal]:
    """A sheet's points, each a tenth of so many, never more than its weight."""
    tenths = zip(HUBEI.criteria, points, strict=True)
    return {one.code: min(Decimal(n) / 10, one.weight) for one, n in tenths}


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.lists(st.integers(0, 300), min_size=len(CODES), max_size=len(CODES)).map(_sheet), max_size=7))
def test_scores_are_told_as_the_round_says_and_never_of_fewer_than_three(sheets: list[dict[str, Decimal]]) -> None:
    rule = HUBEI.aggregation
    assert disclosed("nothing", HUBEI.criteria, sheets, rule) == {}
    total, full = (disclosed(kind, HUBEI.criteria, sheets, rule) for kind in ("total", "criteria"))
    if len(sheets) < 3:
        assert total == full == {}
        return
    assert set(total) == {"total", "sheets"}
    assert full["total"] == total["total"]
    assert [one["code"] for one in full["criteria"]] == CODES
    for one in full["criteria"]:
        given_here = [sheet[one["code"]] for sheet in sheets]
        assert min(given_here) - 1 <= Decimal(one["average"]) <= max(given_here) + 1
    assert disclosed("criteria", HUBEI.criteria, sheets[::-1], rule) == full


def test_shipped_rounds_say_what_may_be_known_and_that_no_text_confirms_it() -> None:
    for one in programmes():
        assert (one.terms.disclosure, one.terms.disclosure_unverified) == ("criteria", True), one.code
