"""Panels: drawn by industry, manned by consent, shared out from a seed, opened by their chair."""

import pytest
from django.db import IntegrityError, transaction

from portal import walls
from portal.audit import AuditEvent
from portal.errors import Denied, Refused
from portal.models import Notice
from review.models import Candidate, PanelDivision, ScoreSheet, Seat, Waiver
from review.selectors.assignments import plan
from review.selectors.panels import suggested
from review.services import assignments, panels
from review.services.panels import Drawing
from tests import judging
from tests.factories import People

pytestmark = pytest.mark.django_db


def test_an_industry_is_one_panels_only(people: People) -> None:
    (row, _) = judging.candidates(people, 2)
    first = judging.panel(people, row.round)
    with walls.enter(people.unit_officer):
        with pytest.raises(Refused, match="行业大类C34已由“装备组”评审"):
            panels.draw(row.round, Drawing("另一组", ("C34", "C35")), actor=people.unit_officer)
        with pytest.raises(IntegrityError), transaction.atomic():
            other = panels.draw(row.round, Drawing("另一组", ("C35",)), actor=people.unit_officer)
            PanelDivision.objects.create(unit=first.unit, panel=other, round=row.round, division="C34")
        assert set(Candidate.objects.filter(panel=first)) == set(Candidate.objects.filter(round=row.round))


def test_groups_are_suggested_by_family_and_none_stays_tiny() -> None:
    counts = {"C34": 12, "C35": 10, "C36": 20, "C38": 9, "C39": 15, "C13": 1, "C26": 8, "C27": 4}
    groups = suggested(counts)
    assert sorted(code for group in groups for code in group.divisions) == sorted(counts)
    assert min(group.count for group in groups) > 1
    assert suggested({}) == []
    assert [group.count for group in suggested({"C34": 1})] == [1]


def test_experts_answer_themselves(people: People) -> None:
    (row,) = judging.candidates(people, 1)
    made = judging.panel(people, row.round)
    who, member = judging.expert(people)
    with walls.enter(people.unit_officer):
        (seat,) = panels.invite(made, [member], actor=people.unit_officer)
        with pytest.raises(Denied):
            panels.answer(seat, comes=True, actor=people.unit_officer)
    with walls.enter(who):
        assert Notice.objects.filter(user=who.user, text__contains="邀请您参加").count() == 1
        panels.answer(Seat.objects.get(), comes=False, reason="出差", actor=who)
    with walls.enter(people.unit_officer):
        (again,) = panels.invite(made, [member], actor=people.unit_officer)
        assert (again.pk, again.state, again.reason) == (seat.pk, "invited", "")


def test_a_panel_starts_with_a_chair_who_comes_and_with_sheets_for_all(people: People) -> None:
    rows = judging.candidates(people, 2)
    made = judging.panel(people, rows[0].round, per=1)
    officer = people.unit_officer
    with walls.enter(officer), pytest.raises(Refused) as refused:
        panels.start(made, actor=officer)
    said = refused.value.reasons
    assert {"还没有专家同意参加。", "请指定组长。"} <= set(said)
    assert any("尚未分配专家。" in sentence for sentence in said)
    judging.seated(people, made, [judging.expert(people)])
    judging.assigned(people, made)
    with walls.enter(officer):
        assert panels.start(judging.fresh(made), actor=officer).state == "scoring"


def test_what_was_shown_is_what_is_carried_out(people: People) -> None:
    rows = judging.candidates(people, 2)
    made = judging.panel(people, rows[0].round, per=1)
    judging.seated(people, made, [judging.expert(people), judging.expert(people)])
    officer = people.unit_officer
    with walls.enter(officer):
        shown = plan(judging.fresh(made), "7")
        assert shown.result == plan(judging.fresh(made), "7").result
        with pytest.raises(Refused, match="重新预览"):
            assignments.carry_out(judging.fresh(made), seed="8", digest=shown.digest, actor=officer)
        found = assignments.carry_out(judging.fresh(made), seed="7", digest=shown.digest, actor=officer)
        assert {(s.number, s.expert.ref) for s in found} == {
            (number, ref) for number, refs in shown.result.sheets.items() for ref in refs
        }
        with pytest.raises(Refused):  # there is nothing left to give
            assignments.carry_out(judging.fresh(made), seed="7", digest=shown.digest, actor=officer)
    with walls.system("test"):
        assert AuditEvent.objects.get(verb="panel.assign").data["seed"] == "7"


def test_a_tie_keeps_them_apart_until_the_head_waives_it(people: People) -> None:
    (row,) = judging.candidates(people, 1)
    made = judging.panel(people, row.round, per=2)
    _, tied = judging.expert(people, employer=row.name)
    free = judging.expert(people)
    judging.seated(people, made, [free, (_, tied)])
    judging.assigned(people, made)
    officer, head = people.unit_officer, people.unit_head
    with walls.enter(officer):
        assert [sheet.expert_id for sheet in ScoreSheet.objects.all()] == [free[1].pk]
        with pytest.raises(Refused, match="须回避"):
            assignments.give(judging.fresh(made), row, tied, reason="专业对口", actor=officer)
        with pytest.raises(Denied):
            assignments.waive(judging.fresh(made), row, tied, reason="专业对口", actor=officer)
    with walls.enter(head):
        with pytest.raises(Refused, match="理由"):
            assignments.waive(judging.fresh(made), row, tied, reason=" ", actor=head)
        assignments.waive(judging.fresh(made), row, tied, reason="已离职满四年，档案有误", actor=head)
        assert "任职" in Waiver.objects.get().found[0]
    with walls.enter(officer):
        assert assignments.give(judging.fresh(made), row, tied, reason="已豁免", actor=officer).state == "assigned"


def test_another_units_people_draw_nothing_here(people: People) -> None:
    (row,) = judging.candidates(people, 1)
    for name in ("unit_head_hunan", "city_head_a", "unit_joint", "expert", "ministry"):
        actor = people.actors()[name]
        with walls.enter(actor), pytest.raises(Denied):
            panels.draw(row.round, Drawing("组", ("C34",)), actor=actor)


def test_whoever_is_released_leaves_what_they_had(people: People) -> None:
    rows = judging.candidates(people, 1)
    chair, other = judging.expert(people), judging.expert(people)
    made = judging.scoring(people, [chair, other], rows)
    judging.declared(other[0], rows[0])
    officer = people.unit_officer
    with walls.enter(officer):
        seats = {seat.expert_id: seat for seat in Seat.objects.all()}
        with pytest.raises(Refused, match="另行指定组长"):
            panels.release_seat(seats[chair[1].pk], reason="工作调动", actor=officer)
        panels.release_seat(seats[other[1].pk], reason="工作调动", actor=officer)
    assert judging.sheet_of(other[0], rows[0]).state == "released"
    with walls.enter(other[0]):
        assert not Candidate.objects.exists()
    assert judging.fresh(made).state == "scoring"


def test_the_chair_opens_when_all_have_signed_and_nobody_else_does(people: People) -> None:
    rows = judging.candidates(people, 1)
    chair, other = judging.expert(people), judging.expert(people, name="陆某")
    made = judging.scoring(people, [chair, other], rows)
    judging.signed(chair[0], rows[0])
    with walls.enter(chair[0]), pytest.raises(Refused, match="陆某还有1份评分表未签署"):
        panels.open_up(judging.fresh(made), actor=chair[0])
    judging.signed(other[0], rows[0], "0.6")
    for actor in (other[0], people.unit_officer, people.unit_head):
        with walls.enter(actor), pytest.raises(Denied):
            panels.open_up(judging.fresh(made), actor=actor)
    with walls.enter(chair[0]):
        assert panels.open_up(judging.fresh(made), actor=chair[0]).state == "opened"
