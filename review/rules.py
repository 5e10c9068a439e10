"""Who may do what in the review."""

from typing import Any

import rules

from applications.rules import has_applications, is_reviewing
from portal.actors import Actor
from portal.roles import Role
from tiers.rules import is_filling_for

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


@rules.predicate
def is_of_its_office(actor: Actor, message: Any) -> bool:
    """Their own office wrote this, and the application still lies before them."""
    if message is None or message.office_id is None or actor.membership is None:
        return False
    return bool(actor.membership.office_id == message.office_id) and is_reviewing(actor, message.application)


PERMISSIONS: dict[str, Any] = {
    "copies.list": has_copies,
    "copies.record": is_receiving,
    "copies.strike": is_receiving,
    "message.list": has_applications,
    "message.write": is_filling_for | is_reviewing,
    "message.strike": is_of_its_office,
}

for _name, _predicate in PERMISSIONS.items():
    rules.set_perm(_name, _predicate)
