"""Sharing candidates out among experts: as many sheets as there can be, what fits first, evenly, and reproducibly."""

import time
from collections import Counter
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from review.assigning import Assignment, Case, Judge, assign

DIVISIONS = ["C34", "C35", "C36", "C39"]


@st.composite
def worlds(draw: st.DrawFn) -> tuple[list[Case], list[Judge], set[tuple[str, str]], int]:
    cases = [Case(f"c{n}", draw(st.sampled_from(DIVISIONS))) for n in range(draw(st.integers(0, 8)))]
    judges = [
        Judge(f"j{n}", frozenset(draw(st.sets(st.sampled_from(DIVISIONS)))), draw(st.integers(0, 6)))
        for n in range(draw(st.integers(0, 6)))
    ]
    pairs = [(case.key, judge.key) for case in cases for judge in judges]
    barred = set(draw(st.lists(st.sampled_from(pairs), max_size=12))) if pairs else set()
    return cases, judges, barred, draw(st.integers(1, 4))


def loads(found: Assignment) -> Counter[str]:
    return Counter(judge for judges in found.sheets.values() for judge in judges)


@given(worlds(), st.text(max_size=5), st.randoms(use_true_random=False))
@settings(deadline=None)
def test_limits_hold_and_the_same_seed_gives_the_same_whatever_the_order(world, seed, shuffler) -> None:
    cases, judges, barred, per = world
    found = assign(cases, judges, per, seed, barred=barred)
    room = {judge.key: judge.room for judge in judges}
    assert all(load <= room[judge] for judge, load in loads(found).items())
    for case, chosen in found.sheets.items():
        assert len(set(chosen)) == len(chosen) <= per
        assert not {(case, judge) for judge in chosen} & barred
        assert found.lacking.get(case, 0) == per - len(chosen)
    shuffled = (list(cases), list(judges), list(barred))
    for part in shuffled:
        shuffler.shuffle(part)
    assert assign(shuffled[0], shuffled[1], per, seed, barred=shuffled[2]) == found


@given(worlds(), st.text(max_size=3))
@settings(deadline=None)
def test_no_way_of_sharing_out_gives_more_sheets(world, seed) -> None:
    """Against the bound of the cut: candidates in a set can't get more than every expert can give them."""
    cases, judges, barred, per = world
    found = assign(cases, judges, per, seed, barred=barred)
    best = sum(len(judges_) for judges_ in found.sheets.values())
    keys = [case.key for case in cases]
    # max-flow = min-cut: some set of candidates on the far side shows that there is no more.
    cut = min(
        per * (len(keys) - len(chosen))
        + sum(min(judge.room, sum((key, judge.key) not in barred for key in chosen)) for judge in judges)
        for size in range(len(keys) + 1)
        for chosen in combinations(keys, size)
    )
    assert best == cut


@given(worlds(), st.text(max_size=3))
@settings(deadline=None)
def test_what_is_held_stays_and_counts(world, seed) -> None:
    cases, judges, barred, per = world
    first = assign(cases, judges, per, seed, barred=barred)
    again = assign(cases, [Judge(j.key, j.industries, 0) for j in judges], per, seed, barred=barred, held=first.sheets)
    assert again.count == 0
    assert again.lacking == first.lacking


def test_what_an_expert_knows_comes_first() -> None:
    cases = [Case(f"c{n}", "C34") for n in range(4)] + [Case(f"d{n}", "C39") for n in range(4)]
    judges = [Judge(f"m{n}", frozenset({"C34"}), 9) for n in range(3)]
    judges += [Judge(f"e{n}", frozenset({"C39"}), 9) for n in range(3)]
    found = assign(cases, judges, 3, "2024")
    assert all(judge[0] == {"c": "m", "d": "e"}[case[0]] for case, chosen in found.sheets.items() for judge in chosen)


def test_loads_are_even() -> None:
    cases = [Case(f"c{n}", DIVISIONS[n % 4]) for n in range(50)]
    judges = [Judge(f"j{n}", frozenset(DIVISIONS), 40) for n in range(7)]
    counted = loads(assign(cases, judges, 5, "x")).values()
    assert max(counted) - min(counted) <= 1


def test_another_seed_gives_another_draw() -> None:
    cases = [Case(f"c{n}", "C34") for n in range(10)]
    judges = [Judge(f"j{n}", frozenset({"C34"}), 10) for n in range(10)]
    assert assign(cases, judges, 3, "1").sheets != assign(cases, judges, 3, "2").sheets


def test_somebody_who_left_the_panel_still_counts_for_what_they_hold() -> None:
    found = assign([Case("c", "C34")], [Judge("j", frozenset(), 5)], 2, "", held={"c": {"gone"}})
    assert found.sheets == {"c": ("j",)}
    assert not found.lacking


@pytest.mark.parametrize(("count", "per"), [(600, 5), (1000, 3)])
def test_three_thousand_sheets_are_a_matter_of_milliseconds(count: int, per: int) -> None:
    cases = [Case(f"c{n}", f"C{13 + n % 31}") for n in range(count)]
    judges = [Judge(f"j{n}", frozenset(f"C{13 + (n * 7 + k) % 31}" for k in range(4)), 50) for n in range(60)]
    began = time.perf_counter()
    found = assign(cases, judges, per, "bench", barred={(f"c{n}", f"j{n % 60}") for n in range(count)})
    assert time.perf_counter() - began < 2
    assert found.count == 3000
    assert max(loads(found).values()) == 50
