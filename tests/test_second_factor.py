"""The second factor: who must have one, what a code is worth, what a stranger with the password gets."""

from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils.translation import gettext

from portal import walls
from portal.account_forms import USED
from portal.actors import Actor
from portal.audit import AuditEvent
from portal.models import Mail, User
from portal.roles import Role
from tests import factories
from tests.factories import People
from tests.signing_in import (
    ELSEWHERE,
    code_of,
    confirm_password,
    enrol,
    errors_of,
    give_code,
    is_signed_in,
    sign_in,
)

pytestmark = pytest.mark.django_db

NOON = "2026-03-02 04:00:00+00:00"
SET_UP, SHOW = reverse("mfa_activate_totp"), reverse("mfa_reauthenticate")
THROTTLED = "Too many failed login attempts. Try again later."
STAFF = sorted(name for name in People.__dataclass_fields__ if not name.startswith(("enterprise", "newcomer")))
# Pages of every kind; what a role may open on them does not matter here.
PAGES = [
    "home",
    "me",
    "register",
    "enterprises",
    "people",
    "accounts",
    "record",
    "account_email",
    "mfa_deactivate_totp",
]


def _refusals(user: User) -> list[dict[str, Any]]:
    with walls.system("test"):
        return list(AuditEvent.objects.filter(actor=user, outcome="refused").values_list("data", flat=True))


# -- who must have one ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", STAFF)
def test_staff_without_one_are_led_to_set_it_up_and_reach_nothing_else(people: People, name: str) -> None:
    actor: Actor = getattr(people, name)
    assert actor.user
    browser = Client()
    sign_in(browser, actor.user.email)
    for page in PAGES:
        assert browser.get(reverse(page)).url == SET_UP, page
    for act in ("account_disable", "account_enable", "account_end_sessions", "account_reset_second_factor"):
        assert browser.post(reverse(act, args=[people.newcomer.user.pk]), {"reason": "x"}).url == SET_UP, act
    assert browser.post(reverse("end_sessions")).url == SET_UP
    assert browser.get(SET_UP).status_code == 200, "the password was given a moment ago"
    people.newcomer.user.refresh_from_db()
    assert people.newcomer.user.is_active


@pytest.mark.parametrize("name", ["enterprise_admin_a", "enterprise_clerk_a", "newcomer"])
def test_an_enterprises_people_may_go_without(people: People, name: str) -> None:
    browser = Client()
    sign_in(browser, getattr(people, name).user.email)
    assert browser.get(reverse("home")).status_code == 200
    assert browser.get(reverse("me")).status_code == 200


def test_every_role_but_an_enterprises_needs_one() -> None:
    assert {role for role in Role if not role.needs_second_factor} == {Role.ENTERPRISE_ADMIN, Role.ENTERPRISE_CLERK}


def test_setting_one_up_asks_for_the_password_again_once_the_sign_in_is_five_minutes_old(
    people: People, time_machine: Any
) -> None:
    time_machine.move_to("2024-11-20T02:00:00Z", tick=False)
    browser = Client()
    sign_in(browser, people.city_head_a.user.email)
    time_machine.shift(299)
    assert browser.get(SET_UP).status_code == 200
    time_machine.shift(1)
    assert browser.get(SET_UP).url.startswith(reverse("account_reauthenticate"))
    assert confirm_password(browser, SET_UP).url == SET_UP
    assert browser.get(SET_UP).status_code == 200


def test_changing_one_asks_for_a_proof_however_fresh_the_sign_in(people: People) -> None:
    user = people.enterprise_admin_a.user
    browser = Client()
    sign_in(browser, user.email)
    enrol(user)
    assert "reauthenticate" in browser.get(reverse("mfa_deactivate_totp")).url
    assert "reauthenticate" in browser.get(reverse("mfa_generate_recovery_codes")).url


# -- setting up -----------------------------------------------------------------------------------------------------


def _set_up(browser: Client, code: Callable[[str], str]) -> Any:
    """Open the set-up page and answer with what `code` makes of the secret shown there."""
    confirm_password(browser, SET_UP)
    secret = browser.get(SET_UP).context["form"].secret
    return browser.post(SET_UP, {"code": code(secret)})


def test_the_right_code_sets_it_up_and_the_way_is_free(
    people: People, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    user = people.city_head_a.user
    assert user
    browser = Client()
    sign_in(browser, user.email)
    with django_capture_on_commit_callbacks(execute=True):
        answer = _set_up(browser, code_of)
    assert answer.url == reverse("mfa_view_recovery_codes")
    assert len(browser.get(answer.url).context["unused_codes"]) == 10
    assert browser.get(reverse("home")).status_code == 200
    assert browser.get(reverse("people")).status_code == 200
    assert Mail.objects.filter(to=user.email, body__contains="两步验证").exists()
    with walls.system("test"):
        assert AuditEvent.objects.filter(verb="account.totp_activated", subject_id=str(user.pk)).exists()


def test_a_wrong_code_sets_nothing_up(people: People) -> None:
    user = people.city_head_a.user
    assert user
    browser = Client()
    sign_in(browser, user.email)
    answer = _set_up(browser, lambda secret: "000000" if code_of(secret) != "000000" else "111111")
    assert errors_of(answer) == [gettext("Incorrect code.")]
    assert not Authenticator.objects.filter(user=user).exists()
    assert browser.get(reverse("people")).url == SET_UP


def test_a_session_opened_before_it_was_set_up_elsewhere_must_show_it(people: People) -> None:
    """Somebody with only the password, who waited for the owner to set a second factor up, gets no further."""
    user = people.city_head_a.user
    assert user
    thief = Client()
    sign_in(thief, user.email)
    assert thief.get(reverse("people")).url == SET_UP
    secret = enrol(user)
    for page in ("home", "people", "mfa_deactivate_totp", "mfa_view_recovery_codes"):
        assert thief.get(reverse(page)).url == f"{SHOW}?next={reverse(page)}", page
    assert errors_of(thief.post(SHOW, {"code": "12345x"})) == [gettext("Incorrect code.")]
    assert {"why": "second_factor"} in _refusals(user)
    assert thief.post(f"{SHOW}?next=/people/", {"code": code_of(secret), "next": "/people/"}).url == "/people/"
    assert thief.get(reverse("people")).status_code == 200


def test_who_takes_it_off_is_led_to_set_up_another_at_once(people: People) -> None:
    user = people.city_head_a.user
    assert user
    secret, browser = enrol(user), Client()
    sign_in(browser, user.email)
    give_code(browser, code_of(secret))
    assert browser.get(reverse("people")).status_code == 200
    target = reverse("mfa_deactivate_totp")
    confirm_password(browser, target)
    assert browser.post(target).status_code == 302
    assert not Authenticator.objects.filter(user=user).exists()
    assert browser.get(reverse("people")).url == SET_UP


# -- signing in with it ---------------------------------------------------------------------------------------------


@pytest.fixture
def head(people: People) -> tuple[User, str]:
    """A city's head with a second factor, and its secret."""
    user = people.city_head_a.user
    assert user
    return user, enrol(user)


def test_signing_in_asks_for_the_code(head: tuple[User, str]) -> None:
    user, secret = head
    browser = Client()
    assert sign_in(browser, user.email).url == reverse("mfa_authenticate")
    assert not is_signed_in(browser)
    assert browser.get(reverse("people")).url.startswith(reverse("account_login"))
    assert give_code(browser, code_of(secret)).url == reverse("home")
    assert browser.get(reverse("people")).status_code == 200
    with walls.system("test"):
        assert AuditEvent.objects.get(verb="session.open", actor=user).data["methods"] == ["password", "mfa"]


def test_an_enterprises_people_who_have_one_are_asked_too(people: People) -> None:
    user = people.enterprise_clerk_a.user
    assert user
    enrol(user)
    assert sign_in(Client(), user.email).url == reverse("mfa_authenticate")


def test_a_wrong_code_is_refused_and_on_record_without_the_code(head: tuple[User, str]) -> None:
    user, _ = head
    browser = Client()
    sign_in(browser, user.email)
    assert errors_of(give_code(browser, "12345x")) == [gettext("Incorrect code.")]
    assert not is_signed_in(browser)
    assert _refusals(user) == [{"why": "second_factor"}]


@pytest.mark.parametrize("again_as", ["{}", "{:.3} {:.3}", "-{}"])
def test_a_used_code_is_worth_nothing_to_the_end_of_its_tolerance(head: tuple[User, str], again_as: str) -> None:
    user, secret = head
    with time_machine.travel(NOON, tick=False) as clock:
        early = code_of(secret, periods=1)  # an authenticator that runs fast: valid for 90 s from now
        first = Client()
        sign_in(first, user.email)
        assert give_code(first, early).url == reverse("home")
        again = f"{early[:3]} {early[3:]}" if " " in again_as else again_as.format(early)
        for seconds in (1, 29, 31, 28):  # in all 89 s
            clock.shift(seconds)
            other = Client()
            sign_in(other, user.email)
            assert errors_of(give_code(other, again)) == [USED]
            assert not is_signed_in(other)


def test_a_used_code_does_not_open_a_change_of_the_second_factor(head: tuple[User, str]) -> None:
    user, secret = head
    with time_machine.travel(NOON, tick=False) as clock:
        browser = Client()
        sign_in(browser, user.email)
        code = code_of(secret)
        give_code(browser, code)
        clock.shift(31)
        assert errors_of(browser.post(SHOW, {"code": code})) == [USED]
        assert browser.post(SHOW, {"code": code_of(secret)}).status_code == 302


def test_guessing_codes_is_throttled_for_the_account_wherever_it_comes_from(head: tuple[User, str]) -> None:
    user, secret = head
    with time_machine.travel(NOON, tick=False) as clock:
        browser = Client()
        sign_in(browser, user.email)
        for number in range(5):
            assert errors_of(give_code(browser, f"00000{number}x")) == [gettext("Incorrect code.")]
        assert errors_of(give_code(browser, code_of(secret))) == [gettext(THROTTLED)]
        other = Client()
        sign_in(other, user.email, address=ELSEWHERE)
        assert errors_of(give_code(other, code_of(secret), address=ELSEWHERE)) == [gettext(THROTTLED)]
        clock.shift(301)
        sign_in(other, user.email, address=ELSEWHERE)
        assert give_code(other, code_of(secret), address=ELSEWHERE).url == reverse("home")


def test_a_recovery_code_works_once(people: People) -> None:
    user = people.city_head_a.user
    assert user
    browser = Client()
    sign_in(browser, user.email)
    _set_up(browser, code_of)
    code = Authenticator.objects.get(user=user, type="recovery_codes").wrap().get_unused_codes()[0]
    lost, thief = Client(), Client()
    sign_in(lost, user.email)
    assert give_code(lost, code).url == reverse("home")
    assert lost.get(reverse("people")).status_code == 200
    sign_in(thief, user.email)
    assert errors_of(give_code(thief, code)) == [USED]


# -- how it is kept -------------------------------------------------------------------------------------------------


def _stored() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(data::text, ' ') FROM mfa_authenticator")
        return str(cursor.fetchone()[0])


def test_secrets_lie_in_the_database_encrypted(people: People) -> None:
    user = people.city_head_a.user
    assert user
    browser, secrets = Client(), []
    sign_in(browser, user.email)
    _set_up(browser, lambda secret: (secrets.append(secret), code_of(secret))[1])  # type: ignore[func-returns-value]
    codes = Authenticator.objects.get(user=user, type="recovery_codes").wrap().get_unused_codes()
    assert secrets[0] not in _stored()
    assert not any(code in _stored() for code in codes)


def test_a_secret_is_read_under_a_former_key_and_written_under_the_new_one(
    head: tuple[User, str], settings: Any
) -> None:
    user, secret = head
    former = settings.ENCRYPTION_KEYS
    settings.ENCRYPTION_KEYS = [Fernet.generate_key().decode(), *former]
    browser = Client()
    sign_in(browser, user.email)
    assert give_code(browser, code_of(secret)).url == reverse("home")
    newer = factories.user()
    secret = enrol(newer)
    settings.ENCRYPTION_KEYS = settings.ENCRYPTION_KEYS[:1]
    sign_in(browser := Client(), newer.email)
    assert give_code(browser, code_of(secret)).url == reverse("home"), "what is written now needs the new key only"


# -- when it is lost ------------------------------------------------------------------------------------------------


@pytest.fixture
def security(people: People, client_as: Callable[..., Client]) -> Client:
    """The security administrator at work."""
    return client_as(people.security_admin)


def _act(browser: Client, act: str, user: User | None, **said: str) -> Any:
    assert user
    return browser.post(reverse(f"account_{act}", args=[user.pk]), said)


def test_reset_ends_sessions_sends_mail_and_leads_to_set_up(head: tuple[User, str], security: Client) -> None:
    user, secret = head
    browser = Client()
    sign_in(browser, user.email)
    give_code(browser, code_of(secret))
    assert _act(security, "reset_second_factor", user, reason="已视频核实本人").status_code == 302
    assert browser.get(reverse("people")).url.startswith(reverse("account_login"))
    assert "两步验证" in Mail.objects.get(to=user.email).body
    assert sign_in(browser, user.email).url == reverse("home")
    assert browser.get(reverse("home")).url == SET_UP
    with walls.system("test"):
        event = AuditEvent.objects.get(verb="account.reset_second_factor")
    assert event.data["reason"] == "已视频核实本人"


def test_disabling_ends_sessions_at_once_and_enabling_opens_again(
    people: People, security: Client, client_as: Callable[..., Client]
) -> None:
    user, browser = people.enterprise_admin_a.user, client_as(people.enterprise_admin_a)
    assert user
    assert browser.get(reverse("people")).status_code == 200
    assert _act(security, "disable", user, reason="离职").status_code == 302
    assert browser.get(reverse("people")).url.startswith(reverse("account_login"))
    sign_in(browser, user.email)
    assert not is_signed_in(browser)
    _act(security, "enable", user)
    assert browser.get(reverse("people")).url.startswith(reverse("account_login")), "old sessions stay dead"
    assert sign_in(browser, user.email).url == reverse("home")


def test_ending_sessions_signs_somebody_out_everywhere(
    people: People, security: Client, client_as: Callable[..., Client]
) -> None:
    browsers = [client_as(people.city_head_a), client_as(people.city_head_a)]
    _act(security, "end_sessions", people.city_head_a.user)
    for browser in browsers:
        assert browser.get(reverse("people")).url.startswith(reverse("account_login"))


@pytest.mark.parametrize("act", ["disable", "reset_second_factor"])
def test_a_reason_is_required(head: tuple[User, str], security: Client, act: str) -> None:
    user, _ = head
    answer = _act(security, act, user, reason="   ")
    assert answer.status_code == 422
    assert errors_of(answer)
    user.refresh_from_db()
    assert user.is_active
    assert Authenticator.objects.filter(user=user).exists()


@pytest.mark.parametrize("act", ["disable", "enable", "end_sessions", "reset_second_factor"])
def test_not_on_oneself(people: People, security: Client, act: str) -> None:
    enrol(people.security_admin.user)
    assert _act(security, act, people.security_admin.user, reason="x").status_code == 403
    assert security.get(reverse("accounts")).status_code == 200
    assert Authenticator.objects.filter(user=people.security_admin.user).exists()
