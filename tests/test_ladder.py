"""The ladder: which tier, what is missing, in which order; and what must hold for any answers at all."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tiers import edition_file
from tiers.editions import Edition, Force
from tiers.ladder import Answers, Order, ScenarioUse, ai_share, evaluate, maturity_level

CATALOGUE = Path(edition_file.__file__).parent / "catalogue"
E2024, E2025 = (edition_file.read(CATALOGUE / f"{year}.toml") for year in (2024, 2025))
ONE, NONE = Decimal(1), Decimal(0)
GRADES = [Decimal(g) for g in ("0", "0.5", "0.8", "1")]


def _up_to(rank: int, maturity: str, areas: tuple[str, ...] = tuple(E2024.area_names)) -> Answers:
    """Everything met up to a tier, nothing above, with a scenario in each of the areas."""
    return Answers(
        basics={basic.code: True for basic in E2024.basics},
        grades={e.code: ONE if tier.rank <= rank else NONE for tier in E2024.tiers for e in tier.elements},
        scenarios=[ScenarioUse(area) for area in areas],
        maturity=Decimal(maturity),
    )


def _reached(answers: Answers, edition: Edition = E2024) -> str:
    tier = evaluate(edition, answers).reached
    return tier.name if tier else ""


@pytest.mark.parametrize(
    ("rank", "maturity", "name"),
    [(0, "5", ""), (1, "2", "基础级"), (2, "2", "先进级"), (3, "3", "卓越级"), (4, "4", "领航级")],
)
def test_each_tier_is_reached_by_meeting_it_and_all_below(rank: int, maturity: str, name: str) -> None:
    assert _reached(_up_to(rank, maturity)) == name


@pytest.mark.parametrize(
    ("score", "level"),
    [("0", 0), ("0.79", 0), ("0.8", 1), ("1.79", 1), ("1.8", 2), ("2.79", 2), ("2.8", 3), ("3.79", 3), ("3.8", 4),
     ("4.79", 4), ("4.8", 5), ("5", 5)],
)  # fmt: skip
def test_maturity_level_at_every_boundary(score: str, level: int) -> None:
    assert maturity_level(Decimal(score)) == level
    assert maturity_level(None) == 0


@pytest.mark.parametrize(
    ("score", "name"), [("1.79", ""), ("1.8", "先进级"), ("2.79", "先进级"), ("2.8", "卓越级"), ("3.8", "领航级")]
)
def test_maturity_is_a_gate(score: str, name: str) -> None:
    assert _reached(_up_to(4, score)) == name


def test_basic_tier_asks_for_production_operation_only() -> None:
    only = _up_to(1, "2", areas=("operation",))
    grades = {c: g for c, g in only.grades.items() if not c.startswith("basic.") or "operation" in c or "effect" in c}
    assert _reached(replace(only, grades=grades)) == "基础级"
    assert _reached(replace(only, scenarios=[])) == ""


def test_excellent_without_all_five_asks_for_an_explanation() -> None:
    three = evaluate(E2024, _up_to(3, "3", areas=("operation", "production", "management")))
    assert three.reached.name == "卓越级"
    to_explain = three.standings[2].to_explain
    assert {f.area for f in to_explain} == {"factory", "design"}
    assert all("原则上应覆盖全部五个环节（附件2 四（一））" in f.sentence for f in to_explain)


def test_leading_without_all_five_is_stopped() -> None:
    four = evaluate(E2024, _up_to(4, "4", areas=("factory", "operation", "production", "management")))
    assert four.reached.name == "卓越级"
    assert "须覆盖全部五个环节" in four.gap[0].sentence


def test_in_principle_leaves_no_room_below_what_the_tier_beneath_requires() -> None:
    """Without 生产管理 no factory is 先进级, so it is not 卓越级 either, explanation or not."""
    standing = evaluate(E2024, _up_to(3, "3", areas=("factory", "design", "operation", "management"))).standings[2]
    assert not standing.is_met
    assert {f.area for f in standing.unmet} == {"production"}


@pytest.mark.parametrize("basic", [b.code for b in E2024.basics if not b.gate])
@pytest.mark.parametrize("said", [False, None])
def test_no_tier_without_every_basic_requirement(basic: str, said: bool | None) -> None:
    answers = _up_to(4, "4")
    verdict = evaluate(E2024, replace(answers, basics=dict(answers.basics) | {basic: said}))
    assert verdict.reached is None
    assert verdict.gap[0].order is Order.BASIC
    assert ("尚未填写" if said is None else "不符合") in verdict.gap[0].sentence


@pytest.mark.parametrize("element", [e.code for t in E2024.tiers for e in t.elements if e.area in {"", "operation"}])
def test_one_element_short_keeps_the_tier_away_and_cites_its_clause(element: str) -> None:
    answers = _up_to(4, "4")
    tier = next(t for t in E2024.tiers if t.code == element.split(".")[0])
    verdict = evaluate(E2024, replace(answers, grades=dict(answers.grades) | {element: Decimal("0.5")}))
    assert not verdict.standings[tier.rank - 1].is_met
    (finding,) = verdict.standings[tier.rank - 1].unmet
    assert "部分满足" in finding.sentence
    assert finding.clause in finding.sentence


def test_mostly_met_is_met() -> None:
    answers = _up_to(4, "4")
    assert _reached(replace(answers, grades=dict.fromkeys(answers.grades, Decimal("0.8")))) == "领航级"


def test_gap_names_gates_first_then_areas_in_order_and_effects_last() -> None:
    gap = evaluate(E2024, Answers()).gap
    assert [f.order for f in gap] == sorted(f.order for f in gap)
    leading = evaluate(E2024, replace(_up_to(3, "3"), scenarios=[ScenarioUse("factory")])).standings[3].findings
    areas = [f.area for f in leading if f.order is Order.CONTENT]
    assert areas == sorted(areas, key=list(E2024.area_names).index)


def test_nothing_is_missing_at_the_top() -> None:
    assert evaluate(E2024, _up_to(4, "4")).gap == ()


def test_scores_are_means_of_grades_and_unanswered_counts_nothing() -> None:
    answers = Answers(grades={"basic.operation.1": ONE, "basic.operation.2": Decimal("0.5")})
    assert evaluate(E2024, answers).standings[0].scores["operation"] == Decimal("50.0")
    assert set(evaluate(E2024, answers).standings[0].scores) == set(E2024.area_names)


@pytest.mark.parametrize(
    ("with_ai", "of", "name"), [(1, 5, "卓越级"), (0, 5, "先进级"), (3, 5, "领航级"), (2, 5, "卓越级")]
)
def test_2025_asks_for_a_share_of_ai(with_ai: int, of: int, name: str) -> None:
    scenarios = [ScenarioUse(a, number < with_ai) for number, a in enumerate(list(E2025.area_names)[:of])]
    assert _reached(replace(_up_to(4, "4"), scenarios=scenarios), E2025) == name
    assert ai_share(scenarios) == Decimal(100) * with_ai / of


grades = st.dictionaries(st.sampled_from([e.code for t in E2024.tiers for e in t.elements]), st.sampled_from(GRADES))
answered = st.builds(
    Answers,
    basics=st.fixed_dictionaries({b.code: st.sampled_from([True, True, True, False]) for b in E2024.basics}),
    grades=st.builds(lambda rank, changed: dict(_up_to(rank, "0").grades) | changed, st.integers(0, 4), grades),
    scenarios=st.lists(st.builds(ScenarioUse, st.sampled_from(list(E2024.area_names)), st.booleans()), max_size=8),
    maturity=st.none() | st.decimals(0, 5, places=2),
)


def _rank(answers: Answers) -> int:
    tier = evaluate(E2024, answers).reached
    return tier.rank if tier else 0


@settings(max_examples=150, deadline=None)
@given(answered, st.sampled_from([e.code for t in E2024.tiers for e in t.elements]))
def test_more_satisfaction_never_lowers_the_tier(answers: Answers, element: str) -> None:
    before = _rank(answers)
    assert _rank(replace(answers, grades=dict(answers.grades) | {element: ONE})) >= before
    assert _rank(replace(answers, basics={b.code: True for b in E2024.basics})) >= before
    assert _rank(replace(answers, maturity=Decimal(5))) >= before
    assert _rank(replace(answers, scenarios=[*answers.scenarios, ScenarioUse("design")])) >= before


@settings(max_examples=150, deadline=None)
@given(answered)
def test_a_tier_implies_those_below_and_a_gap_is_only_what_is_unmet(answers: Answers) -> None:
    verdict = evaluate(E2024, answers)
    reached = verdict.reached.rank if verdict.reached else 0
    assert all(standing.is_met for standing in verdict.standings[:reached])
    assert bool(verdict.gap) == (reached < 4)
    if verdict.gap:
        assert not verdict.standings[reached].is_met
        assert any(f.force is Force.REQUIRED for f in verdict.gap)
    assert all(f.clause in f.sentence or f.order is Order.AI_SHARE for s in verdict.standings for f in s.findings)
