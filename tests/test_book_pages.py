"""The page that shows a book: what will be asked, with the round's limits, before anything is written."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from tests import rounds as given
from tests.factories import People
from tests.test_books import SMALL
from tiers.services import catalogue

pytestmark = pytest.mark.django_db


def _page(client: Client, code: str = "2024", **query: str) -> str:
    answer = client.get(reverse("book", args=[code]), query)
    assert answer.status_code == 200
    return "".join(answer.content.decode().split())


def test_enterprise_sees_what_will_be_asked_with_the_rounds_limits(
    people: People, client_as: Callable[..., Client]
) -> None:
    round_, client = given.published(people), client_as(people.enterprise_clerk_a)
    page = _page(client, round=round_.ref)
    for words in (
        "一、申报单位基本信息",
        "总投资",
        "数字（万元）",
        "场景：场景描述",
        "不超过3000字，图片不超过5张",
        "PDF格式，每个文件不超过50MB，最多3个",
        "1.关键设备数控化率",
        "数控设备台数、关键设备台数",
        "未覆盖全部环节的说明",
    ):
        assert words in page, words
    assert "待核实" not in page, "doubts are for officials"
    assert "待核实" in _page(client_as(people.unit_officer), round=round_.ref)


def test_without_a_round_limits_are_said_to_be_the_rounds(people: People, client_as: Callable[..., Client]) -> None:
    page = _page(client_as(people.enterprise_clerk_a))
    assert "限制由各申报批次规定" in page
    assert "不超过3000字" not in page


def test_round_of_another_unit_another_book_and_an_absent_revision_are_hidden(
    people: People, client_as: Callable[..., Client], tmp_path: Path
) -> None:
    (tmp_path / "small.toml").write_text((SMALL / "small.toml").read_text("utf-8"), "utf-8")
    catalogue.load(books=tmp_path, actor=given.LOADER)
    draft, client = given.draft(people.unit_officer), client_as(people.enterprise_clerk_a)
    book = reverse("book", args=["2024"])
    for address, query in (
        (book, {"round": draft.ref}),
        (book, {"revision": "9"}),
        (book, {"revision": "x"}),
        (reverse("book", args=["moon"]), {}),
        (reverse("book", args=["small"]), {"round": given.published(people, batch=2).ref}),
    ):
        assert client.get(address, query).status_code == 404, (address, query)


def test_old_revision_says_so_and_leads_to_the_newest(
    people: People, client_as: Callable[..., Client], tmp_path: Path
) -> None:
    text = (SMALL / "small.toml").read_text("utf-8")
    for revision in (1, 2):
        (tmp_path / "small.toml").write_text(text.replace("revision = 1", f"revision = {revision}"), "utf-8")
        catalogue.load(books=tmp_path, actor=given.LOADER)
    client = client_as(people.expert)
    assert "旧修订" in _page(client, "small", revision="1")
    assert "旧修订" not in _page(client, "small")


def test_round_and_edition_lead_to_the_book(people: People, client_as: Callable[..., Client]) -> None:
    round_, client = given.published(people), client_as(people.enterprise_clerk_a)
    link = f"{reverse('book', args=['2024'])}?round={round_.ref}"
    assert link in client.get(reverse("round", args=[round_.ref])).content.decode()
    assert reverse("book", args=["2024"]) in client.get(reverse("edition", args=["2025"])).content.decode()
