"""Tables that people take away: one line each in the app that knows the rows."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from portal.actors import Actor
from portal.rooms import merged
from portal.spreadsheets import Column


@dataclass(frozen=True)
class Scope:
    """What a table is about, where it is not about everything: what that is called, and which ones there are.

    `choices` gives (reference, name) of those the actor sees; `find` is their gate (raises Hidden).
    """

    label: str
    choices: Callable[[Actor], Sequence[tuple[str, str]]]
    find: Callable[[Actor, str], Any]


@dataclass(frozen=True)
class Export:
    """A table. `columns` and `rows` get (actor, what it is about or None); both leave out what the actor may not see.

    `rows` gives its rows one after another, so that a long table takes no memory.
    """

    name: str
    permission: str
    columns: Callable[[Actor, Any], Sequence[Column]]
    rows: Callable[[Actor, Any], Iterable[Sequence[Any]]]
    scope: Scope | None = None
    paper: str = "A4"


def exports() -> dict[str, Export]:
    """Every table that an app declares."""
    return merged("exports", "EXPORTS")
