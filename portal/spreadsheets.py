"""Rows into a workbook with nothing executable in a cell."""

from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

# A cell holds no more; what is longer is cut, visibly.
_LONGEST = 32_767


def _plain(value: Any) -> Any:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return value
    text = "" if value is None else str(value)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def workbook(title: str, headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """One sheet with a frozen heading row and a filter; text stays text, whatever it begins with."""
    stream = BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    with xlsxwriter.Workbook(stream, options) as book:
        sheet = book.add_worksheet(title[:31])
        bold = book.add_format({"bold": True, "bottom": 1})
        sheet.write_row(0, 0, headings, bold)
        last = 0
        for last, row in enumerate(rows, start=1):
            for column, value in enumerate(map(_plain, row)):
                if isinstance(value, str):
                    if value:
                        sheet.write_string(last, column, value)
                else:
                    sheet.write_number(last, column, value)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, max(last, 1), max(len(headings) - 1, 0))
        sheet.set_column(0, len(headings) - 1, 18)
    return stream.getvalue()


def form_workbook(
    title: str, headings: Sequence[str], example: Sequence[str], allowed: Mapping[str, Sequence[str]]
) -> bytes:
    """A workbook to fill in: headings, an example line, and a second sheet with the words a column may hold.

    All cells are text, so that long numbers keep their digits; the words are offered as a list to choose from.
    """
    stream = BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": False}) as book:
        text = book.add_format({"num_format": "@"})
        bold = book.add_format({"bold": True, "bottom": 1, "num_format": "@"})
        sheet, words = book.add_worksheet(title[:31]), book.add_worksheet("可选值")
        sheet.set_column(0, len(headings) - 1, 24, text)
        sheet.write_row(0, 0, headings, bold)
        for column, value in enumerate(example):
            sheet.write_string(1, column, value, text)
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
