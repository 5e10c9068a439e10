"""Two hands at the same instant: one dispatch, one set of results, one objection upheld. Each race has its control."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from portal import walls, workflow
from portal.actors import Actor
from portal.audit import AuditEvent
from portal.errors import Refused
from portal.models import Mail, Notice
from portal.services import papers
from review.models import Dispatch, Objection, Outcome, SignOff, UnitList
from review.selectors.dispatches import entries
from review.services import choosing, objections, outcomes, sign_offs, unit_lists
from tests import applications as applying
from tests import choice, factories, reviews, rounds
from tests import publicities as made
from tests.factories import People
from tests.test_committed import at_once
from tiers.models import Recognition, Recommendation
from tiers.states import RoundState

INK = ["unit", "unit-development", "unit-finance", "unit-market", "unit-data"]


@pytest.fixture
def cast(own_database: str) -> People:
    return factories.cast()


def _second(head: Actor) -> Actor:
    """Somebody else in the same chair."""
    assert head.membership
    assert head.role
    office = head.membership.office
    return factories.seat(head.role, **({"office": office} if office else {}))


def _by(actor: Actor, do: Callable[[], Any]) -> Callable[[], Any]:
    def act() -> Any:
        with walls.enter(actor):
            return do()

    return act


def _unlock(monkeypatch: pytest.MonkeyPatch, kind: type, *modules: Any) -> None:
    """From now on both read rows of this kind before either has written; other rows are locked as ever."""
    together, really = threading.Barrier(2), workflow.locked

    @contextmanager
    def unlocked(obj: Any) -> Iterator[Any]:
        if not isinstance(obj, kind):
            with really(obj) as row:
                yield row
            return
        with transaction.atomic():
            row = kind._base_manager.get(pk=obj.pk)  # type: ignore[attr-defined]
            together.wait(20)
            yield row

    for module in modules:
        monkeypatch.setattr(module, "locked", unlocked)


# -- the unit's list --------------------------------------------------------------------------------------------------
@pytest.fixture
def signed(cast: People) -> UnitList:
    """A list of one, signed by every department; its papers are made, and the paper copy is there."""
    (row,) = choice.accepted(cast)
    choice.scored(row, choice.panel(row.round, "装备制造组", [row]), [90] * 5)
    departments = choice.joint(cast)
    with walls.enter(cast.unit_officer):
        choosing.recommend(choice.fresh(row), actor=cast.unit_officer)
        issue = unit_lists.circulate(row.round, reviews.issuing(), version=1, actor=cast.unit_officer)
    for pk in papers.waiting():
        papers.make(pk)
    with walls.system("test"):
        asked = list(SignOff.objects.filter(unit_issue=issue).select_related("office"))
    for one in asked:
        actor = departments[one.office.department]
        with walls.enter(actor):
            sign_offs.answer(one, "agree", actor=actor)
    reviews.arrived([applying.fresh(row.application)], cast.unit_officer)
    with walls.system("test"):
        return UnitList.objects.select_related("round__unit").get(round=row.round)


def _two_sendings(signed: UnitList, cast: People) -> list[Any]:
    heads = (cast.unit_head, _second(cast.unit_head))
    send = partial(unit_lists.send, signed.round, issue=signed.issued, ink=INK)
    return at_once(*(_by(head, partial(send, actor=head)) for head in heads))


def _sent_once() -> None:
    with walls.system("test"):
        assert Dispatch.objects.count() == 1
        for verb in ("unit_list.send", "dispatch.send", "round.report"):
            assert AuditEvent.objects.filter(verb=verb).count() == 1, verb


def test_two_heads_who_send_at_once_make_one_dispatch(signed: UnitList, cast: People) -> None:
    answers = _two_sendings(signed, cast)
    assert all(isinstance(answer, UnitList) for answer in answers), answers
    assert len({(answer.sent_at, answer.sent_by_id) for answer in answers}) == 1, "both have the same answer"
    _sent_once()
    with walls.system("test"):
        dispatch = Dispatch.objects.get()
        told = Notice.objects.filter(user=cast.ministry.user, text__contains=dispatch.ref)
        assert told.count() == 1


def test_without_the_lists_lock_the_second_head_would_be_refused(
    signed: UnitList, cast: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control: both see that it was not sent yet, and only the move's own lock keeps one of them out."""
    together = threading.Barrier(2)

    @contextmanager
    def unlocked(round_: Any) -> Iterator[Any]:
        with transaction.atomic():
            yield rounds.fresh(round_)

    def opened(round_: Any) -> UnitList:
        row = UnitList.objects.get(round=round_)
        row.round = round_
        together.wait(20)
        return row

    monkeypatch.setattr(unit_lists, "locked", unlocked)
    monkeypatch.setattr(unit_lists, "opened", opened)
    answers = _two_sendings(signed, cast)
    assert sum(isinstance(answer, UnitList) for answer in answers) == 1, answers
    _sent_once()


# -- the ministry's results -------------------------------------------------------------------------------------------
def _two_decisions(row: Dispatch, cast: People) -> list[Any]:
    """The ministry's two desks make the same dispatch's results known."""
    desks, given = (cast.ministry, _second(cast.ministry)), made.results_of(row, 2)
    return at_once(*(_by(desk, partial(outcomes.decide, row, given, actor=desk)) for desk in desks))


def _decided_once(row: Dispatch, cast: People) -> None:
    with walls.system("test"):
        assert Recognition.objects.count() == 1
        assert Outcome.objects.count() == len(entries(row)) == 2
        for verb, count in (("outcome.record", 2), ("dispatch.decide", 1), ("round.finish", 1)):
            assert AuditEvent.objects.filter(verb=verb).count() == count, verb
        told = Notice.objects.filter(user=cast.enterprise_admin_a.user, text__contains="的结果：")
        assert told.count() == 2, "once about each of its two factories"
        assert Notice.objects.filter(user=cast.unit_officer.user, text__contains="评审结果已公布").count() == 1
    assert rounds.fresh(row.round).state == RoundState.FINISHED


def test_results_that_are_decided_twice_at_once_are_there_once(cast: People) -> None:
    row = made.received(cast, made.judged(cast, days=0, count=2))
    answers = _two_decisions(row, cast)
    assert sorted(type(answer).__name__ for answer in answers) == ["Refused", "list"], answers
    _decided_once(row, cast)


def test_without_the_dispatchs_lock_one_of_the_two_breaks(cast: People, monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control: both find it undecided, and the second gets no sentence but the database's own wall."""
    row = made.received(cast, made.judged(cast, days=0, count=2))
    _unlock(monkeypatch, Dispatch, outcomes, workflow)
    answers = _two_decisions(row, cast)
    assert any(isinstance(answer, DatabaseError) for answer in answers), answers
    _decided_once(row, cast)


# -- an objection -----------------------------------------------------------------------------------------------------
def _taken_up(cast: People) -> Objection:
    row, _ = made.lodged(made.published(cast, made.judged(cast)), email="sun@test.example")
    return made.handled(row, cast.unit_officer)


def _two_findings(row: Objection, cast: People) -> list[Any]:
    heads = (cast.unit_head, _second(cast.unit_head))
    uphold = partial(objections.uphold, row, finding="情况属实。")
    return at_once(*(_by(head, partial(uphold, actor=head)) for head in heads))


def _upholdings(row: Objection, cast: People) -> tuple[int, int, int]:
    """How often it was upheld, the objector heard of it, and the enterprise heard that its place is gone."""
    with walls.system("test"):
        assert not Recommendation.objects.filter(factory=row.factory).exists()
        return (
            AuditEvent.objects.filter(verb="objection.uphold").count(),
            Mail.objects.filter(to="sun@test.example", body__contains="已办结").count(),
            Notice.objects.filter(user=cast.enterprise_admin_a.user, text__contains="不再列入").count(),
        )


def test_an_objection_is_upheld_once_however_many_heads_do_it(cast: People) -> None:
    row = _taken_up(cast)
    answers = _two_findings(row, cast)
    assert sorted(type(answer).__name__ for answer in answers) == ["Objection", "Refused"], answers
    assert _upholdings(row, cast) == (1, 1, 1)


def test_without_the_objections_lock_it_would_be_upheld_twice(cast: People, monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control: both find it still open."""
    row = _taken_up(cast)
    _unlock(monkeypatch, Objection, workflow)
    answers = _two_findings(row, cast)
    assert not any(isinstance(answer, Refused) for answer in answers), answers
