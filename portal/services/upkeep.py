"""Tidying up what the portal keeps for its own running."""

from django.conf import settings
from django.db import connection

from portal import clock


def clear_counters() -> int:
    """Remove throttling counters and used codes whose time is over; how many."""
    table = connection.ops.quote_name(str(settings.CACHES["default"]["LOCATION"]))
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table} WHERE expires < %s", [clock.now()])  # noqa: S608 — a name of our own
        return int(cursor.rowcount)
