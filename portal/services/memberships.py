"""Giving, taking and handing over hats."""

from typing import Any

from django.db import transaction

from portal import audit, clock
from portal.actors import Actor
from portal.errors import Denied, Refused
from portal.models import Enterprise, Membership, Office, Unit, User
from portal.roles import ADMINISTRATORS, HEADS, JOINT, Level, Role
from portal.rules import may
from portal.states import MembershipState
from portal.workflow import locked, move


def post_at(
    role: Role, *, enterprise: Enterprise | None = None, office: Office | None = None, unit: Unit | None = None
) -> dict[str, Any]:
    """The columns of a post: the role with the keys of its place and of the walls around it.

    Raises Refused when the place does not fit the role.
    """
    keys: dict[str, Any] = dict.fromkeys(("enterprise_id", "office_id", "unit_id", "city_id")) | {"role": role}
    match role.level:
        case Level.ENTERPRISE if enterprise:
            walls = {"unit_id": enterprise.unit_id, "city_id": enterprise.city_id}
            return keys | {"enterprise_id": enterprise.pk} | walls
        case Level.CITY | Level.UNIT | Level.MINISTRY if office and office.level == role.level.value:
            if role.level is not Level.MINISTRY and role not in JOINT and not office.is_lead:
                raise Refused(f"“{role.label}”须在牵头部门任职；会同部门的人员请选择会签或会同部门的角色。")
            return keys | {"office_id": office.pk, "unit_id": office.unit_id, "city_id": office.city_id}
        case Level.EXPERT if unit:
            return keys | {"unit_id": unit.pk}
        case Level.ADMINISTRATION:
            return keys
    raise Refused(f"“{role.label}”与所选机构不符，请重新选择机构。")


def grant(user: User, post: dict[str, Any], *, actor: Actor) -> Membership:
    """Give a person a post (columns as from `post_at`). What they held before and lost stays as history.

    Callers have asked who may. Raises Refused when the three administrators would not stay apart, or it is held now.
    """
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        held = Membership.objects.filter(user=user, state=MembershipState.ACTIVE)
        _keep_administrators_apart(Role(post["role"]), {Role(m.role) for m in held})
        if held.filter(**post).exists():
            raise Refused(f"{user.name}已担任该角色，无需重复添加。")
        membership = Membership.objects.create(user=user, since=clock.now(), **post)
        audit.record("membership.grant", membership, actor, role=membership.role, user=user.pk)
    return membership


def _keep_administrators_apart(role: Role, held: set[Role]) -> None:
    """三员分立: an administrator of the platform holds that one role and nothing beside it."""
    if (role in ADMINISTRATORS and held - {role}) or (held & ADMINISTRATORS) - {role}:
        raise Refused("系统管理员、安全管理员、审计员三者分立，且不得兼任其他角色；请先停用其现有角色或另选人员。")


def disable(membership: Membership, *, reason: str, actor: Actor) -> Membership:
    """Take a hat away, with a reason; it works from the person's next request on.

    Raises Denied, or Refused when nobody would be left to run the organisation.
    """
    if not may(actor, "membership.disable", membership):
        raise Denied("membership.disable")
    with transaction.atomic():
        _lock_heads(membership)
        if _is_last_head(membership):
            raise Refused(f"{membership.user.name}是本机构唯一的{membership.role_label}，请先移交或另行任命后再停用。")
        return move(membership, "disable", actor=actor, changes={"reason": reason.strip()}, reason=reason)


def restore(membership: Membership, *, actor: Actor) -> Membership:
    """Give a disabled hat back. Raises Denied, or Refused as `grant` does."""
    if not may(actor, "membership.restore", membership):
        raise Denied("membership.restore")
    with transaction.atomic():
        User.objects.select_for_update().get(pk=membership.user_id)
        held = membership.user.memberships.filter(state=MembershipState.ACTIVE)
        _keep_administrators_apart(Role(membership.role), {Role(m.role) for m in held})
        if held.filter(**membership.columns).exists():
            raise Refused(f"{membership.user.name}已重新担任该角色，无需恢复。")
        return move(membership, "restore", actor=actor, changes={"reason": ""})


def hand_over(membership: Membership, *, to: User, actor: Actor) -> Membership:
    """Move a hat to a colleague of the same organisation in one act; returns the colleague's membership.

    Raises Denied, or Refused when the colleague doesn't belong there.
    """
    if not may(actor, "membership.hand_over", membership):
        raise Denied("membership.hand_over")
    if to.pk == membership.user_id:
        raise Refused("不能移交给本人，请选择另一位同事。")
    with locked(membership) as row:
        colleague = _of_same_organisation(row).filter(user=to, state=MembershipState.ACTIVE).first()
        if colleague is None:
            raise Refused("只能移交给本机构的在任同事；请先邀请其加入，再办理移交。")
        move(row, "hand_over", actor=actor, to=to.pk)
        return grant(to, row.columns, actor=actor)


def _of_same_organisation(membership: Membership) -> Any:
    """All memberships at the place of this one: its enterprise, or its city's or unit's offices, or its floor."""
    level = Role(membership.role).level
    return Membership.objects.filter(**membership.place, role__in=[role for role in Role if role.level is level])


def _lock_heads(membership: Membership) -> None:
    """Two heads who disable each other at once must not both succeed: both wait for the same rows in the same order."""
    heads = _of_same_organisation(membership).filter(role=membership.role, state=MembershipState.ACTIVE)
    list(heads.order_by("pk").select_for_update(of=("self",)).values_list("pk"))


def _is_last_head(membership: Membership) -> bool:
    if Role(membership.role) not in HEADS:
        return False
    others = _of_same_organisation(membership).filter(role=membership.role, state=MembershipState.ACTIVE)
    return not others.exclude(pk=membership.pk).filter(user__is_active=True).exists()
