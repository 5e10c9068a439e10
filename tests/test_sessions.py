"""Sessions: how long they last, what ends them, what their cookie promises."""

from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal import walls
from portal.audit import AuditEvent
from tests import factories
from tests.factories import PASSWORD, People
from tests.signing_in import is_signed_in, sign_in

pytestmark = pytest.mark.django_db

NOON = "2026-03-02 04:00:00+00:00"
IDLE, ABSOLUTE = 30 * 60, 12 * 3600
LOGIN = reverse("account_login")


def _signed_in() -> Client:
    browser = Client()
    sign_in(browser, factories.user().email)
    return browser


def _pass(clock: Any, browser: Client, seconds: int, *, every: int = IDLE - 60) -> None:
    """Let so many seconds go by, with a request every so often."""
    while seconds > 0:
        clock.shift(min(every, seconds))
        seconds -= every
        if seconds > 0:
            assert browser.get(reverse("me")).status_code == 200


def test_who_idles_is_signed_out_to_the_second_and_told_so() -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        browser = _signed_in()
        key = browser.session.session_key
        clock.shift(IDLE)
        assert browser.get(reverse("me")).status_code == 200
        clock.shift(IDLE + 1)
        answer = browser.get(reverse("me") + "?a=1")
        assert answer.url == f"{LOGIN}?next=/me/%3Fa%3D1"
        assert "自动退出，请重新登录" in browser.get(answer.url).content.decode()
        assert not Session.objects.filter(session_key=key).exists()


def test_a_session_ends_after_twelve_hours_however_busy() -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        browser = _signed_in()
        _pass(clock, browser, ABSOLUTE)
        assert browser.get(reverse("me")).status_code == 200
        clock.shift(1)
        assert browser.get(reverse("me")).url.startswith(LOGIN)


def test_time_out_starts_afresh_at_the_next_signing_in() -> None:
    user = factories.user()
    with time_machine.travel(NOON, tick=False) as clock:
        browser = Client()
        sign_in(browser, user.email)
        clock.shift(ABSOLUTE + 1)
        browser.get(reverse("me"))
        sign_in(browser, user.email)
        assert browser.get(reverse("me")).status_code == 200


def test_the_page_that_was_asked_for_comes_after_signing_in_again() -> None:
    user = factories.user()
    with time_machine.travel(NOON, tick=False) as clock:
        browser = Client()
        sign_in(browser, user.email)
        clock.shift(IDLE + 1)
        page = browser.get(browser.get(reverse("register")).url).content.decode()
        assert f'name="next" value="{reverse("register")}"' in page
        assert sign_in(browser, user.email, next=reverse("register")).url == reverse("register")


def _writes(browser: Client) -> int:
    """How often one page writes to the database."""
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert browser.get(reverse("me")).status_code == 200
    return sum(query["sql"].lstrip().startswith(("UPDATE", "INSERT", "DELETE")) for query in queries)


def test_when_somebody_was_last_seen_is_written_at_most_once_a_minute() -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        browser = _signed_in()
        assert _writes(browser) == 0
        clock.shift(60)
        assert _writes(browser) == 0
        clock.shift(1)
        assert [_writes(browser) for _ in range(3)] == [1, 0, 0]


def test_a_stranger_has_no_session(client: Client) -> None:
    client.get(reverse("home"))
    client.get(LOGIN)
    assert not Session.objects.exists()
    assert "sessionid" not in client.cookies


def test_signing_out_everywhere_ends_all_sessions_and_is_on_record() -> None:
    user = factories.user()
    here, there = Client(), Client()
    for browser in (here, there):
        sign_in(browser, user.email)
    assert here.post(reverse("end_sessions")).url == LOGIN
    assert not is_signed_in(here)
    assert not is_signed_in(there)
    sign_in(here, user.email)
    assert is_signed_in(here)
    assert not is_signed_in(there)
    with walls.system("test"):
        assert AuditEvent.objects.filter(verb="account.end_sessions", actor=user).count() == 1


def test_a_new_password_ends_the_other_sessions_and_keeps_this_one() -> None:
    user = factories.user()
    here, there = Client(), Client()
    for browser in (here, there):
        sign_in(browser, user.email)
    new = {"oldpassword": PASSWORD, "password1": "Brave-Otter-77", "password2": "Brave-Otter-77"}
    assert here.post(reverse("account_change_password"), new).status_code == 302
    assert is_signed_in(here)
    assert not is_signed_in(there)
    with walls.system("test"):
        assert AuditEvent.objects.filter(verb="account.password_changed", actor=user).exists()


def test_signing_in_changes_the_sessions_key() -> None:
    """A key that was planted before is worth nothing after."""
    browser, user = Client(), factories.user()
    session = browser.session
    session["planted"] = True
    session.save()
    planted = session.session_key
    sign_in(browser, user.email)
    assert browser.session.session_key != planted
    assert not Session.objects.filter(session_key=planted).exists()


def test_signing_out_needs_a_post_and_removes_the_session() -> None:
    browser = _signed_in()
    assert browser.get(reverse("account_logout")).status_code == 200
    assert is_signed_in(browser)
    browser.post(reverse("account_logout"))
    assert not is_signed_in(browser)
    assert not Session.objects.exists()


@pytest.mark.parametrize("https", [False, True])
def test_the_cookie_is_for_this_portal_and_the_server_only(settings: Any, https: bool) -> None:
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = (
        https  # as settings.py does where PUBLIC_URL is https
    )
    browser, user = Client(), factories.user()
    browser.get(LOGIN)
    sign_in(browser, user.email)
    for name in ("sessionid", "csrftoken"):
        cookie = browser.cookies[name]
        assert cookie["httponly"], name
        assert cookie["samesite"] == "Lax", name
        assert bool(cookie["secure"]) is https, name
    assert not browser.cookies["sessionid"]["max-age"], "it goes when the browser closes"


def test_a_hat_that_was_taken_away_is_not_worn_on(people: People, client_as: Callable[..., Client]) -> None:
    """The session names a membership; what it grants is read afresh with each request."""
    browser = client_as(people.enterprise_clerk_a)
    session = browser.session
    assert people.enterprise_admin_b.membership
    session["hat"] = people.enterprise_admin_b.membership.pk
    session.save()
    page = browser.get(reverse("home")).content.decode()
    assert "甲企业" in page
    assert "乙企业" not in page
