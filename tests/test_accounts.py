"""Accounts: opening one, signing in, throttling, passwords."""

import re
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils.translation import gettext

from portal import walls
from portal.audit import AuditEvent
from portal.models import Mail, User
from tests import factories
from tests.factories import PASSWORD
from tests.signing_in import ELSEWHERE, HERE, errors_of, is_signed_in, link_in, path_in, sign_in

pytestmark = pytest.mark.django_db

NEW = {"name": "林一", "email": "Lin.Yi@Firm.Example", "password1": "Brave-Otter-77", "password2": "Brave-Otter-77"}
THROTTLED, WRONG = "Too many failed login attempts. Try again later.", "email_password_mismatch"
NOON = "2026-03-02 04:00:00+00:00"


def _sign_up(client: Client, **changes: str) -> Any:
    return client.post(reverse("account_signup"), NEW | changes)


def _record(**conditions: Any) -> list[AuditEvent]:
    with walls.system("test"):
        return list(AuditEvent.objects.filter(**conditions).order_by("id"))


# -- opening an account ---------------------------------------------------------------------------------------------


def test_newcomer_signs_up_confirms_by_mail_and_signs_in(client: Client) -> None:
    answer = _sign_up(client)
    assert answer.url == reverse("account_email_verification_sent")
    assert not is_signed_in(client)
    mail = Mail.objects.get()
    assert mail.to == "lin.yi@firm.example"
    assert "确认" in mail.subject
    link = path_in(mail)
    assert "确认邮箱" in client.get(link).content.decode()
    address = EmailAddress.objects.filter(email="lin.yi@firm.example")
    assert not address.get().verified, "looking at the link, as mail scanners do, confirms nothing"
    client.post(link)
    assert address.get().verified
    stranger = Client()
    assert sign_in(stranger, "lin.yi@firm.example", NEW["password1"]).url == reverse("home")
    assert is_signed_in(stranger)
    assert User.objects.get(email="lin.yi@firm.example").name == "林一"
    assert [event.data["by"] for event in _record(verb="account.open")] == ["signup"]


def test_a_confirmation_link_works_once(client: Client) -> None:
    _sign_up(client)
    link = path_in(Mail.objects.get())
    client.post(link)
    replay = Client().get(link)
    assert "链接已失效" in replay.content.decode() or "无法确认" in replay.content.decode()
    assert Client().get(reverse("account_confirm_email", args=["nonsense"])).status_code < 500


def test_signing_in_before_the_address_is_confirmed_is_refused(client: Client) -> None:
    _sign_up(client)
    stranger = Client()
    assert sign_in(stranger, NEW["email"], NEW["password1"]).url == reverse("account_email_verification_sent")
    assert not is_signed_in(stranger)


def test_a_taken_address_gets_the_same_answer_and_its_owner_a_mail(client: Client) -> None:
    owner = factories.user()
    fresh, taken = _sign_up(client), _sign_up(Client(), email=owner.email.upper())
    assert (fresh.status_code, fresh.url) == (taken.status_code, taken.url)
    with time_machine.travel(NOON, tick=False):
        pages = [Client().get(answer.url).content for answer in (fresh, taken)]
    tokens = re.compile(rb"[A-Za-z0-9]{64}")  # against forgery
    assert tokens.sub(b"", pages[0]) == tokens.sub(b"", pages[1])
    assert User.objects.filter(email__iexact=owner.email).count() == 1
    told = Mail.objects.get(to__iexact=owner.email)
    assert "已注册" in told.body
    owner.refresh_from_db()
    assert owner.check_password(PASSWORD), "the stranger's password is nowhere"


def test_signing_up_twice_before_confirming_makes_one_account(client: Client) -> None:
    first, second = _sign_up(client), _sign_up(Client(), email=NEW["email"].upper(), password1="Other-Otter-88")
    assert second.status_code in {200, 302}
    assert first.status_code == 302
    assert User.objects.get(email="lin.yi@firm.example").check_password(NEW["password1"])


@pytest.mark.parametrize(
    ("password", "sentence"),
    [
        ("Ab3-x", "不得少于12个字符"),
        ("password1234", "过于常见"),
        ("90817263544536", "全部为数字"),
        ("lin.yi@firm.example", "相似"),
    ],
)
def test_a_weak_password_is_refused_with_a_sentence(client: Client, password: str, sentence: str) -> None:
    answer = _sign_up(client, password1=password, password2=password)
    assert any(sentence in said for said in errors_of(answer)), errors_of(answer)
    assert not User.objects.filter(email__iexact=NEW["email"]).exists()
    assert not Mail.objects.exists()


def test_two_different_passwords_are_refused(client: Client) -> None:
    assert errors_of(_sign_up(client, password2="Brave-Otter-78"))
    assert not User.objects.filter(email__iexact=NEW["email"]).exists()


def test_nobody_is_born_with_power(client: Client) -> None:
    """No field of a form, and no attribute of an account, makes a superuser."""
    _sign_up(client, is_superuser="on", is_staff="1", role="system_admin")
    user = User.objects.get(email="lin.yi@firm.example")
    powers = (user.is_superuser, user.is_staff, user.has_perm("any"), user.has_module_perms("portal"))
    assert not any(powers)
    assert not {"is_superuser", "is_staff"} & {field.name for field in User._meta.get_fields()}
    with walls.system("test"):
        assert not user.memberships.exists()
    assert Client().get("/admin/").status_code == 404


# -- forgotten passwords --------------------------------------------------------------------------------------------


def _reset(client: Client, email: str, **more: Any) -> Any:
    return client.post(reverse("account_reset_password"), {"email": email}, **more)


def _set_new(client: Client, link: str, password: str) -> Any:
    form = client.get(link, follow=True)
    return client.post(form.request["PATH_INFO"], {"password1": password, "password2": password})


def test_a_reset_link_works_once(client: Client) -> None:
    user = factories.user()
    _reset(client, user.email.upper())
    link = path_in(Mail.objects.get(to=user.email))
    assert _set_new(client, link, "Brave-Otter-77").status_code == 302
    user.refresh_from_db()
    assert user.check_password("Brave-Otter-77")
    replay = Client().get(link, follow=True)
    assert "链接已失效" in replay.content.decode()
    assert "密码没有改变" in replay.content.decode()
    _set_new(Client(), link, "Evil-Otter-66")
    user.refresh_from_db()
    assert user.check_password("Brave-Otter-77")
    assert _record(verb="account.password_reset", subject_id=str(user.pk))


def test_a_mangled_reset_link_gives_a_clear_page(client: Client) -> None:
    for key in ("1-abc-def", "zzzzzzzzzzzzzz-set-password", "0-0-0"):
        answer = client.get(f"/accounts/password/reset/key/{key}/", follow=True)
        assert "链接已失效" in answer.content.decode(), key


def test_a_reset_for_an_unknown_address_answers_the_same_and_sends_nothing(client: Client) -> None:
    known = _reset(client, factories.user().email)
    assert Mail.objects.count() == 1
    unknown = _reset(Client(), "nobody@test.example")
    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)
    assert Mail.objects.count() == 1


def test_links_in_mail_lead_to_the_public_address_whatever_host_was_asked(client: Client, settings: Any) -> None:
    settings.PUBLIC_URL = "https://portal.example.gov.cn"
    settings.ALLOWED_HOSTS = ["*"]
    owner = factories.user()
    more = {"HTTP_HOST": "evil.example", "secure": True}
    client.post(reverse("account_signup"), NEW, **more)
    client.post(reverse("account_signup"), NEW | {"email": owner.email}, **more)
    _reset(client, owner.email, **more)
    assert Mail.objects.count() == 3
    for mail in Mail.objects.all():
        assert link_in(mail).startswith("https://portal.example.gov.cn/accounts/"), mail.subject
        assert "evil" not in mail.body + mail.subject


# -- throttling -----------------------------------------------------------------------------------------------------


def _fail(email: str, times: int, **more: Any) -> None:
    for _ in range(times):
        assert errors_of(sign_in(Client(), email, "wrong", **more)) != [gettext(THROTTLED)]


def test_five_failures_close_the_account_to_that_address_for_five_minutes() -> None:
    user, colleague = factories.user(), factories.user()
    with time_machine.travel(NOON, tick=False) as clock:
        _fail(user.email, 5)
        browser = Client()
        refused = sign_in(browser, user.email.upper())
        assert errors_of(refused) == [gettext(THROTTLED)]
        assert not is_signed_in(browser)
        assert sign_in(Client(), user.email, address=ELSEWHERE).status_code == 302, "not from another address"
        assert sign_in(Client(), colleague.email, address=HERE).status_code == 302, "not a colleague's"
        clock.shift(299)
        assert errors_of(sign_in(Client(), user.email)) == [gettext(THROTTLED)]
        clock.shift(2)
        assert sign_in(Client(), user.email).status_code == 302


def test_the_sentence_about_too_many_attempts_is_chinese() -> None:
    assert gettext(THROTTLED) != THROTTLED


def test_signing_in_does_not_count_as_a_failure_and_forgives_none() -> None:
    user = factories.user()
    _fail(user.email, 4)
    for _ in range(6):
        assert sign_in(Client(), user.email).status_code == 302
    _fail(user.email, 1)
    assert errors_of(sign_in(Client(), user.email)) == [gettext(THROTTLED)]


def test_counters_live_in_the_database(settings: Any) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    user = factories.user()
    _fail(user.email, 2)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM portal_cache WHERE cache_key LIKE '%login_failed%'")
        assert cursor.fetchone() == (1,)


def test_strangers_cannot_flush_the_counters(settings: Any) -> None:
    """Django's cache culls live entries from 300 on."""
    user = factories.user()
    _fail(user.email, 5)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO portal_cache SELECT ':1:allauth:zz:' || n, 'x', now() + interval '1 hour' "
            "FROM generate_series(1, 2000) AS n"
        )
    _fail("somebody@else.example", 1)
    assert errors_of(sign_in(Client(), user.email)) == [gettext(THROTTLED)]


def test_failures_are_on_record_with_a_masked_address_and_without_the_password() -> None:
    user = factories.user()
    sign_in(Client(), user.email, "my-real-password-elsewhere")
    sign_in(Client(), "nobody@test.example", "wrong")
    known, unknown = _record(verb="session.open", outcome="refused")
    assert known.data == {"why": "credentials", "email": f"{user.email[:2]}***@test.example"}
    assert unknown.data == {"why": "credentials", "email": "no***@test.example"}
    assert (known.address, known.actor) == (HERE, None)
    for event in (known, unknown):
        assert "my-real" not in str(vars(event))


def test_success_is_on_record_with_its_methods() -> None:
    user = factories.user()
    browser = Client()
    sign_in(browser, user.email)
    browser.post(reverse("account_logout"))
    opened, closed = _record(actor=user, verb__startswith="session.")
    assert (opened.verb, opened.data["methods"], opened.outcome) == ("session.open", ["password"], "done")
    assert closed.verb == "session.close"


# -- where signing in leads -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "target", ["//evil.example/x", "https://evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_signing_in_and_the_display_switch_lead_nowhere_else(client: Client, target: str) -> None:
    user = factories.user()
    assert sign_in(client, user.email, next=target).url == reverse("home")
    answer = Client().post(f"{reverse('account_login')}?next={target}", {"login": user.email, "password": PASSWORD})
    assert answer.url == reverse("home")
    assert client.post(reverse("display"), {"large": "1", "next": target}).url == reverse("home")
    assert "evil" not in client.post(reverse("account_logout"), {"next": target}).url


def test_signing_in_goes_on_to_the_page_that_was_asked_for(client: Client) -> None:
    asked = client.get(reverse("me"))
    assert asked.url == f"{reverse('account_login')}?next={reverse('me')}"
    assert sign_in(client, factories.user().email, next=reverse("me")).url == reverse("me")


def test_a_shut_account_does_not_get_in_and_the_attempt_is_on_record(client: Client) -> None:
    user = factories.user()
    User.objects.filter(pk=user.pk).update(is_active=False)
    answer = sign_in(client, user.email)
    assert "停用" in client.get(answer.url).content.decode()
    assert not is_signed_in(client)
    assert [event.data for event in _record(verb="session.open", actor=user)] == [{"why": "disabled"}]
    _reset(client, user.email)
    assert not Mail.objects.filter(to=user.email).exists()
