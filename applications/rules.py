"""Who may do what with an application: predicates over (actor, object), and the names they answer to."""

from typing import Any

import rules

from applications.guards import review_window
from portal.actors import Actor
from portal.roles import JOINT, Level, Role
from portal.rules import is_portal
from tiers.rounds import Window
from tiers.rules import is_filling_for

_CITY = frozenset({Role.CITY_REVIEWER, Role.CITY_HEAD})
_UNIT = frozenset({Role.UNIT_OFFICER, Role.UNIT_HEAD})


@rules.predicate
def is_answering_for(actor: Actor, application: Any) -> bool:
    """They answer for the enterprise that applies: its administrator (82号 二(二)1)."""
    own = application is not None and actor.stands("enterprise") == application.enterprise_id
    return actor.role is Role.ENTERPRISE_ADMIN and bool(own)


@rules.predicate
def is_reviewing(actor: Actor, application: Any) -> bool:
    """The application lies before them: the city's lead office, or the unit's where no city reviews it."""
    if application is None:
        return False
    if review_window(application) is Window.CITY:
        return actor.role in _CITY and bool(actor.stands("city") == application.city_id)
    return actor.role in _UNIT and bool(actor.stands("unit") == application.unit_id)


@rules.predicate
def is_of_unit(actor: Actor, application: Any) -> bool:
    """They work in the lead office of the unit in whose round it is."""
    return application is not None and actor.role in _UNIT and bool(actor.stands("unit") == application.unit_id)


@rules.predicate
def has_applications(actor: Actor) -> bool:
    """Applications are theirs, or come before them: enterprises, and the lead offices of cities and units."""
    levels = {Level.ENTERPRISE, Level.CITY, Level.UNIT}
    return actor.role is not None and actor.role.level in levels and actor.role not in JOINT


@rules.predicate
def has_others_applications(actor: Actor) -> bool:
    """Applications come before them: the lead offices of cities and units."""
    return has_applications(actor) and actor.role is not None and actor.role.level is not Level.ENTERPRISE


PERMISSIONS: dict[str, Any] = {
    "application.list": has_applications,
    "application.begin": is_filling_for,
    "application.write": is_filling_for,
    "application.discard": is_filling_for,
    "application.ask": is_filling_for,
    "application.submit": is_answering_for,
    "application.withdraw": is_answering_for,
    "application.return": is_reviewing,
    "application.extend": is_of_unit,
    "application.lapse": is_portal,
    "export.summary": has_others_applications,
    "paper.book": has_applications,
}

for _name, _predicate in PERMISSIONS.items():
    rules.set_perm(_name, _predicate)
