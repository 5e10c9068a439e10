"""Who may do what on the ladder: predicates over (actor, object), and the names they answer to."""

from typing import Any

import rules

from portal.actors import Actor
from portal.roles import Level, Role
from portal.rules import is_system_admin

_OFFICERS = frozenset({Role.UNIT_OFFICER, Role.UNIT_HEAD})


@rules.predicate
def has_a_role(actor: Actor) -> bool:
    """They act under some role, whichever."""
    return actor.role is not None


@rules.predicate
def has_titles(actor: Actor) -> bool:
    """Titles concern them: an enterprise's own, or those within their city or unit."""
    return actor.role is not None and actor.role.level in {Level.ENTERPRISE, Level.CITY, Level.UNIT}


@rules.predicate
def is_recording_titles(actor: Actor) -> bool:
    """They put titles on record for their unit: its officer or head."""
    return actor.role in _OFFICERS


@rules.predicate
def is_keeping_title(actor: Actor, recognition: Any) -> bool:
    """They look after this title: officer or head of the unit that recorded it."""
    return actor.role in _OFFICERS and recognition is not None and actor.stands("unit") == recognition.unit_id


PERMISSIONS: dict[str, Any] = {
    "edition.read": has_a_role,
    "edition.doubt": is_system_admin | is_recording_titles,
    "recognition.list": has_titles,
    "recognition.import": is_recording_titles,
    "recognition.add": is_recording_titles,
    "recognition.amend": is_keeping_title,
    "recognition.review": is_keeping_title,
    "recognition.restore": is_keeping_title,
    "recognition.revoke": is_keeping_title,
    "scenarios.import": is_system_admin,
}

for _name, _predicate in PERMISSIONS.items():
    rules.set_perm(_name, _predicate)
