"""What happens at the same instant: identical submits, numbers, a save against a submit. Each race has its control."""

import threading
from typing import Any

import pytest
from django.db import OperationalError, connection

from applications.models import Application, ApplicationSection, Number, Submission
from applications.services import submitting, writing
from portal import walls
from portal.errors import Refused
from tests import applications as made
from tests import factories, rounds
from tests.factories import People
from tests.test_committed import at_once


@pytest.fixture
def cast(own_database: str) -> People:
    return factories.cast()


def _two(people: People) -> list[Application]:
    round_ = rounds.current(people)
    rows = [made.begun(people, round_=round_, factory=made.eligible_factory(people)) for _ in range(2)]
    for row in rows:
        made.fill(row, people.enterprise_clerk_a)
    return [made.fresh(row) for row in rows]


# -- the same submit many times ---------------------------------------------------------------------------------------
def test_twenty_identical_submits_give_one_submission_and_one_answer(cast: People) -> None:
    row = made.filled(cast)
    answers = at_once(*[lambda: made.submit(row, cast.enterprise_admin_a, version=1)] * 20)
    assert {getattr(answer, "digest", answer) for answer in answers} == {answers[0].digest}
    with walls.system("test"):
        assert Submission.objects.count() == 1
        assert Number.objects.filter(is_taken=True).count() == 1


def test_without_the_lock_the_same_submit_would_be_made_twice(cast: People, monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control: both see that nothing stands yet."""
    row, together = made.filled(cast), threading.Barrier(2)

    def unlocked(application: Application) -> Application:
        found = made.fresh(application)
        found.submissions.first()
        return found

    def checked_together(*given: Any) -> Any:
        together.wait(20)
        return check(*given)

    check = submitting.check
    monkeypatch.setattr(submitting, "lock", unlocked)
    monkeypatch.setattr(submitting, "check", checked_together)
    answers = at_once(*[lambda: made.submit(row, cast.enterprise_admin_a, version=1)] * 2)
    assert sum(isinstance(answer, Exception) for answer in answers) == 1, answers


# -- numbers ----------------------------------------------------------------------------------------------------------
def _while_one_hangs(people: People) -> Any:
    """One submission has taken its number and not committed; what becomes of another meanwhile."""
    first, second = _two(people)
    taken, go_on = threading.Event(), threading.Event()

    def hanging() -> str:
        with walls.enter(people.enterprise_admin_a):
            found = submitting.submit(
                first, version=1, commitment=made.commitment(people.enterprise_admin_a), actor=people.enterprise_admin_a
            )
            taken.set()
            go_on.wait(20)
        return found.number

    def passing() -> str:
        taken.wait(20)
        try:
            with walls.enter(people.enterprise_admin_a):
                with connection.cursor() as cursor:
                    cursor.execute("SET LOCAL lock_timeout = '1s'")
                vouched = made.commitment(people.enterprise_admin_a)
                return submitting.submit(second, version=1, commitment=vouched, actor=people.enterprise_admin_a).number
        finally:
            go_on.set()

    return at_once(hanging, passing)


def test_a_submission_never_waits_for_anothers_number(cast: People) -> None:
    numbers = _while_one_hangs(cast)
    assert [number[-4:] for number in numbers] == ["0001", "0002"]


def test_with_one_counter_it_would_wait(cast: People, monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control: the lowest number, waited for."""

    def waited_for(row: Application) -> str:
        number = Number.objects.select_for_update().filter(round_id=row.round_id, is_taken=False).order_by("value")[0]
        Number.objects.filter(pk=number.pk).update(is_taken=True)
        return f"HB-{number.value:04d}"

    monkeypatch.setattr(submitting, "_take_number", waited_for)
    _, second = _while_one_hangs(cast)
    assert isinstance(second, OperationalError)


# -- writing while it is handed in ------------------------------------------------------------------------------------
def _save_against_submit(people: People) -> tuple[Any, str, str]:
    """What became of the save, what is stored, and what was frozen."""
    row = made.filled(people)
    with walls.enter(people.enterprise_clerk_a):
        version = row.sections.get(key="factory").version

    def save() -> None:
        with walls.enter(people.enterprise_clerk_a):
            writing.save(row, "factory", {"project": "最后的改动"}, version=version, actor=people.enterprise_clerk_a)

    saved, submitted = at_once(save, lambda: made.submit(row, people.enterprise_admin_a, version=1))
    assert isinstance(submitted, Submission), submitted
    with walls.system("test"):
        stored = ApplicationSection.objects.get(application=row, key="factory").answers["project"]
    return saved, stored, submitted.document["sections"]["factory"]["project"]


def test_what_is_saved_while_it_is_handed_in_is_either_in_it_or_refused(cast: People) -> None:
    saved, stored, frozen = _save_against_submit(cast)
    assert stored == frozen
    assert saved is None or isinstance(saved, Refused)
    assert (frozen == "最后的改动") is (saved is None)


def test_without_the_lock_something_would_be_acknowledged_and_not_be_in_it(
    cast: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control: the save has seen a draft, and writes after it was handed in."""
    seen, done = threading.Event(), threading.Event()
    lock, notify = submitting.lock, submitting.submitted

    def saved_late(application: Application) -> Application:
        found = made.fresh(application)
        seen.set()
        done.wait(20)
        return found

    def submitting_after(application: Application) -> Application:
        seen.wait(20)
        return lock(application)

    def told(made_: Submission) -> None:
        notify(made_)
        done.set()

    monkeypatch.setattr(writing, "lock_to_save", saved_late)
    monkeypatch.setattr(submitting, "lock", submitting_after)
    monkeypatch.setattr(submitting, "submitted", told)
    saved, stored, frozen = _save_against_submit(cast)
    assert saved is None
    assert stored != frozen
