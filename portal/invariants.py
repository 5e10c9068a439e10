"""What must hold of all that is kept, whoever wrote it: asked of the database itself, not of the code that wrote.

`manage.py check_invariants` asks everything that the apps declare in their room `invariants`.
"""

import itertools
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection
from django.db.models import ForeignKey, Model

from portal import clock
from portal.audit import AuditEvent, Outcome
from portal.declared import canonical
from portal.models import Mail, Notice, Package, Paper
from portal.rooms import declared, merged
from portal.services import record
from portal.states import PaperState
from portal.walls import OPEN, WALLED, Wall
from portal.workflow import Workflow

LEVELS = ("unit", "city", "enterprise")


@dataclass(frozen=True)
class Invariant:
    """One sentence that must hold, and the search for what breaks it: one line each, with the row's table and key."""

    sentence: str
    faults: Callable[[], Iterable[str]]


def invariants() -> list[Invariant]:
    """All that the apps declare, the ground floor's first."""
    return list(itertools.chain.from_iterable(declared("invariants", "INVARIANTS")))


# -- what other apps ask in the same way -----------------------------------------------------------------------------
def undigested(rows: Iterable[Any]) -> Iterator[str]:
    """Rows with `document` and `digest` whose digest is not that of the document (SHA-256 of the canonical text)."""
    for row in rows:
        if sha256(canonical(row.document).encode()).hexdigest() != row.digest:
            yield f"{row._meta.db_table} {row.pk}: the document is not the one that was digested"


def not_in_a_row(what: str, places: Mapping[Any, Iterable[int]]) -> Iterator[str]:
    """Places, by what they are places of, that are not 1, 2, 3 … without gap or repetition."""
    for key, found in places.items():
        given = sorted(found)
        if given != list(range(1, len(given) + 1)):
            yield f"{what} {key}: the places are {given[:30]}"


def twice(what: str, values: Iterable[Any]) -> Iterator[str]:
    """Values that must be given once only, and are not."""
    for value, count in Counter(values).items():
        if count > 1:
            yield f"{what} {value} is there {count} times"


# -- tenants ---------------------------------------------------------------------------------------------------------
def walled() -> dict[str, Wall]:
    """Every tenant-owned table of every app."""
    return WALLED | merged("tenancy", "WALLED")


def _kept(model: type[Model]) -> bool:
    return model._meta.db_table in walled() and not model._meta.proxy


def strangers() -> Iterator[str]:
    """Rows that name another unit, city or enterprise than the row they hang on, where both name one."""
    for model in filter(_kept, apps.get_models()):
        for field in model._meta.concrete_fields:
            if isinstance(field, ForeignKey) and _kept(field.related_model):
                yield from _apart(model, field)


def _apart(model: type[Model], field: "ForeignKey[Any, Any]") -> Iterator[str]:
    child, parent = model._meta.db_table, field.related_model._meta.db_table
    own, above = walled()[child], walled()[parent]
    for level in LEVELS:
        mine, theirs = getattr(own, level), getattr(above, level)
        if not mine or not theirs or mine == field.column:
            continue
        question = (
            f"SELECT c.id, c.{mine}, p.{theirs} FROM {child} c JOIN {parent} p "  # noqa: S608 — names out of the models
            f"ON p.{field.target_field.column} = c.{field.column} WHERE c.{mine} <> p.{theirs}"
        )
        for pk, one, other in _asked(question):
            yield f"{child} {pk}: {level} {one}, but {field.name} in {parent} has {other}"


def _asked(question: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(question)
        return list(cursor.fetchall())


_POLICIES = """
SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity, count(p.oid), pg_get_userbyid(c.relowner) = current_user
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_policy p ON p.polrelid = c.oid
WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') GROUP BY c.oid
"""
_ROLE = "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"


def open_doors() -> Iterator[str]:
    """Tables without a forced wall that should have one, tables nobody has placed, and a role that walls don't bind."""
    ((past_all_walls,),) = _asked(_ROLE)
    if past_all_walls:
        yield "the portal's own role is bound by no wall"
    known, in_the_open = walled(), OPEN | merged("tenancy", "OPEN")
    found = {name: (forced, policies, owned) for name, forced, policies, owned in _asked(_POLICIES)}
    for name, (forced, policies, owned) in sorted(found.items()):
        if name in known and (not forced or not policies):
            yield f"{name} stands behind no forced wall"
        if name not in known and name not in in_the_open:
            yield f"{name} is neither walled nor named as open"
        if owned:
            yield f"{name} belongs to the portal's own role"
    for name in sorted(known.keys() - found.keys()):
        yield f"{name} is not there"


# -- histories -------------------------------------------------------------------------------------------------------
def broken_paths() -> Iterator[str]:
    """Things whose recorded moves are no path through their table of transitions that ends where they stand."""
    for model in apps.get_models():
        workflow = getattr(model, "workflow", None)
        if isinstance(workflow, Workflow):
            yield from _broken_paths(model, workflow)


def _broken_paths(model: type[Model], workflow: Workflow) -> Iterator[str]:
    states = {str(pk): state for pk, state in model._base_manager.values_list("pk", "state")}
    begins = str(model().state)  # type: ignore[attr-defined]
    for pk, state in states.items() - _paths(model, workflow, begins).items():
        moved = _moves(model, workflow).filter(subject_id=pk)
        path = [str(begins), *(f"{data.get('source')}→{data.get('target')}" for _, _, data in moved)]
        yield f"{model._meta.db_table} {pk} is {state}, but its record reads {' '.join(path)}"


def _paths(model: type[Model], workflow: Workflow, begins: str) -> dict[str, str]:
    """Where the record says that each thing stands; whatever made an illegal step stands nowhere."""
    edges = {(f"{workflow.name}.{t.action}", str(s), str(t.target)) for t in workflow.transitions for s in t.sources}
    stands = dict.fromkeys(map(str, model._base_manager.values_list("pk", flat=True)), begins)
    for pk, verb, data in _moves(model, workflow).iterator(2_000):
        source, target = str(data.get("source")), str(data.get("target"))
        is_legal = stands.get(pk) == source and (verb, source, target) in edges
        stands[pk] = target if is_legal else "?"
    return stands


def _moves(model: type[Model], workflow: Workflow) -> Any:
    verbs = [f"{workflow.name}.{transition.action}" for transition in workflow.transitions]
    rows = AuditEvent.objects.filter(subject_type=model._meta.label_lower, verb__in=verbs, outcome=Outcome.DONE)
    return rows.filter(data__has_key="target").order_by("id").values_list("subject_id", "verb", "data")


def _unwhole() -> Iterable[str]:
    return record.verify().faults


# -- numbers, work, letters ------------------------------------------------------------------------------------------
def _codes() -> Iterator[str]:
    yield from twice("check code", Paper.objects.exclude(code="").values_list("code", flat=True))


def _overtime() -> Iterator[str]:
    """Papers and packages that have been in the making for longer than a task may take."""
    since = clock.now() - timedelta(seconds=settings.CELERY_TASK_TIME_LIMIT)
    for model in (Paper, Package):
        for pk in model._base_manager.filter(state=PaperState.MAKING, begun_at__lt=since).values_list("pk", flat=True):
            yield f"{model._meta.db_table} {pk} has been in the making since before {since:%F %T}"


def _told_twice() -> Iterator[str]:
    """The same words to the same person at the same instant, as a notice or by mail: one act told twice."""
    notices = Notice.objects.values_list("user", "text", "address", "at")
    yield from twice("notice", notices)
    yield from twice("mail", Mail.objects.values_list("to", "subject", "body", "created_at").exclude(body=""))


INVARIANTS = (
    Invariant("each row stands in the tenant of the row it hangs on", strangers),
    Invariant("every tenant's table is behind a forced wall, and the portal's role is bound by it", open_doors),
    Invariant("each history is a legal path that ends in the present state", broken_paths),
    Invariant("the record's chain is whole", _unwhole),
    Invariant("check codes are given once", _codes),
    Invariant("no job runs beyond its limit", _overtime),
    Invariant("nobody is told the same thing twice", _told_twice),
)
