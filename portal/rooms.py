"""What every app of the house declares in its room of the same name: the apps stand in one list, in settings."""

from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.conf import settings


def declared(room: str, name: str) -> Iterator[Any]:
    """`name` as each app that has such a room declares it, lowest app first.

    So a lower app shows what a higher one adds (a line on the home page, a verb's name) without importing it.
    """
    for app in settings.OWN_APPS:
        if _exists(app, room):
            module = import_module(f"{app}.{room}")
            if hasattr(module, name):
                yield getattr(module, name)


def _exists(app: str, room: str) -> bool:
    """Whether an app has this room; one inside another ("selectors.home") may be missing with the one around it."""
    outer, _, _ = room.rpartition(".")
    return (not outer or _exists(app, outer)) and find_spec(f"{app}.{room}") is not None


def merged(room: str, name: str) -> dict[str, Any]:
    """The dictionaries of all apps as one. Raises ValueError when two apps use a key."""
    found: dict[str, Any] = {}
    for part in declared(room, name):
        if twice := found.keys() & part.keys():
            raise ValueError(f"{room}.{name}: {sorted(twice)} is declared twice")
        found |= part
    return found
