"""The calendar of working days, as rules and pages need it."""

from datetime import date

from django.db.models import QuerySet

from portal.actors import Actor
from portal.errors import Hidden
from portal.rules import may
from tiers.models import SpecialDay


def calendar() -> dict[date, bool]:
    """Every special day, and whether people are at work on it."""
    return dict(SpecialDay.objects.values_list("date", "is_working"))


def special_days(year: int) -> QuerySet[SpecialDay]:
    """The special days of a year."""
    return SpecialDay.objects.filter(date__year=year)


def years() -> list[int]:
    """The years the calendar knows, latest first."""
    return [day.year for day in SpecialDay.objects.dates("date", "year", order="DESC")]


def special_day_for(actor: Actor, pk: int) -> SpecialDay:
    """The gate to a special day, for whoever keeps the calendar. Raises Hidden."""
    row = SpecialDay.objects.filter(pk=pk).first() if may(actor, "calendar.edit") else None
    if row is None:
        raise Hidden("special_day", str(pk))
    return row
