"""What was handed in and is returned, mended or not; and what an application takes over from what is on file."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from applications.models import Application, LateDraft, Submission
from applications.selectors.applications import timeline
from applications.selectors.pages import changes_between
from applications.services import asking, beginning, course, submitting, takeover
from applications.services.course import Item
from applications.states import ApplicationState
from portal import clock, walls
from portal.actors import Actor
from portal.errors import Denied, Refused
from portal.models import Mail, Notice
from tests import applications as made
from tests import rounds
from tests.factories import People
from tests.rounds import MICROSECOND

pytestmark = pytest.mark.django_db


def _reasons(error: pytest.ExceptionInfo[Refused]) -> str:
    return "".join(error.value.reasons)


# -- returned ---------------------------------------------------------------------------------------------------------
def _returned(people: People, **more: Any) -> Application:
    row, reviewer = made.submitted(people, **more), people.city_reviewer_a
    items = [Item("factory", "investment", "与审计报告不一致"), Item("effects", "", "整节重写")]
    with walls.enter(reviewer):
        course.return_for_correction(row, items=items, until=row.round.city_until, opinion="总体可以", actor=reviewer)
    return made.fresh(row)


def test_a_return_unlocks_what_it_names_and_nothing_else(people: People) -> None:
    row, clerk = _returned(people), people.enterprise_clerk_a
    made.save(row, "factory", {"investment": "30000"}, clerk)
    made.save(row, "effects", {"plan": "新的计划"}, clerk)
    for section, changes in (("factory", {"project": "换个名字"}), ("unit", {"staff": "1"})):
        with pytest.raises(Refused, match="只开放"):
            made.save(row, section, changes, clerk)
    again = made.submit(row, people.enterprise_admin_a)
    with walls.system("test"):
        before = Submission.objects.get(application=row, version=1)
        changed = {d.key for _, found in changes_between(before, again) for d in found}
    assert changed == {"investment", "plan"}


def test_a_return_tells_the_applicant_and_the_resubmission_tells_the_reviewer(people: People) -> None:
    row = _returned(people)
    with walls.system("test"):
        told = set(Notice.objects.filter(text__contains="退回修改").values_list("user_id", flat=True))
        assert told == {people.enterprise_admin_a.person.pk, people.enterprise_clerk_a.person.pk}
        body = Mail.objects.filter(subject__contains="退回修改").first().body  # type: ignore[union-attr]
        assert "与审计报告不一致" in body
    made.submit(row, people.enterprise_admin_a)
    with walls.system("test"):
        told = set(Notice.objects.filter(text__contains="已按退回意见").values_list("user_id", flat=True))
        assert told == {people.city_reviewer_a.person.pk}


def test_timeline_names_offices_and_opinions_never_reviewers(people: People) -> None:
    row = _returned(people)
    with walls.enter(people.enterprise_clerk_a):
        events = timeline(people.enterprise_clerk_a, row)
    assert [event.action for event in events] == ["提交申报", "退回修改"]
    assert events[1].office == "武汉市经济和信息化局"
    assert "与审计报告不一致" in events[1].opinion
    assert people.city_reviewer_a.person.name not in events[1].opinion


def test_a_private_line_of_the_timeline_is_not_the_applicants_to_read(people: People) -> None:
    row, reviewer = made.submitted(people), people.city_reviewer_a
    with walls.enter(reviewer):
        course.note(row, "内部讨论", actor=reviewer, at=clock.now(), opinion="存疑", is_public=False)
        assert len(timeline(reviewer, row)) == 2
    with walls.enter(people.enterprise_admin_a):
        assert [event.action for event in timeline(people.enterprise_admin_a, row)] == ["提交申报"]


def test_not_mended_in_time_what_was_submitted_stands(people: People) -> None:
    row = _returned(people)
    with walls.system("test"):
        submitted = row.sections.get(key="factory").answers["investment"]
    made.save(row, "factory", {"investment": "30000"}, people.enterprise_clerk_a)
    with walls.system("test"):
        with time_machine.travel(row.correct_until, tick=False):
            assert course.lapse_due() == 0
        with time_machine.travel(row.correct_until + MICROSECOND, tick=False):
            assert course.lapse_due() == 1
            assert course.lapse_due() == 0
    stands = made.fresh(row)
    assert (stands.state, stands.version) == (ApplicationState.SUBMITTED, 1)
    with walls.system("test"):
        kept = stands.sections.get(key="factory").answers["investment"]
        assert kept == submitted != "30000", "a later return starts from what stands"
        assert LateDraft.objects.get().answers == {"investment": "30000"}, "and nothing typed is lost"


def test_only_the_unit_gives_time_past_the_next_deadline(people: People) -> None:
    row = _returned(people)
    until = row.round.city_until + timedelta(days=2)
    with walls.enter(people.city_head_a), pytest.raises(Denied):
        course.extend_correction(row, until=until, reason="理由", actor=people.city_head_a)
    with walls.enter(people.unit_officer):
        with pytest.raises(Refused, match="不能晚于审核推荐截止"):
            course.extend_correction(
                row, until=row.round.unit_until + MICROSECOND, reason="理由", actor=people.unit_officer
            )
        course.extend_correction(row, until=until, reason="洪灾", actor=people.unit_officer)
    with time_machine.travel(until, tick=False):
        made.submit(row, people.enterprise_admin_a)


def test_a_return_of_what_the_form_does_not_have_is_refused(people: People) -> None:
    row, reviewer = made.submitted(people), people.city_reviewer_a
    for item in (Item("nothing", "", "?"), Item("factory", "nothing", "?")):
        with walls.enter(reviewer), pytest.raises(Refused, match="不在申报书中"):
            course.return_for_correction(row, items=[item], until=row.round.city_until, actor=reviewer)


# -- asking, taking over ----------------------------------------------------------------------------------------------
def test_a_clerk_asks_the_administrators_once_in_a_while(people: People) -> None:
    row, clerk = made.filled(people), people.enterprise_clerk_a
    with walls.enter(clerk):
        assert asking.ask_to_submit(row, actor=clerk) == 1
        with pytest.raises(Refused, match="刚刚已提请"):
            asking.ask_to_submit(row, actor=clerk)
    with walls.system("test"):
        (notice,) = Notice.objects.filter(text__contains="提请您")
    assert notice.user == people.enterprise_admin_a.person


def _standing(row: Application, actor: Actor, key: str) -> str:
    with walls.enter(actor):
        return next(offer.standing for offer in takeover.offered(made.fresh(row)) if offer.key == key)


def test_what_was_taken_over_can_be_refreshed_and_what_was_typed_is_not_overwritten(people: People) -> None:
    row, clerk = made.begun(people), people.enterprise_clerk_a
    assert _standing(row, clerk, "address") == "same"
    with walls.system("test"):
        people.enterprise_a.address, people.enterprise_a.contact_name = "新地址1号", "新联系人"
        people.enterprise_a.save()
    assert _standing(row, clerk, "address") == "changed"
    made.save(row, "unit", {"contact": "自己写的"}, clerk)
    assert _standing(row, clerk, "contact") == "own"
    with walls.enter(clerk):
        assert takeover.take_over(made.fresh(row), actor=clerk) == 1
        said = row.sections.get(key="unit").answers
        assert (said["address"], said["contact"]) == ("新地址1号", "自己写的")
        takeover.take_over(made.fresh(row), keys=[("unit", "contact")], actor=clerk)
        assert row.sections.get(key="unit").answers["contact"] == "新联系人"


def test_last_years_book_is_offered(people: People) -> None:
    factory = made.eligible_factory(people)
    last = made.filled(people, factory=factory)
    made.submit(last, people.enterprise_admin_a)
    again = rounds.current(people, batch=2)
    row = made.begun(people, round_=again, factory=factory)
    with walls.enter(people.enterprise_clerk_a):
        draft = row.sections.get(key="effects")
        assert draft.answers["plan"]
        assert "年度申报书" in draft.taken["plan"]["label"]


def test_discard_is_for_drafts_that_were_never_submitted(people: People) -> None:
    row, admin = made.submitted(people), people.enterprise_admin_a
    with walls.enter(admin):
        submitting.withdraw(row, actor=admin)
        with pytest.raises(Refused, match="不能删除"):
            beginning.discard(row, actor=admin)
        draft = made.begun(people, round_=row.round, factory=made.eligible_factory(people))
    with walls.enter(admin):
        beginning.discard(draft, actor=admin)
        assert not Application.objects.filter(pk=draft.pk).exists()
