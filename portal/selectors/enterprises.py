"""Enterprises and registrations, as each place sees them."""

from django.db.models import Q, QuerySet

from portal.actors import Actor
from portal.errors import Hidden
from portal.models import Enterprise, Membership, Registration, User
from portal.roles import Role
from portal.rules import may
from portal.states import MembershipState, RegistrationState


def enterprises(actor: Actor, *, search: str = "", city: str = "", industry: str = "") -> QuerySet[Enterprise]:
    """The enterprises of the actor's city or unit, by name; filters by city code, 大类, and name or code."""
    if not may(actor, "enterprise.list"):
        return Enterprise.objects.none()
    rows = Enterprise.objects.select_related("industry", "region", "city__region")
    if city_id := actor.stands("city"):
        rows = rows.filter(city_id=city_id)
    else:
        rows = rows.filter(unit_id=actor.stands("unit"))
    if search:
        rows = rows.filter(Q(name__icontains=search) | Q(code__startswith=search.upper()))
    if city:
        rows = rows.filter(region_id=city)
    if industry:
        rows = rows.filter(industry_id=industry)
    return rows


def enterprise_for(actor: Actor, code: str) -> Enterprise:
    """The gate to an enterprise: its own people, its city's, its unit's. Raises Hidden."""
    rows = Enterprise.objects.select_related("industry", "region", "city__region", "unit", "group")
    row = rows.filter(code=code).first()
    if row and (actor.stands("enterprise") == row.pk or enterprises(actor).filter(pk=row.pk).exists()):
        return row
    raise Hidden("enterprise", code)


def registrations(actor: Actor, state: str = RegistrationState.PENDING) -> QuerySet[Registration]:
    """Registrations that this actor decides, or decided."""
    rows = Registration.objects.filter(state=state).select_related(
        "user", "industry", "region", "city__region", "unit", "group", "enterprise"
    )
    if not may(actor, "registration.list"):
        return rows.none()
    if actor.role is Role.ENTERPRISE_ADMIN:
        return rows.filter(enterprise_id=actor.stands("enterprise"))
    rows = rows.filter(enterprise=None)  # those passed on are the enterprise's own affair
    if city_id := actor.stands("city"):
        return rows.filter(city_id=city_id)
    return rows.filter(unit_id=actor.stands("unit"), city=None)


def registration_for(actor: Actor, ref: str) -> Registration:
    """The gate to a registration for those who decide it; the same set as the list. Raises Hidden."""
    for state in RegistrationState:
        if row := registrations(actor, state).filter(ref=ref).first():
            return row
    raise Hidden("registration", ref)


def own_registrations(user: User) -> QuerySet[Registration]:
    """What somebody asked for, newest first."""
    return Registration.objects.filter(user=user).order_by("-submitted_at")


def own_registration_for(user: User, ref: str) -> Registration:
    """The gate to one's own request. Raises Hidden."""
    if row := own_registrations(user).filter(ref=ref).first():
        return row
    raise Hidden("registration", ref)


def staff_of(enterprise: Enterprise) -> QuerySet[Membership]:
    """The enterprise's people."""
    rows = Membership.objects.filter(enterprise=enterprise, state=MembershipState.ACTIVE)
    return rows.select_related("user", "enterprise", "unit").order_by("role", "user__name")
