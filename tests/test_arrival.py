"""What is sent arrives before the transaction opens, and too much of it is refused before it is read."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings as configured
from django.contrib.auth.models import AnonymousUser
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.test import Client, RequestFactory

from portal.middleware import ArrivalMiddleware
from portal.uploads import MB
from tests.factories import People
from tests.uploads import PDF
from tiers.terms import FORMATS

ADDRESS = "/api/v1/assessments/ZP-NONE/files/"


def _sent(name: str = "报告.pdf") -> HttpRequest:
    request = RequestFactory().post(ADDRESS, {"field": "x", "file": SimpleUploadedFile(name, PDF)})
    request.user = AnonymousUser()
    return request


def test_form_with_files_is_read_before_the_walls_open_the_transaction() -> None:
    order = [name.rpartition(".")[2] for name in configured.MIDDLEWARE]
    assert order.index("AuthenticationMiddleware") < order.index("ArrivalMiddleware") < order.index("WallsMiddleware")
    there = []

    def view(request: HttpRequest) -> HttpResponse:
        there.append(request._read_started)  # type: ignore[attr-defined]
        return HttpResponse(request.FILES["file"].read())

    assert ArrivalMiddleware(view)(_sent()).content == PDF
    assert there == [True]


def test_json_is_left_to_its_view() -> None:
    request = RequestFactory().post(ADDRESS, {"a": 1}, content_type="application/json")
    ArrivalMiddleware(lambda _request: HttpResponse())(request)
    assert not request._read_started


def test_visitor_who_hangs_up_breaks_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def hang_up(_request: HttpRequest) -> None:
        raise UnreadablePostError("gone")

    monkeypatch.setattr(HttpRequest, "_load_post_and_files", hang_up)
    assert ArrivalMiddleware(lambda _request: HttpResponse("on"))(_sent()).content == b"on"


def test_too_much_is_refused_in_words_to_programs_and_on_a_page(
    people: People, client_as: Callable[..., Client], settings: Any
) -> None:
    settings.MOST_SENT = len(PDF)
    client = client_as(people.enterprise_clerk_a)
    file = {"file": SimpleUploadedFile("报告.pdf", PDF)}
    answer = client.post(ADDRESS, file)
    assert answer.status_code == 413
    assert "请压缩或拆分文件" in answer.json()["reasons"][0]
    file["file"].seek(0)
    page = client.post("/", file)
    assert page.status_code == 413
    assert "内容过大" in page.content.decode()


def test_strangers_send_no_large_files(settings: Any, db: None) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    assert Client().post(ADDRESS, {"file": SimpleUploadedFile("报告.pdf", PDF)}).status_code == 413


def test_limit_leaves_room_for_the_largest_file_a_round_asks_for() -> None:
    assert "mp4" in FORMATS
    assert configured.MOST_SENT > 200 * MB + 1_000_000
