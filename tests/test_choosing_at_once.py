"""Sixty hands for twenty places: never more than the quota at any commit, and one clear message to whoever loses."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection

from portal import walls
from portal.actors import Actor
from portal.errors import Refused
from review.models import Candidate, Choice, UnitList
from review.selectors.choosing import by_numbers
from review.services import choosing
from tests import choice, factories
from tests.factories import People
from tests.test_committed import at_once
from tiers.models import Recommendation, Round
from tiers.services import recommendations, round_dates

QUOTA, MANY = 20, 60


@pytest.fixture
def cast(own_database: str) -> People:
    return factories.cast()


@pytest.fixture
def first(cast: People) -> Candidate:
    (row,) = choice.accepted(cast)
    return row


def _all(first: Candidate, count: int) -> list[Candidate]:
    return [first, *choice.many(first, count - 1)]


def _act(do: Callable[..., Any], by: Actor, *args: Any, **kwargs: Any) -> Callable[[], Any]:
    def act() -> Any:
        with walls.enter(by):
            return do(*args, **kwargs, actor=by)

    return act


def _count(round_: Round) -> int:
    with walls.system("test"):
        return Recommendation.objects.filter(round=round_, outside_quota=False).count()


@contextmanager
def _watched(round_: Round) -> Iterator[list[int]]:
    """What was counted from outside, again and again, while others committed."""
    seen: list[int] = []
    stop = threading.Event()

    def watch() -> None:
        try:
            while not stop.is_set():
                seen.append(_count(round_))
        finally:
            connection.close()

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield seen
    finally:
        stop.set()
        watcher.join()


def test_sixty_at_once_for_twenty_places(first: Candidate, cast: People) -> None:
    rows = _all(first, MANY)
    officer = cast.unit_officer
    with _watched(first.round) as seen:
        answers = at_once(*(_act(choosing.recommend, officer, row, reason="示范性强") for row in rows))
    made = [answer for answer in answers if isinstance(answer, Recommendation)]
    lost = [answer for answer in answers if isinstance(answer, Refused)]
    assert (len(made), len(lost)) == (QUOTA, MANY - QUOTA), answers
    assert all(str(answer) == "本批次推荐名额为20家，已推荐20家，名额已满；请先撤回其他推荐。" for answer in lost)
    assert max(seen) <= QUOTA
    with walls.system("test"):
        places = list(Recommendation.objects.order_by("position").values_list("position", flat=True))
        assert places == list(range(1, QUOTA + 1))
        assert Choice.objects.count() == QUOTA, "whoever was refused left no trace of having been chosen"
        assert UnitList.objects.get().version == QUOTA


def test_adding_and_removing_mixed_a_bulk_and_a_lowered_quota(first: Candidate, cast: People) -> None:
    rows = _all(first, 44)
    round_, officer, head = first.round, cast.unit_officer, cast.unit_head
    with walls.enter(officer):
        choosing.recommend_many(round_, rows[:18], reason="示范性强", actor=officer)
    with walls.system("test"):
        numbers = " ".join(row.number for row in rows[39:44])
    acts = [
        *(_act(choosing.withdraw, officer, row, reason="核查") for row in rows[:6]),
        *(_act(choosing.recommend, head, row, reason="示范性强") for row in rows[18:39]),
        _act(choosing.recommend_many, officer, round_, rows[18:39], reason="批量"),  # 21 at once
        _act(_imported, officer, round_, numbers),
        _act(round_dates.change_quota, head, round_, 15, reason="名额压缩"),
    ]
    with _watched(round_) as seen:
        answers = at_once(*acts)
    with walls.system("test"):
        quota = Round.objects.get(pk=round_.pk).quota or 0
        places = list(
            Recommendation.objects.filter(round=round_).order_by("position").values_list("position", flat=True)
        )
    assert max(seen) <= QUOTA
    assert len(places) <= quota
    assert places == list(range(1, len(places) + 1))
    assert isinstance(answers[-3], Refused), "twenty-one never fit"
    assert all(isinstance(answer, Refused) or not isinstance(answer, BaseException) for answer in answers), answers


def _imported(round_: Round, numbers: str, *, actor: Actor) -> list[Recommendation]:
    rows, _ = by_numbers(round_, numbers)
    return choosing.recommend_many(round_, rows, reason="导入", actor=actor)


def test_a_returned_place_goes_to_one_of_two(first: Candidate, cast: People) -> None:
    rows = _all(first, QUOTA + 2)
    officer = cast.unit_officer
    with walls.enter(officer):
        choosing.recommend_many(first.round, rows[:QUOTA], reason="示范性强", actor=officer)
        choosing.withdraw(rows[0], reason="异议成立", actor=officer)
    answers = at_once(*(_act(choosing.recommend, officer, row, reason="递补") for row in rows[QUOTA:]))
    assert sorted(type(answer).__name__ for answer in answers) == ["Recommendation", "Refused"], answers
    assert _count(first.round) == QUOTA


def test_the_same_one_twice_at_once_has_one_place(first: Candidate, cast: People) -> None:
    answers = at_once(*(_act(choosing.recommend, cast.unit_officer, first, reason="示范性强") for _ in range(2)))
    assert sorted(type(answer).__name__ for answer in answers) == ["Recommendation", "Refused"], answers
    assert _count(first.round) == 1


def test_without_the_rounds_lock_there_would_be_more_than_the_quota(
    first: Candidate, cast: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control: everybody counts before anybody has written."""
    rows = _all(first, 4)
    with walls.system("test"):
        Round.objects.filter(pk=first.round_id).update(quota=1)
    together, count = threading.Barrier(4), recommendations.taken

    @contextmanager
    def unlocked(obj: Any) -> Iterator[Any]:
        yield Round.objects.select_related("unit").get(pk=obj.pk)

    def while_the_others_count(round_: Round) -> int:
        found = count(round_)
        together.wait(10)
        return found

    class Free:
        """A list that nobody holds."""

        pk, version, changes, state, round, supplement_until = 0, 0, [], "drafting", first.round, None

    monkeypatch.setattr(choosing, "locked", unlocked)
    monkeypatch.setattr(recommendations, "locked", unlocked)
    monkeypatch.setattr(recommendations, "taken", while_the_others_count)
    monkeypatch.setattr(choosing.unit_lists, "changeable", lambda _round: Free())
    monkeypatch.setattr(choosing.unit_lists, "changed", lambda *_: None)
    monkeypatch.setattr(Recommendation, "save", _unplaced(Recommendation.save))
    at_once(*(_act(choosing.recommend, cast.unit_officer, row, reason="x") for row in rows))
    assert _count(first.round) > 1


def _unplaced(save: Any) -> Any:
    """Positions collide as well, and the database would say so; that is another wall than the one tried here."""

    def kept(self: Recommendation, *args: Any, **kwargs: Any) -> None:
        if kwargs.get("update_fields") != ["position"]:
            save(self, *args, **kwargs)

    return kept
