"""Inviting people to a post by e-mail."""

import hashlib
import secrets
from datetime import timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction
from django.urls import reverse

from portal import audit, clock, walls
from portal.actors import Actor
from portal.errors import Denied, Refused
from portal.models import Invitation, Membership, User
from portal.rules import may
from portal.services import mail
from portal.services.memberships import grant
from portal.states import InvitationState, MembershipState
from portal.workflow import locked, move

VALID_FOR = timedelta(days=7)


def digest(token: str) -> str:
    """What is kept of an invitation's secret."""
    return hashlib.sha256(token.encode()).hexdigest()


def invite(actor: Actor, *, email: str, name: str, post: dict[str, Any]) -> tuple[Invitation, str]:
    """Offer a post (columns as from `post_at`) to an address; returns the invitation and its secret token.

    Raises Denied, Refused.
    """
    invitation = Invitation(
        **post,
        email=email.strip().lower(),
        name=name.strip(),
        invited_by=actor.user,
        invited_at=clock.now(),
        expires_at=clock.now() + VALID_FOR,
    )
    if not (may(actor, "invitation.send", invitation) or actor.system):
        raise Denied("this post is not theirs to give")
    held = Membership.objects.filter(**post, state=MembershipState.ACTIVE, user__email__iexact=invitation.email)
    if held.exists():
        raise Refused("该邮箱对应的人员已担任该角色，无需再次邀请。")
    token = secrets.token_urlsafe(32)
    invitation.token_digest = digest(token)
    with transaction.atomic():
        waiting = Invitation.objects.filter(**post, state=InvitationState.OPEN, email__iexact=invitation.email)
        if waiting.select_for_update(of=("self",)).exists():
            raise Refused("已向该邮箱发出同一角色的邀请，尚未接受；如需重发，请先撤回原邀请。")
        invitation.save()
        audit.record("invitation.send", invitation, actor, role=invitation.role)
        link = settings.PUBLIC_URL + reverse("invitation", args=[token])
        mail.write(invitation.email, "invitation", invitation=invitation, link=link, inviter=actor.place_label)
    return invitation, token


def withdraw(invitation: Invitation, *, actor: Actor) -> Invitation:
    """Take an open invitation back: its link is dead at once. Raises Denied, Refused."""
    return move(invitation, "withdraw", actor=actor)


def accept(invitation: Invitation, *, user: User) -> Membership:
    """Take the post up. The invited person stands nowhere yet, so the walls are crossed, on record.

    Raises Denied for anybody but the addressee, Refused when it has expired or was taken back or used.
    """
    actor = Actor(user=user)
    with walls.system("受邀人接受邀请"), locked(invitation) as row:
        row = move(row, "accept", actor=actor)
        return grant(user, row.columns, actor=actor)


def accept_as_newcomer(invitation: Invitation, *, name: str, password: str) -> Membership:
    """Open an account for the invited address, which the secret link has proved, and take the post up.

    Raises Refused as `accept` does; then no account is left behind.
    """
    with transaction.atomic():
        if User.objects.filter(email__iexact=invitation.email).exists():
            raise Refused("该邮箱已有账户，请直接登录后接受邀请。")
        user = User.objects.create_user(invitation.email, name, password)
        EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
        audit.record("account.open", user, Actor(user=user), by="invitation")
        return accept(invitation, user=user)


def expire_due() -> int:
    """Mark what nobody accepted in time; how many. Accepting checks the instant itself, so this is only tidying."""
    portal = Actor(system="平台")
    with walls.system("邀请到期清理", portal):
        due = Invitation.objects.filter(state=InvitationState.OPEN, expires_at__lt=clock.now())
        due = due.select_for_update(skip_locked=True)  # somebody accepts or withdraws it, or another beat is at it
        for invitation in due:
            move(invitation, "expire", actor=portal)
    return len(due)
