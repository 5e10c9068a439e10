"""The machinery of states: tables of transitions, and `move` (`move_all`), the only thing that writes a state."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import pgtrigger
import rules
from django.db import transaction
from django.db.models import Model, TextChoices

from portal import audit, clock
from portal.actors import Actor
from portal.errors import Denied, Refused

# What keeps a transition from being taken: one sentence or several; nothing when it may be.
Guard = Callable[..., str | Sequence[str] | None]
M = TypeVar("M", bound=Model)
_GONE = "该事项刚刚已转由他人办理，不在您的办理范围内，请返回列表查看。"


@dataclass(frozen=True)
class Transition:
    """One edge: what it is called, where it starts and ends, and the conditions that must hold.

    A guard takes (object, at=, actor=, and the act's own arguments) and returns a reason, or several; nothing when
    satisfied.
    """

    action: str
    label: str
    sources: tuple[str, ...]
    target: str
    guards: tuple[Guard, ...] = ()


@dataclass(frozen=True)
class Workflow:
    """All edges of one kind of object; `name` prefixes its permissions and audit verbs."""

    name: str
    states: type[TextChoices]
    transitions: tuple[Transition, ...]

    def find(self, action: str) -> Transition:
        """The transition of that name. Raises KeyError."""
        for transition in self.transitions:
            if transition.action == action:
                return transition
        raise KeyError(f"{self.name} has no action {action}")

    def trigger(self) -> pgtrigger.FSM:
        """The database trigger that refuses every edge which is not in the table."""
        edges = {(str(source), str(t.target)) for t in self.transitions for source in t.sources}
        return pgtrigger.FSM(name="legal_edges", field="state", transitions=sorted(edges))


def permission(workflow: Workflow, action: str) -> str:
    """The name under which `rules` knows who may do this."""
    return f"{workflow.name}.{action}"


def available(obj: Any, actor: Actor) -> Iterable[Transition]:
    """The transitions this actor could try on this object now (state and permission; guards speak when tried)."""
    for transition in obj.workflow.transitions:
        if obj.state in transition.sources and rules.has_perm(permission(obj.workflow, transition.action), actor, obj):
            yield transition


@contextmanager
def locked(obj: M) -> Iterator[Any]:
    """The object's row, fresh and locked until the block's transaction ends.

    Raises Refused when it has left the actor's place since they saw it.
    """
    with transaction.atomic():
        row = type(obj)._base_manager.select_for_update(of=("self",)).filter(pk=obj.pk).first()
        if row is None:
            raise Refused(_GONE)
        yield row


def move(
    obj: M,
    action: str,
    *,
    actor: Actor,
    at: datetime | None = None,
    changes: dict[str, Any] | None = None,
    **data: Any,
) -> M:
    """Take an object along one edge: lock, permission, source state, guards, save, record; one transaction.

    `changes` are further columns to write with the state; `data` goes to the guards and on record.
    Raises Denied when the actor may not, Refused with every reason when the rules don't allow it now.
    """
    transition, moment = _workflow(obj).find(action), at or clock.now()
    with locked(obj) as row:
        _moved(row, transition, actor, moment, changes or {}, data)
    return row


@dataclass(frozen=True)
class Step:
    """One object of many that move together; `changes` and `data` as for `move`."""

    obj: Any
    changes: dict[str, Any]
    data: dict[str, Any]


def move_all(
    steps: Sequence[Step], action: str, *, actor: Actor, at: datetime | None = None, beside: Sequence[str] = ()
) -> list[Any]:
    """Take many objects of one kind along the same edge, all or none, each looked at and recorded as `move` does.

    They are locked in one statement. `beside`: relations that the caller holds locked already, taken over from the
    objects given instead of being read for each. Raises Denied, Refused with the reasons of the first that may not.
    """
    if not steps:
        return []
    model, moment = type(steps[0].obj), at or clock.now()
    transition = _workflow(steps[0].obj).find(action)
    with transaction.atomic():
        keys = [step.obj.pk for step in steps]
        found = model._base_manager.select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk")
        rows = {row.pk: row for row in found}
        if len(rows) != len(set(keys)):
            raise Refused(_GONE)
        for step in steps:
            row = rows[step.obj.pk]
            for name in beside:
                setattr(row, name, getattr(step.obj, name))
            _moved(row, transition, actor, moment, step.changes, step.data)
    return [rows[key] for key in keys]


def _workflow(obj: Any) -> Workflow:
    found: Workflow = obj.workflow
    return found


def _moved(
    row: Any, transition: Transition, actor: Actor, moment: datetime, changes: dict[str, Any], data: dict[str, Any]
) -> None:
    """Permission, source state, guards, save, record: of a row that is locked."""
    workflow = _workflow(row)
    name = permission(workflow, transition.action)
    if not rules.has_perm(name, actor, row):
        raise Denied(f"{name} is not for {actor.role or 'nobody'}")
    if row.state not in transition.sources:
        raise Refused(f"当前状态为“{workflow.states(row.state).label}”，不能{transition.label}。请刷新页面后再看。")
    reasons = [
        sentence
        for guard in transition.guards
        if (said := guard(row, at=moment, actor=actor, **data))
        for sentence in ([said] if isinstance(said, str) else said)
    ]
    if reasons:
        raise Refused(*reasons)
    source, row.state = row.state, transition.target
    for field, value in changes.items():
        setattr(row, field, value)
    row.save(update_fields=["state", *changes])
    audit.record(name, row, actor, source=source, target=transition.target, **data)
