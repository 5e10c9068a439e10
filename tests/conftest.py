"""Fixtures: real PostgreSQL behind real walls, as the role the portal runs as; people; browsers' stand-ins."""

import contextlib
import itertools
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg2
import pytest
from django.conf import settings as django_settings
from django.db import connection, connections
from django.test import Client
from django.test.utils import override_settings, setup_databases, teardown_databases
from psycopg2 import sql

from portal import environment, walls
from portal import settings as portal_settings
from portal.actors import Actor
from portal.services import reference
from tests import factories
from tiers.services import catalogue

QUICK_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
_numbers = itertools.count(1)


def _go_on_as(user: str, password: str) -> None:
    connections.close_all()
    for config in (connection.settings_dict, django_settings.DATABASES["default"]):
        config["USER"], config["PASSWORD"] = user, password


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_modify_db_settings: None, django_db_blocker: Any
) -> Iterator[None]:
    """The test database, made by its owner with the reference data in it; tests then run as the portal's own role.

    pytest-django's own fixture makes none when only tests with `own_database` are asked for.
    """
    owner = connection.settings_dict["USER"], connection.settings_dict["PASSWORD"]
    app = portal_settings._APP_DATABASE
    with django_db_blocker.unblock():
        made = setup_databases(verbosity=0, interactive=False, aliases={"default"})
        reference.load()
        catalogue.load(actor=factories.DIRECTOR)
        _go_on_as(app["USER"], app["PASSWORD"])
        with override_settings(PASSWORD_HASHERS=QUICK_HASHERS):
            factories.put_cast_in_place()
    yield
    with django_db_blocker.unblock():
        _go_on_as(*owner)
        teardown_databases(made, verbosity=0)


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


@pytest.fixture
def owner_cursor(own_database: str) -> Iterator[Any]:
    """A cursor of the tables' owner on this test's own database."""
    with as_owner(own_database) as cursor:
        yield cursor


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


@pytest.fixture
def own_database(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """A copy of the test database for one test that commits or races.

    No truncating between tests, so append-only tables stay append-only here too.
    """
    template = connection.settings_dict["NAME"]
    with django_db_blocker.unblock(), copied_database() as name:
        connection.settings_dict["NAME"] = name
        try:
            yield name
        finally:
            connections.close_all()
            connection.settings_dict["NAME"] = template


@pytest.fixture(autouse=True)
def quick_passwords(settings: Any) -> None:
    """A slow hash is right for people and wrong for tests."""
    settings.PASSWORD_HASHERS = QUICK_HASHERS


@pytest.fixture(autouse=True)
def plain_static_files(settings: Any) -> None:
    """Pages name static files without a manifest, which only `collectstatic` would make."""
    storage = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": storage}


@pytest.fixture
def people(db: None) -> factories.People:
    """Somebody in every role, in Wuhan, in neighbouring Yichang, in another province, in a central group."""
    return factories.cast()


@pytest.fixture
def client_as(client: Client) -> Callable[..., Client]:
    """A signed-in client: `client_as(actor)`; staff have passed their second factor."""

    def sign_in(actor: Actor, *, second_factor: bool = True) -> Client:
        assert actor.user
        browser = Client()
        browser.force_login(actor.user, backend=django_settings.AUTHENTICATION_BACKENDS[0])
        session = browser.session
        if actor.membership:
            session["hat"] = actor.membership.pk
        session["has_second_factor"] = second_factor
        session.save()
        return browser

    return sign_in


@pytest.fixture
def behind_walls(db: None) -> Iterator[None]:
    """The test stands behind all walls, to set up and to look."""
    with walls.system("test"):
        yield
