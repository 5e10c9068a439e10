"""Packages as their office finds them."""

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from portal.actors import Actor
from portal.errors import Hidden
from portal.models import Package
from portal.packages import Bundle, bundles
from portal.rules import may
from portal.states import PaperState


@dataclass(frozen=True)
class Offer:
    """A kind of package that may be asked for, and for what."""

    key: str
    bundle: Bundle
    choices: tuple[tuple[str, str], ...]


def offers(actor: Actor) -> list[Offer]:
    """What the actor may ask for."""
    return [
        Offer(key, bundle, tuple(bundle.scope.choices(actor)))
        for key, bundle in bundles().items()
        if may(actor, bundle.permission)
    ]


def packages(actor: Actor) -> QuerySet[Package]:
    """The packages of the actor's own office's place, with how many of their papers are made."""
    rows = Package.objects.select_related("asked_by")
    if not may(actor, "package.list"):
        return rows.none()
    seen = [key for key, bundle in bundles().items() if may(actor, bundle.permission)]
    rows = rows.filter(kind__in=seen, unit_id=actor.stands("unit"), city_id=actor.stands("city"))
    made = Count("items", filter=Q(items__paper__state=PaperState.MADE))
    return rows.annotate(total=Count("items"), done=made).order_by("-asked_at", "-id")


def package_for(actor: Actor, ref: str) -> Package:
    """The gate to a package; the same set as the list. Raises Hidden."""
    row = packages(actor).filter(ref=ref).first()
    if row is None:
        raise Hidden("package", ref)
    return row
