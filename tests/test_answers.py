"""What an enterprise typed, as the ladder reads it; levels, ratios and claims that don't agree are pointed out."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiers.answers import figures, hints, ladder_answers, notes, prefilled, scenario_uses
from tiers.assessment_form import assessment_form
from tiers.edition_file import read
from tiers.editions import Edition, Indicator, IndicatorKind
from tiers.indicators import agrees, figure
from tiers.ladder import evaluate
from tiers.services.catalogue import FOLDER

E2024, E2025 = read(FOLDER / "2024.toml"), read(FOLDER / "2025.toml")


def _indicator(code: str) -> Indicator:
    return next(i for i in E2024.indicators if i.code == code)


def test_published_sample_that_claims_82_for_117_of_150_is_pointed_out() -> None:
    answered = figure(_indicator("numerical_control"), {
        "numerical_control.part": "117", "numerical_control.whole": "150", "numerical_control.value": "82",
    })  # fmt: skip
    assert answered.computed == Decimal("78.00")
    assert answered.value == Decimal("78.00")
    assert answered.sentence == "关键设备数控化率：填写的82%与按原始数据计算的78.00%不一致，请核对。"


@pytest.mark.parametrize(
    ("kind", "one", "other", "value"),
    [
        (IndicatorKind.RATIO, "117", "150", "78.00"),
        (IndicatorKind.RATIO, "2", "3", "66.67"),
        (IndicatorKind.RATIO, "1", "0", None),
        (IndicatorKind.INCREASE, "80", "100", "25.00"),
        (IndicatorKind.INCREASE, "0", "100", None),
        (IndicatorKind.INCREASE, "-50", "50", "200.00"),
        (IndicatorKind.DECREASE, "12", "9", "25.00"),
        (IndicatorKind.DECREASE, "9", "12", "-33.33"),
    ],
)
def test_figure_follows_from_its_parts(kind: IndicatorKind, one: str, other: str, value: str | None) -> None:
    indicator = Indicator(1, "x", "g", "指标", "%", kind, "附1")
    parts = ("part", "whole") if kind is IndicatorKind.RATIO else ("before", "after")
    answered = figure(indicator, {f"x.{parts[0]}": one, f"x.{parts[1]}": other})
    assert answered.computed == (None if value is None else Decimal(value))


@pytest.mark.parametrize(
    ("claimed", "agreed"),
    [("67", True), ("66.7", True), ("66.67", True), ("66.667", True), ("66", False), ("66.6", False)],
)
def test_claim_agrees_when_it_is_the_figure_rounded(claimed: str, agreed: bool) -> None:
    assert agrees(Decimal("66.67"), Decimal(claimed)) is agreed


@given(st.integers(1, 10_000), st.integers(1, 10_000))
def test_claim_of_the_computed_figure_always_agrees(part: int, whole: int) -> None:
    answered = figure(_indicator("numerical_control"), {
        "numerical_control.part": str(part), "numerical_control.whole": str(whole),
    })  # fmt: skip
    assert answered.computed is not None
    assert agrees(answered.computed, answered.computed)


def test_figure_beyond_its_range_is_pointed_out_and_sales_may_fall() -> None:
    beyond = figure(_indicator("solid_waste"), {"solid_waste.value": "104"})
    assert beyond.sentence == "一般固废综合利用率：104%超出合理范围（0%至100%），请核对。"
    sales = next(i for i in E2024.indicators if i.name == "销售增长率")
    fallen = figure(sales, {f"{sales.code}.before": "100", f"{sales.code}.after": "90"})
    assert (fallen.value, fallen.sentence) == (Decimal("-10.00"), "")


def test_indicator_that_does_not_apply_has_no_figure() -> None:
    answered = figure(_indicator("advanced_control"), {"advanced_control.na": "yes", "advanced_control.part": "3"})
    assert (answered.value, answered.not_applicable) == (None, True)


@pytest.mark.parametrize("edition", [E2024, E2025], ids=lambda e: e.code)
@pytest.mark.parametrize("aim", ["basic", "advanced", "excellent", "leading"])
def test_form_asks_for_every_element_up_to_the_aim_and_none_above(edition: Edition, aim: str) -> None:
    form = assessment_form(edition, aim)
    asked = {key.removesuffix(".grade") for s in form.sections for key in s.fields if key.endswith(".grade")}
    rank = edition.tier(aim).rank
    assert asked == {element.code for tier in edition.tiers if tier.rank <= rank for element in tier.elements}
    keys = [key for s in form.sections for key in s.fields]
    assert len(keys) == len(set(keys)), "a field of two sections"
    assert {f"{i.code}.note" for i in edition.indicators} <= set(keys)


def test_form_is_drawn_once_for_each_edition_and_aim() -> None:
    assert assessment_form(E2024, "basic") is assessment_form(E2024, "basic")


def test_parts_of_a_ratio_are_called_what_its_formula_calls_them() -> None:
    fields = assessment_form(E2024, "basic").section("indicators").fields
    assert fields["numerical_control.part"].label == "数控设备台数"
    assert fields["advanced_control.whole"].label == "应投用回路数"
    changes = {i.name: [fields[f"{i.code}.{part}"].label for part in ("before", "after")] for i in E2024.indicators
               if f"{i.code}.before" in fields}  # fmt: skip
    assert changes["研制周期缩短"] == ["建设前", "建设后"]
    assert changes["销售增长率"] == ["上期", "本期"], "growth is from one period to the next"
    assert changes["生产效率提升"] == ["建设前", "建设后"]


def _scenario(area: str, ai: str) -> dict[str, str]:
    return {"area": area, "name": "名", "instance": "例", "ai": ai, "note": ""}


SCENARIOS = {
    "scenarios[m1]": _scenario("质量管控", "yes"),
    "scenarios[m2]": _scenario("仓储物流", "no"),
    "scenarios[m3]": _scenario("多环节模式创新", "no"),
    "scenarios[m4]": _scenario("", "yes"),
}


def test_scenarios_count_for_the_area_that_their_guide_area_belongs_to() -> None:
    uses = scenario_uses(E2024, {"scenarios": SCENARIOS})
    assert [(use.area, use.uses_ai) for use in uses] == [("operation", True), ("production", False), ("", False)]


def test_ladder_reads_grades_basics_scenarios_and_score() -> None:
    answers = ladder_answers(E2024, {
        "basics": {"basic.1.met": "yes", "basic.2.met": "no"},
        "maturity": {"score": "２.65"},
        "operation": {"basic.operation.1.grade": "0.8", "basic.operation.1.note": "说明"},
        "scenarios": SCENARIOS,
    })  # fmt: skip
    assert answers.basics == {"basic.1": True, "basic.2": False, "basic.3": None, "basic.4": None}
    assert answers.grades == {"basic.operation.1": Decimal("0.8")}
    assert answers.maturity == Decimal("2.65")
    assert len(answers.scenarios) == 3


@pytest.mark.parametrize("score", ["", "abc", "5.01", "-1"])
def test_score_that_is_none_counts_as_not_answered(score: str) -> None:
    assert ladder_answers(E2024, {"maturity": {"score": score}}).maturity is None


def test_level_that_does_not_follow_from_the_score_is_pointed_out() -> None:
    (hint,) = hints(E2024, {"maturity": {"score": "2.79", "level": "3"}})
    assert hint.section == "maturity"
    assert hint.sentence == "成熟度：总分2.79分对应二级，与报告所载三级不一致，请核对（GB/T 39116-2020）。"
    assert hints(E2024, {"maturity": {"score": "2.80", "level": "3"}}) == []
    assert notes(E2024, {"maturity": {"score": "2.80"}}, "maturity") == {"maturity": "按总分计算为三级。"}
    said = notes(E2024, {"maturity": {"score": "2.80", "level": "2"}}, "maturity")
    assert "与报告所载二级不一致" in said["maturity"], "pointed out where it is typed"


def test_ai_indicator_is_held_against_the_scenarios() -> None:
    sections = {"scenarios": SCENARIOS, "indicators": {"ai_scenarios.part": "2", "ai_scenarios.whole": "3"}}
    (hint,) = hints(E2024, sections)
    assert hint.sentence == "应用人工智能技术场景比例：指标为66.67%，按所列3个场景计算为33.33%，请核对。"
    assert prefilled(E2024, {"scenarios": SCENARIOS}) == {"ai_scenarios.part": "1", "ai_scenarios.whole": "3"}
    assert prefilled(E2024, sections) == {}


def test_notes_give_the_computed_ratio_and_what_does_not_agree() -> None:
    said = notes(E2024, {"indicators": {
        "numerical_control.part": "117", "numerical_control.whole": "150", "numerical_control.value": "82",
    }}, "indicators")  # fmt: skip
    assert said["numerical_control"].startswith("计算结果：78.00%。 关键设备数控化率：填写的82%")
    assert notes(E2024, {}, "basics") == {}


def test_every_unmet_point_is_a_sentence_that_cites_its_clause() -> None:
    for edition in (E2024, E2025):
        for standing in evaluate(edition, ladder_answers(edition, {})).standings:
            for finding in standing.findings:
                assert finding.clause in finding.sentence, finding
                assert finding.sentence.endswith("。")
                assert finding.point


def test_figures_are_the_twenty_in_order() -> None:
    assert [f.indicator.number for f in figures(E2024, {})] == list(range(1, 21))
