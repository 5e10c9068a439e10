"""Factories, as each place sees them."""

from django.db.models import QuerySet

from portal.actors import Actor
from portal.errors import Hidden
from portal.models import City
from portal.rules import may
from tiers.models import Factory, Recognition, SelfAssessment


def factories(
    actor: Actor, *, search: str = "", city: str = "", industry: str = "", held: str = "", reached: str = ""
) -> QuerySet[Factory]:
    """The factories of the actor's enterprise, city or unit, by name.

    Filters: name (of factory or enterprise) or credit code, city code, 大类, tier held by title, tier self-assessed.
    """
    rows = Factory.objects.select_related("enterprise", "region", "industry")
    if not may(actor, "factory.list"):
        return rows.none()
    for level in ("enterprise", "city", "unit"):
        if key := actor.stands(level):
            rows = rows.filter(**{f"{level}_id": key})
            break
    if search:
        rows = rows.filter(sought__contains=search.upper())
    if city:
        rows = rows.filter(city_id__in=City.objects.filter(region_id=city).values("pk"))
    wanted = {"industry_id": industry, "held_tier": held, "reached_tier": reached}
    return rows.filter(**{field: value for field, value in wanted.items() if value})


def factory_for(actor: Actor, ref: str) -> Factory:
    """The gate to a factory: its enterprise's people, its city's, its unit's. Raises Hidden."""
    row = factories(actor).filter(ref=ref).select_related("unit", "city__region").first()
    if row is None:
        raise Hidden("factory", ref)
    return row


def titles_of(factory: Factory) -> QuerySet[Recognition]:
    """The titles that a factory holds or held, newest first."""
    return Recognition.objects.filter(factory=factory).order_by("-year", "-id")


def standing_of(factory: Factory) -> SelfAssessment | None:
    """The assessment that speaks for a factory: the current one of its latest year."""
    rows = SelfAssessment.objects.filter(factory=factory, is_current=True).select_related("edition")
    return rows.order_by("-year").first()
