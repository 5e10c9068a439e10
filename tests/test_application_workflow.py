"""Every state × action × role of an application, its guards at the exact instant, and the database's own refusal."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from applications import guards
from applications.models import Application
from applications.states import ApplicationState, Track
from applications.transitions import APPLICATION
from portal import clock, walls
from portal.actors import Actor
from portal.errors import Denied, Refused
from portal.workflow import available, move
from tests import applications as made
from tests import rounds
from tests.factories import People
from tests.rounds import CITY_UNTIL, ENTERPRISE_UNTIL, MICROSECOND, UNIT_UNTIL
from tiers.models import Extension, Round

pytestmark = pytest.mark.django_db
S = ApplicationState

CITY = {"city_reviewer_a", "city_head_a"}
UNIT = {"unit_officer", "unit_head"}
# Who may do what with an application of Wuhan's enterprise that its city reviews, and with one on the direct way.
MAY: dict[str, dict[str, set[str]]] = {
    Track.REGULAR: {
        "submit": {"enterprise_admin_a"},
        "withdraw": {"enterprise_admin_a"},
        "return": CITY,
        "lapse": {"portal"},
    },
    Track.DIRECT: {
        "submit": {"enterprise_admin_a"},
        "withdraw": {"enterprise_admin_a"},
        "return": UNIT,
        "lapse": {"portal"},
    },
}
# What satisfies every guard of an action, at an instant in the round of 2024.
READY: dict[str, dict[str, Any]] = {
    "submit": {"at": ENTERPRISE_UNTIL, "commitment": "张三", "version": 1},
    "withdraw": {"at": ENTERPRISE_UNTIL},
    "return": {"at": ENTERPRISE_UNTIL, "items": [{"reason": "补充"}], "until": CITY_UNTIL},
    "lapse": {"at": CITY_UNTIL + MICROSECOND},
}


@pytest.fixture
def draft(people: People) -> Application:
    round_ = rounds.published(people)
    rounds.put_in_state(round_, "accepting")
    factory = made.eligible_factory(people)
    with walls.system("test"):
        return Application.objects.create(
            ref="SB-TEST0001",
            number="HB-2024-E-0001",
            round=rounds.fresh(round_),
            factory=factory,
            book=made.book(round_),
            terms_digest="0" * 64,
            version=1,
            correct_until=CITY_UNTIL,
            began_at=clock.now(),
            began_by=people.enterprise_clerk_a.person,
            unit_id=factory.unit_id,
            city_id=factory.city_id,
            enterprise_id=factory.enterprise_id,
        )


def put(row: Application, state: str, track: str = Track.REGULAR) -> Application:
    """The row in another state, along the edges, with no guard asked."""
    with walls.system("test"):
        Application.objects.filter(pk=row.pk).update(track=track)
        for step in {S.DRAFT: (), S.SUBMITTED: (S.SUBMITTED,), S.RETURNED: (S.SUBMITTED, S.RETURNED)}[S(state)]:
            Application.objects.filter(pk=row.pk).update(state=step)
    return made.fresh(row)


@pytest.mark.parametrize("track", [Track.REGULAR, Track.DIRECT])
@pytest.mark.parametrize("state", S.values)
def test_matrix_of_state_action_and_role(state: str, track: str, people: People, draft: Application) -> None:
    actors = people.actors() | {"portal": Actor(system="平台")}
    row = put(draft, state, track)
    with walls.system("test"):
        for step in APPLICATION.transitions:
            for name, actor in actors.items():
                verdict = _try(row, step.action, actor)
                allowed = name in MAY[track][step.action]
                wanted = "denied" if not allowed else step.target if state in step.sources else "refused"
                assert verdict == wanted, (state, step.action, name)


def _try(row: Application, action: str, actor: Actor) -> str:
    offered = action in {step.action for step in available(row, actor)}
    with transaction.atomic():
        try:
            verdict = move(row, action, actor=actor, **READY[action]).state
        except Denied:
            assert not offered
            verdict = "denied"
        except Refused:
            assert not offered
            verdict = "refused"
        else:
            assert offered
        transaction.set_rollback(True)
    return verdict


def test_database_refuses_every_other_edge(people: People, draft: Application) -> None:
    edges = {(source, step.target) for step in APPLICATION.transitions for source in step.sources}
    with walls.system("test"):
        for source in S.values:
            for target in S.values:
                with transaction.atomic():
                    row = put(draft, source)
                    if source == target or (source, target) in edges:
                        Application.objects.filter(pk=row.pk).update(state=target)
                    else:
                        with pytest.raises(DatabaseError, match="Invalid transition"), transaction.atomic():
                            Application.objects.filter(pk=row.pk).update(state=target)
                    transaction.set_rollback(True)


# -- the exact instant ------------------------------------------------------------------------------------------------
def test_submitting_ends_with_the_last_microsecond_of_the_window(people: People, draft: Application) -> None:
    with walls.enter(people.enterprise_admin_a):
        assert guards.in_time(draft, at=ENTERPRISE_UNTIL) is None
        reason = guards.in_time(draft, at=ENTERPRISE_UNTIL + MICROSECOND)
        assert reason
        assert "2024年11月22日 23:59:59" in reason
        assert guards.in_time(draft, at=draft.round.opens_at) is None
        assert guards.in_time(draft, at=draft.round.opens_at - MICROSECOND)
        assert guards.in_window(draft, at=ENTERPRISE_UNTIL) is None
        assert guards.in_window(draft, at=ENTERPRISE_UNTIL + MICROSECOND)


def test_an_extension_holds_for_its_enterprise_alone_and_to_its_last_microsecond(
    people: People, draft: Application
) -> None:
    own = ENTERPRISE_UNTIL + timedelta(hours=20)
    with walls.system("test"):
        Extension.objects.create(
            round=draft.round,
            until=own,
            reason="停电",
            granted_by=people.unit_head.person,
            granted_at=clock.now(),
            unit_id=draft.unit_id,
            city_id=draft.city_id,
            enterprise_id=draft.enterprise_id,
        )
    with walls.enter(people.enterprise_admin_a):
        assert guards.in_time(draft, at=own) is None
        assert guards.in_time(draft, at=own + MICROSECOND)
    draft.enterprise_id = people.enterprise_b.pk
    assert guards.in_time(draft, at=ENTERPRISE_UNTIL + MICROSECOND)


def test_a_correction_has_its_own_last_microsecond_whatever_the_window(people: People, draft: Application) -> None:
    row = put(draft, S.RETURNED)
    assert guards.in_time(row, at=CITY_UNTIL) is None
    assert guards.in_time(row, at=CITY_UNTIL + MICROSECOND)
    assert guards.correction_over(row, at=CITY_UNTIL)
    assert guards.correction_over(row, at=CITY_UNTIL + MICROSECOND) is None


@pytest.mark.parametrize(("track", "last"), [(Track.REGULAR, CITY_UNTIL), (Track.DIRECT, UNIT_UNTIL)])
def test_a_correction_never_passes_the_next_deadline(track: str, last: Any, people: People, draft: Application) -> None:
    row = put(draft, S.SUBMITTED, track)
    assert guards.correct_in_time(row, at=ENTERPRISE_UNTIL, until=last) is None
    assert guards.correct_in_time(row, at=ENTERPRISE_UNTIL, until=last + MICROSECOND)
    assert guards.correct_in_time(row, at=ENTERPRISE_UNTIL, until=ENTERPRISE_UNTIL)
    assert guards.correct_in_time(row, at=ENTERPRISE_UNTIL, until=None)
    assert guards.review_open(row, at=last) is None
    assert guards.review_open(row, at=last + MICROSECOND)


def test_a_return_names_what_and_why(draft: Application) -> None:
    assert guards.says_what(draft, items=[])
    assert guards.says_what(draft, items=[{"reason": "  "}])
    assert guards.says_what(draft, items=[{"reason": "补充"}]) is None


def test_every_state_has_a_public_name_that_says_nothing_of_the_review() -> None:
    assert {state.public_label for state in S} == {"填报中", "已提交", "退回修改"}
    assert S.SUBMITTED.label == "待审核"


def test_a_round_without_cities_is_reviewed_by_its_unit(people: People, draft: Application) -> None:
    row = put(draft, S.SUBMITTED)
    row.round = Round(city_until=None, unit_until=UNIT_UNTIL, opens_at=draft.round.opens_at)
    assert guards.review_window(row) == "unit"
