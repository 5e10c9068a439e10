"""The screening: what is known answers itself, the rest is asked, and every rule comes out with what can be done."""

import json
import re
from dataclasses import replace
from typing import Any

import pytest
from django.template.loader import render_to_string

from applications import screening
from applications.screening import Line, Mark
from portal import declared
from portal.views.declared import Filled, drawn
from tests.test_eligibility import FIT
from tests.test_programmes import FOLDER
from tiers import programme_file
from tiers.editions import Force
from tiers.eligibility import RULE_KINDS, SOURCES, Facts, Held
from tiers.terms import Rule, Terms

# What only the applicant can say: everything but what the register, titles and self-assessments answer.
OWN = ("built", "competitive", "sound", "lawful", "controllable", "organised", "willing")
GRADES = ("fatal", "larger", "major", "severe")
ANSWERS = {f"rule.{code}": "yes" for code in OWN} | {f"rule.accidents.{grade}": "no" for grade in GRADES}
ON_FILE = replace(FIT, statements={}, accidents=None)


def _terms(name: str) -> Terms:
    return programme_file.read(FOLDER / f"{name}.toml").terms


@pytest.fixture(scope="module")
def hubei() -> Terms:
    return _terms("2024-excellent-HB")


@pytest.fixture(scope="module")
def national() -> Terms:
    return _terms("2024-excellent")


def by_code(found: tuple[Line, ...]) -> dict[str, Line]:
    return {line.code: line for line in found}


# -- what comes out ---------------------------------------------------------------------------------------------------
def test_hubeis_eight_conditions_are_answered_in_their_order(hubei: Terms) -> None:
    found = screening.lines(hubei, ON_FILE, ANSWERS)
    clauses = list(dict.fromkeys(line.clause for line in found if line.clause.startswith("82号 二(一)")))
    assert clauses == [f"82号 二(一){number}" for number in range(1, 9)]
    assert {line.mark for line in found} == {Mark.MET}
    assert screening.summary(found).may_submit
    assert screening.problems(found) == []


def test_only_what_is_not_on_file_is_asked(hubei: Terms) -> None:
    found = by_code(screening.lines(hubei, ON_FILE, {}))
    asked = {code for code, line in found.items() if line.asked}
    assert asked == {*OWN, "accidents"}
    assert found["accidents"].questions == tuple(f"rule.accidents.{grade}" for grade in GRADES)
    assert {found[code].source for code in asked} == {"申报主体填写"}
    assert [found[code].source for code in ("above_scale", "title", "maturity", "barred")] == [
        "企业登记", "荣誉称号", "智能工厂自评", "称号撤销记录",
    ]  # fmt: skip
    assert all(line.blocks and line.mark is Mark.EXPLAIN for code, line in found.items() if code in asked)
    assert screening.progress(found.values()) == declared.Progress(0, 8)
    assert screening.progress(screening.lines(hubei, ON_FILE, ANSWERS)) == declared.Progress(8, 8)


def test_without_a_self_assessment_its_answers_are_asked_and_marked_as_the_applicants_own(hubei: Terms) -> None:
    nothing = replace(ON_FILE, maturity_level=None, basics_met=None, tiers_met=None)
    own = {"rule.maturity": "3", "rule.basics": "yes", "rule.conditions": "yes"}
    for answers, mark in (({}, Mark.EXPLAIN), (own, Mark.MET), (own | {"rule.maturity": "2"}, Mark.UNMET)):
        line = by_code(screening.lines(hubei, nothing, answers))["maturity"]
        assert (line.mark, line.source) == (mark, "申报主体填写")
    assert "自评估为二级，应达到三级及以上" in line.reason
    assert screening.summary(screening.lines(hubei, nothing, ANSWERS | own)).may_submit
    assert not screening.lines(hubei, replace(ON_FILE, maturity_level=2), own)[-3].questions, "on file: nothing to say"


@pytest.mark.parametrize(
    ("change", "answers", "code", "ends"),
    [
        ({"is_central": True}, {}, "channel", True),
        ({"is_in_unit": False}, {}, "registered", True),
        ({"is_branch": True}, {}, "legal_person", True),
        ({"is_barred": True}, {}, "barred", True),
        ({"is_above_scale": False}, {}, "above_scale", False),
        ({"held": ()}, {}, "title", False),
        ({"maturity_level": 2}, {}, "maturity", False),
        ({"tiers_met": frozenset()}, {}, "conditions", False),
        ({"basics_met": False}, {}, "basics", False),
        ({}, {"rule.accidents.fatal": "yes"}, "accidents", False),
        ({}, {"rule.willing": "no"}, "willing", False),
    ],
)
def test_who_does_not_meet_a_rule_reads_why_the_clause_and_what_to_do(
    hubei: Terms, change: dict[str, Any], answers: dict[str, str], code: str, ends: bool
) -> None:
    found = screening.lines(hubei, replace(ON_FILE, **change), ANSWERS | answers)
    (line,) = [line for line in found if line.blocks]
    assert (line.code, line.mark, line.ends) == (code, Mark.UNMET, ends)
    assert line.reason
    assert line.remedy
    assert line.clause
    whole = screening.summary(found)
    assert (whole.may_begin, whole.may_submit) == (not ends, False)
    (problem,) = screening.problems(found)
    assert (problem.key, problem.sentence) == (code, line.reason + line.remedy)


def test_branch_of_a_listed_industry_may_apply(hubei: Terms) -> None:
    branch = replace(ON_FILE, is_branch=True, industry="C32")
    assert by_code(screening.lines(hubei, branch, {}))["legal_person"].mark is Mark.MET


def test_what_is_asked_for_in_principle_wants_an_explanation_and_then_may_be_submitted(national: Terms) -> None:
    without = replace(ON_FILE, tiers_held=frozenset())
    line = by_code(screening.lines(national, without, ANSWERS))["title"]
    assert (line.mark, line.blocks, line.ends, line.asked) == (Mark.EXPLAIN, True, False, ("note.title",))
    (problem,) = screening.problems([line])
    assert problem.sentence == "尚未获评先进级智能工厂。本条为“原则上”要求，请填写情况说明。"
    long = ANSWERS | {"note.title": "长" * 501}
    (problem,) = screening.problems(screening.lines(national, without, long))
    assert "限500字" in problem.sentence
    explained = screening.lines(national, without, ANSWERS | {"note.title": "本省当年尚未开展先进级评定。" * 3})
    assert screening.summary(explained).may_submit
    assert by_code(explained)["title"].mark is Mark.EXPLAIN, "the reader sees that it is explained, not met"
    assert not by_code(screening.lines(national, ON_FILE, ANSWERS))["title"].asked


def test_accidents_are_clear_only_when_every_grade_is_denied(hubei: Terms) -> None:
    partly = {key: answer for key, answer in ANSWERS.items() if key != "rule.accidents.severe"}
    line = by_code(screening.lines(hubei, ON_FILE, partly))["accidents"]
    assert (line.mark, line.missing) == (Mark.EXPLAIN, ("rule.accidents.severe",))
    line = by_code(screening.lines(hubei, ON_FILE, partly | {"rule.accidents.fatal": "yes"}))["accidents"]
    assert line.mark is Mark.UNMET
    assert "亡人" in line.reason


def test_the_nation_does_not_ask_about_what_hubei_does(national: Terms, hubei: Terms) -> None:
    asked = {name: set(screening.section(terms).fields) for name, terms in (("nation", national), ("hubei", hubei))}
    assert asked["hubei"] - asked["nation"] == {"rule.accidents.fatal"}
    assert asked["nation"] - asked["hubei"] == {"note.title"}


@pytest.mark.parametrize("odd", ["是", "6", "-1", " ", "x" * 600])
def test_answer_that_was_not_offered_is_no_answer(hubei: Terms, odd: str) -> None:
    nothing = Facts()
    answers = dict.fromkeys(screening.section(hubei).fields, odd)
    found = screening.lines(hubei, nothing, answers)
    assert {line.mark for line in found if line.code not in OWN} <= {Mark.EXPLAIN, Mark.MET}
    assert screening.lines(hubei, nothing, {"rule.built": ["yes"], "rule.maturity": {"a": "b"}})[4].blocks


def test_questions_can_be_saved_as_a_section_of_any_form(hubei: Terms) -> None:
    asked = screening.section(hubei)
    assert asked.key == "screening"
    assert declared.read(asked, ANSWERS) == ANSWERS
    with pytest.raises(declared.Unreadable):
        declared.read(asked, {"rule.channel": "yes"})
    with pytest.raises(declared.Unreadable):
        declared.read(asked, {"rule.maturity": "9"})


# -- other rounds -----------------------------------------------------------------------------------------------------
def test_a_groups_round_is_for_its_own_enterprises() -> None:
    group = _terms("2024-excellent-group")
    own = replace(ON_FILE, is_central=True, is_of_group=True)
    assert by_code(screening.lines(group, own, ANSWERS))["channel"].mark is Mark.MET
    for stranger in (replace(ON_FILE, is_of_group=False), replace(own, is_of_group=False)):
        assert by_code(screening.lines(group, stranger, ANSWERS))["channel"].ends


def test_an_advanced_round_asks_for_its_own_tier_and_no_title() -> None:
    advanced = _terms("2024-advanced-HB")
    second = replace(ON_FILE, maturity_level=2, tiers_met=frozenset({"basic", "advanced"}), held=())
    assert screening.summary(screening.lines(advanced, second, ANSWERS)).may_submit
    assert "built" not in by_code(screening.lines(advanced, second, {}))


def test_a_leading_round_needs_nothing_but_its_rules(national: Terms) -> None:
    rules = (
        Rule("title", "holds_tier", "应已获评卓越级智能工厂", "附件1 三(四)", value="excellent"),
        Rule("maturity", "maturity", "领航级智能工厂应达到四级及以上", "附件2 一5", value=4),
        Rule("steps", "statement", "承诺配合国家智能制造专家委员会指导", "附件1 三(四)", Force.IN_PRINCIPLE),
    )
    leading = replace(national, rules=rules, direct=None)
    fit = replace(ON_FILE, tiers_held=frozenset({"basic", "advanced", "excellent"}), maturity_level=4)
    assert screening.summary(screening.lines(leading, fit, {"rule.steps": "yes"})).may_submit
    assert [line.mark for line in screening.lines(leading, ON_FILE, {"rule.steps": "no"})] == [
        Mark.UNMET, Mark.UNMET, Mark.EXPLAIN,
    ]  # fmt: skip


def test_every_kind_of_rule_can_be_screened_and_says_where_it_is_known_from() -> None:
    for kind, described in RULE_KINDS.items():
        value = described.parameter.default if described.parameter else None
        terms = replace(_terms("2024-excellent"), rules=(Rule("x", kind, "条文", "条款", value=value),))
        (line,) = screening.lines(terms, Facts(), {})
        assert line.source in SOURCES.values()
        assert line.blocks, "what nobody knows can't be submitted"


# -- the direct way ---------------------------------------------------------------------------------------------------
NATIONAL = Held("national_demonstration", 2022)


def test_direct_way_is_offered_to_those_who_passed_and_explained_to_those_who_did_not_yet(hubei: Terms) -> None:
    made = screening.offer(hubei, replace(ON_FILE, held=(NATIONAL,)))
    assert made
    assert made.is_open
    assert "不占推荐名额（82号 二(三)4）" in made.sentence
    made = screening.offer(hubei, replace(ON_FILE, held=(replace(NATIONAL, accepted=False),)))
    assert made
    assert not made.is_open
    assert "尚无通过验收的记录" in made.sentence
    for held in ((), None, (replace(NATIONAL, year=2019),)):
        assert screening.offer(hubei, replace(ON_FILE, held=held)) is None
    assert screening.offer(replace(hubei, direct=None), replace(ON_FILE, held=(NATIONAL,))) is None


def test_on_the_direct_way_its_title_stands_for_those_that_others_need(hubei: Terms) -> None:
    direct = replace(ON_FILE, held=(NATIONAL,))
    found = screening.lines(hubei, direct, ANSWERS, direct=True)
    assert screening.summary(found).may_submit
    assert found[0].mark is Mark.MET
    assert "直接申报" in by_code(found)["title"].reason
    assert by_code(screening.lines(hubei, direct, ANSWERS))["title"].mark is Mark.UNMET, "not on the ordinary way"
    assert by_code(screening.lines(hubei, replace(direct, is_central=True), ANSWERS, direct=True))["channel"].ends


def test_direct_way_without_its_title_blocks(hubei: Terms) -> None:
    found = screening.lines(hubei, ON_FILE, ANSWERS, direct=True)
    (line,) = [line for line in found if line.blocks]
    assert (line.code, line.clause, line.ends) == ("direct_way", "82号 二(三)4", False)


# -- kept with a submission -------------------------------------------------------------------------------------------
def test_frozen_screening_keeps_verdict_reason_source_and_what_was_said(national: Terms) -> None:
    without = replace(ON_FILE, tiers_held=frozenset(), told={"tiers_held": "没有有效记录"})
    answers = ANSWERS | {"note.title": "本省尚未评定"}
    document = screening.as_document(screening.lines(national, without, answers))
    assert declared.canonical({"screening": document}) == declared.canonical({"screening": document})
    title = next(entry for entry in document if entry["code"] == "title")
    assert title == {
        "code": "title",
        "text": "原则上应已获评先进级智能工厂",
        "clause": "399号 二(一)2",
        "force": "in_principle",
        "mark": "explain",
        "mark_label": "需说明",
        "reason": "尚未获评先进级智能工厂。",
        "source": "荣誉称号",
        "told": "没有有效记录",
        "said": [["情况说明", "本省尚未评定"]],
    }
    accidents = next(entry for entry in document if entry["code"] == "accidents")
    assert accidents["said"][0] == ["近三年是否发生过较大安全、环保等事故", "否"]


def _shown(context: dict[str, Any]) -> str:
    return re.sub(r"\s+", " ", render_to_string("applications/_screening.html", context))


def test_page_shows_marks_reasons_remedies_and_only_the_questions_that_are_asked(hubei: Terms) -> None:
    found = screening.lines(hubei, replace(ON_FILE, maturity_level=2, told={"maturity_level": "2024年度自评"}), {})
    blocks = drawn(screening.section(hubei), Filled({"rule.built": "no"}))
    shown = _shown({"lines": screening.with_fields(found, blocks), "outcome": screening.summary(found)})
    assert shown.count('<li class="screening__line"') == len(hubei.rules)
    assert "尚不能提交" in shown
    assert "有 1 项条件不符合，另有 8 项需要说明" in shown
    assert "自评估为二级，应达到三级及以上。" in shown
    assert "重新开展自评估" in shown
    assert "信息来源：智能工厂自评 2024年度自评" in shown
    assert 'name="rule.accidents.fatal"' in shown
    assert 'value="no" checked' in shown
    assert 'name="rule.maturity"' not in shown, "known from the self-assessment"


def test_frozen_lines_are_shown_by_the_same_template_without_questions(national: Terms) -> None:
    found = screening.lines(national, replace(ON_FILE, tiers_held=frozenset()), ANSWERS | {"note.title": "尚未评定"})
    shown = _shown({"lines": json.loads(json.dumps(screening.as_document(found)))})
    assert "<dt>情况说明</dt><dd>尚未评定</dd>" in shown
    assert "<input" not in shown
    assert "需说明" in shown
