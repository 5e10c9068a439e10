"""A unit's pool of experts, and an expert's own profile."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Q, QuerySet

from portal.actors import Actor
from portal.errors import Hidden
from portal.models import Industry, User
from portal.roles import Role
from portal.rules import may
from portal.states import MembershipState
from review.models import Expert
from review.specialities import SPECIALITIES
from review.states import HELD_SHEETS, PanelState


def experts(actor: Actor) -> QuerySet[Expert]:
    """The pool of the actor's own unit; nobody else has one."""
    if not may(actor, "expert.list"):
        return Expert.objects.none()
    return Expert.objects.filter(unit=actor.stands("unit")).select_related("user", "region")


def expert_for(actor: Actor, ref: str) -> Expert:
    """The gate to a profile: of the unit's pool. Raises Hidden."""
    row = experts(actor).filter(ref=ref).first()
    if row is None:
        raise Hidden("expert", ref)
    return row


def own_profile(actor: Actor) -> Expert | None:
    """The profile of somebody who acts as an expert; None until it was filled in."""
    if not may(actor, "expert.own"):
        return None
    return Expert.objects.filter(unit=actor.stands("unit"), user=actor.person).select_related("region").first()


def found(
    actor: Actor, *, text: str = "", industry: str = "", speciality: str = "", state: str = ""
) -> QuerySet[Expert]:
    """The pool narrowed down: by name or employer, division, speciality, in or out of it; with what each has to do."""
    rows = experts(actor).annotate(
        held=Count("sheets", filter=Q(sheets__state__in=HELD_SHEETS) & ~Q(sheets__panel__state=PanelState.CLOSED))
    )
    if text:
        rows = rows.filter(Q(user__name__icontains=text) | Q(employer__icontains=text))
    if industry:
        rows = rows.filter(industries__contains=[industry])
    if speciality:
        rows = rows.filter(specialities__contains=[speciality])
    return rows.filter(is_active=state == "active") if state else rows


def without_profile(actor: Actor) -> QuerySet[User]:
    """Experts of the unit (by their post) who are not in the pool yet."""
    posts = {"memberships__role": Role.EXPERT, "memberships__state": MembershipState.ACTIVE}
    rows = User.objects.filter(is_active=True, memberships__unit=actor.stands("unit"), **posts)
    return rows.exclude(expert_profiles__unit=actor.stands("unit")).distinct().order_by("name", "pk")


def industry_choices() -> list[tuple[str, str]]:
    """Divisions of GB/T 4754 by code."""
    return [(row.code, str(row)) for row in Industry.objects.order_by("code")]


def speciality_names(keys: Iterable[str]) -> list[str]:
    """In words."""
    return [SPECIALITIES[key] for key in keys if key in SPECIALITIES]


def held_by(experts_: Iterable[Expert]) -> dict[int, int]:
    """How many sheets each has to deal with, in panels that are not closed."""
    rows = Expert.objects.filter(pk__in=[expert.pk for expert in experts_])
    open_ones = Q(sheets__state__in=HELD_SHEETS) & ~Q(sheets__panel__state=PanelState.CLOSED)
    return dict(rows.annotate(held=Count("sheets", filter=open_ones)).order_by().values_list("pk", "held"))


def bodies(rows: Iterable[dict[str, Any]]) -> str:
    """Organisations as a form's lines: name, code, month."""
    return "\n".join("，".join(filter(None, (r.get("name", ""), r.get("code", ""), r.get("until", "")))) for r in rows)
