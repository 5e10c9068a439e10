"""A rehearsal's clock (演练): one row that every process of the installation reads; and the mark it leaves on all.

Only `portal.clock` asks for the time here, and only where settings say that the installation is a rehearsal.
"""

import time
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import connection

MARK = "演练"
NOTICE = "演练环境，不作为任何办理依据"
# One page asks for the time often; within a blink it gets the same answer.
_BLINK = 0.05
_READ = "SELECT shown_at, set_at, is_held FROM portal_rehearsalclock WHERE number = 1"


@dataclass
class _Setting:
    """What the row said when it was last read."""

    read_at: float = float("-inf")
    row: tuple[datetime, datetime, bool] | None = None


_last = _Setting()


def shown(real: datetime) -> datetime:
    """What the rehearsal's clock shows at a real instant: as long after what it was set to, or just that when held."""
    if time.monotonic() - _last.read_at > _BLINK and not connection.needs_rollback:
        with connection.cursor() as cursor:
            cursor.execute(_READ)
            _last.row, _last.read_at = cursor.fetchone(), time.monotonic()
    if _last.row is None:
        return real
    shown_at, set_at, is_held = _last.row
    return shown_at if is_held else shown_at + (real - set_at)


def forget() -> None:
    """Read the clock anew at the next question: it was just set."""
    _last.read_at = float("-inf")


def marked(name: str) -> str:
    """A subject, title or file's name as the rehearsal gives it out; unchanged anywhere else."""
    return f"【{MARK}】{name}" if settings.IS_REHEARSAL else name
