"""What is on file for the screening: register, titles, revocations, self-assessments; and where others go."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from applications import screening
from applications.screening import Mark
from applications.selectors.screening import channel, facts
from portal import clock, walls
from portal.actors import Actor
from portal.models import Enterprise, Unit
from tests import factories, rounds, titles
from tests.factories import People
from tests.test_screening import ANSWERS, by_code
from tiers.eligibility import Facts, is_direct
from tiers.models import Factory, Round, SelfAssessment
from tiers.services import recognitions


# -- what is on file --------------------------------------------------------------------------------------------------
def _facts(round_: Round, factory: Factory, by: Actor) -> Facts:
    with walls.enter(by):
        return facts(round_, factory, clock.now())


@pytest.fixture
def round_(people: People) -> Round:
    return rounds.current(people)


@pytest.fixture
def plant(people: People) -> Factory:
    return factories.factory(people.enterprise_a)


def test_register_titles_and_assessment_answer_in_few_queries(people: People, round_: Round, plant: Factory) -> None:
    titles.of_a(people, title="hubei_pilot", project="")
    titles.of_a(people, title="advanced", project=plant.name)
    factories.assessment(plant, people.enterprise_admin_a, year=round_.year, aim="excellent", rank=3)
    with (
        walls.enter(people.enterprise_admin_a),
        CaptureQueriesContext(
            connection,
        ) as asked,
    ):
        known = facts(round_, plant, clock.now())
    assert len(asked) <= 6
    assert (known.is_branch, known.is_in_unit, known.is_central, known.is_above_scale) == (False, True, False, True)
    assert {held.title for held in known.held or ()} == {"hubei_pilot", "advanced"}
    assert known.tiers_held == {"basic", "advanced"}
    assert known.tiers_met == {"basic", "advanced", "excellent"}
    assert (known.basics_met, known.maturity_level, known.is_barred) == (True, 3, False)
    assert "先进级智能工厂（2024年）" in known.told["tiers_held"]
    assert f"{round_.year}年度自评" in known.told["maturity_level"]
    assert screening.summary(screening.lines(round_.value, known, ANSWERS)).may_submit


def test_without_anything_on_file_it_says_so(people: People, round_: Round, plant: Factory) -> None:
    known = _facts(round_, plant, people.enterprise_admin_a)
    assert (known.held, known.tiers_met, known.basics_met, known.maturity_level) == ((), None, None, None)
    assert known.told["held"] == "没有有效记录"
    assert known.told["maturity_level"] == "尚无自评"


def test_titles_of_another_factory_do_not_count_and_unlinked_ones_say_so(
    people: People, round_: Round, plant: Factory
) -> None:
    other = factories.factory(people.enterprise_a)
    titles.of_a(people, title="excellent", project=other.name)
    titles.of_a(people, title="advanced", project="名单上的项目")
    known = _facts(round_, plant, people.enterprise_admin_a)
    assert known.tiers_held == {"basic", "advanced"}
    assert "项目“名单上的项目”，尚未与工厂核对" in known.told["tiers_held"]
    assert _facts(round_, other, people.enterprise_admin_a).tiers_held == {"basic", "advanced", "excellent"}


def test_direct_way_counts_the_year_it_was_taken_on_and_needs_acceptance(
    people: People, round_: Round, plant: Factory
) -> None:
    title = titles.of_a(
        people, title="national_demonstration", project=plant.name, year=2024, selection_year=2022,
        passed_acceptance=None,
    )  # fmt: skip
    direct = round_.value.direct
    known = _facts(round_, plant, people.enterprise_admin_a)
    assert not is_direct(direct, known)
    assert "2022年揭榜，没有通过验收的记录" in known.told["held"]
    with walls.enter(people.unit_officer):
        said = {name: getattr(title, name) for name in recognitions.FACTS} | {"passed_acceptance": True}
        recognitions.amend(title, said, actor=people.unit_officer)
    assert is_direct(direct, _facts(round_, plant, people.enterprise_admin_a))


def test_revocation_bars_with_its_own_sentence(people: People, round_: Round, plant: Factory) -> None:
    title = titles.of_a(people, title="advanced", project=plant.name)
    with walls.enter(people.unit_head):
        today = clock.beijing(clock.now()).date()
        recognitions.revoke(
            title, reason="材料不实", document="鄂经信〔2024〕9号", on=today - timedelta(days=1), actor=people.unit_head
        )
    known = _facts(round_, plant, people.enterprise_admin_a)
    assert known.is_barred
    assert known.tiers_held == frozenset()
    barred = by_code(screening.lines(round_.value, known, ANSWERS))["barred"]
    assert barred.ends
    assert "鄂经信〔2024〕9号" in barred.reason


def test_this_years_assessment_is_taken_else_the_latest(people: People, round_: Round, plant: Factory) -> None:
    by, year = people.enterprise_admin_a, round_.year
    factories.assessment(plant, by, year=year - 2, aim="advanced", rank=2)
    factories.assessment(plant, by, year=year - 1, aim="excellent", rank=1)
    known = _facts(round_, plant, by)
    assert known.tiers_met == {"basic"}
    assert f"{year - 1}年度自评" in known.told["tiers_met"]
    factories.assessment(plant, by, year=year, aim="excellent", rank=3)
    assert f"{year}年度自评" in _facts(round_, plant, by).told["tiers_met"]


def test_assessment_that_was_only_begun_answers_nothing_yet(people: People, round_: Round, plant: Factory) -> None:
    by = people.enterprise_admin_a
    factories.assessment(plant, by, year=round_.year, aim="excellent")
    known = _facts(round_, plant, by)
    assert (known.basics_met, known.maturity_level, known.tiers_met) == (None, None, None)
    assert "未填写成熟度" in known.told["maturity_level"]


def test_assessment_under_another_edition_says_nothing_of_these_conditions(
    people: People, round_: Round, plant: Factory
) -> None:
    by = people.enterprise_admin_a
    factories.assessment(plant, by, year=round_.year, aim="excellent", rank=3, edition="2025")
    known = _facts(round_, plant, by)
    assert (known.tiers_met, known.basics_met) == (None, None)
    assert "不据以核对" in known.told["tiers_met"]
    assert known.maturity_level == 3, "GB/T 39116 is the same in every edition"
    with walls.system("test"):
        assert SelfAssessment.objects.get(factory=plant).edition.code != round_.edition.code


# -- where to go ------------------------------------------------------------------------------------------------------
def _with_unit(enterprise: Enterprise) -> Enterprise:
    with walls.system("test"):
        return Enterprise.objects.select_related("unit").get(pk=enterprise.pk)


def test_central_enterprise_is_told_about_its_group_and_its_rounds(people: People, round_: Round) -> None:
    plant = factories.factory(people.enterprise_group)
    known = _facts(round_, plant, people.enterprise_admin_group)
    line = by_code(screening.lines(round_.value, known, {}))["channel"]
    assert line.ends
    assert "测试集团" in line.told
    assert by_code(screening.lines(round_.value, known, {}))["registered"].mark is Mark.MET, "it stands in Hubei"
    enterprise = _with_unit(people.enterprise_group)
    with walls.enter(people.enterprise_admin_group):
        way = channel(enterprise, round_)
        assert way
        assert way.rounds == ()
        assert "测试集团尚未在本平台发布" in way.sentence


def test_groups_own_round_is_shown_and_open_to_it(people: People, round_: Round) -> None:
    opens_on = clock.beijing(round_.opens_at).date()
    made = rounds.draft(people.group_officer, "2024-excellent-group", opens_on=opens_on, year=round_.year)
    rounds.put_in_state(made, "accepting")
    made = rounds.fresh(made)
    plant = factories.factory(people.enterprise_group)
    with walls.enter(people.enterprise_admin_group):
        way = channel(_with_unit(people.enterprise_group), round_)
        assert way
        assert [found.ref for found in way.rounds] == [made.ref]
        assert channel(people.enterprise_group, made) is None
    known = _facts(made, plant, people.enterprise_admin_group)
    assert screening.summary(screening.lines(made.value, known, {})).may_begin
    assert known.is_of_group


def test_everybody_else_is_sent_to_the_unit_of_their_place(people: People, round_: Round) -> None:
    hunan = factories.enterprise("430000")
    way = channel(_with_unit(hunan), round_)
    assert way
    assert "湖南省" in way.sentence
    plant = factories.factory(hunan)
    by = factories.seat(people.enterprise_admin_a.role, enterprise=hunan)
    assert by_code(screening.lines(round_.value, _facts(round_, plant, by), {}))["registered"].ends
    assert Unit.objects.get(pk=hunan.unit_id).name == "湖南省"
