"""Who may do what in the review."""

from typing import Any

import rules

from portal.actors import Actor
from portal.roles import Role

_CITY, _UNIT = {Role.CITY_REVIEWER, Role.CITY_HEAD}, {Role.UNIT_OFFICER, Role.UNIT_HEAD}


@rules.predicate
def has_copies(actor: Actor) -> bool:
    """Paper arrives at their office: a city's or a unit's lead office."""
    return actor.role in _CITY | _UNIT


@rules.predicate
def is_receiving(actor: Actor, application: Any) -> bool:
    """This application's paper comes to their own office."""
    if application is None:
        return False
    if actor.role in _CITY:
        return bool(actor.stands("city") == application.city_id)
    return actor.role in _UNIT and bool(actor.stands("unit") == application.unit_id)


PERMISSIONS: dict[str, Any] = {
    "copies.list": has_copies,
    "copies.record": is_receiving,
    "copies.strike": is_receiving,
}

for _name, _predicate in PERMISSIONS.items():
    rules.set_perm(_name, _predicate)
