"""Packages of papers that an office takes away at once: one line each in the app that knows what belongs in them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from portal.actors import Actor
from portal.exports import Scope
from portal.rooms import merged


@dataclass(frozen=True)
class Item:
    """A paper of a package: its document's key, its source's key, and its file's name in the package."""

    kind: str
    key: str
    name: str


@dataclass(frozen=True)
class Bundle:
    """A kind of package. `items` gives what belongs in it as far as the actor sees it, in the package's order."""

    name: str
    permission: str
    scope: Scope
    items: Callable[[Actor, Any], Sequence[Item]]


def bundles() -> dict[str, Bundle]:
    """Every kind of package that an app declares."""
    return merged("packages", "PACKAGES")
