"""The one place where time is read."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils import timezone

BEIJING = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return timezone.now()


def beijing(at: datetime) -> datetime:
    """The same instant on Beijing's clock, which is the one the programme's deadlines are read on."""
    return at.astimezone(BEIJING)
