"""Two who stamp the same paper at the same instant; with its negative control."""

import io
import threading
from typing import Any

import pytest
from django.db import IntegrityError

from applications import documents
from portal import walls
from portal.actors import Actor
from portal.errors import Refused
from portal.models import Paper, Stamping
from portal.services import seals
from tests import factories
from tests import seals as made
from tests.factories import People
from tests.test_committed import at_once


@pytest.fixture
def cast(own_database: str, monkeypatch: pytest.MonkeyPatch) -> People:
    people = factories.cast()
    monkeypatch.setitem(documents.DOCUMENTS, made.KIND, made.letter())
    for by in (people.unit_head, people.unit_joint):
        with walls.enter(by):
            seals.keep(io.BytesIO(made.picture()), "印章.png", actor=by)
    return people


def _letter(people: People) -> Paper:
    return made.issued(made.paper(), unit_id=people.enterprise_a.unit_id)


def _stamp(paper: Paper, key: str, by: Actor) -> Stamping:
    with walls.enter(by):
        return seals.stamp(paper, key, proved_by="second_factor", actor=by)


def test_the_same_place_is_stamped_once_and_each_stamp_goes_on_the_one_before(cast: People) -> None:
    paper = _letter(cast)
    unit, joint = (
        (lambda: _stamp(paper, "unit", cast.unit_head)),
        (lambda: _stamp(paper, "unit-finance", cast.unit_joint)),
    )
    answers = at_once(unit, unit, joint)
    assert sum(isinstance(answer, Stamping) for answer in answers) == 2, answers
    assert [answer.reasons for answer in answers if isinstance(answer, Refused)] == [("这个位置已经用印。",)]
    with walls.system("test"):
        first, second = Stamping.objects.all()
    assert first.before == paper.digest
    assert second.before == first.after


def test_without_the_lock_two_stamps_would_go_on_the_same_file(cast: People, monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control: both see the paper bare, and only the constraint keeps one of them out."""
    paper, together = _letter(cast), threading.Barrier(2)

    def checked_together(*given: Any) -> None:
        together.wait(20)
        check(*given)

    check = seals._check
    monkeypatch.setattr(seals, "lock", lambda paper: Paper.objects.get(pk=paper.pk))
    monkeypatch.setattr(seals, "_check", checked_together)
    answers = at_once(
        lambda: _stamp(paper, "unit", cast.unit_head), lambda: _stamp(paper, "unit-finance", cast.unit_joint)
    )
    assert sorted(type(answer) for answer in answers if not isinstance(answer, Stamping)) == [IntegrityError], answers
