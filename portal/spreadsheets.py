"""Rows into a workbook or a CSV file with nothing executable in a cell."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum
from io import BytesIO
from typing import Any, BinaryIO

import xlsxwriter
from django.conf import settings
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from portal import clock, rehearsal

# A cell holds no more; what is longer is cut, visibly.
_LONGEST = 32_767


def _plain(value: Any) -> str:
    text = str(value)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


class Kind(StrEnum):
    """What a column holds, so that its cells are typed as such."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    DATE = "date"
    INSTANT = "instant"


@dataclass(frozen=True)
class Column:
    """One column of a table; `width` in characters of half width."""

    heading: str
    kind: Kind = Kind.TEXT
    width: int = 18


_FORMATS = {
    Kind.TEXT: "@",
    Kind.INTEGER: "0",
    Kind.NUMBER: "0.00",
    Kind.DATE: "yyyy-mm-dd",
    Kind.INSTANT: "yyyy-mm-dd hh:mm:ss",
}
_PAPERS = {"A3": 8, "A4": 9}
_OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
# A cell that begins so is a formula to whoever opens the file, in full width too.
_RUNS = tuple("=+-@\t\r＝＋－＠")


def write_workbook(
    stream: BinaryIO, title: str, columns: Sequence[Column], rows: Iterable[Sequence[Any]], *, paper: str = "A4"
) -> int:
    """One sheet with typed cells, frozen heading, filter, and set up to be printed; how many rows it has.

    Rows go to disk as they come, so a long table takes no more memory than a short one. Instants on Beijing's clock.
    """
    with xlsxwriter.Workbook(stream, {**_OPTIONS, "constant_memory": True}) as book:
        return _write_sheet(book, title, columns, rows, paper)


def _write_sheet(
    book: xlsxwriter.Workbook, title: str, columns: Sequence[Column], rows: Iterable[Sequence[Any]], paper: str
) -> int:
    sheet, bold = book.add_worksheet(title[:31]), book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
    formats = {kind: book.add_format({"num_format": text, "valign": "top"}) for kind, text in _FORMATS.items()}
    for place, column in enumerate(columns):
        sheet.set_column(place, place, column.width, formats[column.kind])
    _set_up(sheet, paper)
    for place, column in enumerate(columns):
        sheet.write_string(0, place, column.heading, bold)
    last = 0
    for last, row in enumerate(rows, start=1):
        for place, (column, value) in enumerate(zip(columns, row, strict=True)):
            _write(sheet, last, place, value, formats[column.kind])
    sheet.autofilter(0, 0, max(last, 1), max(len(columns) - 1, 0))
    return last


def _set_up(sheet: Worksheet, paper: str) -> None:
    sheet.freeze_panes(1, 0)
    sheet.set_landscape()
    sheet.set_paper(_PAPERS[paper])
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.set_footer("&C第 &P 页 共 &N 页")
    if settings.IS_REHEARSAL:
        sheet.set_header(f"&C{rehearsal.NOTICE}")


def _write(sheet: Worksheet, row: int, place: int, value: Any, form: Format) -> None:
    if value is None or value == "":
        return
    if isinstance(value, datetime):
        sheet.write_datetime(row, place, clock.beijing(value).replace(tzinfo=None), form)
    elif isinstance(value, date):
        sheet.write_datetime(row, place, datetime.combine(value, time()), form)
    elif isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        sheet.write_number(row, place, value, form)
    else:
        sheet.write_string(row, place, _plain(value), form)


def write_csv(stream: BinaryIO, columns: Sequence[Column], rows: Iterable[Sequence[Any]]) -> int:
    """The same as CSV (UTF-8 with a mark, as spreadsheets want it), every text quoted; how many rows it has."""
    text = io.TextIOWrapper(stream, "utf-8-sig", newline="", write_through=True)
    writer, last = csv.writer(text, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n"), 0
    writer.writerow([column.heading for column in columns])
    for row in rows:
        writer.writerow([_harmless(value) for value in row])
        last += 1
    text.detach()
    return last


def _harmless(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{clock.beijing(value):%Y-%m-%d %H:%M:%S}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return value
    shown = str(value).replace("\0", "\ufffd")
    return f"'{shown}" if shown.startswith(_RUNS) else shown


def workbook(
    title: str, headings: Sequence[str], rows: Iterable[Sequence[Any]], *, made_at: datetime | None = None
) -> bytes:
    """A small workbook at once, of texts and numbers; text stays text, whatever it begins with.

    `made_at`: the instant that it says it was made at, so that the same rows give the same file to the byte.
    """
    stream = BytesIO()
    with xlsxwriter.Workbook(stream, {**_OPTIONS, "in_memory": True}) as book:
        if made_at is not None:
            book.set_properties({"created": made_at})
        _write_sheet(book, title, [Column(heading) for heading in headings], rows, "A4")
    return stream.getvalue()


def form_workbook(
    title: str, headings: Sequence[str], lines: Sequence[Sequence[str]], allowed: Mapping[str, Sequence[str]]
) -> bytes:
    """A workbook to fill in: headings, an example line or what is known, and a sheet with the words a column may hold.

    All cells are text, so that long numbers keep their digits; the words are offered as a list to choose from.
    """
    stream = BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": False}) as book:
        text = book.add_format({"num_format": "@"})
        bold = book.add_format({"bold": True, "bottom": 1, "num_format": "@"})
        sheet, words = book.add_worksheet(title[:31]), book.add_worksheet("可选值")
        sheet.set_column(0, len(headings) - 1, 24, text)
        sheet.write_row(0, 0, headings, bold)
        for row, line in enumerate(lines, start=1):
            for column, value in enumerate(line):
                sheet.write_string(row, column, value, text)
        sheet.freeze_panes(1, 0)
        words.set_column(0, max(len(allowed) - 1, 0), 30)
        for column, (heading, values) in enumerate(allowed.items()):
            words.write_string(0, column, heading, bold)
            words.write_column(1, column, values)
            letter = xl_col_to_name(column)
            offered = {"validate": "list", "source": f"=可选值!${letter}$2:${letter}${len(values) + 1}"}
            place = headings.index(heading)
            sheet.data_validation(1, place, 5_000, place, offered)
    return stream.getvalue()
