"""The calendar of working days: loaded from its file, then looked after by the system administrator."""

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

from django.db import transaction

from portal import audit
from portal.actors import Actor
from portal.errors import Denied, Malformed, Refused
from portal.rules import may
from tiers.models import SpecialDay

FILE = Path(__file__).resolve().parent.parent / "reference" / "holidays.toml"


@transaction.atomic
def load(path: Path = FILE, *, actor: Actor) -> int:
    """Load the years that the calendar doesn't know yet; how many days were added. Raises Malformed.

    A year that is there already is left alone: administrators look after it.
    """
    days = _days(path)
    known = {day.year for day in SpecialDay.objects.dates("date", "year")}
    fresh = [day for day in days if day.date.year not in known]
    SpecialDay.objects.bulk_create(fresh)
    if fresh:
        audit.record("calendar.load", actor=actor, changed=len(fresh))
    return len(fresh)


def _days(path: Path) -> list[SpecialDay]:
    try:
        tables = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise Malformed(f"{path.name}: {error}") from error
    if unknown := set(tables) - {"day"}:
        raise Malformed(f"{path.name}: unknown table {', '.join(sorted(unknown))}")
    found: dict[date, SpecialDay] = {}
    for number, row in enumerate(tables.get("day", []), start=1):
        for day in _spelled_out(path.name, number, row):
            if day.date in found:
                raise Malformed(f"{path.name}: [[day]] no. {number}: {day.date} stands twice")
            found[day.date] = day
    return list(found.values())


def _spelled_out(file: str, number: int, row: dict[str, Any]) -> list[SpecialDay]:
    """The days off from `first` to `last`, and the days worked in exchange."""
    where = f"{file}: [[day]] no. {number}"
    if unknown := set(row) - {"name", "first", "last", "worked"}:
        raise Malformed(f"{where}: unknown {', '.join(sorted(unknown))}")
    name, worked = row.get("name"), row.get("worked", [])
    first: date = row.get("first")  # type: ignore[assignment]
    last: date = row.get("last", first)
    days = (first, last, *worked) if isinstance(worked, list) else ()
    if not isinstance(name, str) or not days or not all(type(day) is date for day in days) or last < first:
        raise Malformed(f"{where}: needs name, first and last (days in order), and worked as days: {row}")
    off = [date.fromordinal(day) for day in range(first.toordinal(), last.toordinal() + 1)]
    return [SpecialDay(date=day, name=name) for day in off] + [
        SpecialDay(date=day, name=name, is_working=True) for day in worked
    ]


@transaction.atomic
def put(*, day: date, name: str, is_working: bool, actor: Actor) -> SpecialDay:
    """Make a day a holiday, or a working day; periods of publicity that run already keep their end.

    Raises Denied, Refused.
    """
    if not may(actor, "calendar.edit"):
        raise Denied("calendar.edit")
    row = SpecialDay.objects.select_for_update().filter(date=day).first()
    before = str(row) if row else ""
    if row and (row.name, row.is_working) == (name, is_working):
        raise Refused("该日期已如此设置，无需重复保存。")
    row, _ = SpecialDay.objects.update_or_create(date=day, defaults={"name": name, "is_working": is_working})
    audit.record("calendar.put", row, actor, before=before, after=str(row))
    return row


@transaction.atomic
def remove(row: SpecialDay, *, actor: Actor) -> None:
    """Let a day be like its weekday again. Raises Denied."""
    if not may(actor, "calendar.edit"):
        raise Denied("calendar.edit")
    audit.record("calendar.remove", row, actor, before=str(row))
    row.delete()
