"""Tables to take away: typed cells, nothing that runs, nothing that isn't one's own, flat memory."""

import csv
import io
import tracemalloc
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from portal import walls
from portal.actors import Actor
from portal.audit import AuditEvent
from portal.exports import exports
from portal.spreadsheets import Column, Kind, write_csv, write_workbook
from tests import applications as made
from tests import factories, rounds
from tests.factories import People

COLUMNS = [
    Column("文字"), Column("整数", Kind.INTEGER), Column("数", Kind.NUMBER), Column("日期", Kind.DATE),
    Column("时间", Kind.INSTANT),
]  # fmt: skip
ROWS = [
    ("=1+1", 7, Decimal("-28.40"), date(2024, 11, 22), datetime(2024, 11, 22, 15, 59, 59, tzinfo=UTC)),
    ("＝HYPERLINK(\"x\")", None, 0.5, None, None),
    ("-1", None, None, None, None),
    ("@x", None, None, None, None),
    ("\tx", None, None, None, None),
    ("0012,\"甲\"\n乙", None, None, None, None),
]  # fmt: skip


def _sheet(content: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(content)).active


def _lines(content: bytes) -> list[list[str]]:
    assert content.startswith(b"\xef\xbb\xbf"), "spreadsheets take it for another encoding without"
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_a_workbook_has_typed_cells_and_is_set_up_to_be_printed() -> None:
    stream = io.BytesIO()
    assert write_workbook(stream, "表", COLUMNS, ROWS, paper="A3") == len(ROWS)
    sheet = _sheet(stream.getvalue())
    assert [cell.value for cell in sheet[2]] == [
        "=1+1", 7, -28.4, datetime(2024, 11, 22), datetime(2024, 11, 22, 23, 59, 59),
    ]  # fmt: skip
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n", "d"}, "no formula"
    assert (sheet.freeze_panes, sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("A2", "landscape", 8)
    assert sheet.print_title_rows == "$1:$1"
    assert not sheet.merged_cells.ranges
    assert sheet.column_dimensions["A"].width > 10


def test_csv_runs_nothing_and_keeps_numbers() -> None:
    stream = io.BytesIO()
    write_csv(stream, COLUMNS, ROWS)
    lines = _lines(stream.getvalue())
    assert lines[1] == ["'=1+1", "7", "-28.40", "2024-11-22", "2024-11-22 23:59:59"]
    assert [line[0] for line in lines[2:]] == ['\'＝HYPERLINK("x")', "'-1", "'@x", "'\tx", '0012,"甲"\n乙']


def _many(count: int) -> Iterator[tuple[Any, ...]]:
    return ((f"企业{n}有限公司", n, 1.5, date(2024, 1, 1), None) for n in range(count))


@pytest.mark.parametrize("write", [write_workbook, write_csv])
def test_a_long_table_takes_no_more_memory_than_a_short_one(write: Any) -> None:
    class Nowhere(io.BytesIO):
        def write(self, content: Any) -> int:
            return len(content)

    def peak(count: int) -> int:
        tracemalloc.start()
        write(Nowhere(), *(["表"] if write is write_workbook else []), COLUMNS, _many(count))
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    assert peak(3_000) < peak(300) + 1_000_000


# -- who gets what ---------------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_each_table_holds_what_its_reader_may_see_and_no_more(
    people: People, client_as: Callable[[Actor], Client]
) -> None:
    round_ = rounds.current(people)
    row = made.submitted(people, round_=round_)
    draft = made.begun(people, round_=round_)
    neighbour = factories.factory(people.enterprise_b, name="宜昌的工厂")

    def taken(actor: Actor, key: str, kind: str = "csv", of: str = round_.ref) -> bytes:
        answer = client_as(actor).get(reverse("export", args=[key, kind]), {"of": of})
        assert answer.status_code == 200, (key, answer.status_code)
        return b"".join(answer.streaming_content)

    summary = _lines(taken(people.unit_head, "summary"))
    assert summary[0] == [column.name for column in round_.value.columns]
    assert len(summary) == 2
    assert people.enterprise_a.name in summary[1]
    for key in ("applications", "indicators"):
        shown = taken(people.city_head_a, key).decode("utf-8-sig")
        assert row.number in shown
        assert draft.factory.name not in shown, "a draft is nobody's but its enterprise's"
        assert len(_lines(taken(people.city_head_b, key))) == 1, "the neighbour has only the heading"
    sheet = _sheet(taken(people.unit_officer, "indicators", "xlsx"))
    assert isinstance(sheet["F2"].value, float | int)
    assert {cell.value for cell in sheet["D"][1:]} == set(range(1, 21))
    names = taken(people.city_head_a, "factories").decode("utf-8-sig")
    assert row.factory.name in names
    assert neighbour.name not in names
    with walls.system("test"):
        event = AuditEvent.objects.filter(verb="export.take").latest("at")
    assert (event.data["kind"], event.actor_id) == ("factories.csv", people.city_head_a.person.pk)


@pytest.mark.django_db
def test_what_is_not_theirs_is_refused(people: People, client_as: Callable[[Actor], Client]) -> None:
    round_ = rounds.current(people)

    def status(actor: Actor, key: str, kind: str = "csv", of: str = round_.ref) -> int:
        return client_as(actor).get(reverse("export", args=[key, kind]), {"of": of}).status_code

    assert status(people.enterprise_admin_a, "summary") == 403
    assert status(people.city_joint_a, "applications") == 403
    assert status(people.expert, "factories") == 403
    for of in ("", "HB-1999-E-1", "x" * 300):
        assert status(people.city_head_a, "summary", of=of) == 404
    assert status(people.unit_head_hunan, "summary") == 404, "another province's round"
    assert status(people.city_head_a, "nothing") == 404
    assert status(people.city_head_a, "summary", "exe") == 404


@pytest.mark.django_db
@pytest.mark.parametrize("key", sorted(exports()))
def test_each_table_is_declared_whole(key: str, people: People) -> None:
    round_ = rounds.current(people)
    export = exports()[key]
    with walls.enter(people.unit_head):
        about = round_ if export.scope else None
        width = len(export.columns(people.unit_head, about))
        assert all(len(row) == width for row in export.rows(people.unit_head, about))
    assert width > 3
