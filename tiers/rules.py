"""Who may do what on the ladder: predicates over (actor, object), and the names they answer to."""

from typing import Any

import rules

from portal.actors import Actor
from portal.roles import JOINT, Level, Role
from portal.rules import is_portal, is_system_admin

_FILLING = frozenset({Role.ENTERPRISE_ADMIN, Role.ENTERPRISE_CLERK})
_OFFICERS = frozenset({Role.UNIT_OFFICER, Role.UNIT_HEAD})


@rules.predicate
def is_filling(actor: Actor) -> bool:
    """They fill in for an enterprise."""
    return actor.role in _FILLING


@rules.predicate
def is_filling_for(actor: Actor, thing: Any) -> bool:
    """They fill in for the enterprise that this belongs to."""
    return actor.role in _FILLING and thing is not None and actor.stands("enterprise") == thing.enterprise_id


@rules.predicate
def is_within_a_unit(actor: Actor) -> bool:
    """They belong to a unit, one of its cities, or one of its enterprises."""
    return actor.role is not None and actor.role.level in {Level.ENTERPRISE, Level.CITY, Level.UNIT}


@rules.predicate
def has_a_role(actor: Actor) -> bool:
    """They act under some role, whichever."""
    return actor.role is not None


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


@rules.predicate
def is_recording_titles(actor: Actor) -> bool:
    """They put titles on record for their unit: its officer or head."""
    return actor.role in _OFFICERS


@rules.predicate
def is_keeping_title(actor: Actor, recognition: Any) -> bool:
    """They look after this title: officer or head of the unit that recorded it."""
    return actor.role in _OFFICERS and recognition is not None and actor.stands("unit") == recognition.unit_id


@rules.predicate
def is_lead(actor: Actor) -> bool:
    """They work in a unit's lead office: its officer or its head."""
    return actor.role in _OFFICERS


@rules.predicate
def is_running(actor: Actor, round_: Any) -> bool:
    """They run this round: its own unit's officer or head."""
    return round_ is not None and actor.role in _OFFICERS and bool(actor.stands("unit") == round_.unit_id)


@rules.predicate
def is_signing(actor: Actor, round_: Any) -> bool:
    """They sign for this round: its own unit's head."""
    return round_ is not None and actor.role is Role.UNIT_HEAD and bool(actor.stands("unit") == round_.unit_id)


@rules.predicate
def is_announcing(actor: Actor) -> bool:
    """They speak for an office that makes announcements: a unit's lead office, or the ministry."""
    return actor.role in _OFFICERS or actor.role is Role.MINISTRY


@rules.predicate
def is_issuing(actor: Actor, announcement: Any) -> bool:
    """The announcement is their own office's."""
    if announcement is None:
        return False
    if announcement.unit_id is None:
        return actor.role is Role.MINISTRY
    return actor.role in _OFFICERS and bool(actor.stands("unit") == announcement.unit_id)


PERMISSIONS: dict[str, Any] = {
    "factory.list": is_within_a_unit,
    "factory.open": is_filling,
    "factory.amend": is_filling_for,
    "assessment.edit": is_filling_for,
    "filing.list": has_filings,
    "filing.file": is_filling_for,
    "filing.confirm": is_confirming,
    "filing.return": is_confirming,
    "filing.withdraw": is_filling_for,
    "edition.read": has_a_role,
    "edition.doubt": is_system_admin | is_recording_titles,
    "recognition.list": is_within_a_unit,
    "recognition.import": is_recording_titles,
    "recognition.add": is_recording_titles,
    "recognition.amend": is_keeping_title,
    "recognition.review": is_keeping_title,
    "recognition.restore": is_keeping_title,
    "recognition.revoke": is_keeping_title,
    "scenarios.import": is_system_admin,
    "round.list": is_within_a_unit,
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
    "round.announce": is_signing | is_portal,
    "round.report": is_signing,
    "round.finish": is_signing | is_portal,
    "guidance.edit": is_running,
    "announcement.add": is_announcing,
    "announcement.edit": is_issuing,
    "announcement.publish": is_issuing,
    "announcement.withdraw": is_issuing,
    "calendar.list": is_lead | is_system_admin,
    "calendar.edit": is_system_admin,
}

for _name, _predicate in PERMISSIONS.items():
    rules.set_perm(_name, _predicate)
