"""The command line: run it beside servers of its own, `python -m portal.embedded with --scratch python -m bench`.

Exit code 1 when a goal is missed by a wide margin.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import django
import psycopg2

if TYPE_CHECKING:
    from bench.measure import Figure

ROOT = Path(__file__).resolve().parent.parent
FEW, MANY = 200, 20_000


def main() -> int:
    """Prepare, measure, print; the exit code."""
    began = time.monotonic()
    for command in ("migrate", "createcachetable", "load_reference"):
        ran = [sys.executable, "manage.py", command, "-v", "0"]
        subprocess.run(ran, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    os.environ |= {"DJANGO_SETTINGS_MODULE": "portal.settings", "LOG_LEVEL": "ERROR"}
    django.setup()
    figures = []
    for figure in _figures():
        print(figure, flush=True)
        figures.append(figure)
    print(f"\n{time.monotonic() - began:.0f} s in all")
    return int(any(figure.verdict == "FAILED" for figure in figures))


def _figures() -> Iterator["Figure"]:
    """Every measurement, from the emptiest world to the fullest."""
    # Django's models can be imported only now.
    from django.conf import settings
    from django.test.utils import override_settings

    from bench import applications, experts, ladder, lists, pages, papers, recording, reviews, scores, sealing, world
    from portal.models import Enterprise

    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    with (
        override_settings(STORAGES=settings.STORAGES | {"staticfiles": plain}, ALLOWED_HOSTS=["testserver"]),
        _owner() as owner,
    ):
        world.grow(FEW)
        people = _people(Enterprise)
        few = {name: pages.costs(people[name]) for name in ("city", "unit")}
        ladder.grow(FEW)
        owner.execute("VACUUM ANALYZE")
        few_factories = ladder.costs(people["unit"])
        world.grow(MANY)
        ladder.grow(MANY)
        owner.execute("VACUUM ANALYZE")
        for name in ("city", "unit"):
            yield from pages.compared(name, few[name], pages.costs(people[name]), MANY // FEW)
        yield from ladder.compared(few_factories, ladder.costs(people["unit"]), MANY // FEW)
        yield from ladder.evaluation()
        yield from ladder.measured_anew()
        yield from lists.measured(people, owner)
        yield from applications.measured()
        yield from papers.measured()
        yield from reviews.measured(people["city"])
        yield from scores.measured(people["unit"])
        yield from experts.measured(people["city"], reviews.model())
        yield from recording.measured(people["city"])
        yield from sealing.measured(people["city"])


def _people(enterprises: Any) -> dict[str, Any]:
    from bench.world import seat
    from portal import walls
    from portal.roles import Role

    with walls.system("bench"):
        enterprise = enterprises.objects.order_by("code").first()
    return {
        "city": seat(Role.CITY_HEAD, office="武汉市经济和信息化局"),
        "unit": seat(Role.UNIT_HEAD, office="湖北省经济和信息化厅"),
        "enterprise": seat(Role.ENTERPRISE_ADMIN, enterprise=enterprise),
    }


@contextmanager
def _owner() -> Iterator[Any]:
    """A cursor of the tables' owner; each statement commits by itself."""
    connection = psycopg2.connect(os.environ["DATABASE_OWNER_URL"])
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            yield cursor
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(main())
