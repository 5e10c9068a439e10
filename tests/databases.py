"""Databases for tests that commit: copies of the test database, and a cursor of the tables' owner."""

import contextlib
import fcntl
import itertools
import os
import shutil
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg2
from django.db import connection, connections
from django.test.utils import override_settings
from psycopg2 import sql

from portal import environment
from review.demo.world import seed

_numbers = itertools.count(1)


@contextmanager
def as_owner(database: str) -> Iterator[Any]:
    """A cursor of the tables' owner on a database, outside Django; each statement commits by itself."""
    config = environment.read("DATABASE_OWNER_URL", environment.database)
    raw = psycopg2.connect(
        dbname=database,
        user=config["USER"],
        password=config["PASSWORD"],
        host=config["HOST"],
        port=config["PORT"] or None,
    )
    raw.autocommit = True
    try:
        with raw.cursor() as cursor:
            yield cursor
    finally:
        raw.close()


@contextmanager
def copied_database(template: str = "") -> Iterator[str]:
    """The name of a copy of the test database (or another), gone afterwards; connections to it are closed."""
    name = _copy(template or connection.settings_dict["NAME"])
    try:
        yield name
    finally:
        _drop(name)


def _copy(template: str) -> str:
    name = f"{connection.settings_dict['NAME']}_{next(_numbers)}"
    connections.close_all()
    with as_owner("postgres") as cursor:
        cursor.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template)))
    return name


@contextmanager
def demo_database(media: Path) -> Iterator[str]:
    """The name of a copy of the demo world, its files put into `media`; whoever needs it first makes it, once a run.

    The other workers wait for it, and copy it as well.
    """
    shared = Path(os.environ["PORTAL_VAR"])
    if os.environ.get("PYTEST_XDIST_WORKER"):
        shared = shared.parent
    files = shared / "demo-media"
    with (shared / "demo-world").open("a+") as mark:
        fcntl.flock(mark, fcntl.LOCK_EX)
        mark.seek(0)
        world = mark.read() or _make_world(files)
        mark.truncate(0)
        mark.write(world)
    shutil.copytree(files, media, dirs_exist_ok=True)
    with copied_database(world) as name:
        yield name


def _make_world(files: Path) -> str:
    """A database with the demo world in it, kept until the run's end."""
    name = _copy(connection.settings_dict["NAME"])
    with override_settings(MEDIA_ROOT=files), ThreadPoolExecutor(1) as pool:  # Playwright has a loop in this thread
        pool.submit(_seed, name).result()
    return name


def _seed(database: str) -> None:
    connection.settings_dict = connection.settings_dict | {"NAME": database}
    try:
        seed()
    finally:
        connection.close()


def _drop(database: str) -> None:
    """Drop a database once the last connection to it has really ended; the owner may not end the portal's own."""
    with as_owner("postgres") as cursor:
        for _ in range(100):
            with contextlib.suppress(psycopg2.errors.ObjectInUse):
                cursor.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(database)))
                return
            time.sleep(0.1)
    raise RuntimeError(f"a test left a connection to {database} open")
