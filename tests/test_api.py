"""The public API: the same gates as the pages, refusals as sentences."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from portal import walls
from portal.audit import AuditEvent
from tests import factories
from tests.factories import People
from tests.uploads import PDF
from tiers.models import SelfAssessment

pytestmark = pytest.mark.django_db
GRADE, NOTE = "basic.operation.1.grade", "basic.operation.1.note"


@pytest.fixture(autouse=True)
def own_media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def row(people: People) -> SelfAssessment:
    return factories.assessment(factories.factory(people.enterprise_a), people.enterprise_clerk_a)


def _patch(client: Client, row: SelfAssessment, answers: Any, version: int = 0, key: str = "operation") -> Any:
    body = json.dumps({"version": version, "answers": answers})
    return client.patch(reverse("api_section", args=[row.ref, key]), body, content_type="application/json")


def test_saving_answers_with_version_problems_and_notes(
    row: SelfAssessment, people: People, client_as: Callable[..., Client]
) -> None:
    client = client_as(people.enterprise_clerk_a)
    answer = _patch(client, row, {GRADE: "1", NOTE: "字" * 501})
    assert answer.status_code == 200
    body = answer.json()
    assert (body["version"], body["answered"], body["others"]) == (1, 1, {})
    assert [p["key"] for p in body["problems"]] == [NOTE]
    assert "请删减1字" in body["problems"][0]["sentence"]
    figures = {"numerical_control.part": "117", "numerical_control.whole": "150"}
    assert "78.00%" in _patch(client, row, figures, key="indicators").json()["notes"]["numerical_control"]


def test_stale_version_is_409_with_both_texts_and_on_record(
    row: SelfAssessment, people: People, client_as: Callable[..., Client]
) -> None:
    assert _patch(client_as(people.enterprise_admin_a), row, {NOTE: "甲"}).status_code == 200
    answer = _patch(client_as(people.enterprise_clerk_a), row, {NOTE: "乙"})
    assert answer.status_code == 409
    (conflict,) = answer.json()["conflicts"]
    assert (conflict["mine"], conflict["theirs"], answer.json()["version"]) == ("乙", "甲", 1)
    with walls.enter(people.auditor):
        assert AuditEvent.objects.filter(verb="request.refuse", actor=people.enterprise_clerk_a.user).exists()


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("not json", 400), ("{}", 400), ('{"version": -1, "answers": {}}', 400), ('{"version": 0, "answers": []}', 400),
        ('{"version": 0, "answers": {"nothing": "x"}}', 400), (f'{{"version": 0, "answers": {{"{GRADE}": "2"}}}}', 400),
        (f'{{"version": 9, "answers": {{"{GRADE}": "1"}}}}', 409),
    ],
)  # fmt: skip
def test_what_can_not_be_saved_is_answered_with_reasons(
    body: str, status: int, row: SelfAssessment, people: People, client_as: Callable[..., Client]
) -> None:
    client = client_as(people.enterprise_clerk_a)
    answer = client.patch(reverse("api_section", args=[row.ref, "operation"]), body, content_type="application/json")
    assert answer.status_code == status
    assert all(isinstance(reason, str) and reason for reason in answer.json()["reasons"])


def test_neighbours_absent_and_forbidden_look_alike(
    row: SelfAssessment, people: People, client_as: Callable[..., Client]
) -> None:
    for name in ("enterprise_admin_b", "city_head_a", "unit_head", "auditor"):
        client = client_as(people.actors()[name])
        here, nowhere = (
            _patch(client, row, {}),
            client.patch(
                reverse("api_section", args=["ZP-NOTHING", "operation"]), "{}", content_type="application/json"
            ),
        )
        assert (here.status_code, nowhere.status_code) == (404, 404), name
        assert here.json()["reasons"] == nowhere.json()["reasons"]
    with walls.enter(people.auditor):
        assert AuditEvent.objects.filter(verb="request.deny", data__ref=row.ref).count() == 4


def test_without_sign_in_401_without_second_factor_403_without_token_403(
    row: SelfAssessment, people: People, client_as: Callable[..., Client]
) -> None:
    assert _patch(Client(), row, {}).status_code == 401
    assert "重新登录" in _patch(Client(), row, {}).json()["reasons"][0]
    half = client_as(people.city_head_a, second_factor=False)
    assert _patch(half, row, {}).status_code == 403
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = client_as(people.enterprise_clerk_a).cookies
    assert _patch(strict, row, {GRADE: "1"}).status_code == 403
    assert client_as(people.enterprise_clerk_a).get(reverse("api_section", args=[row.ref, "x"])).status_code == 405


def test_evidence_comes_and_goes(row: SelfAssessment, people: People, client_as: Callable[..., Client]) -> None:
    client = client_as(people.enterprise_clerk_a)
    where = reverse("api_files", args=[row.ref])
    file = SimpleUploadedFile("报告.pdf", PDF, "text/html")
    made = client.post(where, {"field": "basic.operation.1.files", "file": file})
    assert made.status_code == 201
    assert (made.json()["name"], made.json()["size"]) == ("报告.pdf", len(PDF))
    bad = client.post(where, {"field": "basic.operation.1.files", "file": SimpleUploadedFile("x.pdf", b"MZ")})
    assert bad.status_code == 409
    assert "不是可接受的文件" in bad.json()["reasons"][0]
    gone = reverse("api_file", args=[row.ref, made.json()["id"]])
    assert client_as(people.enterprise_admin_b).delete(gone).status_code == 404
    assert [client.delete(gone).status_code for _ in range(2)] == [204, 404]


@pytest.mark.parametrize("text", ["很长" * 30_000, "甲\0", "\ud83d"])
def test_what_cannot_be_kept_is_refused_in_chinese_by_api_and_page(
    row: SelfAssessment, people: People, client_as: Callable[..., Client], text: str
) -> None:
    client = client_as(people.enterprise_clerk_a)
    answer = _patch(client, row, {NOTE: text})
    assert answer.status_code == 409
    assert answer.json()["reasons"][0].startswith("“说明”")
    typed = {"version": "0", NOTE: text.replace("\ud83d", "\0")}
    page = client.post(reverse("section", args=[row.ref, "operation"]), typed)
    assert page.status_code == 409
    assert "“说明”" in page.content.decode()
    assert client.post(reverse("section", args=[row.ref, "operation"]), {"version": "0", GRADE: "7"}).status_code == 409
