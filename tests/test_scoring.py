"""Sheets become scores: the round's way, whatever their order; and how firm a cut among them is."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review import scoring
from review.scoring import FAR_OFF, Place
from tiers.terms import Aggregation, Method

TRIMMED = Aggregation(Method.TRIMMED, trim_from=5, least_sheets=3, decimals=2, clause="")
MEAN = replace(TRIMMED, method=Method.MEAN)
TOTALS = st.decimals(min_value=0, max_value=100, places=1, allow_nan=False)
SHEETS = st.lists(TOTALS, min_size=3, max_size=9)
RULES = st.sampled_from([TRIMMED, MEAN])


def _totals(*values: str) -> list[Decimal]:
    return [Decimal(value) for value in values]


@pytest.mark.parametrize(
    ("rule", "totals", "wanted"),
    [
        (MEAN, _totals("80", "90"), None),  # fewer than the round asks for
        (MEAN, _totals("80", "90", "91"), "87.00"),
        (TRIMMED, _totals("80", "90", "91", "10"), "67.75"),  # four: not yet trimmed
        (TRIMMED, _totals("80", "90", "91", "10", "100"), "87.00"),  # five: 10 and 100 go
        (TRIMMED, _totals("80.1", "80.2", "80.2", "80.0", "80.3"), "80.17"),
        (replace(MEAN, least_sheets=1, decimals=1), _totals("80.1", "80.2"), "80.2"),  # 80.15: half up
        (replace(MEAN, least_sheets=1, decimals=0), _totals("0.5"), "1"),
    ],
)
def test_a_score_is_made_as_the_round_says(rule: Aggregation, totals: list[Decimal], wanted: str | None) -> None:
    assert scoring.aggregate(totals, rule) == (None if wanted is None else Decimal(wanted))


def test_halves_go_up_and_not_to_even() -> None:
    assert [scoring.rounded(Decimal(text), 2) for text in ("0.125", "0.135", "2.675")] == _totals(
        "0.13", "0.14", "2.68"
    )


@given(SHEETS, RULES, st.randoms())
def test_the_order_of_sheets_is_irrelevant(totals: list[Decimal], rule: Aggregation, random: object) -> None:
    shuffled = list(totals)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert scoring.aggregate(totals, rule) == scoring.aggregate(shuffled, rule)
    by_expert = dict(enumerate(totals))
    mixed = {key: by_expert[key] for key in sorted(by_expert, key=lambda _: random.random())}  # type: ignore[attr-defined]
    others = {7: Decimal(50), 8: Decimal(60), 0: Decimal(70)}
    assert scoring.normalised({"a": by_expert, "b": others}, rule) == scoring.normalised(
        {"b": others, "a": mixed}, rule
    )


@given(st.lists(SHEETS, min_size=2, max_size=6), RULES, st.data())
def test_raising_a_score_never_lowers_a_rank(
    sheets: list[list[Decimal]], rule: Aggregation, data: st.DataObject
) -> None:
    who = data.draw(st.integers(0, len(sheets) - 1))
    which = data.draw(st.integers(0, len(sheets[who]) - 1))
    raised = [list(held) for held in sheets]
    raised[who][which] = data.draw(st.decimals(min_value=sheets[who][which], max_value=100, places=1))
    before, after = (
        scoring.places({key: (scoring.aggregate(held, rule) or Decimal(0),) for key, held in enumerate(found)})
        for found in (sheets, raised)
    )
    assert after[who].rank <= before[who].rank


@given(SHEETS, RULES)
def test_a_score_lies_among_its_sheets(totals: list[Decimal], rule: Aggregation) -> None:
    score = scoring.aggregate(totals, rule)
    assert score is not None
    assert min(totals) <= score <= max(totals)


def test_equal_scores_share_a_place_and_say_so() -> None:
    found = scoring.places({"a": _totals("90"), "b": _totals("80"), "c": _totals("90"), "d": _totals("70")})
    assert found == {"a": Place(1, True), "c": Place(1, True), "b": Place(3, False), "d": Place(4, False)}
    parted = scoring.places({"a": _totals("90", "18"), "c": _totals("90", "19")})
    assert parted == {"c": Place(1, False), "a": Place(2, False)}


def test_a_sheet_far_from_the_others_is_pointed_out_and_counts_all_the_same() -> None:
    sheets = {"甲": Decimal(85), "乙": Decimal(87), "丙": Decimal(86), "丁": Decimal(86) - FAR_OFF - Decimal("0.1")}
    score = scoring.score_of(sheets, MEAN)
    assert score.far_off == ("丁",)
    assert score.value == scoring.rounded(sum(sheets.values()) / 4, 2)
    assert scoring.score_of({**sheets, "丁": Decimal(86) - FAR_OFF}, MEAN).far_off == ()
    assert scoring.score_of({"甲": Decimal(10), "乙": Decimal(90)}, MEAN).far_off == (), "of two nobody is the odd one"


def test_severe_and_mild_experts_are_shown_apart() -> None:
    sheets = {
        "x": {"严": Decimal(70), "宽": Decimal(90), "中": Decimal(80)},
        "y": {"严": Decimal(60), "宽": Decimal(80), "中": Decimal(70)},
    }
    assert scoring.severities(sheets) == {"严": Decimal(-15), "宽": Decimal(15), "中": Decimal(0)}
    assert scoring.normalised(sheets, MEAN) == {"x": Decimal("80.00"), "y": Decimal("70.00")}
    assert scoring.severities({"x": {"独": Decimal(50)}}) == {"独": Decimal(0)}
    # Whoever was judged by the severe ones alone stands higher than the raw scores say.
    alone = {**sheets, "z": {"严": Decimal(80), "中": Decimal(82), "甲": Decimal(81)}}
    assert (scoring.normalised(alone, MEAN)["z"] or 0) > (scoring.aggregate(list(alone["z"].values()), MEAN) or 0)


def _sheets(**held: str) -> dict[str, dict[str, Decimal]]:
    return {
        name: {f"e{place}": Decimal(text) for place, text in enumerate(texts.split())} for name, texts in held.items()
    }


def test_a_cut_far_from_anything_is_firm() -> None:
    held = _sheets(a="90 91 92 90 91", b="88 89 88 89 88", c="60 61 62 61 60")
    assert scoring.firmness(held, TRIMMED, 2).is_firm
    assert scoring.firmness(held, TRIMMED, 3).is_firm, "nobody is below"
    assert scoring.firmness(held, TRIMMED, 0).is_firm, "nobody is above"


def test_a_cut_that_turns_on_the_method_or_on_one_sheet_is_named() -> None:
    # Trimmed, b's 40 counts for nothing; by the plain mean c passes it.
    held = _sheets(a="95 95 95 95 95", b="90 90 90 90 40", c="85 85 85 85 85")
    found = scoring.firmness(held, TRIMMED, 2)
    assert (found.other_in, found.other_out) == (("c",), ("b",))
    close = _sheets(a="90 90 90", b="80 80 83", c="81 80 80")
    found = scoring.firmness(close, replace(MEAN, least_sheets=1), 2)
    assert ("b", "e2") in found.sheets, "without it b falls below c"
    assert all(candidate != "a" for candidate, _ in found.sheets)


@given(st.lists(SHEETS, min_size=2, max_size=6), RULES, st.integers(1, 5))
def test_firm_means_that_no_single_sheet_left_out_puts_another_above(
    sheets: list[list[Decimal]], rule: Aggregation, cut: int
) -> None:
    held = {name: dict(enumerate(found)) for name, found in enumerate(sheets)}
    found = scoring.firmness(held, rule, cut)
    if not found.is_firm or not cut < len(held):
        return
    scores = {name: scoring.aggregate(list(of.values()), rule) or Decimal(0) for name, of in held.items()}
    line = sorted(scores.values(), reverse=True)[cut - 1]
    above = {name for name, score in scores.items() if score >= line}
    for name, of in held.items():
        for expert in of:
            left = scoring.aggregate(
                [v for e, v in of.items() if e != expert], replace(rule, least_sheets=1)
            ) or Decimal(0)
            then = {**scores, name: left}
            for inside in above:
                assert all(then[inside] >= then[outside] for outside in then.keys() - above), (name, expert)
