"""Papers: asked for once, made by the worker, verified by anybody, checked page by page, taken in packages."""

import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pikepdf
import pytest
import time_machine
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.test import Client
from django.test.utils import override_settings
from django.urls import reverse

from applications.documents import DOCUMENTS
from applications.models import Application
from applications.selectors.printing import draft_source
from applications.services import submitting
from portal import clock, tasks, walls
from portal.actors import Actor
from portal.audit import AuditEvent
from portal.errors import Denied, Hidden, Refused
from portal.models import Package, Paper
from portal.papers import Standing, page_code, read_code
from portal.selectors import checking
from portal.selectors import papers as selectors
from portal.services import packages, papers
from portal.states import PaperState
from tests import applications as made
from tests import factories, rounds
from tests.conftest import QUICK_HASHERS
from tests.factories import People
from tests.papers import Read

pytestmark = pytest.mark.django_db


@dataclass
class World:
    """One application in two versions with a book of each, and another's book."""

    people: People
    row: Application
    first: Paper
    second: Paper
    other: Paper


def _book(row: Application, version: int, actor: Actor) -> Paper:
    with walls.enter(actor):
        asked = papers.issue("book", f"{row.ref}/{version}", actor=actor)
    papers.make(asked.pk)
    with walls.system("test"):
        return Paper.objects.get(pk=asked.pk)


@pytest.fixture(scope="module")
def shared(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """Put in place once; each test is a savepoint inside."""
    quick = override_settings(PASSWORD_HASHERS=QUICK_HASHERS)
    with django_db_blocker.unblock(), quick, transaction.atomic():
        people = factories.cast()
        admin, round_ = people.enterprise_admin_a, rounds.current(people)
        row = made.submitted(people, round_=round_)
        first = _book(row, 1, admin)
        with walls.enter(admin):
            submitting.withdraw(made.fresh(row), actor=admin)
        made.save(row, "factory", {"project": "换了名称的项目"}, people.enterprise_clerk_a)
        made.submit(row, admin)
        another = made.submitted(people, round_=round_)
        yield World(people, made.fresh(row), first, _book(row, 2, admin), _book(another, 1, admin))
        transaction.set_rollback(True)


@pytest.fixture
def world(shared: World, db: None) -> World:
    """The same for each test, which leaves nothing behind."""
    cache.clear()
    return shared


def _file(paper: Paper) -> bytes:
    with default_storage.open(paper.stored) as file:
        return bytes(file.read())


# -- issuing ---------------------------------------------------------------------------------------------------------
def test_a_paper_is_made_once_for_each_version_and_dress(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    admin, key = world.people.enterprise_admin_a, f"{world.row.ref}/2"
    with walls.enter(admin):
        assert papers.issue("book", key, actor=admin).pk == world.second.pk
        assert papers.make(world.second.pk) is False, "it is made already"
        monkeypatch.setattr(papers, "revision", lambda _template: "another")
        again = papers.issue("book", key, actor=admin)
    assert again.pk != world.second.pk
    assert again.state == PaperState.MAKING
    assert again.code != world.second.code


def test_the_neighbour_the_expert_and_whoever_guesses_get_no_paper(
    world: World, client_as: Callable[[Actor], Client]
) -> None:
    page, key = reverse("paper", args=[world.second.code]), ["book", f"{world.row.ref}/2"]
    for actor in (world.people.enterprise_admin_b, world.people.city_head_b, world.people.expert):
        browser = client_as(actor)
        assert browser.get(page).status_code == 404
        assert browser.get(reverse("paper_file", args=[world.second.code])).status_code == 404
        assert browser.post(reverse("paper_issue", args=key)).status_code == 404
    city = client_as(world.people.city_reviewer_a)
    assert world.second.printed_code in city.get(page).content.decode()
    assert city.get(reverse("paper", args=[world.second.code[:-1] + "2"])).status_code == 404
    for odd in (f"{world.row.ref}/3", f"{world.row.ref}/0", f"{world.row.ref}/x", world.row.ref, "1" * 300):
        assert city.post(reverse("paper_issue", args=["book", odd])).status_code == 404


def test_a_draft_is_its_enterprises_alone_and_says_it_is_one(world: World) -> None:
    people, clerk = world.people, world.people.enterprise_clerk_a
    draft = made.begun(people, round_=world.row.round)
    with walls.enter(people.city_head_a), pytest.raises(Hidden):
        papers.issue("draft", draft.ref, actor=people.city_head_a)
    with walls.enter(clerk):
        asked = papers.issue("draft", draft.ref, actor=clerk)
        assert (asked.number, asked.version) == ("", 0)
        papers.make(asked.pk)
        row = Paper.objects.get(pk=asked.pk)
        assert papers.issue("draft", draft.ref, actor=clerk).pk == row.pk
    assert row.state == PaperState.MADE
    assert selectors.verified(row.code) is None, "nothing was issued"
    with walls.enter(people.city_head_a):
        assert not Paper.objects.filter(pk=row.pk).exists()
    made.save(draft, "factory", {"project": "另一名称"}, clerk)
    with walls.enter(clerk):
        assert papers.issue("draft", draft.ref, actor=clerk).pk != row.pk


def test_taking_a_paper_is_on_record(world: World, client_as: Callable[[Actor], Client]) -> None:
    answer = client_as(world.people.city_reviewer_a).get(reverse("paper_file", args=[world.second.code]))
    assert b"".join(answer.streaming_content) == _file(world.second)
    with walls.system("test"):
        event = AuditEvent.objects.filter(verb="paper.take").latest("at")
    assert (event.actor_id, event.subject_id) == (world.people.city_reviewer_a.person.pk, str(world.second.pk))


@pytest.mark.parametrize("kind", sorted(DOCUMENTS))
def test_every_document_comes_from_the_worker_with_its_marks_on_each_page(world: World, kind: str) -> None:
    """A new document is tried here at once: its key is that of an application's version, or the application's own."""
    form, clerk = DOCUMENTS[kind], world.people.enterprise_clerk_a
    is_draft = form.source is draft_source
    with walls.enter(clerk):
        key = made.begun(world.people, round_=world.row.round).ref if is_draft else f"{world.row.ref}/2"
        asked = papers.issue(kind, key, actor=clerk)
    papers.make(asked.pk)
    with walls.system("test"):
        row = Paper.objects.get(pk=asked.pk)
    assert row.state == PaperState.MADE, row.failure
    for number, text in enumerate(Read(_file(row)).pages, 1):
        if is_draft:
            assert "草稿" in text
            assert "核验码" not in text
        else:
            assert row.printed_code in text
            assert page_code(row.secret, number) in text
            assert f"第{number}页" in text.replace("－", "")


# -- failing ---------------------------------------------------------------------------------------------------------
def test_a_failure_is_told_and_can_be_tried_again(
    world: World, client_as: Callable[[Actor], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    clerk = world.people.enterprise_clerk_a
    draft = made.begun(world.people, round_=world.row.round)
    with walls.enter(clerk):
        asked = papers.issue("draft", draft.ref, actor=clerk)
    with monkeypatch.context() as broken:
        broken.setattr(papers, "revision", lambda _template: "x")
        broken.setattr("portal.services.papers.settings.PRESS_SECONDS", 0)
        assert papers.make(asked.pk)
    browser, page = client_as(clerk), reverse("paper", args=[asked.code])
    assert "重新生成" in browser.get(page).content.decode()
    assert client_as(world.people.enterprise_admin_b).post(reverse("paper_retry", args=[asked.code])).status_code == 404
    assert browser.get(reverse("paper_file", args=[asked.code])).status_code == 409
    browser.post(reverse("paper_retry", args=[asked.code]))
    assert "正在生成" in browser.get(page).content.decode()
    assert papers.make(asked.pk)
    assert "下载PDF" in browser.get(page).content.decode()


def test_what_a_worker_left_behind_is_taken_up_after_a_while(world: World) -> None:
    clerk = world.people.enterprise_clerk_a
    draft = made.begun(world.people, round_=world.row.round)
    with walls.enter(clerk):
        asked = papers.issue("draft", draft.ref, actor=clerk)
    with walls.system("test"):
        Paper.objects.filter(pk=asked.pk).update(begun_at=clock.now())
    assert papers.make(asked.pk) is False, "another worker is at it"
    assert asked.pk not in papers.waiting()
    with time_machine.travel(clock.now() + timedelta(minutes=6)):
        assert asked.pk in papers.waiting()
        assert papers.make(asked.pk)


def test_what_nothing_points_at_is_swept_and_nothing_else(world: World) -> None:
    stray = default_storage.save("papers/202411/stray.pdf", ContentFile(b"%PDF-"))
    with time_machine.travel(clock.now() + timedelta(days=2)):
        tasks.sweep_papers()
        tasks.sweep_papers()
    assert not default_storage.exists(stray)
    assert default_storage.exists(world.second.stored)


# -- verifying -------------------------------------------------------------------------------------------------------
def test_whoever_holds_a_copy_hears_what_it_is_worth_and_no_more(world: World) -> None:
    shown = Client().get(reverse("verify", args=[world.second.code])).content.decode()
    for said in (world.second.number, "第2版", "有效", world.second.digest, "甲企业", world.second.printed_code):
        assert said in shown
    for secret in ("换了名称的项目", world.row.ref, world.row.factory.name):
        assert secret not in shown
    assert "已被新版本取代" in Client().get(reverse("verify", args=[world.first.code])).content.decode()
    admin = world.people.enterprise_admin_a
    with walls.enter(admin):
        submitting.withdraw(made.fresh(world.row), actor=admin)
    assert "已撤回" in Client().get(reverse("verify", args=[world.second.code])).content.decode()


def test_a_code_is_read_as_people_type_it(world: World) -> None:
    code = world.second.code
    wide = "".join(chr(ord(letter) + 0xFEE0) for letter in code)
    for typed in (code.lower(), world.second.printed_code, f" {code[:4]} {code[4:]} ", wide):
        assert selectors.verified(typed), typed
    swapped = code[1] + code[0] + code[2:]
    assert read_code(swapped) is None or swapped == code
    for place in range(12):
        slip = code[:place] + ("2" if code[place] != "2" else "3") + code[place + 1 :]
        assert read_code(slip) is None, "each single slip is noticed"


def test_five_hundred_forged_codes_leak_nothing_and_are_slowed_down(world: World) -> None:
    browser, seen = Client(), set()
    for number in range(500):
        answer = browser.get(reverse("verify", args=[f"AAAA-BBBB-{number:04d}"]))
        seen.add(answer.status_code)
        assert world.second.number not in answer.content.decode()
    assert seen == {404, 429}
    assert browser.get(reverse("verify", args=[world.second.code])).status_code == 429
    with walls.system("test"):
        assert not AuditEvent.objects.filter(verb="walls.cross", data__reason__contains="核验").exists()


# -- checking --------------------------------------------------------------------------------------------------------
def _remade(content: bytes, change: Callable[[pikepdf.Pdf], None]) -> bytes:
    target = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as pdf:
        change(pdf)
        pdf.save(target)
    return target.getvalue()


def test_a_file_is_equal_older_altered_or_anothers(world: World) -> None:
    city = world.people.city_reviewer_a
    second, first, other = (_file(paper) for paper in (world.second, world.first, world.other))

    def flipped(place: int) -> bytes:
        return second[:place] + bytes([second[place] ^ 1]) + second[place + 1 :]

    def swapped(pdf: pikepdf.Pdf) -> None:
        pdf.pages[1], pdf.pages[2] = pdf.pages[2], pdf.pages[1]

    def with_page_of(content: bytes, page: int) -> Callable[[pikepdf.Pdf], None]:
        def change(pdf: pikepdf.Pdf) -> None:
            with pikepdf.open(io.BytesIO(content)) as source:
                pdf.pages[page - 1] = source.pages[page - 1]
                pdf.save(io.BytesIO())

        return change

    with walls.enter(city):
        assert checking.check_file(city, second).is_good
        older = checking.check_file(city, first)
        assert (older.is_equal, older.is_good, older.standing) == (True, False, Standing.SUPERSEDED)
        for tenth in range(1, 10):
            assert not checking.check_file(city, flipped(len(second) * tenth // 10), world.second.code).is_equal
        moved = checking.check_file(city, _remade(second, swapped))
        assert [page.number for page in moved.pages] == [2, 3]
        foreign = checking.check_file(city, _remade(second, with_page_of(other, 6)))
        assert [page.number for page in foreign.pages] == [6]
        assert world.other.number in foreign.pages[0].said
        former = checking.check_file(city, _remade(second, with_page_of(first, 6)))
        assert [page.number for page in former.pages] == [6]
        assert "是第1版的第6页" in former.pages[0].said
        with pytest.raises(Refused, match="完整的PDF"):
            checking.check_file(city, b"%PDF-1.7 nothing")
    neighbour = world.people.city_head_b
    with walls.enter(neighbour), pytest.raises(Refused, match="没有找到"):
        checking.check_file(neighbour, second)


def test_codes_from_a_paper_copy_name_the_pages(world: World) -> None:
    city, second = world.people.city_reviewer_a, world.second
    right = [page_code(second.secret, page) for page in range(1, second.pages + 1)]

    def check(*codes: str) -> checking.Checked:
        with walls.enter(city):
            return checking.check_codes(city, second.printed_code, "\n".join(codes))

    assert check(*right).is_good
    odd = [*right]
    odd[2], odd[3], odd[4] = page_code(world.first.secret, 3), "AAAAAA", right[0]
    found = check(*odd)
    assert not found.is_equal
    assert {page.number: page.said for page in found.pages if not page.is_right} == {
        3: "是第1版的第3页，不是第2版的。",
        4: "不是该文书任何一版的页，可能录入有误，也可能是被替换的页或其他文书的页。",
        5: "是本文书的第1页，位置不对。",
    }
    assert f"共{second.pages}页" in check(*right[:-1]).sentences[0]


def test_checking_is_for_officers_and_on_record(world: World, client_as: Callable[[Actor], Client]) -> None:
    page, said = reverse("paper_check"), {"code": world.second.code, "pages": "AAAAAA"}
    assert client_as(world.people.enterprise_admin_a).post(page, said).status_code == 403
    shown = client_as(world.people.city_reviewer_a).post(page, said).content.decode()
    assert "不一致" in shown
    assert client_as(world.people.city_reviewer_a).post(page, {}).status_code == 422
    neighbour = client_as(world.people.city_head_b).post(page, said)
    assert neighbour.status_code == 422
    assert world.second.number not in neighbour.content.decode()
    with walls.system("test"):
        assert AuditEvent.objects.filter(verb="paper.check", subject_id=str(world.second.pk)).exists()


# -- packages --------------------------------------------------------------------------------------------------------
def test_a_package_holds_each_book_once_with_its_digest_and_comes_in_pieces(
    world: World, client_as: Callable[[Actor], Client]
) -> None:
    head = world.people.unit_head
    with walls.enter(head):
        asked = packages.begin("books", world.row.round.ref, actor=head)
    packages.make(asked.pk)
    packages.make(asked.pk)
    browser, address = client_as(head), reverse("package_file", args=[asked.ref])
    whole = browser.get(address)
    content = b"".join(whole.streaming_content)
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        assert package.testzip() is None
        books = [name for name in package.namelist() if name.endswith(".pdf")]
        manifest = package.read("清单.csv").decode("utf-8-sig")
        assert sorted(package.read(name) for name in books) == sorted(map(_file, (world.second, world.other)))
    assert [world.second.digest in manifest, world.other.digest in manifest, world.first.digest in manifest] == [
        True, True, False,
    ]  # fmt: skip
    half = len(content) // 2
    first = browser.get(address, HTTP_RANGE=f"bytes=0-{half - 1}")
    rest = browser.get(address, HTTP_RANGE=f"bytes={half}-", HTTP_IF_RANGE=whole["ETag"])
    assert (first.status_code, rest.status_code) == (206, 206)
    assert b"".join(first.streaming_content) + b"".join(rest.streaming_content) == content
    other = browser.get(address, HTTP_RANGE="bytes=5-", HTTP_IF_RANGE='"another"')
    assert (other.status_code, b"".join(other.streaming_content)) == (200, content)
    assert browser.get(address, HTTP_RANGE=f"bytes={len(content)}-").status_code == 416
    for neighbour in (world.people.city_head_a, world.people.unit_head_hunan, world.people.expert):
        assert client_as(neighbour).get(address).status_code == 404


def test_a_package_waits_for_its_papers_and_fails_with_them(world: World) -> None:
    city = world.people.city_head_a
    made.submitted(world.people, round_=world.row.round)
    with walls.enter(city):
        asked = packages.begin("books", world.row.round.ref, actor=city)
    packages.make(asked.pk)
    with walls.system("test"):
        row = Package.objects.get(pk=asked.pk)
        assert row.state == PaperState.MAKING, "a paper is not there yet"
        waiting = Paper.objects.get(state=PaperState.MAKING, kind="book")
    papers._failed(waiting, "试")
    packages.make(asked.pk)
    with walls.enter(city):
        row = Package.objects.get(pk=asked.pk)
        assert (row.state, "生成失败" in row.failure) == (PaperState.FAILED, True)
        packages.retry(row, actor=city)
        waiting.refresh_from_db()
        assert waiting.state == PaperState.MAKING
    with walls.enter(world.people.enterprise_admin_a), pytest.raises(Denied):
        packages.begin("books", world.row.round.ref, actor=world.people.enterprise_admin_a)
    with walls.enter(city), pytest.raises(Hidden):
        packages.begin("books", "HB-1999-E-1", actor=city)
