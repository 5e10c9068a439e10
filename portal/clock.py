"""The one place where time is read."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

from portal import rehearsal

BEIJING = ZoneInfo("Asia/Shanghai")
_shift: ContextVar[timedelta] = ContextVar("shift", default=timedelta(0))


def now() -> datetime:
    """The present instant, aware, in UTC; in a rehearsal what its clock shows."""
    return _shown() + _shift.get()


def real() -> datetime:
    """The instant by the machine's own clock, which only a rehearsal's clock is set by."""
    return timezone.now()


def _shown() -> datetime:
    return rehearsal.shown(real()) if settings.IS_REHEARSAL else real()


def beijing(at: datetime) -> datetime:
    """The same instant on Beijing's clock, which is the one the programme's deadlines are read on."""
    return at.astimezone(BEIJING)


@contextmanager
def shifted(to: datetime) -> Iterator[None]:
    """Run a block as if it began at that instant: how a demo world comes by its past.

    Raises RuntimeError in production: nobody's deadline is ever read on any clock but the real one.
    """
    if not settings.IS_DEMO:
        raise RuntimeError("the clock is never shifted when PORTAL_MODE is production")
    token = _shift.set(to - _shown())
    try:
        yield
    finally:
        _shift.reset(token)
