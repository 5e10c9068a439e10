"""What the security administrator, and everybody for themselves, does to accounts."""

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.db.models import F

from portal import audit
from portal.actors import Actor
from portal.errors import Denied, Refused
from portal.models import User
from portal.rules import may
from portal.services import mail


def _ask(actor: Actor, permission: str, user: User) -> User:
    """The account's row, locked, once the permission is given. Raises Denied."""
    if not may(actor, permission, user):
        raise Denied(permission)
    return User.objects.select_for_update().get(pk=user.pk)


def _end_sessions(user: User) -> None:
    User.objects.filter(pk=user.pk).update(session_epoch=F("session_epoch") + 1)
    user.refresh_from_db(fields=["session_epoch"])


@transaction.atomic
def disable(user: User, *, reason: str, actor: Actor) -> None:
    """Shut an account: nobody gets in with it, and its sessions end now. Raises Denied, Refused."""
    row = _ask(actor, "account.disable", user)
    if not reason.strip():
        raise Refused("请填写停用理由。")
    if not row.is_active:
        raise Refused("该账户已停用。")
    row.is_active = False
    row.save(update_fields=["is_active"])
    _end_sessions(row)
    audit.record("account.disable", row, actor, reason=reason.strip())


@transaction.atomic
def enable(user: User, *, actor: Actor) -> None:
    """Open a shut account again. Raises Denied, Refused."""
    row = _ask(actor, "account.enable", user)
    if row.is_active:
        raise Refused("该账户未停用。")
    row.is_active = True
    row.save(update_fields=["is_active"])
    audit.record("account.enable", row, actor)


@transaction.atomic
def end_sessions(user: User, *, actor: Actor) -> None:
    """Sign somebody out everywhere. Raises Denied."""
    row = _ask(actor, "account.end_sessions", user)
    _end_sessions(row)
    audit.record("account.end_sessions", row, actor)


@transaction.atomic
def end_own_sessions(user: User, *, actor: Actor) -> None:
    """Sign oneself out everywhere, here too."""
    _end_sessions(user)
    audit.record("account.end_sessions", user, actor)


@transaction.atomic
def reset_second_factor(user: User, *, reason: str, actor: Actor) -> None:
    """Remove a lost second factor; its owner is told by mail and enrols a new one at the next sign-in.

    Raises Denied, Refused.
    """
    row = _ask(actor, "account.reset_second_factor", user)
    if not reason.strip():
        raise Refused("请填写重置理由（如何核实了本人身份）。")
    if not Authenticator.objects.filter(user=row).delete()[0]:
        raise Refused("该账户未启用两步验证，无需重置。")
    _end_sessions(row)
    audit.record("account.reset_second_factor", row, actor, reason=reason.strip())
    mail.write(row.email, "second_factor_reset", user=row)
