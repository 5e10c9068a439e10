"""Loading editions from the catalogue: idempotent by code and revision, told beforehand, all or nothing."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import transaction

from portal import audit, clock
from portal.actors import Actor
from portal.errors import Malformed
from tiers import edition_file
from tiers.file_tables import is_tables
from tiers.models import Edition

FOLDER = Path(__file__).resolve().parent.parent / "catalogue"


@dataclass(frozen=True)
class Change:
    """What loading one file would do: `lines` says what differs from the revision before."""

    file: str
    code: str
    revision: int
    document: dict[str, Any]
    lines: tuple[str, ...]


def digest(document: dict[str, Any]) -> str:
    """SHA-256 of a document in canonical form."""
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def plan(folder: Path = FOLDER) -> list[Change]:
    """What loading the folder would change; empty when all is there already. Writes nothing.

    Raises Malformed: a file that can't be used, or a loaded revision whose file has changed since.
    """
    changes = []
    for path in sorted(folder.glob("*.toml")):
        document = edition_file.load(path)
        edition = edition_file.parse(document, path.name)
        loaded = Edition.objects.filter(code=edition.code, revision=edition.revision).first()
        if loaded is None:
            before = Edition.objects.filter(code=edition.code, revision__lt=edition.revision).first()
            lines = tuple(_differences(before.document if before else {}, document))
            changes.append(Change(path.name, edition.code, edition.revision, document, lines))
        elif loaded.digest != digest(document):
            what = "; ".join(list(_differences(loaded.document, document))[:5])
            raise Malformed(
                f"{path.name}: [edition] revision: {edition.code} r{edition.revision} was loaded and never changes; "
                f"give the correction revision {edition.revision + 1} ({what})"
            )
    return changes


@transaction.atomic
def load(folder: Path = FOLDER, *, actor: Actor) -> list[Change]:
    """Load what `plan` says; the changes made. Raises Malformed, and then nothing is loaded."""
    changes = plan(folder)
    for change in changes:
        edition = Edition.objects.create(
            code=change.code,
            revision=change.revision,
            name=change.document["edition"]["name"],
            document=change.document,
            digest=digest(change.document),
            loaded_at=clock.now(),
        )
        audit.record("edition.load", edition, actor, digest=edition.digest, differences=len(change.lines))
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
