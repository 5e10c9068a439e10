"""Loading editions and books from their files: idempotent by code and revision, told beforehand, all or nothing."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import transaction

from portal import audit, clock
from portal.actors import Actor
from portal.errors import Malformed
from tiers import book_file, edition_file
from tiers.book import Book
from tiers.editions import Edition as Conditions
from tiers.file_tables import is_tables, known
from tiers.models import BookForm, Edition

FOLDER = Path(__file__).resolve().parent.parent / "catalogue"
BOOKS = FOLDER.parent / "books"


@dataclass(frozen=True)
class Shelf:
    """One kind of what is loaded: its model, how a file is read, the file's head, the verb on record."""

    model: type[Edition] | type[BookForm]
    load: Callable[[Path], dict[str, Any]]
    parse: Callable[[dict[str, Any], str], Conditions | Book]
    head: str


EDITIONS = Shelf(Edition, edition_file.load, edition_file.parse, "edition")
FORMS = Shelf(BookForm, book_file.load, book_file.parse, "book")


@dataclass(frozen=True)
class Change:
    """What loading one file would do: `lines` says what differs from the revision before."""

    file: str
    shelf: Shelf
    value: Conditions | Book
    document: dict[str, Any]
    lines: tuple[str, ...]

    @property
    def code(self) -> str:
        """The code of what is loaded."""
        return self.value.code

    @property
    def revision(self) -> int:
        """Its revision."""
        return self.value.revision


def digest(document: dict[str, Any]) -> str:
    """SHA-256 of a document in canonical form."""
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def plan(folder: Path = FOLDER, books: Path = BOOKS) -> list[Change]:
    """What loading the folders would change; empty when all is there already. Writes nothing.

    Raises Malformed: a file that can't be used, or a loaded revision whose file has changed since.
    """
    editions = _changes(EDITIONS, folder)
    forms = _changes(FORMS, books)
    fresh = [change.value for change in editions if isinstance(change.value, Conditions)]
    for change in forms:
        if isinstance(change.value, Book):
            _check_references(change.value, change.file, fresh)
    return [*editions, *forms]


def _changes(shelf: Shelf, folder: Path) -> list[Change]:
    changes = []
    for path in sorted(folder.glob("*.toml")):
        document = shelf.load(path)
        value = shelf.parse(document, path.name)
        rows = shelf.model._default_manager.filter(code=value.code)
        loaded = rows.filter(revision=value.revision).first()
        if loaded is None:
            before = rows.filter(revision__lt=value.revision).order_by("-revision").first()
            lines = tuple(_differences(before.document if before else {}, document))
            changes.append(Change(path.name, shelf, value, document, lines))
        elif loaded.digest != digest(document):
            what = "; ".join(list(_differences(loaded.document, document))[:5])
            raise Malformed(
                f"{path.name}: [{shelf.head}] revision: {value.code} r{value.revision} was loaded and never changes; "
                f"give the correction revision {value.revision + 1} ({what})"
            )
    return changes


def _check_references(book: Book, file: str, fresh: Iterable[Conditions]) -> None:
    """A book serves editions that there are, and speaks of their tiers and indicators. Raises Malformed."""
    rows = Edition.objects.order_by("code", "-revision").distinct("code")
    editions = {row.code: row.value for row in rows} | {value.code: value for value in fresh}
    known(file, "serves] [edition", {code for code, _ in book.serves}, set(editions))
    for code, tiers in book.serves:
        known(file, "serves] [tiers", set(tiers), {tier.code for tier in editions[code].tiers})
        indicators = {indicator.code for indicator in editions[code].indicators}
        known(file, "average] [indicator", {average.indicator for average in book.averages}, indicators)


@transaction.atomic
def load(folder: Path = FOLDER, books: Path = BOOKS, *, actor: Actor) -> list[Change]:
    """Load what `plan` says; the changes made. Raises Malformed, and then nothing is loaded."""
    changes = plan(folder, books)
    for change in changes:
        row = change.shelf.model._default_manager.create(
            code=change.code,
            revision=change.revision,
            name=change.value.name,
            document=change.document,
            digest=digest(change.document),
            loaded_at=clock.now(),
        )
        audit.record(f"{change.shelf.head}.load", row, actor, digest=row.digest, differences=len(change.lines))
    return changes


def _differences(old: Any, new: Any, where: str = "") -> Iterator[str]:
    """One line for each value that came, went or changed, with the way to it."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted({*old, *new}):
            yield from _differences(old.get(key), new.get(key), f"{where}.{key}" if where else key)
    elif is_tables(old) and is_tables(new):
        yield from _differences(_by_name(old), _by_name(new), where)
    elif old != new and is_tables(new) and old is None:
        yield f"+ {where}: {len(new)} tables"
    elif old != new:
        sign = "+" if old is None else "-" if new is None else "~"
        yield f"{sign} {where}: {_short(old)} → {_short(new)}"


def _by_name(rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {str(row.get("code") or row.get("number") or number): row for number, row in enumerate(rows, start=1)}


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:59]}…"
