"""An expert's pages: nothing before the declaration, nobody else's, masked where blind; kept without a script too."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications.selectors.applications import file_keys
from portal import walls
from portal.actors import Actor
from portal.models import Enterprise
from review.models import Candidate, ScoreSheet
from review.services import panels, sheets
from tests import judging
from tests.factories import People

pytestmark = pytest.mark.django_db
ClientAs = Callable[[Actor], Client]


def first_file(row: Candidate) -> int:
    with walls.system("test"):
        return min(file_keys(row.application.submissions.get(version=1).document))


def text_of(answer: Any) -> str:
    return answer.content.decode().split("<main")[1]


def test_nothing_of_the_book_is_readable_before_the_declaration(people: People, client_as: ClientAs) -> None:
    (row,) = judging.candidates(people, 1)
    who, member = judging.expert(people)
    judging.scoring(people, [(who, member)], [row])
    sheet, client = judging.sheet_of(who, row), client_as(who)
    address = reverse("sheet", args=[sheet.ref])
    assert client.get(address)["Location"] == reverse("sheet_declare", args=[sheet.ref])
    assert client.get(reverse("sheet_file", args=[sheet.ref, first_file(row)])).status_code == 404
    api = client.put(
        reverse("api_sheet", args=[sheet.ref]), {"edition": 0, "scores": {}, "opinion": ""}, "application/json"
    )
    assert (api.status_code, api.json()["reasons"]) == (409, ["请先声明有无利害关系。"])
    declared = client.post(reverse("sheet_declare", args=[sheet.ref]), {"agreed": "on"})
    assert declared["Location"] == address
    assert row.name in text_of(client.get(address))
    sent = client.get(reverse("sheet_file", args=[sheet.ref, first_file(row)]))
    assert b"".join(sent)


def test_anothers_sheet_is_not_there(people: People, client_as: ClientAs) -> None:
    (row,) = judging.candidates(people, 1)
    who, other = judging.expert(people), judging.expert(people)
    judging.scoring(people, [who, other], [row])
    sheet = judging.declared(who[0], row)
    judging.declared(other[0], row)
    client = client_as(other[0])
    for name in ("sheet", "sheet_declare", "sheet_recuse", "sheet_sign"):
        assert client.get(reverse(name, args=[sheet.ref])).status_code == 404, name
    assert client.put(reverse("api_sheet", args=[sheet.ref]), {}, "application/json").status_code == 404
    assert client.get(reverse("sheet_file", args=[sheet.ref, first_file(row)])).status_code == 404


def test_a_blind_book_names_nobody_on_any_page(people: People, client_as: ClientAs) -> None:
    (row,) = judging.candidates(people, 1)
    who, member = judging.expert(people)
    judging.scoring(people, [(who, member)], [row], is_blind=True)
    client = client_as(who)
    sheet = judging.sheet_of(who, row)
    with walls.system("test"):
        enterprise: Enterprise = row.enterprise
        factory = row.application.factory
    secret = {enterprise.name, enterprise.code, enterprise.address, factory.name, factory.address}
    before = text_of(client.get(reverse("sheet_declare", args=[sheet.ref])))
    client.post(reverse("sheet_declare", args=[sheet.ref]), {"agreed": "on"})
    after = text_of(client.get(reverse("sheet", args=[sheet.ref])))
    desk = text_of(client.get(reverse("sheets")))
    for page in (before, after, desk):
        assert not [word for word in secret if word in page]
    assert "×××" in after
    assert "无法遮蔽" in after
    assert client.get(reverse("sheet_file", args=[sheet.ref, first_file(row)])).status_code == 404


def test_a_sheet_is_kept_by_the_page_and_by_the_api(people: People, client_as: ClientAs) -> None:
    (row,) = judging.candidates(people, 1)
    who, member = judging.expert(people)
    judging.scoring(people, [(who, member)], [row])
    sheet, client = judging.declared(who, row), client_as(who)
    code = sheet.panel.round.value.criteria[0].code
    address = reverse("sheet", args=[sheet.ref])
    assert client.post(address, {"edition": "0", f"score:{code}": "12.5", "opinion": "好"}).status_code == 302
    said = {"edition": 1, "scores": {code: {"score": "13.5", "comment": ""}}, "opinion": "好"}
    kept = client.put(reverse("api_sheet", args=[sheet.ref]), said, "application/json")
    assert (kept.status_code, kept.json()["edition"], kept.json()["total"]) == (200, 2, "13.5")
    stale = client.put(reverse("api_sheet", args=[sheet.ref]), said, "application/json")
    assert (stale.status_code, stale.json()["edition"]) == (409, 2)
    sent = {name: said[name] for name in ("scores", "opinion")}
    own = client.put(reverse("api_sheet", args=[sheet.ref]), said | {"unanswered": [sent]}, "application/json")
    assert (own.status_code, own.json()["edition"]) == (200, 3)
    many = client.put(reverse("api_sheet", args=[sheet.ref]), said | {"unanswered": [sent] * 3}, "application/json")
    assert many.status_code == 400
    page = client.post(address, {"edition": "1", f"score:{code}": "19", "opinion": "我写的"})
    assert page.status_code == 409
    assert "我写的" in page.content.decode(), "what was typed is not lost"
    assert judging.fresh(sheet).scores[code]["score"] == "13.5"


def test_signing_shows_the_whole_and_takes_a_code(people: People, client_as: ClientAs) -> None:
    (row,) = judging.candidates(people, 1)
    who, member = judging.expert(people)
    judging.scoring(people, [(who, member)], [row])
    sheet, client = judging.filled(who, row), client_as(who)
    address = reverse("sheet_sign", args=[sheet.ref])
    page = text_of(client.get(address))
    assert "方案先进，成效明显。" in page
    answer = client.post(address, {"edition": str(sheet.edition), "code": "000000"})
    assert answer.status_code == 422
    assert judging.fresh(sheet).state == "open"


def test_scores_side_by_side_only_after_the_chair_has_opened(people: People, client_as: ClientAs) -> None:
    (row,) = judging.candidates(people, 1)
    chair, other = judging.expert(people), judging.expert(people)
    made = judging.scoring(people, [chair, other], [row])
    address = reverse("panel_scores", args=[made.ref])
    judging.signed(chair[0], row, "0.8")
    judging.signed(other[0], row, "0.6")
    for who in (chair, other):
        assert client_as(who[0]).get(address).status_code == 409
    with walls.enter(chair[0]):
        panels.open_up(judging.fresh(made), actor=chair[0])
    page = text_of(client_as(other[0]).get(address))
    assert "70.00" in page
    assert "20.0" in page
    stranger, _ = judging.expert(people)
    assert client_as(stranger).get(address).status_code == 404


def test_the_unit_reads_what_was_signed_and_not_what_is_being_written(people: People, client_as: ClientAs) -> None:
    (row,) = judging.candidates(people, 1)
    who, member = judging.expert(people)
    judging.scoring(people, [(who, member)], [row])
    sheet = judging.filled(who, row)
    client = client_as(people.unit_officer)
    address = reverse("sheet_signed", args=[sheet.ref])
    assert "方案先进" not in text_of(client.get(address))
    with walls.enter(who):
        sheets.sign(sheet, edition=sheet.edition, proved_by=judging.SECOND, actor=who)
    assert "方案先进" in text_of(client.get(address))


def test_the_desk_asks_as_much_for_six_sheets_as_for_one(people: People, client_as: ClientAs) -> None:
    who, member = judging.expert(people)
    client = client_as(who)

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse("sheets"))
        return len(asked)

    (first, *others) = judging.candidates(people, 6)
    with walls.system("test"):
        Candidate.objects.exclude(pk=first.pk).update(industry="C35")
    made = judging.scoring(people, [(who, member)], [first])
    queries()  # what is read once for good
    before = queries()
    with walls.system("test"):
        Candidate.objects.exclude(pk=first.pk).update(industry="C34")
    judging.assigned(people, made, seed="2")
    with walls.system("test"):
        assert ScoreSheet.objects.filter(user=who.person).count() == 1 + len(others)
    assert queries() == before
