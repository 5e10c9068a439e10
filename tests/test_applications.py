"""From beginning to a submission that stands, and taken back: what the services promise."""

import hashlib
import json
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError, transaction

from applications.models import LateDraft, Submission
from applications.selectors.pages import changes_between
from applications.selectors.papers import check, paper
from applications.services import beginning, submitting, writing
from applications.states import ApplicationState
from portal import clock, walls
from portal.declared import canonical
from portal.errors import Denied, Refused, Stale
from portal.models import AuditEvent, Mail
from tests import applications as made
from tests import factories, rounds, titles
from tests.factories import People
from tests.rounds import DAY, MICROSECOND

pytestmark = pytest.mark.django_db


def _reasons(error: pytest.ExceptionInfo[Refused]) -> str:
    return "".join(error.value.reasons)


# -- beginning --------------------------------------------------------------------------------------------------------
def test_begin_takes_over_what_is_on_file_and_marks_where_it_is_from(people: People) -> None:
    row = made.begun(people)
    with walls.enter(people.enterprise_clerk_a):
        unit, scenarios = row.sections.get(key="unit"), row.sections.get(key="scenarios")
        assert unit.answers["name"] == "甲企业"
        assert unit.taken["name"]["label"] == "企业登记信息"
        assert scenarios.answers
        assert {mark["source"] for mark in scenarios.taken.values()} == {"assessment"}
        assert row.sections.get(key="factory").answers["maturity.score"] == "3.24"
    assert row.percent > 0


def test_begin_is_refused_outside_the_window_twice_and_for_another_units_round(people: People) -> None:
    round_, factory = rounds.current(people), made.eligible_factory(people)
    clerk = people.enterprise_clerk_a
    with walls.enter(clerk):
        with time_machine.travel(round_.enterprise_until + MICROSECOND), pytest.raises(Refused, match="截止"):
            beginning.begin(round_, factory, answers={}, actor=clerk)
        beginning.begin(round_, factory, answers={}, actor=clerk)
        with pytest.raises(Refused, match="已有申报"):
            beginning.begin(round_, factory, answers={}, actor=clerk)
    other = factories.factory(people.enterprise_group)
    with walls.enter(people.enterprise_admin_group), pytest.raises(Refused, match="不属于本批次"):
        beginning.begin(round_, other, answers={}, actor=people.enterprise_admin_group)


def test_begin_is_denied_for_anothers_factory(people: People) -> None:
    round_, factory = rounds.current(people), made.eligible_factory(people)
    for actor in (people.enterprise_admin_b, people.city_reviewer_a, people.unit_officer):
        with walls.enter(actor), pytest.raises(Denied):
            beginning.begin(round_, factory, answers={}, actor=actor)


def test_an_unmet_condition_lets_write_but_not_submit(people: People) -> None:
    factory = factories.factory(people.enterprise_a)  # neither title nor assessment
    row = made.begun(people, factory=factory)
    made.fill(row, people.enterprise_clerk_a)
    with walls.enter(people.enterprise_admin_a):
        found = check(paper(made.fresh(row)), clock.now())
        assert found.ineligible
    with pytest.raises(Refused, match="申报条件尚有"):
        made.submit(row, people.enterprise_admin_a)


def test_the_direct_way_is_for_those_who_passed_acceptance(people: People) -> None:
    round_, factory = rounds.current(people), made.eligible_factory(people)
    with pytest.raises(Refused, match="未查到"):
        made.begun(people, round_=round_, factory=factory, direct=True)
    titles.of_a(people, title="national_demonstration", selection_year=2022, passed_acceptance=True, project="甲项目")
    row = made.begun(people, round_=round_, factory=factory, direct=True)
    assert row.track == "direct"
    made.fill(row, people.enterprise_clerk_a)
    assert made.submit(row, people.enterprise_admin_a).document["track"] == "direct"


# -- writing ----------------------------------------------------------------------------------------------------------
def test_save_writes_the_section_and_counts_what_is_filled_in(people: People) -> None:
    row = made.begun(people)
    before = row.progress["factory"]
    made.save(row, "factory", {"project": "甲项目", "investment": "１２，８００"}, people.enterprise_clerk_a)
    with walls.enter(people.enterprise_clerk_a):
        said = row.sections.get(key="factory")
        assert said.answers["project"] == "甲项目"
        assert said.answers["investment"] in {"12,800", "12800"}
    assert made.fresh(row).progress["factory"][0] == before[0] + 2


def test_save_of_the_same_answer_by_two_is_stale_with_both_texts(people: People) -> None:
    row = made.begun(people)
    with walls.enter(people.enterprise_clerk_a):
        version = row.sections.get(key="factory").version
        writing.save(row, "factory", {"project": "甲"}, version=version, actor=people.enterprise_clerk_a)
    with walls.enter(people.enterprise_admin_a), pytest.raises(Stale) as stale:
        writing.save(row, "factory", {"project": "乙"}, version=version, actor=people.enterprise_admin_a)
    (conflict,) = stale.value.conflicts
    assert (conflict["mine"], conflict["theirs"]) == ("乙", "甲")


def test_save_one_microsecond_late_changes_nothing_and_is_kept_aside(people: People) -> None:
    row, clerk = made.begun(people), people.enterprise_clerk_a
    with walls.enter(clerk):
        draft = row.sections.get(key="factory")
        with time_machine.travel(row.round.enterprise_until, tick=False):
            writing.save(row, "factory", {"project": "最后一刻"}, version=draft.version, actor=clerk)
        with time_machine.travel(row.round.enterprise_until + MICROSECOND, tick=False):
            with pytest.raises(writing.TooLate) as late:
                writing.save(row, "factory", {"project": "迟了"}, version=draft.version + 1, actor=clerk)
            kept = writing.keep_late(row, "factory", {"project": "迟了"}, reason=_reasons(late), actor=clerk)
            again = writing.keep_late(row, "factory", {"project": "迟了"}, reason=_reasons(late), actor=clerk)
        assert kept == again
        assert kept.answers == {"project": "迟了"}
        assert row.sections.get(key="factory").answers["project"] == "最后一刻"
        assert AuditEvent.objects.filter(verb="application.keep_late").count() == 1
    for actor in (people.enterprise_admin_b, people.city_head_a, people.unit_head):
        with walls.enter(actor):
            assert not LateDraft.objects.exists()


def test_a_late_draft_can_be_neither_changed_nor_deleted(people: People) -> None:
    row, clerk = made.begun(people), people.enterprise_clerk_a
    with walls.enter(clerk):
        kept = writing.keep_late(row, "factory", {"project": "迟了"}, reason="已截止", actor=clerk)
        with pytest.raises(DatabaseError), transaction.atomic():
            LateDraft.objects.filter(pk=kept.pk).update(answers={})
        with pytest.raises(Refused, match="备查"):
            beginning.discard(row, actor=clerk)


# -- handing in -------------------------------------------------------------------------------------------------------
def test_submit_freezes_everything_with_number_version_and_digest(people: People) -> None:
    row = made.filled(people)
    found = made.submit(row, people.enterprise_admin_a)
    assert found.number == f"HB-{row.round.year}-E-0001"
    assert found.version == 1
    assert found.digest == hashlib.sha256(found.text.encode()).hexdigest()
    said = json.loads(found.text)
    assert canonical(said) == found.text
    assert said["sections"]["unit"]["name"] == "甲企业"
    assert said["form"]["digest"] == row.book.digest
    assert len(said["files"]["attachments"]["attachment.licence"][0]["digest"]) == 64
    assert len(said["screening"]) == len(row.round.value.rules)
    assert said["commitment"]["by"] == people.enterprise_admin_a.person.name
    with walls.system("test"), pytest.raises(DatabaseError), transaction.atomic():
        Submission.objects.filter(pk=found.pk).update(project="别的")
    with walls.system("test"):
        stored = Submission.objects.get(pk=found.pk)
        assert hashlib.sha256(stored.text.encode()).hexdigest() == stored.digest


def test_submit_twice_gives_one_submission_and_one_answer_even_after_the_deadline(people: People) -> None:
    row = made.filled(people)
    first = made.submit(row, people.enterprise_admin_a)
    with time_machine.travel(row.round.enterprise_until + DAY, tick=False):
        again = made.submit(row, people.enterprise_admin_a, version=1)
    assert first == again
    with walls.system("test"):
        assert Submission.objects.count() == 1
        assert Mail.objects.filter(subject__contains=first.number).count() == 2  # the clerk and the administrator


def test_submit_one_microsecond_late_is_refused_and_nothing_is_changed(people: People) -> None:
    row = made.filled(people)
    with (
        time_machine.travel(row.round.enterprise_until + MICROSECOND, tick=False),
        pytest.raises(Refused, match="逾期无法受理"),
    ):
        made.submit(row, people.enterprise_admin_a)
    stands = made.fresh(row)
    assert (stands.state, stands.number, stands.version) == (ApplicationState.DRAFT, "", 0)
    with time_machine.travel(row.round.enterprise_until, tick=False):
        made.submit(row, people.enterprise_admin_a)


@pytest.mark.parametrize(
    "changes",
    [{"agreed": made.EVERY - {"secrecy"}}, {"name": "别人"}, {"proved_by": ""}],
    ids=["one not agreed to", "another's name", "no proof"],
)
def test_submit_without_the_whole_commitment_is_refused(changes: dict[str, Any], people: People) -> None:
    row, admin = made.filled(people), people.enterprise_admin_a
    with walls.enter(admin), pytest.raises(Refused, match="承诺"):
        submitting.submit(row, version=1, commitment=made.commitment(admin, **changes), actor=admin)


def test_submit_is_for_the_enterprises_administrator(people: People) -> None:
    row = made.filled(people)
    for actor in (people.enterprise_clerk_a, people.enterprise_admin_b, people.city_head_a, people.unit_head):
        with pytest.raises(Denied):
            made.submit(row, actor, version=1)


def test_submit_with_something_missing_is_refused(people: People) -> None:
    row = made.filled(people)
    made.save(row, "factory", {"project": ""}, people.enterprise_clerk_a)
    with pytest.raises(Refused, match="检查发现1处"):
        made.submit(row, people.enterprise_admin_a)


def test_numbers_are_of_the_round_and_the_lowest_that_is_free(people: People) -> None:
    round_ = rounds.current(people)
    first = made.filled(people, round_=round_)
    second = made.begun(people, round_=round_, factory=made.eligible_factory(people))
    made.fill(second, people.enterprise_clerk_a)
    assert made.submit(second, people.enterprise_admin_a).number.endswith("-E-0001")
    assert made.submit(first, people.enterprise_admin_a).number.endswith("-E-0002")


# -- taken back -------------------------------------------------------------------------------------------------------
def test_withdraw_and_submit_again_makes_a_new_version_under_the_same_number(people: People) -> None:
    row, admin = made.submitted(people), people.enterprise_admin_a
    with walls.enter(admin):
        row = submitting.withdraw(row, actor=admin)
    assert row.state == ApplicationState.DRAFT
    made.save(row, "factory", {"project": "改过的项目"}, people.enterprise_clerk_a)
    again = made.submit(row, admin)
    assert again.version == 2
    assert again.number == row.number
    with walls.system("test"):
        before = Submission.objects.get(application=row, version=1)
        ((section, differences),) = changes_between(before, again)
    assert section.key == "factory"
    assert [(d.key, d.after) for d in differences] == [("project", "改过的项目")]
    # A late retry of the first submit answers with the first, and doesn't hand anything in again.
    assert made.submit(row, admin, version=1).version == 1


def test_withdraw_ends_with_the_window(people: People) -> None:
    row, admin = made.submitted(people), people.enterprise_admin_a
    until = row.round.enterprise_until
    with walls.enter(admin):
        with time_machine.travel(until + MICROSECOND, tick=False), pytest.raises(Refused, match="不能再撤回"):
            submitting.withdraw(row, actor=admin)
        with time_machine.travel(until, tick=False):
            submitting.withdraw(row, actor=admin)


def test_nothing_is_written_while_it_is_handed_in(people: People) -> None:
    row = made.submitted(people)
    with pytest.raises(Refused, match="不能修改"):
        made.save(row, "factory", {"project": "偷改"}, people.enterprise_clerk_a)
