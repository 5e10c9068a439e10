"""The pages and the API of applications: what their people do, and what is answered to bad input."""

import hashlib
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications.models import Application, Attachment, LateDraft, Submission
from applications.services import course, submitting
from applications.services.course import Item
from portal import clock, walls
from portal.models import AuditEvent
from tests import applications as made
from tests import factories, rounds
from tests.factories import PASSWORD, People
from tests.rounds import MICROSECOND
from tests.uploads import PDF, PNG, picture

pytestmark = pytest.mark.django_db
ClientAs = Callable[..., Client]
MOST_QUERIES = 12


def _page(name: str, row: Application, *more: Any) -> str:
    return reverse(name, args=[row.ref, *more])


def _patch(client: Client, row: Application, key: str, answers: dict[str, Any], version: int | None = None) -> Any:
    if version is None:
        with walls.system("test"):
            version = row.sections.get(key=key).version
    address = _page("api_application_section", row, key)
    return client.patch(address, {"version": version, "answers": answers}, content_type="application/json")


# -- speed ------------------------------------------------------------------------------------------------------------
def _queries(client: Client, address: str) -> int:
    """Of the page itself and of what every page asks; what opens and closes a test's savepoints is left out."""
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    own = ("SAVEPOINT", "RELEASE", "SELECT set_config")
    return sum(not query["sql"].startswith(own) for query in queries.captured_queries)


def test_task_list_takes_few_queries_whatever_the_size_and_the_state(people: People, client_as: ClientAs) -> None:
    client, row = client_as(people.enterprise_clerk_a), made.begun(people)
    page = _page("application", row)
    client.get(page)  # what never changes is read once
    few = _queries(client, page)
    made.fill(row, people.enterprise_clerk_a)
    assert _queries(client, page) == few <= MOST_QUERIES
    made.submit(row, people.enterprise_admin_a)
    assert _queries(client, page) <= MOST_QUERIES
    _return(row, people)
    assert _queries(client, page) <= MOST_QUERIES
    made.submit(row, people.enterprise_admin_a)
    with walls.enter(people.enterprise_admin_a):
        submitting.withdraw(row, actor=people.enterprise_admin_a)
    assert _queries(client, page) <= MOST_QUERIES


def _return(row: Application, people: People) -> None:
    with walls.enter(people.city_reviewer_a):
        items = [Item("factory", "investment", "与审计报告不一致")]
        until = row.round.city_until
        course.return_for_correction(row, items=items, until=until, actor=people.city_reviewer_a)


# -- may we -----------------------------------------------------------------------------------------------------------
def test_apply_shows_the_conditions_and_begins(people: People, client_as: ClientAs) -> None:
    round_, factory = rounds.current(people), made.eligible_factory(people)
    client, page = client_as(people.enterprise_clerk_a), reverse("apply", args=[round_.ref])
    shown = client.get(page).content.decode()
    assert "近年来被评为湖北省智能制造试点示范企业" in shown
    assert "82号 二(一)7" in shown
    answer = client.post(page, {"factory": factory.ref, "rule.built": "yes", "rule.accidents.fatal": "no"})
    with walls.system("test"):
        row = Application.objects.get()
        assert row.sections.get(key="screening").answers == {"rule.built": "yes", "rule.accidents.fatal": "no"}
    assert answer["Location"] == _page("application", row)


def test_apply_with_anothers_factory_is_not_found_and_on_record(people: People, client_as: ClientAs) -> None:
    round_, other = rounds.current(people), factories.factory(people.enterprise_b)
    client = client_as(people.enterprise_clerk_a)
    page = reverse("apply", args=[round_.ref])
    assert client.get(page, {"factory": other.ref}).status_code == 404
    assert client.post(page, {"factory": other.ref}).status_code == 404
    with walls.system("test"):
        assert AuditEvent.objects.filter(verb="request.deny").count() == 2
        assert not Application.objects.exists()


def test_a_central_enterprise_is_told_of_its_groups_channel(people: People, client_as: ClientAs) -> None:
    round_ = rounds.current(people)
    page = client_as(people.enterprise_admin_group).get(reverse("apply", args=[round_.ref]))
    assert "中央企业另有申报渠道" in page.content.decode()


# -- writing through the API ------------------------------------------------------------------------------------------
def test_patch_saves_and_says_how_the_section_stands(people: People, client_as: ClientAs) -> None:
    row, client = made.begun(people), client_as(people.enterprise_clerk_a)
    answer = _patch(client, row, "factory", {"project": "𠮷甲项目", "investment": "abc"})
    assert answer.status_code == 200
    body = answer.json()
    assert [problem["key"] for problem in body["problems"]] == ["investment"]
    assert body["answered"] <= body["asked"]
    scenario = {"area": "工厂建设", "name": "数字化规划", "instance": "甲", "ai": "yes"}
    noted = _patch(client, row, "scenarios", {"scenarios[aa1]": scenario}).json()["notes"]
    assert "环节" in "".join(noted.values())


def test_patch_of_the_same_answer_by_two_is_409_with_both_texts(people: People, client_as: ClientAs) -> None:
    row = made.begun(people)
    with walls.system("test"):
        version = row.sections.get(key="factory").version
    _patch(client_as(people.enterprise_admin_a), row, "factory", {"project": "甲"}, version)
    answer = _patch(client_as(people.enterprise_clerk_a), row, "factory", {"project": "乙"}, version)
    assert answer.status_code == 409
    (conflict,) = answer.json()["conflicts"]
    assert (conflict["mine"], conflict["theirs"]) == ("乙", "甲")


def test_patch_late_is_409_and_leads_to_what_was_kept(people: People, client_as: ClientAs) -> None:
    row, client = made.begun(people), client_as(people.enterprise_clerk_a)
    with time_machine.travel(row.round.enterprise_until + MICROSECOND, tick=False):
        client = client_as(people.enterprise_clerk_a)
        answer = _patch(client, row, "factory", {"project": "迟到的项目"})
        assert answer.status_code == 409
        kept = client.get(answer.json()["late"])
    assert "迟到的项目" in kept.content.decode()
    assert kept["Content-Disposition"].startswith("attachment")
    with walls.system("test"):
        assert LateDraft.objects.count() == 1
        assert AuditEvent.objects.filter(verb="request.refuse").exists()


BAD_ANSWERS: dict[str, tuple[dict[str, Any], int]] = {
    "a field that isn't there": ({"is_recommended": "yes"}, 400),
    "a field of the table": ({"state": "submitted"}, 400),
    "a row in a field": ({"project": {"a": "b"}}, 400),
    "a number": ({"project": 7}, 400),
    "a list": ({"project": ["甲"]}, 400),
    "a choice that isn't there": ({"maturity.level": "9"}, 400),
    "NUL": ({"project": "a\0b"}, 409),
    "a control character": ({"project": "a\x1bb"}, 409),
    "half a character": ({"project": "\ud800"}, 409),
    "too long": ({"summary": "长" * 30_000}, 409),
    "too long for a line": ({"project": "长" * 600}, 409),
    "an attachment as an answer": ({"attachment.licence": "1"}, 400),
}


@pytest.mark.parametrize("name", BAD_ANSWERS)
def test_patch_of_what_the_form_can_not_hold_changes_nothing(name: str, people: People, client_as: ClientAs) -> None:
    answers, status = BAD_ANSWERS[name]
    row, client = made.begun(people), client_as(people.enterprise_clerk_a)
    answer = _patch(client, row, "factory", answers)
    assert answer.status_code == status, answer.content
    assert answer.json()["reasons"]
    with walls.system("test"):
        assert not answers.keys() & row.sections.get(key="factory").answers.keys() - {"maturity.level"}
    assert made.fresh(row).state == "draft"


@pytest.mark.parametrize("body", ['{"version": NaN, "answers": {}}', '{"version": 0, "answers": {"a": NaN}}', "[", ""])
def test_patch_of_what_is_no_json_is_400(body: str, people: People, client_as: ClientAs) -> None:
    row, client = made.begun(people), client_as(people.enterprise_clerk_a)
    address = _page("api_application_section", row, "factory")
    assert client.patch(address, body, content_type="application/json").status_code == 400


def test_patch_of_a_section_that_is_not_there_or_of_anothers_application_is_404(
    people: People, client_as: ClientAs
) -> None:
    row = made.begun(people)
    assert _patch(client_as(people.enterprise_clerk_a), row, "nothing", {}, 0).status_code == 404
    for who in (people.enterprise_admin_b, people.city_head_a, people.unit_head):
        assert _patch(client_as(who), row, "factory", {"project": "别人写的"}, 0).status_code == 404


def test_presence_names_the_others(people: People, client_as: ClientAs) -> None:
    row = made.begun(people)
    address = _page("api_presence", row, "factory")
    assert client_as(people.enterprise_clerk_a).put(address).json() == {"others": []}
    said = client_as(people.enterprise_admin_a).put(address).json()
    assert said == {"others": [people.enterprise_clerk_a.person.name]}
    page = client_as(people.enterprise_admin_a).get(_page("application", row)).content.decode()
    assert f"{people.enterprise_clerk_a.person.name}正在填写" in page


# -- files ------------------------------------------------------------------------------------------------------------
def _upload(client: Client, row: Application, field: str, name: str, content: bytes) -> Any:
    file = SimpleUploadedFile(name, content)
    return client.post(_page("api_application_files", row), {"field": field, "file": file})


def test_upload_is_kept_under_a_name_of_the_portals_own(people: People, client_as: ClientAs) -> None:
    row, client = made.begun(people), client_as(people.enterprise_clerk_a)
    answer = _upload(client, row, "attachment.licence", "../../营业执照.pdf", PDF)
    assert answer.status_code == 201
    assert answer.json()["name"] == "营业执照.pdf"
    with walls.system("test"):
        kept = Attachment.objects.get()
    assert kept.stored.startswith(f"applications/{row.enterprise_id}/")
    assert "执照" not in kept.stored
    assert made.fresh(row).progress["attachments"] == [1, 4]


@pytest.mark.parametrize(
    ("field", "name", "content", "status"),
    [
        ("attachment.licence", "a.pdf", b"MZ\x90\0" + b"\0" * 64, 409),
        ("attachment.licence", "a.zip", b"PK\3\4" + b"\0" * 64, 409),
        ("attachment.maturity", "a.png", PNG, 409),
        ("attachment.nothing", "a.pdf", PDF, 404),
        ("project", "a.pdf", PDF, 404),
        ("scenarios[aa1].text", "a.pdf", PDF, 409),
        ("scenarios[aa1].name", "a.png", PNG, 404),
    ],
    ids=["program", "archive", "wrong kind", "no such field", "no files there", "no picture", "no pictures there"],
)
def test_upload_that_does_not_fit_is_refused(
    field: str, name: str, content: bytes, status: int, people: People, client_as: ClientAs
) -> None:
    row, client = made.begun(people), client_as(people.enterprise_clerk_a)
    assert _upload(client, row, field, name, content).status_code == status
    with walls.system("test"):
        assert not Attachment.objects.exists()


def test_upload_late_is_refused(people: People, client_as: ClientAs) -> None:
    row = made.begun(people)
    with time_machine.travel(row.round.enterprise_until + MICROSECOND, tick=False):
        assert _upload(client_as(people.enterprise_clerk_a), row, "attachment.licence", "a.pdf", PDF).status_code == 409


def test_a_picture_of_a_text_goes_with_it_only_while_the_text_shows_it(people: People, client_as: ClientAs) -> None:
    row, client = made.filled(people), client_as(people.enterprise_clerk_a)
    with walls.system("test"):
        key = next(key for key in row.sections.get(key="scenarios").answers if key.startswith("scenarios["))
    shown, unseen = (
        _upload(client, row, f"{key}.text", f"{colour}.png", picture(colour=colour)).json()["id"]
        for colour in ("blue", "green")
    )
    with walls.system("test"):
        cells = row.sections.get(key="scenarios").answers[key]
    text = f"如图。\n\n![布局](图片:{shown})"
    assert _patch(client, row, "scenarios", {key: cells | {"text": text}}).json()["problems"] == []
    files = made.submit(row, people.enterprise_admin_a).document["files"]["scenarios"]
    assert [file["id"] for file in files[f"{key}.text"]] == [shown]
    page = client.get(_page("submission", row, 1)).content.decode()
    assert f'src="{_page("submitted_file", row, 1, shown)}"' in page
    assert client.get(_page("submitted_file", row, 1, unseen)).status_code == 404


# -- handing in -------------------------------------------------------------------------------------------------------
def _said(people: People, **changes: Any) -> dict[str, Any]:
    every = dict.fromkeys(made.EVERY, "on")
    name = people.enterprise_admin_a.person.name
    return {"version": "1", "name": name, "password": PASSWORD, "code": ""} | every | changes


def test_submit_by_password_shows_number_and_what_comes_next(people: People, client_as: ClientAs) -> None:
    row, client = made.filled(people), client_as(people.enterprise_admin_a)
    answer = client.post(_page("application_submit", row), _said(people))
    assert answer.status_code == 302, answer.content.decode()[:3000]
    page = client.get(answer["Location"]).content.decode()
    assert f"HB-{row.round.year}-E-0001" in page
    assert "武汉市工业和信息化主管部门" in page
    again = client.post(_page("application_submit", row), _said(people))
    assert again["Location"] == answer["Location"]
    with walls.system("test"):
        assert Submission.objects.get().document["commitment"]["proved_by"] == "password"


@pytest.mark.parametrize(
    "changes",
    [{"password": "wrong"}, {"password": ""}, {"name": "别人"}, {"truth": ""}, {"code": "000000"}, {"version": "x"}],
    ids=["wrong password", "no proof", "another name", "not agreed", "no such code", "tampered"],
)
def test_submit_without_proof_or_consent_changes_nothing(
    changes: dict[str, str], people: People, client_as: ClientAs
) -> None:
    row, client = made.filled(people), client_as(people.enterprise_admin_a)
    assert client.post(_page("application_submit", row), _said(people, **changes)).status_code == 422
    assert made.fresh(row).version == 0


def test_submit_of_another_version_than_the_next_is_refused(people: People, client_as: ClientAs) -> None:
    row, client = made.filled(people), client_as(people.enterprise_admin_a)
    answer = client.post(_page("application_submit", row), _said(people, version="7"))
    assert answer.status_code == 422
    assert made.fresh(row).version == 0


def test_a_clerk_is_led_to_the_check_where_the_administrators_are_named(people: People, client_as: ClientAs) -> None:
    row, client = made.filled(people), client_as(people.enterprise_clerk_a)
    answer = client.post(_page("application_submit", row), _said(people))
    assert answer["Location"] == _page("application_check", row)
    page = client.get(answer["Location"]).content.decode()
    assert people.enterprise_admin_a.person.name in page
    assert made.fresh(row).version == 0


def test_check_leads_from_each_sentence_to_its_field(people: People, client_as: ClientAs) -> None:
    row, client = made.filled(people), client_as(people.enterprise_clerk_a)
    made.save(row, "factory", {"project": "", "finished_on": "2020-01-01"}, people.enterprise_clerk_a)
    page = client.get(_page("application_check", row)).content.decode()
    section = _page("application_section", row, "factory")
    for field in ("project", "finished-on"):
        assert f'href="{section}#f-{field}"' in page
        assert f'id="f-{field}"' in client.get(section).content.decode()


# -- reading ----------------------------------------------------------------------------------------------------------
def test_an_officer_reads_what_was_handed_in_and_never_a_draft(people: People, client_as: ClientAs) -> None:
    row, officer = made.submitted(people), client_as(people.city_reviewer_a)
    assert f"{row.factory.name}数字化转型升级项目" in officer.get(_page("application", row)).content.decode()
    with walls.system("test"):
        assert AuditEvent.objects.filter(verb="application.read").exists()
    with walls.enter(people.enterprise_admin_a):
        submitting.withdraw(row, actor=people.enterprise_admin_a)
    assert officer.get(_page("application", row)).status_code == 404
    assert officer.get(_page("submission", row, 1)).status_code == 404


def test_the_frozen_text_gives_the_digest(people: People, client_as: ClientAs) -> None:
    row = made.submitted(people)
    answer = client_as(people.unit_head).get(_page("submission_document", row, 1))
    with walls.system("test"):
        assert hashlib.sha256(answer.content).hexdigest() == Submission.objects.get().digest


def test_a_return_is_filled_in_by_the_reviewer_and_its_changes_are_shown(people: People, client_as: ClientAs) -> None:
    row, reviewer = made.submitted(people), client_as(people.city_reviewer_a)
    with walls.system("test"):
        submitted = row.sections.get(key="factory").answers["investment"]
    page = _page("application_return", row)
    until = "2099-01-01T00:00:00"
    said = {"until": until, "reason:factory:investment": "不一致"}
    assert reviewer.post(page, said).status_code == 422  # past the next deadline
    until = row.round.city_until.astimezone(clock.BEIJING).strftime("%Y-%m-%dT%H:%M:%S")
    assert reviewer.post(page, {"until": until}).status_code == 422  # nothing named
    assert reviewer.post(page, said | {"until": until}).status_code == 302
    own = client_as(people.enterprise_clerk_a)
    shown = own.get(_page("application_section", row, "factory")).content.decode()
    assert "不一致" in shown
    assert shown.count('<fieldset class="locked" disabled>') > 5
    made.save(made.fresh(row), "factory", {"investment": "30000"}, people.enterprise_clerk_a)
    made.submit(row, people.enterprise_admin_a)
    compared = reviewer.get(_page("submission_changes", row, 2)).content.decode()
    assert "30000万元" in compared
    assert f"{submitted}万元" in compared


def test_without_script_locked_fields_stay_as_they_are(people: People, client_as: ClientAs) -> None:
    row, clerk = made.submitted(people), client_as(people.enterprise_clerk_a)
    _return(row, people)
    with walls.system("test"):
        before = row.sections.get(key="factory")
    page = _page("application_section", row, "factory")
    answer = clerk.post(page, {"version": str(before.version), "investment": "15000", "project": "偷改"})
    assert answer.status_code == 302
    with walls.system("test"):
        after = row.sections.get(key="factory").answers
    assert after == before.answers | {"investment": "15000"}
