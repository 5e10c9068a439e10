"""Who may do what on the ground floor: predicates over (actor, object), and the names they answer to."""

from typing import Any

import rules

from portal.actors import Actor
from portal.roles import ROLES, SEALERS, Level, Role, may_appoint


@rules.predicate
def is_portal(actor: Actor) -> bool:
    """The portal's own housekeeping, with no person behind it."""
    return bool(actor.system)


@rules.predicate
def is_own(actor: Actor, obj: Any) -> bool:
    """The object belongs to the person who asks."""
    return actor.user is not None and obj is not None and obj.user_id == actor.user.pk


@rules.predicate
def is_deciding(actor: Actor, registration: Any) -> bool:
    """They decide this registration: the enterprise's administrator where it is known, else its city, else its unit."""
    if registration is None or actor.role is None:
        return False
    if registration.enterprise_id:
        return actor.role is Role.ENTERPRISE_ADMIN and actor.stands("enterprise") == registration.enterprise_id
    if registration.city_id:
        return actor.role in {Role.CITY_REVIEWER, Role.CITY_HEAD} and actor.stands("city") == registration.city_id
    return actor.role in {Role.UNIT_OFFICER, Role.UNIT_HEAD} and actor.stands("unit") == registration.unit_id


@rules.predicate
def is_appointing(actor: Actor, post: Any) -> bool:
    """They may give and take this post: the role is theirs to appoint, and the place is their own or within it."""
    if post is None or not may_appoint(actor.role, Role(post.role)):
        return False
    match ROLES[actor.role].level if actor.role else None:
        case Level.ENTERPRISE:
            return bool(actor.stands("enterprise") == post.enterprise_id)
        case Level.CITY:
            return bool(actor.stands("city") == post.city_id)
        case Level.UNIT:
            return bool(actor.stands("unit") == post.unit_id)
        case Level.MINISTRY | Level.ADMINISTRATION:
            return True
    return False


@rules.predicate
def is_transferable(_actor: Actor, post: Any) -> bool:
    """The post can go from one person to another: an expert's is their own, an administrator's is appointed anew."""
    return post is not None and Role(post.role).level not in {Level.EXPERT, Level.ADMINISTRATION}


@rules.predicate
def is_invited(actor: Actor, invitation: Any) -> bool:
    """The invitation was sent to the address of the person who asks."""
    return actor.user is not None and invitation is not None and actor.user.email.lower() == invitation.email.lower()


@rules.predicate
def has_people(actor: Actor) -> bool:
    """They look after colleagues: their role appoints others."""
    return actor.role is not None and bool(ROLES[actor.role].appoints)


@rules.predicate
def has_enterprises(actor: Actor) -> bool:
    """They stand above enterprises: a city's or a unit's people."""
    return actor.role is not None and actor.role.level in {Level.CITY, Level.UNIT}


@rules.predicate
def is_of_enterprise(actor: Actor, enterprise: Any) -> bool:
    """They administer this very enterprise."""
    return (
        actor.role is Role.ENTERPRISE_ADMIN and enterprise is not None and actor.stands("enterprise") == enterprise.pk
    )


@rules.predicate
def is_keeping(actor: Actor, enterprise: Any) -> bool:
    """They keep the register that this enterprise stands on: its city, or its unit where it has no city."""
    if enterprise is None:
        return False
    if enterprise.city_id:
        return actor.role in {Role.CITY_REVIEWER, Role.CITY_HEAD} and bool(actor.stands("city") == enterprise.city_id)
    return actor.role in {Role.UNIT_OFFICER, Role.UNIT_HEAD} and bool(actor.stands("unit") == enterprise.unit_id)


@rules.predicate
def has_registrations(actor: Actor) -> bool:
    """Registrations may come before them."""
    deciding = {Role.ENTERPRISE_ADMIN, Role.CITY_REVIEWER, Role.CITY_HEAD, Role.UNIT_OFFICER, Role.UNIT_HEAD}
    return actor.role in deciding


@rules.predicate
def is_person(actor: Actor) -> bool:
    """Somebody under a hat; which papers they see at all, their document's own permission says."""
    return actor.role is not None


@rules.predicate
def has_seal(actor: Actor) -> bool:
    """They keep and use their organisation's seal."""
    return actor.role in SEALERS


@rules.predicate
def is_at_seal_place(actor: Actor, place: Any) -> bool:
    """The place on the paper is for their own organisation's seal."""
    if place is None or actor.membership is None:
        return False
    if place.office_id:
        return bool(actor.membership.office_id == place.office_id)
    return place.enterprise_id is not None and actor.stands("enterprise") == place.enterprise_id


def _holds(role: Role) -> Any:
    return rules.predicate(lambda actor: actor.role is role, name=f"holds_{role.value}")


is_system_admin = _holds(Role.SYSTEM_ADMIN)
is_security_admin = _holds(Role.SECURITY_ADMIN)
is_auditor = _holds(Role.AUDITOR)


@rules.predicate
def is_somebody_else(actor: Actor, user: Any) -> bool:
    """The account is not the asker's own."""
    return actor.user is not None and (user is None or user.pk != actor.user.pk)


PERMISSIONS = {
    "registration.confirm": is_deciding,
    "registration.refuse": is_deciding,
    "registration.withdraw": is_own,
    "registration.list": has_registrations,
    "enterprise.list": has_enterprises,
    "enterprise.amend": is_of_enterprise | is_keeping,
    "enterprise.correct": is_keeping,
    "invitation.send": is_appointing,
    "invitation.accept": is_invited,
    "invitation.withdraw": is_appointing,
    "invitation.expire": is_portal,
    "membership.disable": is_appointing & ~is_own,
    "membership.restore": is_appointing,
    "membership.hand_over": (is_appointing | is_own) & is_transferable,
    "people.manage": has_people,
    "office.manage": is_system_admin,
    "account.list": is_security_admin,
    "account.disable": is_security_admin & is_somebody_else,
    "account.enable": is_security_admin & is_somebody_else,
    "account.end_sessions": is_security_admin & is_somebody_else,
    "account.reset_second_factor": is_security_admin & is_somebody_else,
    "record.read": is_auditor,
    "export.list": has_enterprises,
    "paper.check": has_enterprises,
    "package.list": has_enterprises,
    "package.finish": is_portal,
    "package.fail": is_portal,
    "package.retry": has_enterprises,
    "paper.finish": is_portal,
    "paper.fail": is_portal,
    "paper.retry": is_person,
    "paper.stamp": has_seal & is_at_seal_place,
    "seal.keep": has_seal,
}

for _name, _predicate in PERMISSIONS.items():
    rules.set_perm(_name, _predicate)


def may(actor: Actor, permission: str, obj: Any = None) -> bool:
    """Whether the actor may do this (to this object). Raises KeyError for a permission nobody declared."""
    if not rules.perm_exists(permission):
        raise KeyError(permission)
    return bool(rules.has_perm(permission, actor, obj))
