"""Who may do what on the ladder: predicates over (actor, object), and the names they answer to."""

from typing import Any

import rules

from portal.actors import Actor
from portal.roles import Level, Role
from portal.rules import is_portal, is_system_admin

_LEAD = frozenset({Role.UNIT_OFFICER, Role.UNIT_HEAD})


@rules.predicate
def has_rounds(actor: Actor) -> bool:
    """Rounds concern them: an enterprise's, a city's or a unit's people."""
    return actor.role is not None and actor.role.level in {Level.ENTERPRISE, Level.CITY, Level.UNIT}


@rules.predicate
def is_lead(actor: Actor) -> bool:
    """They work in a unit's lead office: its officer or its head."""
    return actor.role in _LEAD


@rules.predicate
def is_running(actor: Actor, round_: Any) -> bool:
    """They run this round: its own unit's officer or head."""
    return round_ is not None and actor.role in _LEAD and bool(actor.stands("unit") == round_.unit_id)


@rules.predicate
def is_signing(actor: Actor, round_: Any) -> bool:
    """They sign for this round: its own unit's head."""
    return round_ is not None and actor.role is Role.UNIT_HEAD and bool(actor.stands("unit") == round_.unit_id)


PERMISSIONS: dict[str, Any] = {
    "round.list": has_rounds,
    "round.add": is_lead,
    "round.edit": is_running,
    "round.discard": is_running,
    "round.move_dates": is_running,
    "round.change_quota": is_running,
    "round.extend": is_running,
    "round.recommend": is_running,
    "round.publish": is_signing,
    "round.retract": is_signing,
    "round.accept": is_portal,
    "round.begin_first_review": is_portal,
    "round.begin_review": is_portal,
    "round.reopen": is_running,
    "round.return_to_cities": is_running,
    "round.announce": is_signing,
    "round.report": is_signing,
    "round.finish": is_signing,
    "calendar.list": is_lead | is_system_admin,
    "calendar.edit": is_system_admin,
}

for _name, _predicate in PERMISSIONS.items():
    rules.set_perm(_name, _predicate)
