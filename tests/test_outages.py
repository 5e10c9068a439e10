"""When something the portal stands on is away: Redis, the database, migrations, the worker; and who is asking."""

import logging
import re
import socket
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from celery import current_app
from django.core import mail as django_mail
from django.db import close_old_connections, connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from portal import tasks, walls
from portal.audit import AuditEvent
from portal.models import Mail, Registration
from portal.services import worker
from tests import applications, factories
from tests.signing_in import HERE, errors_of, sign_in
from tests.test_committed import at_once

THROTTLED = "Too many failed login attempts. Try again later."
NEW = {"name": "林一", "email": "lin@firm.example", "password1": "Brave-Otter-77", "password2": "Brave-Otter-77"}


def _ready(client: Client) -> tuple[int, str, dict[str, str]]:
    answer = client.get("/readyz")
    said = answer.json()
    return answer.status_code, said["status"], said["checks"]


# -- Redis ----------------------------------------------------------------------------------------------------------


@pytest.fixture(params=["refuses", "is silent"])
def no_redis(request: pytest.FixtureRequest, settings: Any) -> Iterator[None]:
    """Redis refuses connections, or takes them and never says a word."""
    conf, former = current_app.conf, current_app.conf.broker_url
    with socket.socket() as port:
        port.bind(("127.0.0.1", 0))
        if request.param == "is silent":
            port.listen(100)
        settings.REDIS_URL = f"redis://127.0.0.1:{port.getsockname()[1]}/0"
        _use_broker(settings.REDIS_URL)
        yield
    _use_broker(former)
    assert conf.broker_url == former


def _use_broker(url: str) -> None:
    current_app.conf.broker_url = current_app.conf.broker_write_url = url
    current_app._pool = current_app.amqp._producer_pool = None
    worker._quiet_until = 0.0


class Stopwatch:
    """A browser that remembers its slowest page."""

    def __init__(self) -> None:
        self.browser, self.slowest = Client(), 0.0

    def __call__(self, page: str, said: dict[str, Any] | None = None) -> Any:
        """Open a page, or send its form."""
        began = time.monotonic()
        answer = self.browser.get(reverse(page)) if said is None else self.browser.post(reverse(page), said)
        self.slowest = max(self.slowest, time.monotonic() - began)
        return answer


def test_pages_and_services_work_without_redis_and_mail_waits(own_database: str, no_redis: None) -> None:
    people, act = factories.cast(), Stopwatch()
    somebody, head = people.newcomer.user, people.enterprise_admin_a.user
    assert somebody
    assert head
    assert act("home").status_code == 200
    assert act("account_signup", NEW).status_code == 302
    for _ in range(5):
        sign_in(Client(), somebody.email, "wrong", address="127.0.0.1")
    said = {"login": somebody.email, "password": factories.PASSWORD}
    assert errors_of(act("account_login", said)) == [gettext(THROTTLED)]
    assert sign_in(act.browser, somebody.email).url == reverse("home"), "from another address"
    facts = factories.facts(code=people.enterprise_a.code, is_above_scale="yes")  # its head is told by mail
    answer = act("register", {name: getattr(value, "pk", value) for name, value in facts.items() if value})
    assert answer.status_code == 302, errors_of(answer)
    with walls.system("test"):
        assert Registration.objects.filter(user=somebody).exists()
    act.browser.post(reverse("account_logout"))
    sign_in(act.browser, head.email)
    invitation = {"name": "新同事", "email": "new@firm.example", "role": "enterprise_clerk"}
    assert act("invite", invitation).status_code == 302
    assert act.slowest < 4.5, "seconds"
    waiting = Mail.objects.filter(sent_at=None).values_list("to", flat=True)
    assert sorted(waiting) == sorted(["lin@firm.example", head.email, "new@firm.example"])
    tasks.deliver_waiting_mail()
    assert len(django_mail.outbox) == 3


def test_an_application_is_handed_in_without_redis_and_its_mail_waits(own_database: str, no_redis: None) -> None:
    people = factories.cast()
    row = applications.filled(people)
    with walls.system("test"):
        Mail.objects.all().delete()
    assert applications.submit(row, people.enterprise_admin_a).number
    waiting = Mail.objects.filter(subject__contains="申报已提交")
    assert [mail.sent_at for mail in waiting] == [None, None]


@pytest.mark.django_db
def test_readyz_is_degraded_without_redis(client: Client, no_redis: None) -> None:
    tasks.heartbeat()
    status, word, checks = _ready(client)
    assert (status, word) == (200, "degraded")
    assert checks == {"database": "ok", "redis": "unreachable", "migrations": "ok", "worker": "ok"}


# -- database -------------------------------------------------------------------------------------------------------


@pytest.fixture
def no_database(own_database: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """PostgreSQL does not answer."""
    connection.close()
    with monkeypatch.context() as patch:
        patch.setitem(connection.settings_dict, "HOST", "127.0.0.1")
        patch.setitem(connection.settings_dict, "PORT", "1")
        yield
        connection.close()


def test_without_the_database_probes_and_pages_say_so(no_database: None) -> None:
    client = Client(raise_request_exception=False)
    assert client.get("/healthz").content == b"ok"
    status, word, checks = _ready(client)
    assert (status, word) == (503, "unavailable")
    assert checks["database"] == "unreachable"
    client.cookies["sessionid"] = "x" * 32
    for browser in (client, Client(raise_request_exception=False)):
        for page in (reverse("home"), reverse("account_login"), reverse("me")):
            answer = browser.get(page)
            text = answer.content.decode()
            assert answer.status_code == 503, page
            assert re.search(r"[0-9a-f]{12}", text), "the number to give when one calls"
            assert answer["X-Request-ID"] in text
            for word in ("Traceback", "psycopg2", "127.0.0.1", "OperationalError"):
                assert word not in text, page


def test_when_the_database_is_back_so_are_the_pages(own_database: str) -> None:
    client = Client(raise_request_exception=False)
    config, port = connection.settings_dict, connection.settings_dict["PORT"]
    host = config["HOST"]
    connection.close()
    config["HOST"], config["PORT"] = "127.0.0.1", "1"
    try:
        assert client.get(reverse("home")).status_code == 503
    finally:
        config["HOST"], config["PORT"] = host, port
    assert client.get(reverse("home")).status_code == 200


def test_a_connection_that_broke_is_replaced_at_the_next_request(own_database: str) -> None:
    """PostgreSQL was started anew while the portal ran."""
    client = Client()
    assert client.get(reverse("home")).status_code == 200
    pid = connection.connection.info.backend_pid

    def end_it() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s)", [pid])

    at_once(end_it)
    close_old_connections()  # Django does so before a request; the test client does not
    assert client.get(reverse("home")).status_code == 200
    assert connection.connection.info.backend_pid != pid


def test_readyz_is_down_while_a_migration_is_missing(own_database: str, owner_cursor: Any) -> None:
    owner_cursor.execute("DELETE FROM django_migrations WHERE app = 'portal' AND name LIKE '0002%'")
    status, word, checks = _ready(Client())
    assert (status, word) == (503, "unavailable")
    assert checks["migrations"] != "ok"


# -- the worker -----------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_readyz_tells_whether_the_worker_lives(client: Client) -> None:
    status, word, checks = _ready(client)
    assert (status, word, checks["worker"]) == (200, "degraded", "never seen")
    tasks.heartbeat()
    assert _ready(client)[:2] == (200, "ok")
    with time_machine.travel(timezone.now() + timedelta(seconds=121)):
        status, word, checks = _ready(client)
    assert (status, word) == (200, "degraded")
    assert checks["worker"].startswith("last seen 12")


@pytest.mark.django_db
def test_probes_tell_nothing_that_helps_a_stranger(client: Client) -> None:
    for path in ("/healthz", "/readyz"):
        text = client.get(path).content.decode()
        assert "postgres" not in text
        assert "sock" not in text


# -- who is asking --------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_request_has_one_number_in_answer_log_and_record(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    user = factories.user()
    with caplog.at_level(logging.INFO, "portal.request"):
        answer = sign_in(client, user.email)
    number = answer["X-Request-ID"]
    (line,) = [entry.msg for entry in caplog.records if entry.name == "portal.request"]
    assert (line["request_id"], line["path"], line["status"]) == (number, reverse("account_login"), 302)
    assert factories.PASSWORD not in caplog.text
    with walls.system("test"):
        assert AuditEvent.objects.get(verb="session.open", actor=user).request_id == number


def _recorded_address(**headers: Any) -> str | None:
    user = factories.user()
    said = {"login": user.email, "password": factories.PASSWORD}
    Client().post(reverse("account_login"), said, **headers)
    with walls.system("test"):
        return AuditEvent.objects.get(verb="session.open", actor=user).address


@pytest.mark.django_db
def test_without_proxies_what_a_visitor_says_about_their_address_counts_for_nothing() -> None:
    assert _recorded_address(REMOTE_ADDR=HERE, HTTP_X_FORWARDED_FOR="6.6.6.6") == HERE


@pytest.mark.django_db
def test_behind_a_proxy_the_address_is_the_one_the_proxy_saw(settings: Any) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    proxy = {"REMOTE_ADDR": "127.0.0.1"}
    assert _recorded_address(**proxy, HTTP_X_FORWARDED_FOR="203.0.113.9") == "203.0.113.9"
    assert _recorded_address(**proxy, HTTP_X_FORWARDED_FOR="6.6.6.6, 7.7.7.7, 203.0.113.9") == "203.0.113.9"
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 2
    assert _recorded_address(**proxy, HTTP_X_FORWARDED_FOR="6.6.6.6, 203.0.113.9, 10.0.0.2") == "203.0.113.9"


@pytest.mark.django_db
def test_a_longer_chain_every_time_does_not_get_round_the_throttle(settings: Any) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    user, said = factories.user(), ""
    for number in range(5):
        said = f"6.6.6.{number}, {said}" if said else f"6.6.6.{number}"
        sign = {"HTTP_X_FORWARDED_FOR": f"{said}, 203.0.113.9", "REMOTE_ADDR": "127.0.0.1"}
        Client().post(reverse("account_login"), {"login": user.email, "password": "wrong"}, **sign)
    sign["HTTP_X_FORWARDED_FOR"] = "9.9.9.9, 203.0.113.9"
    answer = Client().post(reverse("account_login"), {"login": user.email, "password": factories.PASSWORD}, **sign)
    assert errors_of(answer) == [gettext(THROTTLED)]


@pytest.mark.django_db
@pytest.mark.parametrize("said", ["nonsense", "", "1.2.3.4:80", "<script>", "999.1.1.1"])
def test_a_malformed_chain_breaks_nothing(client: Client, settings: Any, said: str) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    answer = client.get(reverse("account_login"), HTTP_X_FORWARDED_FOR=said)
    assert answer.status_code == 200
    user = {"login": "a@test.example", "password": "wrong"}
    assert client.post(reverse("account_login"), user, HTTP_X_FORWARDED_FOR=said).status_code in {200, 403}
