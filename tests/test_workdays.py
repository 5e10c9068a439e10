"""Working days: weekdays but for holidays and the days worked in exchange."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiers.workdays import add_working_days, is_working, latest_start, weekday

NATIONAL_DAY = {date(2024, 10, day): False for day in range(1, 8)} | {
    date(2024, 9, 29): True,
    date(2024, 10, 12): True,
}


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        (date(2024, 11, 22), 5, date(2024, 11, 29)),  # Friday to Friday
        (date(2024, 11, 25), 5, date(2024, 12, 2)),
        (date(2024, 11, 23), 1, date(2024, 11, 25)),  # from a Saturday
        (date(2024, 9, 27), 1, date(2024, 9, 29)),  # the Sunday is worked
        (date(2024, 9, 30), 1, date(2024, 10, 8)),  # over the holiday
        (date(2024, 9, 30), 5, date(2024, 10, 12)),  # and the Saturday is worked
        (date(2024, 11, 22), 0, date(2024, 11, 22)),
    ],
)
def test_days_are_counted_from_the_day_after(start: date, days: int, end: date) -> None:
    assert add_working_days(start, days, NATIONAL_DAY) == end


def test_days_can_not_be_negative() -> None:
    for count in (add_working_days, latest_start):
        with pytest.raises(ValueError, match="negative"):
            count(date(2024, 1, 1), -1, {})


def test_weekdays_have_names() -> None:
    assert (weekday(date(2024, 11, 22)), weekday(date(2024, 11, 24))) == ("星期五", "星期日")


DAYS = st.dates(date(2000, 1, 1), date(2090, 1, 1))
COUNTS = st.integers(0, 60)
CALENDARS = st.dictionaries(DAYS, st.booleans(), max_size=30)


@given(DAYS, COUNTS, CALENDARS)
def test_so_many_working_days_lie_between_and_the_last_is_one(
    start: date, days: int, calendar: dict[date, bool]
) -> None:
    end = add_working_days(start, days, calendar)
    between = [start + timedelta(n) for n in range(1, (end - start).days + 1)]
    assert sum(is_working(day, calendar) for day in between) == days
    assert not days or is_working(end, calendar)


@given(DAYS, CALENDARS)
def test_more_days_end_later(start: date, calendar: dict[date, bool]) -> None:
    ends = [add_working_days(start, days, calendar) for days in range(8)]
    assert all(first < second for first, second in pairwise(ends))


@given(DAYS, COUNTS, CALENDARS)
def test_the_latest_start_is_in_time_and_the_day_after_is_not(end: date, days: int, calendar: dict[date, bool]) -> None:
    start = latest_start(end, days, calendar)
    assert add_working_days(start, days, calendar) <= end
    if days:
        assert add_working_days(start + timedelta(1), days, calendar) > end


@given(DAYS, st.integers(1, 20), CALENDARS)
def test_a_holiday_more_never_ends_it_sooner(start: date, days: int, calendar: dict[date, bool]) -> None:
    end = add_working_days(start, days, calendar)
    assert add_working_days(start, days, calendar | {end: False}) > end
