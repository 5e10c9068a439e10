"""Databases for tests that commit: copies of the test database, and a cursor of the tables' owner."""

import contextlib
import itertools
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg2
from django.db import connection, connections
from psycopg2 import sql

from portal import environment

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
def copied_database() -> Iterator[str]:
    """The name of a copy of the test database, gone afterwards; connections to the test database are closed."""
    template = connection.settings_dict["NAME"]
    name = f"{template}_{next(_numbers)}"
    connections.close_all()
    with as_owner("postgres") as cursor:
        cursor.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template)))
    try:
        yield name
    finally:
        _drop(name)


def _drop(database: str) -> None:
    """Drop a database once the last connection to it has really ended; the owner may not end the portal's own."""
    with as_owner("postgres") as cursor:
        for _ in range(100):
            with contextlib.suppress(psycopg2.errors.ObjectInUse):
                cursor.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(database)))
                return
            time.sleep(0.1)
    raise RuntimeError(f"a test left a connection to {database} open")
