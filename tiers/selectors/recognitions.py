"""Titles as each place sees them, who holds which, and whom a revocation keeps from applying."""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.db.models import Q, QuerySet

from portal.actors import Actor
from portal.clock import beijing
from portal.errors import Hidden
from portal.models import City, Enterprise
from portal.roles import Level
from portal.rules import may
from tiers.bars import Bar, last_day
from tiers.models import Factory, Recognition
from tiers.states import RecognitionState

NO_CITY = "none"  # filter: not on the register, so in no city yet


def recognitions(
    actor: Actor, *, search: str = "", title: str = "", year: int | None = None, city: str = "", state: str = ""
) -> QuerySet[Recognition]:
    """The titles of the actor's enterprise, city or unit, newest first.

    Filters: name, project or code; title, year, state; city by its code, or NO_CITY. A revoked title can be read
    across walls, so this asks for the place itself.
    """
    if not may(actor, "recognition.list") or actor.role is None:
        return Recognition.objects.none()
    level = {Level.ENTERPRISE: "enterprise", Level.CITY: "city"}.get(actor.role.level, "unit")
    rows = Recognition.objects.filter(**{f"{level}_id": actor.stands(level)}).select_related("city__region", "unit")
    if search:
        rows = rows.filter(
            Q(name__icontains=search) | Q(project__icontains=search) | Q(code__startswith=search.upper())
        )
    exact = {"title": title, "year": year, "state": state}
    rows = rows.filter(**{field: value for field, value in exact.items() if value})
    if city == NO_CITY:
        return rows.filter(enterprise=None)
    return rows.filter(city__region_id=city) if city else rows


def recognition_for(actor: Actor, ref: str) -> Recognition:
    """The gate to one title; the same set as the list. Raises Hidden."""
    rows = recognitions(actor).select_related("enterprise", "factory")
    if row := rows.filter(ref=ref).first():
        return row
    raise Hidden("recognition", ref)


def years(actor: Actor) -> list[int]:
    """The years that the actor's list knows, newest first."""
    return list(recognitions(actor).order_by("-year").values_list("year", flat=True).distinct())


def cities(actor: Actor) -> list[City]:
    """The cities by which a unit's people may filter."""
    if actor.role is None or actor.role.level is not Level.UNIT:
        return []
    return list(City.objects.filter(unit_id=actor.stands("unit")).select_related("region"))


def factories_of(recognition: Recognition) -> QuerySet[Factory]:
    """The factories that a title could belong to: those of its holder."""
    return Factory.objects.filter(enterprise__isnull=False, enterprise=recognition.enterprise).order_by("name", "id")


def titles_held(enterprise: Enterprise) -> QuerySet[Recognition]:
    """The valid titles of an enterprise on the register, its factories' too."""
    return Recognition.objects.filter(enterprise=enterprise, state=RecognitionState.VALID)


def titles_and_revocations(enterprise: Enterprise) -> QuerySet[Recognition]:
    """What `titles_held` and `barred_until` look at, in one: oldest first."""
    held = Q(enterprise=enterprise, state=RecognitionState.VALID)
    revoked = Q(code=enterprise.code, state=RecognitionState.REVOKED)
    return Recognition.objects.filter(held | revoked).order_by("year", "pk")


def barred_until(code: str, at: datetime) -> Bar | None:
    """The revocation that keeps the holder of this credit code from applying on that day (in Beijing), if any.

    Revocations can be read from every place, linked to the register or not, whichever unit made them.
    """
    return bar_of(Recognition.objects.filter(code=code, state=RecognitionState.REVOKED), code, at)


def bar_of(rows: Iterable[Recognition], code: str, at: datetime) -> Bar | None:
    """The bar that follows from these records, if any."""
    span = settings.REVOCATION_BAR_YEARS
    if not span:
        return None
    today = beijing(at).date()
    bars = [
        Bar(row.title_value.name, row.revoked_on, row.revoking_document, last_day(row.revoked_on, span))
        for row in rows
        if row.code == code and row.state == RecognitionState.REVOKED and row.revoked_on
    ]
    return max((bar for bar in bars if today <= bar.until), key=lambda bar: bar.until, default=None)
