"""Background work: the outbox, the timetable, tasks that may run twice or at once, a real worker."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest
import time_machine
from celery import current_app
from django.conf import settings as django_settings
from django.contrib.sessions.models import Session
from django.core import mail as django_mail
from django.core.cache import cache
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection
from django.test import Client
from django.utils import timezone
from django.utils.module_loading import import_string

from portal import tasks, walls
from portal.actors import Place
from portal.audit import AuditBlock
from portal.models import Heartbeat, Invitation, Mail
from portal.roles import Role
from portal.services import invitations, mail, record
from portal.services.memberships import post_at
from portal.states import InvitationState
from tests import factories
from tests.factories import People
from tests.signing_in import sign_in
from tests.test_committed import at_once

ROOT = Path(__file__).resolve().parent.parent
NOON = "2026-03-02 04:00:00+00:00"


class Unreachable(BaseEmailBackend):
    """A mail server that does not answer."""

    def send_messages(self, messages: Any) -> int:
        raise ConnectionRefusedError(111, "Connection refused")


class Slow(BaseEmailBackend):
    """A mail server that takes its time."""

    sent: ClassVar[list[Any]] = []

    def send_messages(self, messages: Any) -> int:
        time.sleep(0.3)
        self.sent.extend(messages)
        return len(messages)


# -- the outbox -----------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_mail_goes_out_once_though_its_task_runs_twice() -> None:
    row = mail.post("somebody@test.example", "主题", "正文")
    for _ in range(2):
        tasks.deliver_mail(str(row.pk))
    tasks.deliver_waiting_mail()
    (sent,) = django_mail.outbox
    assert (sent.to, sent.subject, sent.body) == (["somebody@test.example"], "主题", "正文")
    row.refresh_from_db()
    assert row.sent_at
    assert row.attempts == 1


def test_a_mail_goes_out_once_though_two_workers_take_it_at_once(own_database: str, settings: Any) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.Slow"
    Slow.sent.clear()
    row = mail.post("somebody@test.example", "主题", "正文")
    acts = [lambda: mail.deliver(row.pk), lambda: mail.deliver(row.pk), mail.deliver_waiting]
    assert sorted(at_once(*acts), key=int) == [0, 0, 1]
    assert len(Slow.sent) == 1


@pytest.mark.django_db
def test_what_was_not_announced_is_swept_up() -> None:
    """The worker was not told of these: no transaction has committed, as when Redis is away."""
    for number in range(3):
        mail.post(f"somebody{number}@test.example", "主题", "正文")
    tasks.deliver_waiting_mail()
    assert [sent.to for sent in django_mail.outbox] == [[f"somebody{n}@test.example"] for n in range(3)]


@pytest.mark.django_db
def test_a_failure_is_tried_again_ever_later_and_given_up_after_a_day(settings: Any) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.Unreachable"
    with time_machine.travel(NOON, tick=False) as clock:
        row = mail.post("somebody@test.example", "主题", "正文")
        mail.deliver_waiting()
        for attempts in range(1, mail.MOST_ATTEMPTS):
            wait = 10 * 2 ** (attempts - 1)
            clock.shift(wait - 1)
            mail.deliver_waiting()
            row.refresh_from_db()
            assert row.attempts == attempts, "not yet"
            clock.shift(1)
            mail.deliver_waiting()
            row.refresh_from_db()
            assert row.attempts == attempts + 1
        assert timedelta(hours=20) < timezone.now() - row.created_at < timedelta(hours=25)
        clock.shift(90 * 86_400)
        mail.deliver_waiting()
        row.refresh_from_db()
    assert (row.sent_at, row.attempts) == (None, mail.MOST_ATTEMPTS)
    assert "Connection refused" in row.error
    assert not mail.deliver(row.pk), "a late announcement does not start it again"


@pytest.mark.django_db
def test_a_mail_that_failed_goes_out_when_the_server_is_back(settings: Any) -> None:
    working, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, f"{__name__}.Unreachable"
    row = mail.post("somebody@test.example", "主题", "正文")
    tasks.deliver_mail(str(row.pk))
    settings.EMAIL_BACKEND = working
    with time_machine.travel(timezone.now() + timedelta(seconds=11)):
        tasks.deliver_waiting_mail()
    row.refresh_from_db()
    assert row.sent_at
    assert row.error == ""
    assert len(django_mail.outbox) == 1


@pytest.mark.django_db
def test_many_that_wait_for_their_next_try_do_not_hold_up_a_new_one() -> None:
    old = [mail.post("somebody@test.example", f"旧{n}", "正文") for n in range(mail.AT_ONCE + 1)]
    Mail.objects.filter(pk__in=[row.pk for row in old]).update(attempts=5)
    mail.post("somebody@test.example", "新", "正文")
    tasks.deliver_waiting_mail()
    assert [sent.subject for sent in django_mail.outbox] == ["新"]


@pytest.mark.django_db
@pytest.mark.parametrize(("is_demo", "kept"), [(True, "https://secret"), (False, "")])
def test_a_secret_link_is_kept_after_delivery_only_in_the_demo(settings: Any, is_demo: bool, kept: str) -> None:
    settings.IS_DEMO = is_demo
    row = mail.post("somebody@test.example", "主题", "https://secret")
    mail.deliver(row.pk)
    assert django_mail.outbox[0].body == "https://secret"
    row.refresh_from_db()
    assert row.body == kept


# -- the timetable --------------------------------------------------------------------------------------------------


def test_the_timetable_names_tasks_that_exist_and_seals_within_a_minute() -> None:
    timetable = {entry["task"]: entry["schedule"] for entry in current_app.conf.beat_schedule.values()}
    current_app.loader.import_default_modules()
    assert timetable.keys() <= current_app.tasks.keys()
    assert timetable["portal.tasks.seal_record"] <= 60
    assert timetable["portal.tasks.heartbeat"] * 3 <= 120, "one lost beat is no alarm"


def _open_invitation(people: People) -> Invitation:
    post = post_at(Role.CITY_REVIEWER, office=factories.office("武汉市经济和信息化局"))
    with walls.enter(people.city_head_a):
        return invitations.invite(people.city_head_a, email="new@test.example", name="新同事", post=post)[0]


def test_two_beats_at_once_do_no_harm(own_database: str) -> None:
    """Every task of the timetable, from two machines at the same instant, twice over."""
    people = factories.cast()
    invitation = _open_invitation(people)
    sign_in(Client(), people.newcomer.user.email)  # type: ignore[union-attr]
    cache.set("old", 1, timeout=5)
    timetable = [import_string(entry["task"]) for entry in current_app.conf.beat_schedule.values()]
    with time_machine.travel(timezone.now() + timedelta(days=8)):
        for task in [*timetable, *timetable]:
            assert at_once(task, task) == [None, None], task.name
        with walls.stand(Place(office="auditor")):
            assert record.verify().is_whole
    assert Heartbeat.objects.count() == 1
    assert not Session.objects.exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM portal_cache")
        assert cursor.fetchone() == (0,)
    with walls.system("test"):
        assert Invitation.objects.get(pk=invitation.pk).state == InvitationState.EXPIRED


# -- a real worker --------------------------------------------------------------------------------------------------


@contextmanager
def _worker(database: str, folder: Path) -> Iterator[str]:
    """`celery worker` as the portal starts it, on one test's database and a Redis database of its own; its broker."""
    config = connection.settings_dict
    host = config["HOST"].replace("/", "%2F")
    login = f"{config['USER']}:{config['PASSWORD']}".rstrip(":")
    broker = django_settings.REDIS_URL + ("?virtual_host=7" if "+socket" in django_settings.REDIS_URL else "")
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_ROLE"} | {
        "DATABASE_URL": f"postgresql://{login}@{host}{':' if config['PORT'] else ''}{config['PORT']}/{database}",
        "REDIS_URL": broker,
        "PORTAL_VAR": str(folder),
        "DJANGO_SETTINGS_MODULE": "portal.settings",
    }
    command = [sys.executable, "-W", "ignore:::celery.platforms", "-m", "celery", "--app", "portal", "--quiet"]
    command += ["worker", "--pool", "solo", "--without-gossip", "--without-mingle"]
    log = (folder / "worker.log").open("w")
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
    try:
        yield broker
    finally:
        process.terminate()
        process.wait(20)
        log.close()


def _soon(is_so: Any, log: Path) -> None:
    until = time.monotonic() + 30
    while not is_so():
        assert time.monotonic() < until, log.read_text()
        time.sleep(0.1)


def test_a_real_worker_beats_seals_and_delivers(own_database: str, tmp_path: Path) -> None:
    row = mail.post("somebody@test.example", "主题", "正文")
    with walls.system("test"):
        pass  # leaves an event to seal
    with _worker(own_database, tmp_path) as broker, current_app.connection_for_write(broker) as line:
        for name, arguments in [("heartbeat", []), ("seal_record", []), ("deliver_mail", [str(row.pk)])]:
            current_app.send_task(f"portal.tasks.{name}", args=arguments, connection=line)

        def is_done() -> bool:
            with walls.stand(Place(office="auditor")):
                sealed = AuditBlock.objects.exists()
            return sealed and Heartbeat.objects.exists() and Mail.objects.get(pk=row.pk).sent_at is not None

        _soon(is_done, tmp_path / "worker.log")
    (letter,) = (tmp_path / "mail").iterdir()
    assert "To: somebody@test.example" in letter.read_text()
    assert Heartbeat.objects.get().name == "worker"
