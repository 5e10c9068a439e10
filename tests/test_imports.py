"""Importing lists of titles: shown line by line, whole or not at all, once, and exactly what was looked at."""

import threading
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import openpyxl
import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal import clock, walls
from portal.audit import AuditEvent
from portal.errors import Denied, Hidden, Refused
from portal.sheets import FORMULA
from tests import factories
from tests.factories import People
from tests.sheets import archive, xlsx
from tests.test_committed import at_once
from tests.titles import confirm, facts, line, of_a, recognition, sheet, upload
from tiers import tasks
from tiers.models import Factory, Recognition, RecognitionImport
from tiers.selectors import imports as selectors
from tiers.selectors.imports import Preview, recognition_preview
from tiers.services import imports as services
from tiers.services import recognitions
from tiers.title_lines import EXAMPLE, HEADINGS


def _preview(batch: RecognitionImport, people: People) -> Preview:
    with walls.enter(people.unit_officer):
        return recognition_preview(batch)


def _count() -> int:
    with walls.system("test"):
        return Recognition.objects.count()


def _said(preview: Preview, number: int) -> list[tuple[str, str]]:
    (verdict,) = [v for v in preview.verdicts if v.number == number]
    return [(fault.heading, fault.sentence) for fault in verdict.faults]


# -- services -------------------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_list_is_shown_then_imported_whole_and_linked(people: People) -> None:
    a = people.enterprise_a
    factory = factories.factory(a, name="某某智能工厂")
    national = {"title": "national_demonstration", "selection_year": 2021, "passed_acceptance": True, "year": 2023}
    batch = upload(people.unit_officer, line(code=a.code, name="旧名称"), line(**national))
    preview = _preview(batch, people)
    assert [v.status for v in preview.verdicts] == ["new", "new"]
    assert [v.enterprise for v in preview.verdicts] == [a, None]
    assert preview.verdicts[0].remark == "企业名称与册上不同，请核对。"
    assert _count() == 0, "nothing is written before the confirmation"
    assert confirm(batch, people.unit_officer).count == 2
    with walls.enter(people.unit_officer):
        linked = Recognition.objects.select_related("factory", "city").get(code=a.code)
        other = Recognition.objects.exclude(pk=linked.pk).get()
    assert (linked.name, linked.factory, linked.city, linked.source) == ("旧名称", factory, a.city, "import")
    assert (other.selection_year, other.passed_acceptance, other.enterprise_id) == (2021, True, None)
    with walls.system("test"):
        assert Factory.objects.get(pk=factory.pk).held_tier == "advanced"
        event = AuditEvent.objects.get(verb="recognition.import")
    assert (event.data["count"], event.data["digest"]) == (2, batch.digest)


@pytest.mark.django_db
def test_one_line_in_error_stops_all(people: People) -> None:
    batch = upload(people.unit_officer, line(), line(year=1999), line(code="91110108551385082X"))
    preview = _preview(batch, people)
    assert [v.status for v in preview.verdicts] == ["new", "wrong", "wrong"]
    assert not preview.can_be_confirmed
    with pytest.raises(Refused, match="2行有错误，未导入任何内容"):
        confirm(batch, people.unit_officer)
    assert _count() == 0


@pytest.mark.django_db
def test_lines_that_say_the_same_name_each_other(people: People) -> None:
    twin = line()
    batch = upload(people.unit_officer, twin, line(), twin)
    preview = _preview(batch, people)
    assert _said(preview, 2) == [("", "与第4行重复。")]
    assert _said(preview, 3) == []
    assert _said(preview, 4) == [("", "与第2行重复。")]


@pytest.mark.django_db
def test_what_is_there_already_stays_and_what_departs_from_it_is_pointed_out(people: People) -> None:
    same, changed, gone = (of_a(people, batch=number) for number in (1, 2, 3))
    with walls.enter(people.unit_officer):
        said = {"reason": "造假", "document": "鄂经信〔2025〕9号", "on": clock.beijing(clock.now()).date()}
        recognitions.revoke(gone, **said, actor=people.unit_officer)
    lines = [line(code=row.code, name=row.name, batch=row.batch) for row in (same, changed, gone)]
    lines[1][6] = "鄂经信〔2024〕2号"
    preview = _preview(upload(people.unit_officer, *lines), people)
    assert [v.status for v in preview.verdicts] == ["known", "wrong", "wrong"]
    assert _said(preview, 3) == [
        ("文号", f"平台已有该荣誉（{changed.ref}），此项登记为“鄂经信〔2024〕1号”，与本行不同。")
    ]
    assert "已被撤销" in _said(preview, 4)[0][1]


@pytest.mark.django_db
def test_a_list_without_news_is_not_imported(people: People) -> None:
    lines = [line(), line()]
    confirm(upload(people.unit_officer, *lines), people.unit_officer)
    again = upload(people.unit_officer, *lines)
    assert len(_preview(again, people).known) == 2
    with pytest.raises(Refused, match="没有新的内容"):
        confirm(again, people.unit_officer)
    more = upload(people.unit_officer, *lines, line())
    assert confirm(more, people.unit_officer).count == 1
    assert _count() == 3


@pytest.mark.django_db
def test_confirming_twice_imports_once(people: People) -> None:
    batch = upload(people.unit_officer, line())
    assert confirm(batch, people.unit_officer).count == 1
    assert confirm(batch, people.unit_head).count == 1
    assert _count() == 1
    with walls.system("test"):
        assert AuditEvent.objects.filter(verb="recognition.import").count() == 1


@pytest.mark.django_db
def test_what_changed_since_the_preview_must_be_looked_at_again(people: People) -> None:
    one, other = facts(), line()
    batch = upload(people.unit_officer, line(**one), other)
    seen = _preview(batch, people).seen
    recognition(people.unit_officer, **one)
    with walls.enter(people.unit_officer), pytest.raises(Refused, match="重新核对预览"):
        services.confirm_recognitions(batch, seen=seen, actor=people.unit_officer)
    assert _count() == 1
    seen = _preview(batch, people).seen
    factories.enterprise("420100", code=other[0])  # the line's enterprise is on the register now
    with walls.enter(people.unit_officer), pytest.raises(Refused, match="重新核对预览"):
        services.confirm_recognitions(batch, seen=seen, actor=people.unit_officer)
    assert confirm(batch, people.unit_officer).count == 1


@pytest.mark.django_db
def test_a_preview_lapses_and_is_cleared_away_and_what_was_imported_is_kept(people: People) -> None:
    done, lapsed = upload(people.unit_officer, line()), upload(people.unit_officer, line())
    confirm(done, people.unit_officer)
    with time_machine.travel(lapsed.expires_at, tick=False) as at:
        tasks.clear_imports()
        at.shift(timedelta(microseconds=1))
        with pytest.raises(Refused, match="超过24小时"):
            confirm(lapsed, people.unit_officer)
        tasks.clear_imports()
        tasks.clear_imports()
    with walls.system("test"):
        assert [row.pk for row in RecognitionImport.objects.all()] == [done.pk]


@pytest.mark.django_db
def test_uploads_are_their_units_officers(people: People) -> None:
    batch = upload(people.unit_officer, line())
    for name, actor in people.actors().items():
        with walls.enter(actor):
            raw = RecognitionImport.objects.filter(pk=batch.pk).exists()
            assert raw == (name in {"unit_officer", "unit_head", "unit_joint"}), name
            if name in {"unit_officer", "unit_head"}:
                assert selectors.recognition_import_for(actor, batch.ref) == batch
                continue
            with pytest.raises(Hidden):
                selectors.recognition_import_for(actor, batch.ref)
            with pytest.raises(Denied):
                services.confirm_recognitions(batch, seen="", actor=actor)


@pytest.mark.django_db
def test_preview_takes_the_same_queries_however_long(people: People) -> None:
    counts = []
    for length in (1, 30):
        batch = upload(people.unit_officer, *[line() for _ in range(length)])
        with walls.enter(people.unit_officer), CaptureQueriesContext(connection) as queries:
            recognition_preview(batch)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 3


# -- at once --------------------------------------------------------------------------------------------------------
def _confirming(batch: RecognitionImport, people: People, seen: str) -> Callable[[], Any]:
    def act() -> Any:
        with walls.enter(people.unit_officer):
            return services.confirm_recognitions(batch, seen=seen, actor=people.unit_officer)

    return act


def test_two_people_who_confirm_one_upload_at_once_import_it_once(own_database: str) -> None:
    people = factories.cast()
    for _ in range(4):
        before = _count()
        batch = upload(people.unit_officer, line(), line())
        seen = _preview(batch, people).seen
        results = at_once(*[_confirming(batch, people, seen)] * 2)
        assert [result.count for result in results] == [2, 2], results
        assert _count() == before + 2


def test_two_uploads_of_one_list_confirmed_at_once_import_it_once(own_database: str) -> None:
    people = factories.cast()
    for _ in range(4):
        before, lines = _count(), [line(), line()]
        batches = [upload(people.unit_officer, *lines) for _ in range(2)]
        results = at_once(*(_confirming(batch, people, _preview(batch, people).seen) for batch in batches))
        assert sorted(type(result).__name__ for result in results) == ["RecognitionImport", "Refused"], results
        assert _count() == before + 2


def test_without_the_lock_on_the_unit_the_second_gets_a_database_error(
    own_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control: what the advisory lock is there for."""
    people, together = factories.cast(), threading.Barrier(2)
    look = services.recognition_preview

    def looks_while_the_other_looks(batch: RecognitionImport) -> Preview:
        seen = look(batch)
        together.wait(10)
        return seen

    lines = [line(), line()]
    batches = [upload(people.unit_officer, *lines) for _ in range(2)]
    acts = [_confirming(batch, people, _preview(batch, people).seen) for batch in batches]
    monkeypatch.setattr(recognitions, "hold_unit", lambda unit_id: None)
    monkeypatch.setattr(services, "recognition_preview", looks_while_the_other_looks)
    results = at_once(*acts)
    assert any(isinstance(result, DatabaseError) for result in results), results


def test_two_workers_link_each_title_once(own_database: str) -> None:
    people = factories.cast()
    codes = [factories.code() for _ in range(20)]
    for code in codes:
        recognition(people.unit_officer, code=code)
        factories.enterprise("420100", code=code)
    at_once(tasks.link_recognitions, tasks.link_recognitions, tasks.link_recognitions)
    tasks.link_recognitions()
    with walls.system("test"):
        assert not Recognition.objects.filter(enterprise=None).exists()
        assert AuditEvent.objects.filter(verb="recognition.link").count() == len(codes)


def test_two_titles_of_a_factory_at_once_leave_it_with_the_higher(own_database: str) -> None:
    people = factories.cast()
    a = people.enterprise_a
    for number in range(4):
        factory = factories.factory(a, name=f"工厂{number}")

        def add(tier: str, project: str = factory.name) -> Callable[[], Any]:
            def act() -> Any:
                with walls.enter(people.unit_officer):
                    said = facts(code=a.code, title=tier, project=project)
                    return recognitions.add(people.unit_officer, said)

            return act

        at_once(add("excellent"), add("advanced"))
        with walls.system("test"):
            assert Factory.objects.get(pk=factory.pk).held_tier == "excellent"


# -- pages ----------------------------------------------------------------------------------------------------------
def _post(client: Client, content: bytes, name: str = "名单.xlsx") -> HttpResponse:
    return client.post(reverse("recognition_upload"), {"file": SimpleUploadedFile(name, content)})


def _page(client: Client, ref: str) -> str:
    return client.get(reverse("recognition_import", args=[ref])).content.decode()


@pytest.mark.django_db
def test_journey_of_a_list_from_template_to_title(people: People, client_as: Callable[..., Client]) -> None:
    client = client_as(people.unit_officer)
    template = client.get(reverse("recognition_template")).content
    book = openpyxl.load_workbook(BytesIO(template))
    assert tuple(cell.value for cell in book.worksheets[0][1]) == HEADINGS
    left_in = _page(client, _post(client, template)["Location"].rstrip("/").rpartition("/")[2])
    assert "示例行" in left_in
    assert "确认导入</button>" not in left_in

    a = people.enterprise_a
    book.worksheets[0].delete_rows(2)
    book.worksheets[0].append([str(value) for value in line(code=a.code, name=a.name)])
    filled = BytesIO()
    book.save(filled)
    answer = _post(client, filled.getvalue())
    assert answer.status_code == 302
    ref = answer["Location"].rstrip("/").rpartition("/")[2]
    page = client.get(answer["Location"])
    assert "甲企业" in page.content.decode()
    seen = page.context["preview"].seen
    confirmed = client.post(reverse("recognition_import_confirm", args=[ref]), {"seen": seen}, follow=True)
    assert "已导入 1 条" in confirmed.content.decode()
    assert "甲企业" in confirmed.content.decode()
    again = client.post(reverse("recognition_import_confirm", args=[ref]), {"seen": seen}, follow=True)
    assert again.status_code == 200
    assert _count() == 1
    assert "确认导入</button>" not in _page(client, ref)


@pytest.mark.django_db
def test_errors_are_shown_at_their_cells_and_can_be_downloaded(
    people: People, client_as: Callable[..., Client]
) -> None:
    client = client_as(people.unit_head)
    bad = line(code="91110108551385082X")
    good = line()
    formula = ["=1+1" if heading == "文号" else value for heading, value in zip(HEADINGS, line(), strict=True)]
    ref = _post(client, xlsx(HEADINGS, bad, good, formula))["Location"].rstrip("/").rpartition("/")[2]
    page = _page(client, ref)
    assert "校验位不符" in page
    assert FORMULA in page
    assert "2 行有错误" in page
    assert "确认导入</button>" not in page
    report = client.get(reverse("recognition_import_errors", args=[ref]))
    rows = [[cell.value for cell in row] for row in openpyxl.load_workbook(BytesIO(report.content)).active]
    assert rows[0] == ["行号", *HEADINGS, "错误说明"]
    assert [(row[0], "。；" in row[-1]) for row in rows[1:]] == [(2, False), (4, False)]
    assert rows[1][-1].startswith("统一社会信用代码：统一社会信用代码的校验位不符")
    assert client.post(reverse("recognition_import_confirm", args=[ref]), {"seen": "x"}).status_code == 422


@pytest.mark.django_db
def test_stale_confirmation_comes_back_with_the_new_preview(people: People, client_as: Callable[..., Client]) -> None:
    client = client_as(people.unit_officer)
    batch = upload(people.unit_officer, line())
    answer = client.post(reverse("recognition_import_confirm", args=[batch.ref]), {"seen": "0" * 64})
    assert answer.status_code == 422
    assert "重新核对预览后再确认" in answer.content.decode()
    assert answer.context["preview"].seen in answer.content.decode(), "the page that came back can be confirmed"
    assert _count() == 0
    assert client.post(reverse("recognition_import_confirm", args=[batch.ref])).status_code == 422


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "文件"),
        (archive(**{"a.txt": "x"}), "压缩包"),
        (b"PK\x03\x04" + b"\0" * 5_000_000, "5 MB"),
        (xlsx(("代码",), ("x",)), "缺少列"),
        (xlsx(EXAMPLE[:0]), "没有内容"),
    ],
)
def test_files_that_are_no_lists_are_answered_at_the_form(
    people: People, client_as: Callable[..., Client], content: bytes, sentence: str
) -> None:
    answer = _post(client_as(people.unit_officer), content)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    with walls.system("test"):
        assert not RecognitionImport.objects.exists()


@pytest.mark.django_db
def test_csv_of_a_chinese_office_is_imported(people: People, client_as: Callable[..., Client]) -> None:
    client = client_as(people.unit_officer)
    rows = [HEADINGS, line(name="武汉某某公司"), line(name="宜昌某某公司")]
    text = "\r\n".join(",".join(str(value) for value in row) for row in rows)
    ref = _post(client, text.encode("gb18030"), "名单.csv")["Location"].rstrip("/").rpartition("/")[2]
    page = client.get(reverse("recognition_import", args=[ref]))
    assert "宜昌某某公司" in page.content.decode()
    client.post(reverse("recognition_import_confirm", args=[ref]), {"seen": page.context["preview"].seen})
    assert _count() == 2


@pytest.mark.django_db
def test_text_of_a_list_is_shown_as_text(people: People, client_as: Callable[..., Client]) -> None:
    client = client_as(people.unit_officer)
    evil = "<script>alert(1)</script>"
    content = sheet(line(name=evil, project=evil))
    ref = _post(client, content, f"{evil}.xlsx")["Location"].rstrip("/").rpartition("/")[2]
    assert evil not in _page(client, ref)
    assert "&lt;script&gt;" in _page(client, ref)


@pytest.mark.django_db
def test_long_preview_comes_in_pages_errors_first(people: People, client_as: Callable[..., Client]) -> None:
    batch = upload(people.unit_officer, *[line() for _ in range(120)], line(year=1999))
    page = client_as(people.unit_officer).get(reverse("recognition_import", args=[batch.ref]))
    first = page.context["rows"][0][0]
    assert (first.number, first.status, len(page.context["rows"])) == (122, "wrong", 100)
    second = client_as(people.unit_officer).get(reverse("recognition_import", args=[batch.ref]), {"page": 2})
    assert len(second.context["rows"]) == 21
