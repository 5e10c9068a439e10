"""The pages of papers say what their readers act on: which file, whose marks, of which worth, and the way back."""

import hashlib
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse

from applications.services import submitting
from portal import clock, walls
from portal.actors import Actor
from portal.audit import AuditEvent
from portal.models import Paper, Stamping
from portal.papers import new_code, read_code
from portal.selectors import checking, packages
from portal.services import packages as package_services
from portal.services import papers
from portal.services import seals as services
from tests import applications as made
from tests import rounds, seals
from tests.factories import People
from tests.signing_in import enrol

pytestmark = pytest.mark.django_db


def _text(answer: Any) -> str:
    return answer.content.decode()


def _overwritten(name: str) -> None:
    with default_storage.open(name, "r+b") as file:
        file.seek(100)
        file.write(b"\0")


def _made(kind: str, key: str, actor: Actor) -> Paper:
    with walls.enter(actor):
        asked = papers.issue(kind, key, actor=actor)
    papers.make(asked.pk)
    with walls.system("test"):
        return Paper.objects.get(pk=asked.pk)


# -- a paper's own page -----------------------------------------------------------------------------------------------
def test_a_draft_was_never_taken_back_and_leads_back_to_its_check(
    people: People, client_as: Callable[[Actor], Client]
) -> None:
    clerk = people.enterprise_clerk_a
    row = made.begun(people, round_=rounds.current(people))
    shown = _text(client_as(clerk).get(reverse("paper", args=[_made("draft", row.ref, clerk).code])))
    assert "下载PDF" in shown
    assert "已撤回" not in shown
    assert reverse("application_check", args=[row.ref]) in shown


def test_a_stamped_book_tells_of_the_file_that_it_gives_and_of_its_worth(
    people: People, client_as: Callable[[Actor], Client]
) -> None:
    by = people.enterprise_admin_a
    row = made.submitted(people, round_=rounds.current(people))
    paper = _made("book", f"{row.ref}/1", by)
    browser, page = client_as(by), reverse("paper", args=[paper.code])
    stamping = reverse("paper_stamp", args=[paper.code, "enterprise"])
    assert _text(browser.get(page)).count("待盖章") == 2
    assert "确认用印" not in _text(browser.get(stamping)), "there is nothing to stamp with"
    with walls.enter(by):
        services.keep(io.BytesIO(seals.picture()), "印章.png", actor=by)
    assert "确认用印" not in _text(browser.get(stamping)), "there is nothing to prove it by"
    enrol(by.person)
    assert "确认用印" in _text(browser.get(stamping))
    with walls.enter(by):
        services.stamp(paper, "enterprise", proved_by="second_factor", actor=by)
    taken = b"".join(browser.get(reverse("paper_file", args=[paper.code])))
    shown = _text(browser.get(page))
    assert hashlib.sha256(taken).hexdigest() in shown
    assert paper.digest not in shown
    assert "印章图片" in shown
    assert reverse("submission", args=[row.ref, 1]) in shown
    assert "确认用印" not in _text(browser.get(stamping)), "it is done"
    with walls.enter(people.unit_officer), default_storage.open(paper.stored) as bare:
        lacking, whole = (checking.check_file(people.unit_officer, content) for content in (bare.read(), taken))
    assert lacking.is_equal
    assert "甲企业又在文书上用印" in "".join(lacking.sentences), "it is ours, and without the seal"
    assert len(whole.sentences) == 1
    with walls.enter(by):
        submitting.withdraw(made.fresh(row), actor=by)
    assert "请勿再用本版打印" in _text(browser.get(page))


# -- verification -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "typed", ["https://portal.example/verify/{0}/", "HTTP://PORTAL.EXAMPLE/VERIFY/{0}", "核验码：{0}", "核验码 {0}"]
)
def test_what_a_scanner_or_a_hasty_hand_puts_in_is_read(typed: str) -> None:
    code = new_code()
    assert read_code(typed.format(code)) == code


def test_the_public_finds_the_page_and_is_told_a_slip_from_a_forgery() -> None:
    page, code = reverse("verify_any"), new_code()
    assert page in _text(Client().get("/"))
    assert "没有出具过" in _text(Client().get(page, {"code": code}))
    for slip in (code[:-1], code[:6], code[1:] + code[0] * 2):
        assert "录入有误" in _text(Client().get(page, {"code": slip}))


# -- packages ---------------------------------------------------------------------------------------------------------
def test_a_package_is_listed_to_those_who_may_open_it(people: People, client_as: Callable[[Actor], Client]) -> None:
    row = made.submitted(people, round_=rounds.current(people))
    with walls.enter(people.unit_officer):
        package = package_services.begin("books", row.round.ref, actor=people.unit_officer)
    for actor, is_listed in ((people.unit_head, True), (people.unit_joint, False)):
        with walls.enter(actor):
            assert [found.ref for found in packages.packages(actor)] == ([package.ref] if is_listed else [])
    assert "您的身份没有可供打包的文书" in _text(client_as(people.unit_joint).get(reverse("packages")))


def test_one_that_bears_seals_stays_the_paper_whatever_dress_comes_into_use(people: People) -> None:
    row, admin = made.submitted(people), people.enterprise_admin_a
    with walls.system("test"):
        version = row.submissions.get(version=1)
    keys = {"unit_id": row.unit_id, "city_id": row.city_id, "enterprise_id": row.enterprise_id}
    facts = {"kind": "book", "subject": f"{row.ref}/1", "number": version.number, "source": version.digest}
    bare = seals.issued(seals.paper(keys=("enterprise",)), **facts, **keys)
    with walls.enter(admin):
        assert papers.issue("book", f"{row.ref}/1", actor=admin).pk != bare.pk, "it wears an old dress"
        Stamping.objects.create(
            paper=bare, place="enterprise", organisation="甲企业", mark="picture", has_picture=True, at=clock.now(),
            by=admin.person, before="b" * 64, after="a" * 64, stored="stampings/x.pdf", size=1, **keys,
        )  # fmt: skip
        assert papers.issue("book", f"{row.ref}/1", actor=admin).pk == bare.pk


@pytest.mark.parametrize("harm", [default_storage.delete, _overwritten])
def test_a_file_that_the_storage_lost_or_changed_is_told_and_never_given(
    harm: Callable[[str], None], people: People, client_as: Callable[[Actor], Client]
) -> None:
    by = people.enterprise_admin_a
    row = made.submitted(people, round_=rounds.current(people))
    paper = _made("book", f"{row.ref}/1", by)
    browser = client_as(by)
    assert browser.get(reverse("paper", args=[paper.code])).status_code == 200
    harm(paper.stored)
    for page in ("paper", "paper_file", "paper_seals"):
        answer = browser.get(reverse(page, args=[paper.code]))
        assert answer.status_code == 409, page
        assert "缺失或已损坏" in _text(answer), page
        assert "从备份中恢复" in _text(answer), page
    with walls.system("test"):
        told = AuditEvent.objects.filter(verb="request.refuse", data__path=reverse("paper_file", args=[paper.code]))
        assert "缺失或已损坏" in told.get().data["reasons"][0]
        assert not AuditEvent.objects.filter(verb="paper.take").exists()
