"""The calendar of working days, as rules and pages need it."""

from datetime import date, datetime

from django.db.models import QuerySet

from portal import clock
from portal.actors import Actor
from portal.errors import Hidden
from portal.rules import may
from tiers.models import SpecialDay
from tiers.rounds import end_of
from tiers.workdays import add_working_days


def calendar() -> dict[date, bool]:
    """Every special day, and whether people are at work on it."""
    return dict(SpecialDay.objects.values_list("date", "is_working"))


def end_of_working_days(begins_at: datetime, days: int) -> datetime:
    """The last second of the n-th working day after an instant's own day, as the calendar says now."""
    last = add_working_days(clock.beijing(begins_at).date(), days, calendar())
    return max(end_of(last), begins_at)


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
