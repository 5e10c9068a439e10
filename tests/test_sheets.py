"""Reading what people upload: workbooks and CSV by what they are, nothing run, nothing unpacked without end."""

import io
import struct
import time
import zipfile
from datetime import date, datetime

import openpyxl
import pytest

from portal import sheets
from portal.errors import Refused
from portal.sheets import FORMULA, read_lines
from portal.spreadsheets import form_workbook, workbook
from tests.sheets import archive, changed, part, xlsx

HEADINGS = ("代码", "名称")
GOOD = xlsx(HEADINGS, ("甲1", "甲"))
SHARED = workbook("x", HEADINGS, [("甲1", "甲")])
SHEET = "xl/worksheets/sheet1.xml"


def _refusal(content: bytes) -> str:
    with pytest.raises(Refused) as caught:
        read_lines(content, HEADINGS)
    return str(caught.value)


def test_lines_come_with_the_number_that_the_spreadsheet_shows() -> None:
    lines = read_lines(xlsx(HEADINGS, ("甲1", "甲"), (None, None), ("乙1", "乙")), HEADINGS)
    assert [(line.number, line.cells["名称"]) for line in lines] == [(2, "甲"), (4, "乙")]


def test_columns_may_stand_in_any_order_and_blanks_around_a_text_go() -> None:
    (line,) = read_lines(xlsx(("名称", "代码"), (" 甲\u3000乙\n丙 ", "\xa0甲1")), HEADINGS)
    assert line.cells == {"代码": "甲1", "名称": "甲 乙 丙"}


def test_numbers_dates_and_truths_become_text() -> None:
    (line,) = read_lines(xlsx(("a", "b", "c", "d"), (2024, 2023.0, datetime(2024, 5, 1), True)), ("a", "b", "c", "d"))
    assert line.cells == {"a": "2024", "b": "2023", "c": "2024-05-01", "d": "是"}
    (line,) = read_lines(xlsx(("a", "b"), (0.5, date(2024, 5, 2))), ("a", "b"))
    assert line.cells == {"a": "0.5", "b": "2024-05-02"}


def test_a_long_number_that_lost_its_digits_is_pointed_out() -> None:
    (line,) = read_lines(xlsx(HEADINGS, (914413007820108867, "甲")), HEADINGS)
    assert [(f.heading, "超过15位" in f.sentence) for f in line.faults] == [("代码", True)]


def test_a_formula_is_refused_in_its_cell_and_never_shown() -> None:
    (line,) = read_lines(xlsx(HEADINGS, ("=1+1", '=HYPERLINK("http://x")')), HEADINGS)
    assert [(f.heading, f.sentence) for f in line.faults] == [("代码", FORMULA), ("名称", FORMULA)]
    assert line.cells == {"代码": "（公式）", "名称": "（公式）"}
    (line,) = read_lines(workbook("x", HEADINGS, [("=1+1", "甲")]), HEADINGS)
    assert (line.cells["代码"], line.faults) == ("=1+1", ()), "a text that looks like one is a text in a workbook"
    (line,) = read_lines("代码,名称\n=1+1,甲\n".encode(), HEADINGS)
    assert [f.sentence for f in line.faults] == [FORMULA], "in CSV nobody can tell"


def test_an_error_value_and_what_can_not_be_seen_are_pointed_out() -> None:
    error = changed(SHARED, **{SHEET: part(SHARED, SHEET).replace(b't="s"><v>2</v>', b't="e"><v>#N/A</v>')})
    (line,) = read_lines(error, HEADINGS)
    assert "#N/A" in line.faults[0].sentence
    (line,) = read_lines(xlsx(HEADINGS, ("甲\u200b1", "乙")), HEADINGS)
    assert (line.cells["代码"], line.faults[0].heading) == ("甲□1", "代码")
    assert "不可见字符" in line.faults[0].sentence


def test_something_beside_the_columns_is_pointed_out() -> None:
    (line,) = read_lines(xlsx(HEADINGS, ("甲1", "甲", "多余")), HEADINGS)
    assert "表头以外" in line.faults[0].sentence


@pytest.mark.parametrize(
    ("first", "sentence"),
    [
        (("代码",), "缺少列：名称"),
        (("代码", "名称", "备注"), "模板以外的列：备注"),
        (("代码", "名称", "名称"), "重复的列：名称"),
        (("名 称", "代码"), "缺少列：名称"),
    ],
)
def test_headings_must_be_those_of_the_template(first: tuple[str, ...], sentence: str) -> None:
    assert sentence in _refusal(xlsx(first, ("甲1", "甲", "x")))


def test_files_without_content() -> None:
    assert "文件是空的" in _refusal(b"")
    assert "没有内容" in _refusal(xlsx())
    assert "没有内容" in _refusal(b"\n\n")
    assert "只有表头" in _refusal(xlsx(HEADINGS))


# -- CSV ------------------------------------------------------------------------------------------------------------
TEXT = '代码,名称\r\n甲1,"甲，""一"""\r\n\r\n乙1,重庆\r\n'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_is_read_in_the_encodings_and_delimiters_that_offices_use(encoding: str, delimiter: str) -> None:
    lines = read_lines(TEXT.replace(",", delimiter).encode(encoding), HEADINGS)
    assert [(line.number, line.cells) for line in lines] == [
        (2, {"代码": "甲1", "名称": '甲，"一"'}),
        (4, {"代码": "乙1", "名称": "重庆"}),
    ]


def test_csv_that_is_none() -> None:
    assert "引号" in _refusal('代码,名称\n甲,"乙\n'.encode())
    assert "不是" in _refusal(b"\x89PNG\r\n\x1a\n\x00\x00\xff\xff")
    assert "PDF" in _refusal(b"%PDF-1.7")
    assert "不是" in _refusal(b"\x00" * 100)


# -- workbooks that are none, or worse ------------------------------------------------------------------------------
def test_type_is_told_by_the_first_bytes() -> None:
    assert "旧版 .xls" in _refusal(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512)
    assert "压缩包" in _refusal(archive(**{"hello.txt": "hello"}))
    assert "压缩包" in _refusal(archive(**{"word/document.xml": "<x/>", "[Content_Types].xml": "<x/>"}))
    assert "损坏" in _refusal(GOOD[:200])
    assert "损坏" in _refusal(b"PK\x03\x04" + b"x" * 100)


def test_macros_are_refused() -> None:
    assert "宏" in _refusal(changed(GOOD, **{"xl/vbaProject.bin": b"x"}))


def test_too_big_a_file_is_refused_before_it_is_read() -> None:
    assert "5 MB" in _refusal(b"PK\x03\x04" + b"\0" * sheets.MOST_BYTES)


def test_a_bomb_is_not_unpacked() -> None:
    bomb = changed(GOOD, **{SHEET: b"<x>" + b" " * 300_000_000 + b"</x>"})
    assert len(bomb) < 1_000_000
    began = time.process_time()
    assert "解开后过大" in _refusal(bomb)
    assert time.process_time() - began < 0.5


def test_a_bomb_that_lies_about_its_size_is_not_unpacked_either() -> None:
    bomb = bytearray(changed(GOOD, **{SHEET: b"<x>" + b" " * 60_000_000 + b"</x>"}))
    with zipfile.ZipFile(io.BytesIO(bytes(bomb))) as made:
        real = struct.pack("<I", made.getinfo(SHEET).file_size)
    lying = bytes(bomb).replace(real, struct.pack("<I", 100))
    assert "无法作为工作簿读取" in _refusal(lying)


def test_many_parts_are_refused() -> None:
    assert "解开后过大" in _refusal(changed(GOOD, **{f"xl/media/{n}.png": b"x" for n in range(300)}))


def test_entities_are_not_expanded() -> None:
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "ha"}">' for n in range(10))
    evil = part(GOOD, SHEET).decode().replace("<worksheet", f"<!DOCTYPE x [{entities}]><worksheet", 1)
    evil = evil.replace("<sheetData>", '<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>&e9;</t></is></c></row>')
    assert openpyxl.DEFUSEDXML
    assert "无法作为工作簿读取" in _refusal(changed(GOOD, **{SHEET: evil.encode()}))


def test_a_file_of_this_machine_is_not_read_through_an_entity() -> None:
    evil = part(SHARED, "xl/sharedStrings.xml").decode()
    evil = evil.replace("<sst", '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><sst', 1).replace("甲1", "&f;")
    assert "无法作为工作簿读取" in _refusal(changed(SHARED, **{"xl/sharedStrings.xml": evil.encode()}))


def test_a_workbook_whose_parts_are_garbage_is_refused_in_words() -> None:
    for name in ("xl/workbook.xml", SHEET, "xl/sharedStrings.xml", "[Content_Types].xml"):
        assert "无法作为工作簿读取" in _refusal(changed(SHARED, **{name: b"garbage"})), name


def test_lines_columns_and_empty_rows_have_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MOST_LINES", 3)
    assert read_lines(xlsx(HEADINGS, *[("a", "b")] * 3), HEADINGS)
    assert "最多导入3行" in _refusal(xlsx(HEADINGS, *[("a", "b")] * 4))
    far = part(GOOD, SHEET).decode().replace('<row r="2"', '<row r="1048576"').replace('r="A2"', 'r="A1048576"')
    far = far.replace('r="B2"', 'r="B1048576"')
    began = time.process_time()
    assert "20000行" in _refusal(changed(GOOD, **{SHEET: far.encode()}))
    assert time.process_time() - began < 3
    wide = read_lines(xlsx(HEADINGS, ("甲1", "甲", *[None] * 2_000, "x")), HEADINGS)
    assert wide[0].faults == (), "what stands beyond every column a template could have is not looked at"


def test_rows_beyond_what_the_file_says_of_its_size_are_read() -> None:
    small = part(GOOD, SHEET).replace(b'ref="A1:B2"', b'ref="A1:B1"')
    assert small != part(GOOD, SHEET)
    assert len(read_lines(changed(GOOD, **{SHEET: small}), HEADINGS)) == 1


def test_a_cell_longer_than_any_is_pointed_out() -> None:
    (line,) = read_lines(xlsx(HEADINGS, ("甲" * 2_001, "乙")), HEADINGS)
    assert "超过2000字" in line.faults[0].sentence


def test_the_template_can_be_filled_in_and_read_back() -> None:
    content = form_workbook("名单", HEADINGS, ("甲1", "甲"), {"名称": ["甲", "乙"]})
    (line,) = read_lines(content, HEADINGS)
    assert line.cells == {"代码": "甲1", "名称": "甲"}
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert [cell.value for cell in book["可选值"]["A"]] == ["名称", "甲", "乙"]
    assert book["名单"].data_validations.dataValidation[0].formula1 == "可选值!$A$2:$A$3"
    assert book["名单"]["A2"].number_format == "@"
