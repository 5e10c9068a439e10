"""The one clock: it can be shifted while a demo world is built, and never in production."""

from datetime import timedelta

import pytest
from django.test import override_settings
from django.utils import timezone

from portal import clock

YEAR = timedelta(days=365)
SECOND = timedelta(seconds=1)


def test_a_shifted_clock_runs_on_from_there_and_comes_back() -> None:
    then = timezone.now() - YEAR
    with override_settings(IS_DEMO=True), clock.shifted(then):
        first = clock.now()
        assert then <= first < then + 10 * SECOND
        with clock.shifted(then - YEAR):
            assert clock.now() < then
        assert clock.now() >= first
    assert abs(clock.now() - timezone.now()) < SECOND


def test_nothing_shifts_it_in_production() -> None:
    with override_settings(IS_DEMO=False), pytest.raises(RuntimeError, match="production"), clock.shifted(clock.now()):
        pytest.fail("a deadline would be read on another clock")
    assert abs(clock.now() - timezone.now()) < SECOND
