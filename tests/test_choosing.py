"""Whom to recommend: by industry in score order, the quota split, what a cut means, what needs a reason."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from review import choosing
from review.choosing import Line


def _line(name: str, score: str | None, group: str = "装备", **more: object) -> Line:
    value = None if score is None else Decimal(score)
    return Line(name, group, name, more.pop("city", "武汉市"), "C34", value, **more)  # type: ignore[arg-type]


def _names(lines: object) -> list[str]:
    return [line.name for line in lines]  # type: ignore[attr-defined]


def test_a_group_stands_in_score_order_and_those_without_a_score_last() -> None:
    lines = choosing.ranked([_line("乙", "80"), _line("无", None), _line("甲", "90"), _line("丙", "80")])
    assert [(line.name, line.rank, line.is_tied) for line in lines] == [
        ("甲", 1, False), ("丙", 2, True), ("乙", 2, True), ("无", 0, False),
    ]  # fmt: skip


def test_what_parts_ties_parts_them() -> None:
    lines = choosing.ranked([_line("乙", "80", breakers=(Decimal(17),)), _line("丙", "80", breakers=(Decimal(18),))])
    assert [(line.name, line.rank, line.is_tied) for line in lines] == [("丙", 1, False), ("乙", 2, False)]


def test_a_cut_says_who_is_in_and_who_is_just_out() -> None:
    lines = choosing.ranked([_line(name, str(90 - place)) for place, name in enumerate("甲乙丙丁")])
    found = choosing.cut("装备", lines, 2)
    assert (_names(found.inside), _names(found.just_out), found.tied_at_cut, found.left) == (
        ["甲", "乙"],
        ["丙"],
        False,
        0,
    )
    assert choosing.cut("装备", lines, 6).left == 2
    assert _names(choosing.cut("装备", lines, 0).just_out) == ["甲"]


def test_a_tie_at_the_cut_is_shown_and_puts_none_of_the_tied_in() -> None:
    lines = choosing.ranked([_line("甲", "90"), _line("乙", "80"), _line("丙", "80"), _line("丁", "70")])
    found = choosing.cut("装备", lines, 2)
    assert (_names(found.inside), _names(found.just_out), found.tied_at_cut) == (["甲"], ["丙", "乙"], True)
    above = choosing.cut("装备", lines, 3)
    assert (_names(above.inside), above.tied_at_cut) == (["甲", "丙", "乙"], False), "both of them are in"


def test_whoever_is_barred_takes_no_place() -> None:
    lines = choosing.ranked([_line("甲", "90", bar="现场核查不通过"), _line("乙", "80"), _line("丙", "70")])
    found = choosing.cut("装备", lines, 1)
    assert (_names(found.inside), _names(found.just_out)) == (["乙"], ["丙"])


def test_a_departure_names_everybody_it_passes_over() -> None:
    lines = choosing.ranked(
        [
            _line("甲", "90", is_chosen=True), _line("乙", "85"), _line("丙", "80", bar="现场核查不通过"),
            _line("丁", "75", is_chosen=True), _line("戊", "75"), _line("己", "60"),
        ]
    )  # fmt: skip
    (only,) = choosing.departures(lines)
    assert (only.line.name, _names(only.before)) == ("丁", ["乙", "戊"]), "the level one too: nobody parted them"
    assert _names(choosing.next_in_line(lines)) == ["乙"]


def test_without_a_score_everybody_who_has_one_stands_before() -> None:
    lines = choosing.ranked([_line("甲", "10"), _line("无", None)])
    assert _names(choosing.passed_over(lines[1], lines)) == ["甲"]


def test_groups_don_t_compare_with_each_other() -> None:
    held = choosing.groups([_line("甲", "60", "食品"), _line("乙", "95"), _line("丙", "99", "食品")])
    assert {group: [(line.name, line.rank) for line in lines] for group, lines in held.items()} == {
        "装备": [("乙", 1)],
        "食品": [("丙", 1), ("甲", 2)],
    }


@given(st.dictionaries(st.text(min_size=1, max_size=3), st.integers(0, 40), max_size=8), st.integers(0, 60))
def test_a_suggested_split_uses_the_quota_and_never_more_than_there_are(sizes: dict[str, int], quota: int) -> None:
    shares = choosing.suggested(sizes, quota)
    assert sum(shares.values()) == min(quota, sum(sizes.values()))
    assert all(0 <= shares[group] <= sizes[group] for group in sizes)
    assert shares == choosing.suggested(dict(reversed(sizes.items())), quota)


def test_a_split_follows_the_sizes() -> None:
    assert choosing.suggested({"装备": 30, "食品": 10, "电子": 20}, 20) == {"装备": 10, "食品": 3, "电子": 7}


def test_coverage_counts_against_all() -> None:
    lines = [_line("甲", "90", city="武汉市", is_chosen=True), _line("乙", "80", city="宜昌市"), _line("丙", "70")]
    chosen = [line for line in lines if line.is_chosen]
    assert choosing.coverage(chosen, "city", lines) == [("武汉市", 1, 2), ("宜昌市", 0, 1)]
