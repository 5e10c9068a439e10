"""Two officers at the same instant: one order wins, one list goes up. Each race has its control."""

import threading
from typing import Any

import pytest

from applications.models import Application
from portal import walls
from portal.actors import Actor
from portal.audit import AuditEvent
from portal.errors import Stale
from portal.services import papers
from review.models import CityList, ListEntry
from review.services import city_lists, ranking
from review.states import ListState
from tests import applications as made
from tests import factories, reviews, rounds
from tests.factories import People
from tests.test_committed import at_once


@pytest.fixture
def cast(own_database: str) -> People:
    return factories.cast()


@pytest.fixture
def three(cast: People) -> list[Application]:
    first = made.submitted(cast, round_=rounds.current(cast))
    rows = [first, *(reviews.copied(first, cast) for _ in range(2))]
    for row in rows:
        reviews.passed(row, cast.city_reviewer_a)
    return rows


def _order(city_list: CityList, refs: list[str], by: Actor) -> CityList:
    with walls.enter(by):
        return ranking.order(city_list, refs, version=city_list.version, actor=by)


def _two_orders(three: list[Application], cast: People) -> tuple[list[Any], list[list[str]], CityList]:
    """Both saw the same version; what became of each, what each wanted, and the list."""
    city_list = reviews.list_of(three[0].round, cast.city_reviewer_a)
    a, b, c = (row.ref for row in three)
    wanted = [[b, c, a], [c, a, b]]
    answers = at_once(
        lambda: _order(city_list, wanted[0], cast.city_reviewer_a),
        lambda: _order(city_list, wanted[1], cast.city_head_a),
    )
    return answers, wanted, city_list


def _positions(city_list: CityList) -> list[int]:
    with walls.system("test"):
        return list(
            ListEntry.objects.filter(city_list=city_list).order_by("position").values_list("position", flat=True)
        )


# -- the order -------------------------------------------------------------------------------------------------------
def test_of_two_orders_of_the_same_version_one_wins_and_the_other_is_told_what_changed(
    three: list[Application], cast: People
) -> None:
    answers, wanted, city_list = _two_orders(three, cast)
    lost = [number for number, answer in enumerate(answers) if isinstance(answer, Stale)]
    assert len(lost) == 1, answers
    (stale,) = (answer for answer in answers if isinstance(answer, Stale))
    winner = (cast.city_reviewer_a, cast.city_head_a)[1 - lost[0]]
    assert [change["by"] for change in stale.conflicts] == [winner.name]
    assert reviews.order_of(city_list) == wanted[1 - lost[0]]
    assert _positions(city_list) == [1, 2, 3]
    assert reviews.fresh(city_list).version == city_list.version + 1


def test_without_the_lock_both_would_be_told_that_theirs_stands(
    three: list[Application], cast: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control: both read the same version before either has written."""
    together = threading.Barrier(2)

    def unlocked(city_list: CityList, _version: int) -> CityList:
        found = CityList.objects.select_related("round").get(pk=city_list.pk)
        together.wait(20)
        return found

    monkeypatch.setattr(ranking, "_locked", unlocked)
    answers, _, city_list = _two_orders(three, cast)
    assert not any(isinstance(answer, Stale) for answer in answers), answers
    assert reviews.fresh(city_list).version == city_list.version + 1, "two changes, one version: one of them is lost"
    assert _positions(city_list) == [1, 2, 3], "the database itself keeps positions unique and without a gap"


# -- sending ---------------------------------------------------------------------------------------------------------
def _two_sendings(three: list[Application], cast: People) -> list[Any]:
    """Both heads press the button; what became of each."""
    head = cast.city_head_a
    other = factories.seat(head.role, office=factories.office("武汉市经济和信息化局"))  # type: ignore[arg-type]
    city_list = reviews.list_of(three[0].round, head)
    issue = reviews.circulated(city_list, head)
    for pk in papers.waiting():
        papers.make(pk)
    reviews.agreed(issue, head)
    reviews.arrived(three, cast.city_reviewer_a)

    def send(by: Actor) -> CityList:
        with walls.enter(by):
            return city_lists.send(city_list, issue=issue.version, ink=reviews.IN_INK, actor=by)

    return at_once(lambda: send(head), lambda: send(other))


def _sendings() -> int:
    with walls.system("test"):
        assert CityList.objects.get().state == ListState.SENT
        return AuditEvent.objects.filter(verb="city_list.send").count()


def test_two_heads_who_send_at_once_send_once(three: list[Application], cast: People) -> None:
    answers = _two_sendings(three, cast)
    assert all(isinstance(answer, CityList) for answer in answers), answers
    assert len({(answer.sent_at, answer.sent_by_id) for answer in answers}) == 1, "both have the same answer"
    assert _sendings() == 1


def test_without_the_lock_the_second_head_would_be_refused(
    three: list[Application], cast: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control: both see that it was not sent yet, and only the move's own lock keeps one of them out."""
    together = threading.Barrier(2)

    def unlocked(city_list: CityList) -> CityList:
        found = reviews.fresh(city_list)
        if threading.current_thread() is not threading.main_thread():
            together.wait(20)
        return found

    monkeypatch.setattr(city_lists, "_locked", unlocked)
    answers = _two_sendings(three, cast)
    assert sum(isinstance(answer, CityList) for answer in answers) == 1, answers
