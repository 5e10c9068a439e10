"""Who may do what on the ladder: predicates over (actor, object), and the names they answer to."""

from typing import Any

import rules

from portal.actors import Actor
from portal.roles import JOINT, Level, Role

_FILLING = {Role.ENTERPRISE_ADMIN, Role.ENTERPRISE_CLERK}


@rules.predicate
def is_filling(actor: Actor) -> bool:
    """They fill in for an enterprise."""
    return actor.role in _FILLING


@rules.predicate
def is_filling_for(actor: Actor, thing: Any) -> bool:
    """They fill in for the enterprise that this belongs to."""
    return actor.role in _FILLING and thing is not None and actor.stands("enterprise") == thing.enterprise_id


@rules.predicate
def has_factories(actor: Actor) -> bool:
    """Factories stand within their place: an enterprise's, a city's, a unit's people."""
    return actor.role is not None and actor.role.level in {Level.ENTERPRISE, Level.CITY, Level.UNIT}


@rules.predicate
def is_confirming(actor: Actor, thing: Any) -> bool:
    """They keep the register on which the enterprise of this stands: its city's, or its unit's where it has no city."""
    if thing is None:
        return False
    if thing.city_id:
        return actor.role in {Role.CITY_REVIEWER, Role.CITY_HEAD} and bool(actor.stands("city") == thing.city_id)
    return actor.role in {Role.UNIT_OFFICER, Role.UNIT_HEAD} and bool(actor.stands("unit") == thing.unit_id)


@rules.predicate
def has_filings(actor: Actor) -> bool:
    """Filings may come before them: the lead offices of cities and units."""
    return actor.role is not None and actor.role.level in {Level.CITY, Level.UNIT} and actor.role not in JOINT


PERMISSIONS: dict[str, Any] = {
    "factory.list": has_factories,
    "factory.open": is_filling,
    "factory.amend": is_filling_for,
    "assessment.edit": is_filling_for,
    "filing.list": has_filings,
    "filing.file": is_filling_for,
    "filing.confirm": is_confirming,
    "filing.return": is_confirming,
    "filing.withdraw": is_filling_for,
}

for _name, _predicate in PERMISSIONS.items():
    rules.set_perm(_name, _predicate)
