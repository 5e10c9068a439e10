"""Every state × action × role of panels, seats, sheets and visits, and the database's refusal of every other edge."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from portal import clock, walls
from portal.actors import Actor
from portal.errors import Denied, Refused
from portal.workflow import available, move
from review.models import Candidate, Expert, Panel, ScoreSheet, Seat, SiteVisit, VisitMember
from review.transitions import JUDGING
from tests import applications as made
from tests import judging, rounds
from tests.factories import People

pytestmark = pytest.mark.django_db

UNIT, EXPERT = {"unit_officer", "unit_head"}, {"expert"}
MAY: dict[str, dict[str, set[str]]] = {
    "panel": {"start": UNIT, "open": EXPERT, "reseal": UNIT, "close": UNIT, "resume": UNIT},
    "seat": {"consent": EXPERT, "decline": EXPERT, "release": UNIT, "invite": UNIT},
    "sheet": {
        "declare": EXPERT, "sign": EXPERT, "recuse": EXPERT, "reopen": UNIT, "release": UNIT, "assign": UNIT,
    },
    "visit": {"finish": UNIT | EXPERT, "cancel": UNIT},
}  # fmt: skip
DENIED, REFUSED = "(denied)", "(refused)"
READY: dict[str, Any] = {"reason": "理由", "proved_by": "second_factor"}
SIGNED = {"total": Decimal("80.0"), "digest": "d" * 64, "issued": 1, "signed_at": rounds.OPENS}
CHANGES = {"sign": SIGNED, "finish": {"done_at": rounds.OPENS, "conclusion": "passed"}}


@pytest.fixture
def candidate(people: People) -> Candidate:
    round_ = rounds.published(people)
    rounds.put_in_state(round_, "accepting")
    row = made.bare(people, rounds.fresh(round_))
    with walls.system("test"):
        return Candidate.objects.create(
            application=row, round=row.round, state="accepted", version=1, number=row.number, name="甲企业",
            project="项目", industry="C34", arrived_at=clock.now(), decided_at=clock.now(), decided_by=row.began_by,
            unit_id=row.unit_id, city_id=row.city_id, enterprise_id=row.enterprise_id,
        )  # fmt: skip


@pytest.fixture
def make(people: People, candidate: Candidate) -> Callable[[str, str], Any]:
    """One of each kind in a state; the cast's expert is chair, judge and goes along."""
    now, officer = rounds.OPENS, people.unit_officer.person
    expert: Expert = judging.profile(people, people.expert)
    unit = {"unit_id": candidate.unit_id}

    def panel(state: str) -> Panel:
        return Panel.objects.create(
            round=candidate.round, ref="PS-1", name="组", state=state, chair=expert, drawn_at=now, drawn_by=officer,
            **unit,
        )  # fmt: skip

    def of(kind: str, state: str) -> Any:
        if kind == "panel":
            return panel(state)
        if kind == "seat":
            seat = {"panel": panel("forming"), "expert": expert, "user": expert.user, "asked_at": now}
            return Seat.objects.create(state=state, **seat, **unit)
        if kind == "sheet":
            return ScoreSheet.objects.create(
                ref="PF-1", panel=panel("scoring"), candidate=candidate, application=candidate.application,
                expert=expert, user=expert.user, state=state, version=1, assigned_at=now, assigned_by=officer,
                declared_at=now, **SIGNED, **unit,
            )  # fmt: skip
        visit = SiteVisit.objects.create(
            ref="HC-1", candidate=candidate, state=state, planned_at=now, made_at=now, made_by=officer, done_at=now,
            done_by=officer, conclusion="passed", **unit,
        )  # fmt: skip
        VisitMember.objects.create(visit=visit, user=expert.user, expert=expert, name="专家", **unit)
        return visit

    return of


CASES = [(workflow, state) for workflow in JUDGING for state in workflow.states.values]


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
    with transaction.atomic():
        try:
            changes = CHANGES.get(action, {})
            verdict = str(move(thing, action, actor=actor, at=rounds.OPENS, changes=changes, **READY).state)
        except Denied:
            verdict = DENIED
        except Refused:
            verdict = REFUSED
        assert offered is (verdict not in {DENIED, REFUSED})
        transaction.set_rollback(True)
    return verdict


@pytest.mark.parametrize("workflow", JUDGING, ids=lambda workflow: workflow.name)
def test_database_refuses_every_other_edge(workflow: Any, make: Callable[[str, str], Any]) -> None:
    edges = {(s, t.target) for t in workflow.transitions for s in t.sources}
    with walls.system("test"):
        for source in workflow.states.values:
            for target in set(workflow.states.values) - {source}:
                with transaction.atomic():
                    thing = make(workflow.name, source)
                    rows = type(thing).objects.filter(pk=thing.pk)
                    if (source, target) in edges:
                        assert rows.update(state=target) == 1
                    else:
                        with pytest.raises(DatabaseError, match="Invalid transition"), transaction.atomic():
                            rows.update(state=target)
                    transaction.set_rollback(True)


@pytest.mark.parametrize("workflow", JUDGING, ids=lambda workflow: workflow.name)
def test_reasons_are_asked_for(workflow: Any, people: People, make: Callable[[str, str], Any]) -> None:
    actors = {"release": "unit_officer", "reopen": "unit_officer", "reseal": "unit_officer", "resume": "unit_officer"}
    actors |= {"cancel": "unit_officer", "recuse": "expert", "assign": "unit_officer"}
    for step in workflow.transitions:
        if step.action in actors:
            with walls.system("test"), transaction.atomic():
                thing = make(workflow.name, step.sources[0])
                with pytest.raises(Refused, match="理由"):
                    move(thing, step.action, actor=people.actors()[actors[step.action]], at=rounds.OPENS, reason=" ")
                transaction.set_rollback(True)
