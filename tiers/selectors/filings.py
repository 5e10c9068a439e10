"""Filings of 基础级 factories, as each place sees them."""

from django.db.models import QuerySet

from portal.actors import Actor
from portal.errors import Hidden
from portal.roles import Level
from portal.rules import may
from tiers.models import Factory, Filing
from tiers.states import FilingState

_RELATED = ("factory__region", "factory__industry", "enterprise", "filed_by", "decided_by")


def filings(actor: Actor, state: str = FilingState.FILED) -> QuerySet[Filing]:
    """The filings of the actor's city, or of its unit, in a state, oldest first."""
    rows = Filing.objects.filter(state=state).select_related(*_RELATED)
    if not may(actor, "filing.list"):
        return rows.none()
    level = "city" if actor.stands("city") else "unit"
    return rows.filter(**{f"{level}_id": actor.stands(level)})


def waiting_for(actor: Actor) -> QuerySet[Filing]:
    """The filings that this actor is to decide: a unit's people only those of enterprises without a city."""
    rows = filings(actor)
    return rows if actor.stands("city") else rows.filter(city=None)


def filing_for(actor: Actor, ref: str) -> Filing:
    """The gate to a filing: the enterprise that filed it, its city, its unit. Raises Hidden."""
    rows = Filing.objects.filter(ref=ref).select_related(*_RELATED, "assessment")
    if actor.role and actor.role.level is Level.ENTERPRISE:
        rows = rows.filter(enterprise_id=actor.stands("enterprise"))
    elif not may(actor, "filing.list"):
        rows = rows.none()
    if row := rows.first():
        return row
    raise Hidden("filing", ref)


def of_factory(factory: Factory) -> QuerySet[Filing]:
    """A factory's filings, newest first."""
    return factory.filings.select_related("decided_by").order_by("-filed_at")
