"""Loading reference data (regions, industries, units, cities, offices) from files; running it twice changes nothing."""

import tomllib
from pathlib import Path
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction
from django.db.models import Model

from portal.errors import Malformed
from portal.models import City, Department, Industry, Office, OfficeLevel, Region, RegionLevel, Unit, UnitKind

FOLDER = Path(__file__).resolve().parent.parent / "reference"


def _put(model: type[Model], keys: dict[str, Any], values: dict[str, Any]) -> int:
    """Create the row or mend what differs; 1 when something changed."""
    row = model._default_manager.filter(**keys).first()
    if row is None:
        model._default_manager.create(**keys, **values)
        return 1
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, values[name])
    if changed:
        row.save(update_fields=changed)
    return int(bool(changed))


@transaction.atomic
def load(folder: Path = FOLDER) -> int:
    """Load all reference files; how many rows were made or mended. Raises Malformed, and then nothing is loaded."""
    return (
        _each(folder, "regions.toml", {"region": _region})
        + _each(folder, "industries.toml", {"industry": _industry})
        + _each(folder, "units.toml", {"unit": _unit, "city": _city})
        + _each(folder, "offices.toml", {"office": _office, "city_office": _city_office})
    )


def _each(folder: Path, file: str, loaders: dict[str, Any]) -> int:
    try:
        tables = tomllib.loads((folder / file).read_text("utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise Malformed(f"{file}: {error}") from error
    if unknown := set(tables) - set(loaders):
        raise Malformed(f"{file}: unknown table {', '.join(sorted(unknown))}")
    changed = 0
    for table, loader in loaders.items():
        for number, entry in enumerate(tables.get(table, ()), start=1):
            try:
                changed += loader(**entry)
            except (TypeError, ValueError, KeyError, ObjectDoesNotExist) as error:
                raise Malformed(f"{file}: [[{table}]] no. {number} {entry}: {error}") from error
    return changed


def _region(code: str, name: str, parent: str | None = None) -> int:
    level = RegionLevel.CITY if parent else RegionLevel.PROVINCE
    return _put(Region, {"code": code}, {"name": name, "level": level, "parent_id": parent})


def _industry(code: str, name: str) -> int:
    return _put(Industry, {"code": code}, {"name": name})


def _unit(code: str, name: str, kind: str, quota: int, region: str | None = None) -> int:
    values = {"name": name, "kind": UnitKind(kind).value, "default_quota": quota, "region_id": region}
    return _put(Unit, {"code": code}, values)


def _city(unit: str, region: str) -> int:
    return _put(City, {"region_id": region}, {"unit": Unit.objects.get(code=unit)})


def _office(level: str, department: str, name: str, lead: bool = False, unit: str | None = None) -> int:
    keys = {
        "level": OfficeLevel(level).value,
        "unit": Unit.objects.get(code=unit) if unit else None,
        "city": None,
        "department": Department(department).value,
    }
    return _put(Office, keys, {"name": name, "is_lead": lead})


def _city_office(unit: str, department: str, suffix: str, lead: bool = False) -> int:
    """The same department in each city of a unit: 武汉市 + 经济和信息化局."""
    cities = City.objects.filter(unit__code=unit).select_related("region")
    level, kind = OfficeLevel.CITY.value, Department(department).value
    return sum(
        _put(
            Office,
            {"level": level, "unit_id": city.unit_id, "city": city, "department": kind},
            {"name": f"{city.region.name}{suffix}", "is_lead": lead},
        )
        for city in cities
    )
