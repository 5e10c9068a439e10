"""Every state × action × role of the review's workflows; the database's refusal of all else; the instant."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from applications.models import Application
from portal import clock, walls
from portal.actors import Actor
from portal.errors import Denied, Refused
from portal.workflow import available, move
from review import guards
from review.models import Candidate, CityList, FirstReview, SignOff, UnitList
from review.transitions import JUDGING
from review.transitions import WORKFLOWS as EVERY
from tests import applications as made
from tests import publicities as made_public
from tests import reviews, rounds
from tests.factories import People
from tests.rounds import CITY_UNTIL, ENTERPRISE_UNTIL, MICROSECOND

pytestmark = pytest.mark.django_db

# What experts do has a test of its own.
WORKFLOWS = [workflow for workflow in EVERY if workflow not in JUDGING]
CITY, UNIT = {"city_reviewer_a", "city_head_a"}, {"unit_officer", "unit_head"}
MINISTRY = {"ministry"}
# Who may do what about an application of Wuhan, a question to its finance bureau, and Wuhan's list.
MAY: dict[str, dict[str, set[str]]] = {
    "first_review": {
        "pass": CITY,
        "reject": CITY,
        "reopen": CITY,
        "reconsider": {"enterprise_admin_a"},
        "renew": {"portal"},
    },
    "sign_off": {
        "agree": {"city_joint_a"},
        "disagree": {"city_joint_a"},
        "verify": {"city_joint_a"},
        "record": CITY,
        "void": CITY | {"portal"},
    },
    "city_list": {
        "circulate": CITY,
        "reopen": CITY | {"portal"},
        "send": {"city_head_a"},
        "accept": UNIT,
        "return": UNIT,
        "lock": {"portal"},
        "unlock": UNIT,
    },
    "candidate": {
        "accept": UNIT,
        "send_back": UNIT,
        "answer": CITY,
        "refuse": UNIT,
        "restore": UNIT,
        "recall": {"portal"},
        "renew": {"portal"},
    },
    "unit_list": {
        "circulate": UNIT,
        "reopen": UNIT | {"portal"},
        "send": {"unit_head"},
        "give_back": {"portal"},
    },
    "publicity": {"publish": {"unit_head"}, "withdraw": {"unit_head"}},
    "objection": {"accept": UNIT, "refuse": UNIT, "uphold": {"unit_head"}, "dismiss": {"unit_head"}},
    "dispatch": {"receive": MINISTRY, "ask": MINISTRY, "supersede": {"portal"}, "decide": MINISTRY},
}
REASON = {"reason": "理由"}
DENIED, REFUSED = "(denied)", "(refused)"  # no state is called so
# What satisfies every guard of an action; whatever is not named happens while the enterprises' window is still open.
READY: dict[str, dict[str, Any]] = {
    "pass": {"checklist": reviews.EVERY_POINT},
    "reject": REASON,
    "reopen": REASON,
    "reconsider": REASON,
    "disagree": REASON,
    "verify": REASON,
    "record": REASON,
    "return": REASON,
    "send_back": REASON,
    "answer": REASON,
    "refuse": REASON,
    "restore": REASON,
    "give_back": REASON,
    "withdraw": REASON,
    "accept": {"due_at": CITY_UNTIL},
    "uphold": {"finding": "属实"},
    "dismiss": {"finding": "不属实"},
    "ask": {"due_at": CITY_UNTIL, "asked": [{"position": 0, "text": "请补正"}]},
    "lock": {"at": CITY_UNTIL + MICROSECOND},
}


@pytest.fixture
def row(people: People) -> Application:
    round_ = rounds.published(people)
    rounds.put_in_state(round_, "accepting")
    return made.bare(people, rounds.fresh(round_))


@pytest.fixture
def make(people: People, row: Application) -> Callable[[str, str], Any]:
    """One of each kind in a state."""
    now, somebody = clock.now(), people.city_head_b.person
    keys = {"unit_id": row.unit_id, "city_id": row.city_id}
    seat = people.city_joint_a.membership
    assert seat

    def of(kind: str, state: str) -> Any:
        if kind == "first_review":
            return FirstReview.objects.create(
                application=row, version=row.version, state=state, decided_at=now, decided_by=somebody,
                enterprise_id=row.enterprise_id, **keys,
            )  # fmt: skip
        if kind == "sign_off":
            return SignOff.objects.create(
                application=row, enterprise_id=row.enterprise_id, office=seat.office, state=state, asked_at=now,
                asked_by=somebody, due_at=now, answered_at=now, answered_by=somebody, **keys,
            )  # fmt: skip
        if kind == "candidate":
            return Candidate.objects.create(
                application=row, round=row.round, state=state, version=1, reason="理由", arrived_at=now, decided_at=now,
                decided_by=somebody, enterprise_id=row.enterprise_id, **keys,
            )  # fmt: skip
        if kind in made_public.KINDS:
            return made_public.of_kind(kind, state, row, somebody)
        listed = {"ref": "X-1", "round": row.round, "state": state, "issued": 1, "sent_at": now, "sent_by": somebody}
        if kind == "unit_list":
            return UnitList.objects.create(unit_id=row.unit_id, **listed)
        return CityList.objects.create(**listed, **keys)

    return of


CASES = [(workflow, state) for workflow in WORKFLOWS for state in workflow.states.values]


@pytest.mark.parametrize(("workflow", "state"), CASES, ids=[f"{w.name}-{s}" for w, s in CASES])
def test_matrix_of_state_action_and_role(
    workflow: Any, state: str, people: People, make: Callable[[str, str], Any]
) -> None:
    actors = people.actors() | {"portal": Actor(system="平台")}
    assert set(MAY[workflow.name]) == {step.action for step in workflow.transitions}
    with walls.system("test"):
        thing = make(workflow.name, state)
        for step in workflow.transitions:
            for name, actor in actors.items():
                allowed = name in MAY[workflow.name][step.action]
                wanted = DENIED if not allowed else step.target if state in step.sources else REFUSED
                assert _try(thing, step.action, actor) == wanted, (state, step.action, name)


def _try(thing: Any, action: str, actor: Actor) -> str:
    offered = action in {step.action for step in available(thing, actor)}
    ready = {"at": ENTERPRISE_UNTIL} | READY.get(action, {})
    with transaction.atomic():
        try:
            verdict = str(move(thing, action, actor=actor, **ready).state)
        except Denied:
            verdict = DENIED
        except Refused:
            verdict = REFUSED
        assert offered is (verdict not in {DENIED, REFUSED})
        transaction.set_rollback(True)
    return verdict


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda workflow: workflow.name)
def test_database_refuses_every_other_edge(workflow: Any, make: Callable[[str, str], Any]) -> None:
    edges = {(source, step.target) for step in workflow.transitions for source in step.sources}
    with walls.system("test"):
        for source in workflow.states.values:
            for target in workflow.states.values:
                with transaction.atomic():
                    thing = make(workflow.name, source)
                    rows = type(thing).objects.filter(pk=thing.pk)
                    if source == target or (source, target) in edges:
                        rows.update(state=target)
                    else:
                        with pytest.raises(DatabaseError, match="Invalid transition"), transaction.atomic():
                            rows.update(state=target)
                    transaction.set_rollback(True)


def test_the_citys_time_ends_with_its_last_microsecond(make: Callable[[str, str], Any]) -> None:
    with walls.system("test"):
        review, row = make("first_review", "open"), make("city_list", "signing")
        assert guards.is_reviewable(review, at=CITY_UNTIL) is None
        assert guards.in_list_time(row, at=CITY_UNTIL) is None
        assert guards.list_time_over(row, at=CITY_UNTIL)
        for guard, thing in ((guards.is_reviewable, review), (guards.in_list_time, row)):
            reason = guard(thing, at=CITY_UNTIL + MICROSECOND)
            assert reason
            assert "2024年11月25日 23:59:59" in reason
        assert guards.list_time_over(row, at=CITY_UNTIL + MICROSECOND) is None


def test_a_returned_list_leaves_time(make: Callable[[str, str], Any]) -> None:
    late = CITY_UNTIL + MICROSECOND
    with walls.system("test"):
        row = make("city_list", "sent")
        assert guards.leaves_time(row, at=CITY_UNTIL) is None
        assert guards.leaves_time(row, at=late), "there is none left, and none was given"
        assert guards.leaves_time(row, at=late, until=late), "it has to lie ahead"
        assert guards.leaves_time(row, at=late, until=row.round.unit_until) is None
        assert guards.leaves_time(row, at=late, until=row.round.unit_until + MICROSECOND)
