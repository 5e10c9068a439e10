"""The demo world is put in place part by part, each whole or not at all; what is there already is on record."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import connection, transaction

from portal import audit, walls
from portal.actors import Actor, Place

DIRECTOR = Actor(system="演示数据")
_VERB = "demo.seed"
_LOCK = 0x4453  # two commands at once put one part after the other in place, not twice


class NotADemo(Exception):
    """Demo data must never meet real data."""


@dataclass(frozen=True)
class Part:
    """Something that is put in place at once. `make` gets the world's seed; `label` is read on the demo's page."""

    code: str
    label: str
    make: Callable[[int], object]


@dataclass(frozen=True)
class Progress:
    """How far a world is: how many of its parts are there, and what comes next (empty: it is whole)."""

    done: int
    total: int
    label: str


def demo_only() -> None:
    """Raises NotADemo under production settings."""
    if not settings.IS_DEMO:
        raise NotADemo("seed_demo is refused when PORTAL_MODE is production.")


def parts_done() -> list[str]:
    """The codes of the parts that are there, as the record has it."""
    with walls.stand(Place(office="auditor")):
        rows = audit.AuditEvent.objects.filter(verb=_VERB, data__has_key="part").order_by("at", "pk")
        return list(rows.values_list("data__part", flat=True))


def world_of() -> tuple[str, int] | None:
    """The stage and the seed of the world that is there, or begun; None before its first part."""
    with walls.stand(Place(office="auditor")):
        first = audit.AuditEvent.objects.filter(verb=_VERB, data__has_key="part").order_by("at", "pk").first()
    return (first.data["stage"], first.data["number"]) if first else None


def put_in_place(parts: Sequence[Part], *, stage: str, seed: int) -> list[str]:
    """Put every part in place that is not there yet; their codes. Raises NotADemo under production settings."""
    demo_only()
    return [part.code for part in parts if _put(part, stage, seed)]


def _put(part: Part, stage: str, seed: int) -> bool:
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, 0)", [_LOCK])
        if part.code in parts_done():
            return False
        part.make(seed)
        with walls.system("载入演示数据", DIRECTOR):
            audit.record(_VERB, actor=DIRECTOR, part=part.code, stage=stage, number=seed)
    return True


def progress_of(parts: Sequence[Part]) -> Progress:
    """How far a world of these parts is."""
    done = set(parts_done())
    lacking = [part for part in parts if part.code not in done]
    return Progress(len(parts) - len(lacking), len(parts), lacking[0].label if lacking else "")
