"""A small form of another year goes the whole way: written, checked, handed in, returned, compared, revised."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from applications.models import Application, Submission
from applications.selectors.pages import changes_between
from applications.selectors.papers import check, paper
from applications.services import course, takeover
from applications.services.course import Item
from portal import clock, walls
from portal.errors import Refused
from tests import applications as made
from tests import rounds
from tests.factories import People
from tiers.models import Round
from tiers.selectors.books import book_for
from tiers.services import catalogue

pytestmark = pytest.mark.django_db
BOOKS = Path(__file__).parent / "books"
LINES = {"lines[aa1]": {"name": "一号线", "story": "改造前后。\n\n- 自动上料"}}


@pytest.fixture
def books(tmp_path: Path) -> Path:
    shutil.copytree(BOOKS, tmp_path / "books")
    return tmp_path / "books"


def _load(books: Path) -> None:
    with walls.system("test"):
        catalogue.load(books=books, actor=rounds.LOADER)


@pytest.fixture
def row(people: People, books: Path) -> Application:
    """An application in a round of the tier that the small form is for, its rules being asked for nothing else."""
    _load(books)
    draft = rounds.draft(people.unit_officer, opens_on=clock.beijing(clock.now()).date() - rounds.DAY)
    with walls.system("test"):
        rules = [rule for rule in draft.terms["rule"] if rule["kind"] in {"not_central", "statement"}]
        terms = draft.terms | {"rule": rules, "attachment": []}
        Round.objects.filter(pk=draft.pk).update(tier="basic", terms=terms)
    rounds.put_in_state(draft, "accepting")
    return made.begun(people, round_=rounds.fresh(draft))


def _write(row: Application, people: People) -> None:
    clerk = people.enterprise_clerk_a
    made.save(row, "main", {"product": "阀门", "output": "５００", **LINES}, clerk)
    made.save(row, "wishes", {"wishes": "请专家诊断排产。"}, clerk)


def test_it_is_drawn_written_checked_and_handed_in(
    row: Application, people: People, client_as: Callable[..., Client]
) -> None:
    clerk = client_as(people.enterprise_clerk_a)
    with walls.system("test"):
        keys = list(row.sections.order_by("pk").values_list("key", flat=True))
    assert keys == ["screening", "main", "wishes"]
    page = clerk.get(reverse("application_section", args=[row.ref, "main"])).content.decode()
    assert "年产值" in page
    with walls.enter(people.enterprise_clerk_a):
        found = check(paper(row), clock.now())
        assert {p.key for _, problems in found.problems for p in problems} == {"product", "output", "lines", "wishes"}
    _write(row, people)
    checked = clerk.get(reverse("application_check", args=[row.ref])).content.decode()
    assert "可以提交" in checked
    first = made.submit(row, people.enterprise_admin_a)
    assert first.number.startswith("HB-")
    assert "-B-" in first.number
    assert first.document["form"]["code"] == "small"
    assert first.document["sections"]["main"]["output"] == "500"
    read = client_as(people.city_head_a).get(reverse("application", args=[row.ref])).content.decode()
    assert "自动上料" in read
    assert "500万元" in read
    receipt = clerk.get(reverse("receipt", args=[row.ref, 1]))
    assert receipt.content.startswith(b"%PDF-")


def test_it_is_returned_mended_and_compared(row: Application, people: People) -> None:
    _write(row, people)
    made.submit(row, people.enterprise_admin_a)
    with walls.enter(people.city_reviewer_a):
        items = [Item("main", "lines", "请补充改造情况")]
        course.return_for_correction(row, items=items, until=row.round.city_until, actor=people.city_reviewer_a)
    with pytest.raises(Refused, match="只开放"):
        made.save(row, "main", {"product": "水泵"}, people.enterprise_clerk_a)
    lines = {"lines[aa1]": {"name": "一号线", "story": "已补充。"}, "lines[aa2]": {"name": "二号线", "story": ""}}
    made.save(row, "main", lines, people.enterprise_clerk_a)
    again = made.submit(row, people.enterprise_admin_a)
    with walls.system("test"):
        before = Submission.objects.get(application=row, version=1)
        ((_, differences),) = changes_between(before, again)
    assert [(d.key, d.label) for d in differences] == [
        ("lines[aa1].story", "产线第1项·改造情况"),
        ("lines[aa2]", "产线第2项"),
    ]


def _revise(books: Path) -> None:
    """A second revision: one question goes, one comes."""
    path = books / "small.toml"
    text = path.read_text("utf-8").replace("revision = 1", "revision = 2")
    old = '[[section.block.field]]\ncode = "product"\nlabel = "主要产品"'
    assert old in text
    path.write_text(text.replace(old, '[[section.block.field]]\ncode = "goods"\nlabel = "主导产品"'), "utf-8")
    _load(books)


def test_a_draft_of_the_older_revision_opens_and_is_carried_over_visibly(
    row: Application, people: People, books: Path, client_as: Callable[..., Client]
) -> None:
    _write(row, people)
    _revise(books)
    clerk, page = client_as(people.enterprise_clerk_a), reverse("application", args=[row.ref])
    assert "申报书格式已更新" in clerk.get(page).content.decode()
    assert "阀门" in clerk.get(reverse("application_section", args=[row.ref, "main"])).content.decode()
    with pytest.raises(Refused, match="格式已有更新"):
        made.submit(row, people.enterprise_admin_a)
    clerk.post(reverse("application_carry_over", args=[row.ref]))
    shown = clerk.get(page).content.decode()
    assert "未能转入新格式的内容" in shown
    assert "主要产品" in shown
    assert "阀门" in shown
    moved = made.fresh(row)
    with walls.system("test"):
        said: dict[str, Any] = moved.sections.get(key="main").answers
        assert moved.book == book_for(moved.round)
    assert said == {"output": "500", **LINES}
    with walls.enter(people.enterprise_clerk_a), pytest.raises(Refused, match="已是最新格式"):
        takeover.carry_over(moved, actor=people.enterprise_clerk_a)
    made.save(moved, "main", {"goods": "阀门"}, people.enterprise_clerk_a)
    assert made.submit(moved, people.enterprise_admin_a).document["form"]["revision"] == 2


def test_what_was_handed_in_is_read_in_the_form_it_was_written_in(
    row: Application, people: People, books: Path, client_as: Callable[..., Client]
) -> None:
    _write(row, people)
    made.submit(row, people.enterprise_admin_a)
    _revise(books)
    read = client_as(people.unit_head).get(reverse("application", args=[row.ref])).content.decode()
    assert "主要产品" in read
    assert "主导产品" not in read
