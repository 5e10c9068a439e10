"""What goes to the ministry: once, frozen, by its schema; seen by nobody before; checked, received, supplemented."""

import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import jsonschema
import openpyxl
import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from django.http import FileResponse
from django.test import Client
from django.urls import reverse

from portal import clock, walls
from portal.actors import Actor
from portal.audit import AuditEvent
from portal.errors import Denied, Hidden, Refused
from portal.models import Notice
from portal.services import papers
from review.models import Candidate, Dispatch, UnitList
from review.selectors import dispatches as selectors
from review.selectors.dispatches import batches, checks, digest_of, dispatch_for, entries, survey
from review.selectors.home import waiting
from review.services import dispatches as services
from review.states import DispatchState, UnitListState
from tests import applications as applying
from tests import publicities as made
from tests import reviews, rounds
from tests.factories import People
from tests.rounds import DAY
from tiers.services.recommendations import recommend
from tiers.states import RoundState

pytestmark = pytest.mark.django_db
ClientAs = Callable[..., Client]
SCHEMA = json.loads((Path(__file__).parent.parent / "docs" / "dispatch.schema.json").read_text("utf-8"))
# What a unit keeps to itself, whatever it sends.
INNER = (
    "review_candidate", "review_unitlist", "review_unitissue", "review_choice", "review_objection", "review_citylist",
    "review_listentry", "review_firstreview", "review_finding", "tiers_recommendation", "applications_application",
    "applications_submission", "review_asked", "review_objectionnotice",
)  # fmt: skip


def test_what_is_sent_follows_the_schema_and_its_digest(people: People) -> None:
    round_ = made.judged(people, days=0, count=2)
    made.recommended(people, round_, outside=True)
    row = made.sent(people, round_)
    document = json.loads(json.dumps(row.document))
    jsonschema.validate(document, SCHEMA)
    assert [len(document["entries"]), len(document["direct"])] == [2, 1]
    assert digest_of(document) == row.digest
    assert row.ref == f"{round_.ref}-S1"
    assert rounds.fresh(round_).state == RoundState.REPORTING
    with walls.enter(people.ministry):
        assert Notice.objects.filter(user=people.ministry.user, text__contains=row.ref).count() == 1


def test_sending_twice_is_once(people: People) -> None:
    round_ = made.judged(people, days=0)
    issue = made.issued(people, round_)
    with walls.enter(people.unit_head):
        first = services.send(issue.unit_list, issue, actor=people.unit_head)
        again = services.send(issue.unit_list, issue, actor=people.unit_head)
    assert first.pk == again.pk
    with walls.system("test"):
        assert Dispatch.objects.count() == 1
        assert AuditEvent.objects.filter(verb="dispatch.send").count() == 1
    other = made.issued(people, round_)
    with walls.enter(people.unit_head), pytest.raises(Refused, match="要求补正后才能再次上报"):
        services.send(other.unit_list, other, actor=people.unit_head)


def test_what_the_ministry_has_to_do_stands_on_its_home_page(people: People) -> None:
    def to_do() -> dict[str, int]:
        with walls.enter(people.ministry):
            return {one.label: one.count for one in waiting(people.ministry) if one.count}

    assert to_do() == {}
    row = made.sent(people, made.judged(people, days=0))
    assert to_do() == {"份上报件待接收": 1}
    with walls.enter(people.ministry):
        services.receive(row, actor=people.ministry)
    assert to_do() == {"份上报件待公布结果": 1}


def test_the_ministrys_page_opens_at_the_batch_that_lies_before_it(people: People) -> None:
    made.sent(people, made.judged(people, days=0))
    rounds.current(people, batch=9)
    with walls.enter(people.ministry):
        found = batches()
        assert [batch.number for batch in found] == [9, 1]
        opened = selectors.foremost(found)
    assert opened is not None
    assert opened.number == 1


def test_only_the_units_head_sends_and_not_before_publicity_is_over(people: People) -> None:
    round_ = made.judged(people)
    issue = made.issued(people, round_)
    for actor in (people.unit_officer, people.unit_head_hunan, people.ministry, people.city_head_a):
        with walls.enter(actor), pytest.raises(Denied):
            services.send(issue.unit_list, issue, actor=actor)
    with walls.enter(people.unit_head), pytest.raises(Refused, match="公示"):
        services.send(issue.unit_list, issue, actor=people.unit_head)
    with walls.system("test"):
        assert not Dispatch.objects.exists()


def test_the_ministry_sees_nothing_before_and_only_what_was_sent_after(people: People) -> None:
    round_ = made.judged(people, days=0)

    def seen() -> dict[str, int]:
        with walls.enter(people.ministry), connection.cursor() as cursor:
            found = {}
            for table in (*INNER, "review_dispatch"):
                cursor.execute(f"SELECT count(*) FROM {table}")
                found[table] = cursor.fetchone()[0]
            return found

    assert set(seen().values()) == {0}
    with walls.enter(people.ministry):
        (line,) = [one for one in survey(batches()[0]) if one.unit.code == "HB"]
        assert (line.used, line.state) == (None, "未上报")
    row = made.sent(people, round_)
    assert seen() == dict.fromkeys(INNER, 0) | {"review_dispatch": 1}
    with walls.enter(people.ministry):
        assert dispatch_for(people.ministry, row.ref).pk == row.pk
        (line,) = [one for one in survey(batches()[0]) if one.unit.code == "HB"]
        assert (line.used, line.state) == (2, "已上报")
    for actor in (people.unit_head_hunan, people.group_head, people.city_head_a, people.enterprise_admin_a):
        with walls.enter(actor):
            assert not Dispatch.objects.exists()
            with pytest.raises(Hidden):
                dispatch_for(actor, row.ref)


def test_what_was_sent_never_changes(people: People) -> None:
    row = made.sent(people, made.judged(people, days=0))
    with walls.system("test"):
        for change in ({"document": {}}, {"digest": "0" * 64}, {"version": 7}, {"sent_at": clock.now()}):
            with pytest.raises(DatabaseError), transaction.atomic():
                Dispatch.objects.filter(pk=row.pk).update(**change)
        with pytest.raises(DatabaseError), transaction.atomic():
            Dispatch.objects.filter(pk=row.pk).delete()


def test_late_units_are_shown(people: People) -> None:
    round_ = made.judged(people, days=0)
    with walls.system("test"):
        type(round_).objects.filter(pk=round_.pk).update(
            enterprise_until=clock.now() - 3 * DAY, city_until=clock.now() - 2 * DAY, unit_until=clock.now() - DAY
        )
    with walls.enter(people.ministry):
        (line,) = [one for one in survey(batches()[0]) if one.unit.code == "HB"]
        assert (line.is_late, line.state) == (True, "逾期未上报")


# -- supplements -------------------------------------------------------------------------------------------------------
def test_a_supplement_is_a_new_version_in_the_formers_place(people: People) -> None:
    round_ = made.judged(people, days=0)
    row = made.received(people, round_)
    due = clock.now() + DAY
    with walls.enter(people.ministry):
        with pytest.raises(Refused, match="没有第9项"):
            services.ask(row, [{"position": 9, "text": "某"}], due_at=due, actor=people.ministry)
        with pytest.raises(Refused, match="须晚于"):
            services.ask(row, [{"position": 1, "text": "某"}], due_at=clock.now() - DAY, actor=people.ministry)
        row = services.ask(row, [{"position": 1, "text": "请补充成熟度报告。"}], due_at=due, actor=people.ministry)
    assert row.state == DispatchState.SUPPLEMENTING
    with walls.enter(people.unit_head):
        listed = UnitList.objects.get(round=round_)
        assert (listed.state, listed.returned_for) == (UnitListState.RETURNED, "请补充成熟度报告。")
        assert Notice.objects.filter(user=people.unit_head.user, text__contains="请补充成熟度报告").exists()
    again = made.sent(people, rounds.fresh(round_))
    assert (again.version, again.ref) == (2, f"{round_.ref}-S2")
    with walls.enter(people.ministry):
        assert dispatch_for(people.ministry, row.ref).state == DispatchState.SUPERSEDED
        current = selectors.current(round_)
        assert current
        assert current.pk == again.pk
    assert rounds.fresh(round_).state == RoundState.REPORTING


# -- checks ------------------------------------------------------------------------------------------------------------
def test_checks_point_out_doubles_over_units_and_a_quota_that_is_passed(people: People) -> None:
    one = made.judged(people, days=0, count=2)
    mine = made.sent(people, one)
    with walls.enter(people.ministry):
        found = {check.label: check for check in checks(dispatch_for(people.ministry, mine.ref))}
        assert not found["重复推荐"].is_met, "one enterprise, two factories"
        assert found["内容摘要"].is_met
        assert found["推荐名额"].is_met
        assert found["限制申报"].is_met
    with walls.system("test"):
        row = Dispatch.objects.select_related("round").get(pk=mine.pk)
        row.document["round"]["quota"] = 1
        spoiled = {check.label: check.is_met for check in checks(row)}
        assert not spoiled["推荐名额"]
        assert not spoiled["内容摘要"], "what doesn't fit its digest is told"


def test_a_group_without_cities_goes_all_the_way(people: People) -> None:
    """中央企业集团: no city, its own quota of 5 (399号 二(二)2)."""
    officer, head = people.group_officer, people.group_head
    today = clock.beijing(clock.now()).date()
    round_ = rounds.draft(officer, "2024-excellent-group", opens_on=today, year=today.year)
    rounds.put_in_state(round_, "expert_review")
    round_ = rounds.fresh(round_)
    assert (round_.quota, round_.city_until) == (5, None)
    rows = [made.candidate(people, round_, enterprise=people.enterprise_group) for _ in range(6)]
    with walls.enter(officer):
        for row in rows[:5]:
            recommend(round_, row.application.factory, actor=officer)
        with pytest.raises(Refused, match="名额已满"):
            recommend(round_, rows[5].application.factory, actor=officer)
    sent = made.sent(people, round_, by=head)
    assert sent.document["unit"]["kind"] == "central_group"
    jsonschema.validate(json.loads(json.dumps(sent.document)), SCHEMA)
    with walls.enter(people.ministry):
        (line,) = [one for one in survey(batches()[0]) if one.unit.code == "TESTG"]
        assert line.used == 5
    with walls.enter(people.unit_head):
        assert not Dispatch.objects.exists(), "the province doesn't see the group's"


# -- the package -------------------------------------------------------------------------------------------------------
def _sent_for_real(people: People) -> Dispatch:
    """One whose entry is an application that was handed in, with its book made."""
    round_ = rounds.current(people)
    first = applying.submitted(people, round_=round_)
    row = reviews.copied(first, people)
    rounds.put_in_state(round_, "expert_review")
    with walls.system("test"):
        submission = row.submissions.get(version=1)
        keys = {"unit_id": row.unit_id, "city_id": row.city_id, "enterprise_id": row.enterprise_id}
        Candidate.objects.create(
            application=row, round=round_, version=1, digest=submission.digest, number=row.number, state="accepted",
            name=row.enterprise.name, code=row.enterprise.code, project=submission.project, industry="C34",
            arrived_at=clock.now(), decided_at=clock.now(), decided_by=people.unit_officer.person, **keys,
        )  # fmt: skip
    with walls.enter(people.unit_officer):
        recommend(rounds.fresh(round_), row.factory, actor=people.unit_officer)
    return made.sent(people, rounds.fresh(round_))


def _zip(answer: FileResponse) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))


def test_the_package_holds_the_document_the_table_and_the_books_with_their_digests(
    people: People, client_as: ClientAs
) -> None:
    row = _sent_for_real(people)
    page = reverse("dispatch_package", args=[row.ref])
    assert client_as(people.ministry).get(page).status_code == 409, "the book is not made yet"
    for pk in papers.waiting():
        papers.make(pk)
    packed = _zip(client_as(people.ministry).get(page))
    names = packed.namelist()
    assert names[:2] == ["dispatch.json", "summary.xlsx"]
    assert names[-1] == "清单.csv"
    assert hashlib.sha256(packed.read("dispatch.json")).hexdigest() == row.digest
    jsonschema.validate(json.loads(packed.read("dispatch.json")), SCHEMA)
    listed = packed.read("清单.csv").decode("utf-8-sig")
    for name in names[:-1]:
        assert hashlib.sha256(packed.read(name)).hexdigest() in listed, name
    (book,) = [name for name in names if name.startswith("申报书/")]
    assert packed.read(book).startswith(b"%PDF")
    sheet = openpyxl.load_workbook(io.BytesIO(packed.read("summary.xlsx"))).active
    line = entries(row)[0]
    assert [cell.value for cell in sheet[1]] == [column["name"] for column in row.document["columns"]]
    assert line["name"] in [cell.value for cell in sheet[2]]
    assert line["table"]["enterprise"] == line["name"]
    read = reverse("dispatch_book", args=[row.ref, 1])
    assert b"".join(client_as(people.ministry).get(read).streaming_content).startswith(b"%PDF")
    assert client_as(people.ministry).get(reverse("dispatch_book", args=[row.ref, 2])).status_code == 404
    assert client_as(people.unit_head_hunan).get(page).status_code == 404
    with walls.system("test"):
        assert AuditEvent.objects.filter(verb="dispatch.read_book", actor=people.ministry.user).count() == 1
        assert AuditEvent.objects.filter(verb="walls.cross", data__reason__icontains="申报书").exists()


def test_a_download_that_broke_off_goes_on_where_it_was(people: People, client_as: ClientAs) -> None:
    row = _sent_for_real(people)
    for pk in papers.waiting():
        papers.make(pk)
    page = reverse("dispatch_package", args=[row.ref])

    def taken(actor: Actor, at: int = 0, tag: str = "") -> tuple[int, str, bytes]:
        asked = {"Range": f"bytes={at}-"} if at else {}
        answer = client_as(actor).get(page, headers=asked | ({"If-Range": tag} if tag else {}))
        content = b"".join(answer.streaming_content) if answer.streaming else b""
        return answer.status_code, answer.get("ETag", ""), content

    status, tag, whole = taken(people.ministry)
    assert (status, tag) == (200, f'"{hashlib.sha256(whole).hexdigest()}"')
    half = len(whole) // 2
    with time_machine.travel(clock.now() + DAY):
        assert taken(people.ministry, half, tag) == (206, tag, whole[half:]), "put together anew, the same to the byte"
        assert taken(people.ministry, half, '"of-another"') == (200, tag, whole), "pieces of two are never mixed"
        assert taken(people.unit_head) == (200, tag, whole)
    assert taken(people.ministry, len(whole))[0] == 416
    with walls.system("test"):
        takings = AuditEvent.objects.filter(verb="dispatch.take", actor=people.ministry.user)
        assert takings.count() == 3, "going on with what one has is no new taking"
    assert client_as(people.unit_head_hunan).get(page, headers={"Range": "bytes=5-"}).status_code == 404


# -- pages -------------------------------------------------------------------------------------------------------------
def test_from_receiving_to_asking_by_the_pages(people: People, client_as: ClientAs) -> None:
    row = made.sent(people, made.judged(people, days=0))
    ministry = client_as(people.ministry)
    listed = ministry.get(reverse("dispatches")).content.decode()
    assert "湖北省" in listed
    assert reverse("dispatch", args=[row.ref]) in listed
    assert ministry.post(reverse("dispatch_receive", args=[row.ref])).status_code == 302
    shown = ministry.get(reverse("dispatch", args=[row.ref])).content.decode()
    assert entries(row)[0]["project"] in shown
    assert row.digest in shown
    ask = reverse("dispatch_ask", args=[row.ref])
    due = f"{clock.beijing(clock.now() + DAY):%Y-%m-%dT%H:%M:%S}"
    assert ministry.post(ask, {"due_at": due}).status_code == 422
    assert ministry.post(ask, {"due_at": due, "text_2": "请核对项目名称。"}).status_code == 302
    own = client_as(people.unit_officer).get(reverse("dispatch", args=[row.ref])).content.decode()
    assert "请核对项目名称" in own
    assert row.ref in client_as(people.unit_officer).get(reverse("dispatches")).content.decode()
    assert client_as(people.unit_officer).post(reverse("dispatch_receive", args=[row.ref])).status_code == 403
