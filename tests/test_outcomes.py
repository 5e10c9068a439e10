"""Results: made known whole, into the registry, to everybody; uploads as previewed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from io import BytesIO
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from portal import walls
from portal.errors import Denied, Hidden, Refused
from portal.models import Notice
from review import outcome_lines
from review.models import Dispatch, Outcome, OutcomeImport
from review.selectors.application_page import told
from review.selectors.dispatches import batches, entries
from review.selectors.outcomes import import_for, outcomes, preview
from review.services import outcomes as services
from review.states import DispatchState, Result
from tests import publicities as made
from tests import rounds
from tests.factories import People
from tests.rounds import DAY
from tests.sheets import xlsx
from tiers.models import Factory, Recognition, RecognitionSource, Recommendation, Round
from tiers.services.recommendations import withdraw_recommendation
from tiers.states import RoundState

pytestmark = pytest.mark.django_db
ClientAs = Callable[..., Client]


@pytest.fixture
def dispatch(people: People) -> Dispatch:
    """Two of Wuhan and one of Yichang, received; a fourth was judged and not recommended."""
    round_ = made.judged(people, days=0, count=2)
    made.recommended(people, round_, enterprise=people.enterprise_b)
    made.candidate(people, round_)
    return made.received(people, round_)


def _decide(row: Dispatch, people: People, *refused: int) -> list[Outcome]:
    with walls.enter(people.ministry):
        return services.decide(row, made.results_of(row, *refused), actor=people.ministry)


def _factory(row: Dispatch, place: int) -> Factory:
    with walls.system("test"):
        return Factory.objects.get(ref=entries(row)[place - 1]["factory"])


# -- what follows ----------------------------------------------------------------------------------------------------
def test_results_go_into_the_registry_and_the_round_ends(dispatch: Dispatch, people: People) -> None:
    assert len(_decide(dispatch, people, 2)) == 4
    with walls.system("test"):
        round_ = Round.objects.get(pk=dispatch.round_id)
        assert round_.state == RoundState.FINISHED
        assert Dispatch.objects.get(pk=dispatch.pk).state == DispatchState.DECIDED
        titles = Recognition.objects.filter(title="excellent", document="工信厅联通装函〔2025〕1号")
        assert {row.factory_id for row in titles} == {_factory(dispatch, 1).pk, _factory(dispatch, 3).pk}
        assert {row.source for row in titles} == {RecognitionSource.OUTCOME}
        assert {row.year for row in titles} == {round_.year}
        results = dict(Outcome.objects.values_list("factory", "result"))
        assert sorted(results.values()) == ["not_recognised", "not_recommended", "recognised", "recognised"]
    assert _factory(dispatch, 1).held_tier == "excellent"
    assert _factory(dispatch, 2).held_tier == ""


def test_everybody_is_told_and_an_enterprise_of_its_own_only(dispatch: Dispatch, people: People) -> None:
    with walls.enter(people.enterprise_admin_a):
        assert not Outcome.objects.exists(), "nothing is there before it is made known"
    _decide(dispatch, people, 2)

    def of(who: Any) -> list[str]:
        with walls.enter(who):
            return list(Notice.objects.filter(user=who.user).values_list("text", flat=True))

    assert sum("的结果：" in text for text in of(people.enterprise_admin_a)) == 3
    assert sum("的结果：认定" in text for text in of(people.enterprise_admin_b)) == 1
    for officer in (people.city_head_a, people.unit_head):
        assert any("评审结果已公布，认定2个" in text for text in of(officer))
    with walls.enter(people.enterprise_admin_b):
        assert [row.enterprise_id for row in outcomes(people.enterprise_admin_b)] == [people.enterprise_b.pk]
    for who, count in ((people.unit_head, 4), (people.city_head_a, 3), (people.unit_head_hunan, 0)):
        with walls.enter(who):
            assert outcomes(who).count() == Outcome.objects.count() == count
    with walls.enter(people.enterprise_admin_b):
        row = outcomes(people.enterprise_admin_b).get()
        ((label, text),) = told(people.enterprise_admin_b, row.application)
    assert label == "评审结果"
    assert "工信厅联通装函〔2025〕1号" in text


def test_nobody_is_decided_by_omission_nor_twice(dispatch: Dispatch, people: People) -> None:
    decisions, ministry = made.results_of(dispatch), people.ministry
    with walls.enter(ministry):
        with pytest.raises(Refused, match="尚无结果"):
            services.decide(dispatch, decisions[:2], actor=ministry)
        with pytest.raises(Refused, match="不在应公布结果之列"):
            services.decide(dispatch, [replace(decisions[0], application="SB-X"), *decisions[1:]], actor=ministry)
        with pytest.raises(Refused, match="多个结果"):
            services.decide(dispatch, [*decisions, decisions[0]], actor=ministry)
        with pytest.raises(Refused, match="不能晚于今天"):
            services.decide(dispatch, [replace(one, on=date(2999, 1, 1)) for one in decisions], actor=ministry)
        assert not Outcome.objects.exists()
        services.decide(dispatch, decisions, actor=ministry)
        with pytest.raises(Refused):
            services.decide(dispatch, decisions, actor=ministry)
    with walls.system("test"):
        assert Outcome.objects.count() == 4


def test_only_the_ministry_decides_what_was_sent_to_it(dispatch: Dispatch, people: People) -> None:
    for actor in (people.unit_head, people.unit_officer, people.city_head_a, people.system_admin):
        with walls.enter(actor), pytest.raises((Denied, Refused)):
            services.decide(dispatch, made.results_of(dispatch), actor=actor)
    with walls.system("test"):
        assert not Outcome.objects.exists()


def test_a_result_never_changes_and_an_ended_round_neither(dispatch: Dispatch, people: People) -> None:
    _decide(dispatch, people)
    with walls.system("test"):
        row = Outcome.objects.all()[0]
        with pytest.raises(DatabaseError), transaction.atomic():
            Outcome.objects.filter(pk=row.pk).update(result="recognised")
        place = Recommendation.objects.filter(round=dispatch.round).select_related("round")[0]
    with walls.enter(people.unit_officer), pytest.raises(Refused, match="已结束"):
        withdraw_recommendation(place, reason="某", actor=people.unit_officer)


# -- uploads ---------------------------------------------------------------------------------------------------------
def _lines(row: Dispatch, **changes: str) -> list[list[str]]:
    said = {"推荐单位": "湖北省", "结果": "认定", "文号": "工信厅联通装函〔2025〕1号", "公布日期": "2025-01-10"}
    rows = []
    for line in entries(row):
        own = {"统一社会信用代码": line["code"], "企业名称": line["name"], "项目名称": line["project"]}
        cells = said | own | changes
        rows.append([cells.get(heading, "") for heading in outcome_lines.HEADINGS])
    return rows


def _uploaded(people: People, lines: list[list[str]]) -> OutcomeImport:
    content = xlsx(outcome_lines.HEADINGS, *lines)
    with walls.enter(people.ministry):
        return services.upload(batches()[0], content, "结果.xlsx", actor=people.ministry)


def test_an_upload_is_taken_over_as_it_was_previewed(dispatch: Dispatch, people: People) -> None:
    row, ministry = _uploaded(people, _lines(dispatch)), people.ministry
    with walls.enter(ministry):
        shown = preview(row)
        assert (len(shown.new), len(shown.wrong)) == (3, 0)
        with pytest.raises(Refused, match="有了变化"):
            services.confirm(row, seen="0" * 64, actor=ministry)
        done = services.confirm(row, seen=shown.seen, actor=ministry)
        assert done.count == 3
        services.confirm(row, seen=shown.seen, actor=ministry)
    with walls.system("test"):
        assert Outcome.objects.filter(result=Result.RECOGNISED).count() == 3
        assert {row.on for row in Outcome.objects.filter(result="recognised")} == {date(2025, 1, 10)}
    with walls.enter(ministry):
        again = preview(_uploaded(people, _lines(dispatch)))
        assert [f.sentence for v in again.verdicts for f in v.faults] == []
        assert len(again.known) == 3


@pytest.mark.parametrize(
    ("heading", "text", "match"),
    [
        ("结果", "通过", "应为：认定、不予认定"),
        ("统一社会信用代码", "91420100", "统一社会信用代码"),
        ("项目名称", "别的项目", "没有该企业的该项目"),
        ("公布日期", "2999-01-01", "不能晚于今天"),
        ("公布日期", "2025-02-30", "应为日期"),
        ("文号", "", "必填"),
    ],
)
def test_one_line_in_error_stops_all(dispatch: Dispatch, people: People, heading: str, text: str, match: str) -> None:
    lines = _lines(dispatch)
    lines[1] = _lines(dispatch, **{heading: text})[1]
    row = _uploaded(people, lines)
    with walls.enter(people.ministry):
        shown = preview(row)
        said = " ".join(fault.sentence for verdict in shown.wrong for fault in verdict.faults)
        assert match in said
        with pytest.raises(Refused, match="有错误"):
            services.confirm(row, seen=shown.seen, actor=people.ministry)
        assert not Outcome.objects.exists()


def test_a_dispatch_that_is_not_named_whole_stops_the_upload(dispatch: Dispatch, people: People) -> None:
    row = _uploaded(people, _lines(dispatch)[:2])
    with walls.enter(people.ministry):
        shown = preview(row)
        assert "没有结果，请补充" in shown.wrong[0].faults[0].sentence
    with walls.enter(people.unit_head), pytest.raises(Hidden):
        import_for(people.unit_head, row.ref)


def test_what_was_not_received_yet_is_not_decided_by_upload(people: People) -> None:
    row = made.sent(people, made.judged(people, days=0))
    upload = _uploaded(people, _lines(row))
    with walls.enter(people.ministry):
        assert "须先接收" in preview(upload).wrong[0].faults[0].sentence


def test_from_the_template_to_the_results_by_the_pages(dispatch: Dispatch, people: People, client_as: ClientAs) -> None:
    client = client_as(people.ministry)
    with walls.enter(people.ministry):
        batch = batches()[0].key
    template = client.get(reverse("outcome_template", args=[batch]))
    assert template.status_code == 200
    filled = load_workbook(BytesIO(template.content)).worksheets[0]
    held = [row[:4] for row in filled.iter_rows(min_row=2, values_only=True)]
    assert held == [tuple(line[:4]) for line in _lines(dispatch)], "everybody who is to be decided stands there already"
    upload = reverse("outcome_upload", args=[batch])
    assert client.post(upload, {"x": "1"}).status_code == 422
    bad = SimpleUploadedFile("a.xlsx", xlsx(outcome_lines.HEADINGS, *_lines(dispatch)[:1]))
    page = client.post(upload, {"file": bad})["Location"]
    assert "没有结果" in client.get(page).content.decode()
    errors = client.get(page + "errors.xlsx")
    assert errors.status_code == 200
    good = SimpleUploadedFile("a.xlsx", xlsx(outcome_lines.HEADINGS, *_lines(dispatch)))
    page = client.post(upload, {"file": good})["Location"]
    with walls.enter(people.ministry):
        seen = preview(OutcomeImport.objects.latest("pk")).seen
    assert client.post(page + "confirm/", {"seen": seen}).status_code == 302
    assert rounds.fresh(dispatch.round).state == RoundState.FINISHED
    shown = client.get(reverse("dispatch", args=[dispatch.ref])).content.decode()
    assert shown.count('<span class="tag tag--ok">认定</span>') == 3


def test_by_hand_on_the_page(dispatch: Dispatch, people: People, client_as: ClientAs) -> None:
    client, page = client_as(people.ministry), reverse("dispatch_decide", args=[dispatch.ref])
    said = {"document": "某文号", "on": "2025-01-10", "result_1": "recognised", "result_2": "not_recognised"}
    assert client.post(page, said).status_code == 422, "the third has none"
    assert client.post(page, said | {"result_3": "recognised"}).status_code == 302
    with walls.system("test"):
        assert Outcome.objects.filter(result=Result.RECOGNISED).count() == 2


# -- a unit that decides itself --------------------------------------------------------------------------------------
def test_a_province_recognises_itself_after_publicity_without_a_dispatch(people: People, client_as: ClientAs) -> None:
    round_ = made.judged(people, days=5, count=1, programme="2024-advanced-HB")
    row = made.published(people, round_)
    with walls.system("test"):
        ref = round_.candidates.get().application.ref
    head = client_as(people.unit_head)
    page = reverse("outcome_record", args=[round_.ref])
    assert row.until
    said = {"document": "鄂经信函〔2025〕3号", "on": "2025-01-10", "result_1": "recognised"}
    assert client_as(people.unit_officer).get(page).status_code == 403
    assert head.post(page, said).status_code == 422, "publicity is not over"
    with time_machine.travel(row.until + DAY):
        assert client_as(people.unit_head).post(page, said).status_code == 302
    with walls.system("test"):
        outcome = Outcome.objects.get(ref=ref)
        assert (outcome.result, outcome.dispatch_id) == (Result.RECOGNISED, None)
        assert outcome.recognition
        assert outcome.recognition.title == "advanced"
        assert not Dispatch.objects.exists()
    assert rounds.fresh(round_).state == RoundState.FINISHED


def test_a_round_with_undecided_places_is_not_ended_by_its_button(people: People, client_as: ClientAs) -> None:
    round_ = made.judged(people, days=0, count=1, programme="2024-advanced-HB")
    with walls.system("test"):
        name = Recommendation.objects.select_related("factory").get(round=round_).factory.name
    answer = client_as(people.unit_head).post(reverse("round_act", args=[round_.ref, "finish"]))
    assert answer.status_code == 409
    assert name in answer.content.decode()
    sent = made.sent(people, made.judged(people, days=0, batch=2))
    answer = client_as(people.unit_head).post(reverse("round_act", args=[sent.round.ref, "finish"]))
    assert "部级尚未公布结果" in answer.content.decode()
