"""Throttling where attempts come at once, on a database where transactions really commit."""

import contextlib
import threading

import pytest
from allauth.core.internal import ratelimit
from django.test import Client
from django.utils.translation import gettext

from portal import walls
from portal.audit import AuditEvent
from portal.models import User
from tests import factories
from tests.signing_in import sign_in
from tests.test_committed import at_once

THROTTLED = "Too many failed login attempts. Try again later."


def _attempts_at_once(user: User, number: int) -> int:
    """How many of so many wrong passwords, sent at once, were really tried."""
    answers = at_once(*[lambda: sign_in(Client(), user.email, "wrong").content.decode()] * number)
    assert all(isinstance(answer, str) for answer in answers), answers
    return sum(gettext(THROTTLED) not in answer for answer in answers)


def test_attempts_sent_at_once_do_not_get_past_the_limit(own_database: str) -> None:
    user = factories.user()
    assert _attempts_at_once(user, 8) == 5
    with walls.system("test"):
        reasons = AuditEvent.objects.filter(verb="session.open", outcome="refused").values_list("data__why", flat=True)
        assert sorted(reasons) == ["credentials"] * 5 + ["throttled"] * 3


def test_without_the_lock_on_the_counter_they_would(own_database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control: what the unique key of the lock's row is there for."""
    together = threading.Barrier(8)
    apply_rate = ratelimit.apply_rate
    monkeypatch.setattr(ratelimit, "cache_lock", lambda key: contextlib.nullcontext(True))
    monkeypatch.setattr(ratelimit, "apply_rate", lambda *a, **k: (together.wait(10), apply_rate(*a, **k))[1])
    assert _attempts_at_once(factories.user(), 8) > 5
