"""Fixtures: real PostgreSQL behind real walls, as the role the portal runs as; people; browsers' stand-ins."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import connection, connections
from django.test import Client
from django.test.utils import override_settings, setup_databases, teardown_databases

from portal import settings as portal_settings
from portal import walls
from portal.actors import Actor
from portal.services import reference
from portal.sessions import SessionStore
from tests import factories
from tests.databases import as_owner, copied_database
from tests.visiting import browser, installation, portal, rehearsal, rehearser, traveller, visitor, world
from tiers.services import catalogue

__all__ = ["browser", "installation", "portal", "rehearsal", "rehearser", "traveller", "visitor", "world"]
QUICK_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """First those that mostly wait: the others are done meanwhile, and nobody waits for them at the end."""
    items.sort(key=lambda item: not item.path.name.startswith(("test_journeys", "test_press", "test_embedded")))


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


@pytest.fixture
def owner_cursor(own_database: str) -> Iterator[Any]:
    """A cursor of the tables' owner on this test's own database."""
    with as_owner(own_database) as cursor:
        yield cursor


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
    """A signed-in client: `client_as(actor)`; staff have passed their second factor.

    The session is written as signing in leaves it, at once: going through `force_login` takes four times as long.
    """

    def sign_in(actor: Actor, *, second_factor: bool = True) -> Client:
        assert actor.user
        session = SessionStore()
        session[SESSION_KEY] = str(actor.user.pk)
        session[BACKEND_SESSION_KEY] = django_settings.AUTHENTICATION_BACKENDS[0]
        session[HASH_SESSION_KEY] = actor.user.get_session_auth_hash()
        if actor.membership:
            session["hat"] = actor.membership.pk
        session["has_second_factor"] = second_factor
        session.create()
        browser = Client()
        browser.cookies[django_settings.SESSION_COOKIE_NAME] = session.session_key
        return browser

    return sign_in


@pytest.fixture
def behind_walls(db: None) -> Iterator[None]:
    """The test stands behind all walls, to set up and to look."""
    with walls.system("test"):
        yield
