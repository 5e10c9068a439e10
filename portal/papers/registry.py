"""The documents that the portal issues: one line each in the app that knows what stands on them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import TextChoices

from portal.actors import Actor
from portal.rooms import merged


class Standing(TextChoices):
    """What a paper is worth today."""

    VALID = "valid", "有效"
    SUPERSEDED = "superseded", "已被新版本取代"
    WITHDRAWN = "withdrawn", "已撤回"


@dataclass(frozen=True)
class Source:
    """What a paper is made from: the frozen thing, its number, version and digest, whose name it bears, whose it is.

    `version` 0: a preview, which bears no number and no codes.
    """

    thing: Any
    number: str
    version: int
    digest: str
    issuer: str
    unit_id: int | None = None
    city_id: int | None = None
    enterprise_id: int | None = None


def _nowhere(_key: str) -> str:
    return ""


def _no_pictures(_thing: Any) -> Mapping[str, bytes]:
    return {}


@dataclass(frozen=True)
class Document:
    """A kind of document.

    `permission` is asked of (actor, the source's thing); `source` finds what the key names (raises Hidden) as far as
    whoever stands there sees it; `context` and `pictures` make of its thing what the template shows; `standing` says
    what a paper with this key and version is worth now, asked behind all walls; `page` the address of the page about
    what the key names.
    """

    name: str
    template: str
    permission: str
    source: Callable[[Actor, str], Source]
    context: Callable[[Any], Mapping[str, Any]]
    standing: Callable[[str, int], Standing]
    pictures: Callable[[Any], Mapping[str, bytes]] = _no_pictures
    page: Callable[[str], str] = _nowhere


def documents() -> dict[str, Document]:
    """Every document that an app declares."""
    return merged("documents", "DOCUMENTS")


def document(kind: str) -> Document:
    """One of them. Raises KeyError."""
    return documents()[kind]
