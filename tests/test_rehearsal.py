"""A rehearsal: one clock for the whole installation, a mark on everything that leaves it, and never in production."""

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone

from portal import audit, clock, rehearsal, walls
from portal.actors import Actor
from portal.errors import Refused
from portal.models import Mail, RehearsalClock
from portal.pdf import printed
from portal.services import rehearsal as services
from portal.services.mail import post
from portal.spreadsheets import workbook
from portal.views.errors import broken
from tests.factories import People
from tests.papers import Read
from tests.signing_in import is_signed_in, sign_in

EVENING = datetime(2024, 11, 22, 15, 50, tzinfo=UTC)  # 23:50 in Beijing
TOLD = "演练环境，不作为任何办理依据"
PAGE = "<html lang='zh'><head><title>表</title></head><body><p>一</p><p style='break-before: page'>二</p></body></html>"


@pytest.fixture
def rehearsed(settings: Any) -> Iterator[None]:
    """The installation is a rehearsal that begins on the last evening."""
    settings.IS_REHEARSAL, settings.REHEARSAL_FROM = True, EVENING
    rehearsal.forget()
    yield
    rehearsal.forget()


@pytest.mark.usefixtures("rehearsed", "db")
def test_the_clock_begins_where_the_settings_say_and_runs_on() -> None:
    assert abs(clock.now() - timezone.now()) < timedelta(seconds=5), "nobody has set it yet"
    services.begin()
    first = clock.now()
    assert EVENING <= first < EVENING + timedelta(seconds=5)
    services.set_clock(EVENING + timedelta(days=3), actor=Actor(system="test"))
    services.begin()
    assert clock.now() >= EVENING + timedelta(days=3), "preparing again doesn't turn it back"


@pytest.mark.usefixtures("rehearsed", "db")
def test_a_held_clock_stands_still_until_it_is_set_again() -> None:
    services.set_clock(EVENING, held=True, actor=Actor(system="test"))
    assert {clock.now() for _ in range(3)} == {EVENING}
    with walls.system("test"):
        event = audit.AuditEvent.objects.get(verb="rehearsal.set_clock")
    assert event.at == EVENING
    with clock.shifted(EVENING - timedelta(days=365)):
        assert clock.now() == EVENING - timedelta(days=365)
    assert clock.now() == EVENING


@pytest.mark.usefixtures("rehearsed")
def test_another_process_goes_by_it_without_being_told(own_database: str) -> None:
    services.set_clock(EVENING, held=True, actor=Actor(system="test"))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE portal_rehearsalclock SET shown_at = shown_at + interval '1 minute'")
    rehearsal._last.read_at -= 1  # a blink later
    assert clock.now() == EVENING + timedelta(minutes=1)


@pytest.mark.usefixtures("rehearsed")
@pytest.mark.parametrize("away", [timedelta(days=-700), timedelta(days=9)], ids=["past", "future"])
def test_whoever_signs_in_stays_signed_in_for_as_long_as_on_any_other_clock(people: People, away: timedelta) -> None:
    somebody, begins, client = people.enterprise_admin_a, timezone.now() + away, Client()
    services.set_clock(begins, held=True, actor=Actor(system="test"))
    sign_in(client, somebody.user.email)
    assert is_signed_in(client)
    call_command("clearsessions")
    assert is_signed_in(client)
    services.set_clock(begins + timedelta(hours=13), held=True, actor=Actor(system="test"))
    assert not is_signed_in(client)
    call_command("clearsessions")
    assert not Session.objects.exists()


@pytest.mark.usefixtures("rehearsed", "db")
def test_a_transaction_that_failed_still_tells_the_time() -> None:
    services.set_clock(EVENING, held=True, actor=Actor(system="test"))
    assert clock.now() == EVENING
    rehearsal._last.read_at -= 1
    with pytest.raises(IntegrityError), transaction.atomic():
        try:
            RehearsalClock.objects.create(number=2, shown_at=EVENING, set_at=EVENING)
        finally:
            transaction.set_rollback(True)
            assert clock.now() == EVENING


@pytest.mark.usefixtures("db")
def test_no_other_installation_has_a_clock_to_set() -> None:
    with pytest.raises(Refused, match="不是演练环境"):
        services.set_clock(EVENING, actor=Actor(system="test"))
    with pytest.raises(CommandError, match="不是演练环境"):
        call_command("rehearse", at="2024-11-22T23:50")
    services.begin()
    assert not RehearsalClock.objects.exists()


@pytest.mark.usefixtures("rehearsed")
def test_the_command_reads_beijing_time(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("rehearse", "--at", "2024-11-22T23:50", "--held")
    assert "2024-11-22 23:50:00" in capsys.readouterr().out
    assert clock.now() == EVENING


@pytest.mark.parametrize("path", ["/", "/accounts/login/", "/publicity/", "/no-such-page/"])
def test_every_page_says_so_and_no_page_elsewhere(client: Client, db: None, settings: Any, path: str) -> None:
    assert "演练" not in client.get(path).content.decode()
    settings.IS_REHEARSAL = True
    page = client.get(path).content.decode()
    assert "<title>【演练】" in page
    assert "办理结果和文书均不作为依据" in page


def test_the_page_of_a_fault_says_so_too(rf: Any, settings: Any) -> None:
    assert "演练" not in broken(rf.get("/")).content.decode()
    settings.IS_REHEARSAL = True
    assert "办理结果和文书均不作为依据" in broken(rf.get("/")).content.decode()


@pytest.mark.usefixtures("rehearsed", "db")
def test_mail_says_so_in_its_subject_and_first_line() -> None:
    mail = Mail.objects.get(pk=post("a@example.org", "【平台】申报已受理", "正文").pk)
    assert mail.subject == "【演练】【平台】申报已受理"
    assert mail.body.startswith(TOLD)


def test_each_page_of_a_paper_says_so(settings: Any) -> None:
    def pages() -> list[str]:
        return Read(printed(PAGE, identifier="x")).pages

    assert not any("演练" in text for text in pages())
    settings.IS_REHEARSAL = True
    said = pages()
    assert len(said) == 2
    assert all("演练不作为任何办理依据" in text for text in said)


def test_a_workbook_says_so_when_it_is_printed(settings: Any) -> None:
    def sheet() -> str:
        with zipfile.ZipFile(io.BytesIO(workbook("表", ["甲"], [["乙"]]))) as parts:
            return parts.read("xl/worksheets/sheet1.xml").decode()

    assert TOLD not in sheet()
    settings.IS_REHEARSAL = True
    assert TOLD in sheet()


def test_files_are_named_so(client_as: Callable[..., Client], people: People, settings: Any) -> None:
    def name() -> str:
        answer = client_as(people.unit_officer).get("/exports/factories.xlsx")
        assert b"".join(answer), "read to its end, which closes it"
        return unquote(answer["Content-Disposition"])

    assert "演练" not in name()
    settings.IS_REHEARSAL = True
    assert "UTF-8''【演练】智能工厂名册" in name()


def test_the_schema_of_a_dispatch_knows_the_mark() -> None:
    schema = json.loads(Path("docs/dispatch.schema.json").read_text())
    assert schema["properties"]["rehearsal"] == {"const": True}
    assert "rehearsal" not in schema["required"]
