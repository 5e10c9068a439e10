"""Probes: is the process alive, and is everything it needs there?"""

from collections.abc import Callable
from datetime import timedelta

import redis
from django.conf import settings
from django.db import Error, connection
from django.db.migrations.loader import MigrationLoader
from django.http import HttpResponse, JsonResponse

from portal import clock
from portal.models import Heartbeat

STALE = timedelta(minutes=2)


def healthz() -> HttpResponse:
    """The process answers; nothing else is asked."""
    return HttpResponse("ok", content_type="text/plain")


def readyz() -> HttpResponse:
    """Each part with "ok" or what is wrong. 503 when no page could work; without Redis or worker pages still do."""
    database = _database()
    checks = {"database": database, "redis": _redis()}
    if database == "ok":
        checks |= {"migrations": _migrations(), "worker": _worker()}
    broken = any(checks.get(part) != "ok" for part in ("database", "migrations"))
    status = "unavailable" if broken else "ok" if set(checks.values()) == {"ok"} else "degraded"
    return JsonResponse({"status": status, "checks": checks}, status=503 if broken else 200)


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return "unreachable"
    return "ok"


def _migrations() -> str:
    loader = MigrationLoader(connection)
    missing = loader.graph.nodes.keys() - loader.applied_migrations.keys()
    return f"{len(missing)} not applied" if missing else "ok"


def _redis() -> str:
    url = settings.REDIS_URL.replace("redis+socket://", "unix://").replace("virtual_host=", "db=")
    try:
        with redis.Redis.from_url(url, socket_connect_timeout=1, socket_timeout=1) as client:
            client.ping()
    except redis.RedisError:
        return "unreachable"
    return "ok"


def _worker() -> str:
    beat = Heartbeat.objects.filter(name="worker").first()
    if beat is None:
        return "never seen"
    age = clock.now() - beat.at
    return "ok" if age < STALE else f"last seen {int(age.total_seconds())} s ago"


PROBES: dict[str, Callable[[], HttpResponse]] = {"/healthz": healthz, "/readyz": readyz}
