"""Workbooks hold text as text: nothing in a cell runs."""

from io import BytesIO

import openpyxl
import pytest

from portal.spreadsheets import workbook

NASTY = ["=1+1", "+1", "-1", "@SUM(A1)", "{=1}", "\t=1", "http://evil.example", "mailto:a@b", "0123", "\x00坏", "１２"]


@pytest.mark.parametrize("value", NASTY)
def test_text_stays_text(value: str) -> None:
    book = openpyxl.load_workbook(BytesIO(workbook("表", ["列"], [[value]])))
    cell = book.active["A2"]
    assert cell.data_type == "s"
    assert cell.hyperlink is None
    assert cell.value.replace("_x0000_", "\x00") == value


def test_numbers_stay_numbers_and_none_is_empty() -> None:
    sheet = openpyxl.load_workbook(BytesIO(workbook("表", ["a", "b", "c"], [[1, 2.5, None]]))).active
    assert [cell.value for cell in sheet[2]] == [1, 2.5, None]


def test_overlong_text_is_cut_where_one_sees_it() -> None:
    sheet = openpyxl.load_workbook(BytesIO(workbook("表", ["a"], [["长" * 40_000]]))).active
    assert sheet["A2"].value.endswith("…")
    assert len(sheet["A2"].value) == 32_767


def test_headings_stay_in_sight() -> None:
    sheet = openpyxl.load_workbook(BytesIO(workbook("表", ["a", "b"], [[1, 2], [3, 4]]))).active
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:B3"
