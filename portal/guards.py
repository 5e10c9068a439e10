"""Conditions of the ground floor's moves: each gives a reason, or None when it is satisfied."""

from datetime import datetime
from typing import Any


def says_why(_obj: Any, *, reason: str = "", **_: Any) -> str | None:
    """The act states a reason that its addressee can read."""
    return None if reason.strip() else "请填写理由，对方将看到该理由。"


def not_expired(invitation: Any, *, at: datetime, **_: Any) -> str | None:
    """The invitation's last instant has not passed (the instant itself still counts)."""
    return None if at <= invitation.expires_at else "该邀请已过期，请联系邀请人重新发送。"
