"""Working days: weekdays, but for the State Council's holidays and the weekend days worked in exchange for them."""

from collections.abc import Mapping
from datetime import date, timedelta

# What the calendar says of a day that is not like its weekday: True a working day, False a day off.
Calendar = Mapping[date, bool]
_DAY = timedelta(days=1)
_SATURDAY = 5
WEEKDAYS = "一二三四五六日"


def is_working(day: date, calendar: Calendar) -> bool:
    """Whether people are at work on this day."""
    return calendar.get(day, day.weekday() < _SATURDAY)


def add_working_days(start: date, days: int, calendar: Calendar) -> date:
    """The n-th working day after a day; the day itself doesn't count (民法典 第201条). 0 gives the day itself."""
    if days < 0:
        raise ValueError("days can't be negative")
    day = start
    while days:
        day += _DAY
        days -= is_working(day, calendar)
    return day


def latest_start(end: date, days: int, calendar: Calendar) -> date:
    """The last day from which `days` working days are over by the end of `end`."""
    if days < 0:
        raise ValueError("days can't be negative")
    day = end
    while days:
        days -= is_working(day, calendar)
        day -= _DAY
    return day


def weekday(day: date) -> str:
    """The day of the week in Chinese."""
    return f"星期{WEEKDAYS[day.weekday()]}"
