"""Every state × action × role of the ground floor's workflows, and the database's own refusal of other edges."""

from dataclasses import fields
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from portal import clock, walls
from portal.actors import Actor
from portal.audit import AuditEvent
from portal.errors import Denied, Refused
from portal.models import Invitation, Membership, Package, Paper, Registration
from portal.papers import new_code
from portal.roles import Role
from portal.services.memberships import post_at
from portal.transitions import WORKFLOWS
from portal.workflow import Step, Workflow, available, move, move_all
from tests import factories
from tests.factories import People
from tests.samples.papers import OFFICES

pytestmark = pytest.mark.django_db

# Who may do what to: a registration that Wuhan decides, a Wuhan reviewer's invitation, a Wuhan reviewer's membership.
MAY: dict[str, set[str]] = {
    "registration.confirm": {"city_reviewer_a", "city_head_a"},
    "registration.refuse": {"city_reviewer_a", "city_head_a"},
    "registration.withdraw": {"newcomer"},
    "invitation.accept": {"newcomer"},
    "invitation.withdraw": {"city_head_a"},
    "invitation.expire": {"portal"},
    "membership.disable": {"city_head_a"},
    "membership.restore": {"city_head_a"},
    "membership.hand_over": {"city_head_a", "city_reviewer_a"},
    "paper.finish": {"portal"},
    "paper.fail": {"portal"},
    # Which paper somebody sees at all is asked of its document.
    "paper.retry": {field.name for field in fields(People)} - {"newcomer"},
    "package.finish": {"portal"},
    "package.fail": {"portal"},
    "package.retry": OFFICES,
}
_FILE = {"digest": "d" * 64, "stored": "papers/x.pdf"}


def _make(workflow: Workflow, state: str, people: People) -> Any:
    """One object of that kind in that state."""
    now = clock.now()
    post = post_at(Role.CITY_REVIEWER, office=factories.office("武汉市经济和信息化局"))
    if workflow.name == "registration":
        place = {"unit": people.enterprise_a.unit, "city": people.enterprise_a.city}
        return Registration.objects.create(
            **factories.facts(), **place, ref=f"T-{factories.code()[-8:]}", user=people.newcomer.user,
            submitted_at=now, state=state,
        )  # fmt: skip
    if workflow.name == "invitation":
        return Invitation.objects.create(
            **post, email=people.newcomer.user.email, name="新人", token_digest=factories.code(),
            invited_at=now, expires_at=now + timedelta(days=1), state=state,
        )  # fmt: skip
    if workflow.name == "paper":
        facts = {"kind": "book", "subject": factories.code(), "version": 1, "code": new_code(), "issued_at": now}
        return Paper.objects.create(**facts, **_FILE, state=state)
    if workflow.name == "package":
        facts = {"ref": factories.code()[-8:], "kind": "books", "unit": people.enterprise_a.unit, "asked_at": now}
        return Package.objects.create(**facts, **_FILE, asked_by=people.unit_head.user, state=state)
    Membership.objects.filter(pk=people.city_reviewer_a.membership.pk).delete()
    who = people.city_reviewer_a.user
    return Membership.objects.create(**post, user=who, since=now, state=state)


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda w: w.name)
def test_matrix_of_state_action_and_role(workflow: Workflow, people: People) -> None:
    actors = people.actors() | {"portal": Actor(system="平台")}
    with walls.system("test"):
        for state in workflow.states.values:
            for transition in workflow.transitions:
                for name, actor in actors.items():
                    with transaction.atomic():
                        obj = _make(workflow, state, people)
                        verdict = _try(obj, transition.action, actor)
                        transaction.set_rollback(True)
                    allowed = name in MAY[f"{workflow.name}.{transition.action}"]
                    wanted = (
                        "denied" if not allowed else transition.target if state in transition.sources else "refused"
                    )
                    assert verdict == wanted, (workflow.name, state, transition.action, name)


def _try(obj: Any, action: str, actor: Actor) -> str:
    offered = action in {t.action for t in available(obj, actor)}
    try:
        state = move(obj, action, actor=actor, reason="理由").state
    except Denied:
        assert not offered
        return "denied"
    except Refused:
        assert not offered
        return "refused"
    assert offered, "a page offers what it allows"
    return str(state)


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda w: w.name)
def test_database_refuses_every_edge_that_is_not_in_the_table(workflow: Workflow, people: People) -> None:
    edges = {(s, t.target) for t in workflow.transitions for s in t.sources}
    with walls.system("test"):
        for source in workflow.states.values:
            for target in set(workflow.states.values) - {source}:
                with transaction.atomic():
                    obj = _make(workflow, source, people)
                    rows = type(obj).objects.filter(pk=obj.pk)
                    if (source, target) in edges:
                        assert rows.update(state=target) == 1
                    else:
                        with pytest.raises(DatabaseError, match="Invalid transition"), transaction.atomic():
                            rows.update(state=target)
                    transaction.set_rollback(True)


def test_permissions_named_here_are_all_there_are() -> None:
    assert set(MAY) == {f"{w.name}.{t.action}" for w in WORKFLOWS for t in w.transitions}


def test_move_on_a_stale_object_looks_at_the_row(people: People) -> None:
    with walls.system("test"):
        stale = _make(WORKFLOWS[0], "pending", people)
        move(stale, "confirm", actor=people.city_head_a)
        assert stale.state == "pending"
        with pytest.raises(Refused, match="当前状态为“已确认”"):
            move(stale, "refuse", actor=people.city_head_a, reason="理由")


def _pending(count: int = 3) -> list[Registration]:
    return [factories.registration("420100") for _ in range(count)]


def test_many_move_at_once_each_on_record_and_in_the_same_queries(people: People) -> None:
    head = people.city_head_a
    counts = []
    for count in (1, 3):
        rows = _pending(count)
        with walls.enter(head), CaptureQueriesContext(connection) as queries:
            steps = [Step(row, {"reason": f"第{n}份材料不齐"}, {"reason": "材料不齐"}) for n, row in enumerate(rows)]
            made = move_all(steps, "refuse", actor=head)
            assert [row.pk for row in made] == [row.pk for row in rows]
            kept = Registration.objects.filter(pk__in=[row.pk for row in rows]).order_by("pk")
            assert [(row.state, row.reason) for row in kept] == [("refused", f"第{n}份材料不齐") for n in range(count)]
        counts.append(len(queries))
        with walls.enter(people.auditor):
            for row in rows:
                event = AuditEvent.objects.get(verb="registration.refuse", subject_id=str(row.pk))
                assert (event.data["source"], event.data["target"]) == ("pending", "refused")
    assert counts[1] - counts[0] == 2 * 2, "an UPDATE and a line on record for each, nothing else"


@pytest.mark.parametrize("wrong", ["state", "guard", "place"])
def test_one_that_may_not_keeps_all_of_them(people: People, wrong: str) -> None:
    head, rows = people.city_head_a, _pending()
    said = [{"reason": "材料不齐"}, {"reason": " " if wrong == "guard" else "材料不齐"}, {"reason": "材料不齐"}]
    if wrong == "state":
        with walls.enter(head):
            move(rows[1], "confirm", actor=head)
    if wrong == "place":
        rows[1] = factories.registration("420500")
    with walls.enter(head):
        with pytest.raises(Refused):
            move_all([Step(row, {}, data) for row, data in zip(rows, said, strict=True)], "refuse", actor=head)
        assert {Registration.objects.get(pk=row.pk).state for row in (rows[0], rows[2])} == {"pending"}
    with walls.enter(people.unit_officer), pytest.raises(Denied):
        move_all([Step(rows[0], {}, said[0])], "refuse", actor=people.unit_officer)
    assert move_all([], "refuse", actor=head) == []


@pytest.mark.parametrize("reason", ["", "  ", "\n"])
def test_saying_no_needs_a_reason(people: People, reason: str) -> None:
    with walls.system("test"), pytest.raises(Refused, match="请填写理由"):
        move(_make(WORKFLOWS[0], "pending", people), "refuse", actor=people.city_head_a, reason=reason)
