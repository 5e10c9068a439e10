"""Workbooks and CSV files that people upload → lines of text by heading; nothing in them is run or believed."""

import csv
import io
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

import openpyxl

from portal.errors import Refused

MOST_BYTES = 5_000_000
MOST_UNPACKED = 40_000_000
MOST_PARTS = 200
MOST_LINES = 5_000
MOST_ROWS_LOOKED_AT = 20_000  # empty ones between and after too
MOST_COLUMNS = 60
LONGEST = 2_000
FORMULA = "单元格含公式，请改为文字或数值（复制后选择性粘贴为“值”）。"
_SAFE_INTEGER = 10**15  # beyond it a spreadsheet's number has lost digits

if not openpyxl.DEFUSEDXML:
    raise ImportError("openpyxl must read with defusedxml: entities in an uploaded workbook would be expanded")


@dataclass(frozen=True)
class Fault:
    """What is wrong with one cell (or, without a heading, with the line): a sentence its writer can act on."""

    heading: str
    sentence: str


@dataclass(frozen=True)
class Line:
    """A line of the file: its number as the spreadsheet shows it, text by heading, and what could not be read."""

    number: int
    cells: dict[str, str]
    faults: tuple[Fault, ...] = ()


@dataclass
class _Cell:
    text: str = ""
    fault: str = field(default="")


_Row = list[_Cell]


def read_lines(content: bytes, headings: Sequence[str]) -> list[Line]:
    """The lines of a workbook (its first sheet) or CSV file whose first line is `headings`, in any order.

    What the file is shows in its first bytes, not in its name. Raises Refused when it can't be read as such a list.
    """
    if not content:
        raise Refused("文件是空的，请选择填好的文件。")
    if len(content) > MOST_BYTES:
        raise Refused(f"文件超过{MOST_BYTES // 1_000_000} MB，请拆分后分次导入。")
    rows = _filled(_csv_rows(content) if not _is_workbook(content) else _workbook_rows(content))
    number, first = next(rows, (0, []))
    if not number:
        raise Refused("文件中没有内容。")
    columns = _columns(first, headings)
    lines: list[Line] = []
    for number, row in rows:
        if len(lines) == MOST_LINES:
            raise Refused(f"一次最多导入{MOST_LINES}行，请拆分后分次导入。")
        lines.append(_line(number, row, columns))
    if not lines:
        raise Refused("文件中只有表头，没有数据。")
    return lines


def _is_workbook(content: bytes) -> bool:
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise Refused("这是旧版 .xls 或加密的文件，请另存为不加密的 .xlsx 或 CSV 后再上传。")
    if content.startswith(b"%PDF"):
        raise Refused("这是 PDF 文件，请上传 .xlsx 或 CSV 文件。")
    return content.startswith(b"PK\x03\x04")


def _filled(rows: Iterable[_Row]) -> Iterator[tuple[int, _Row]]:
    """Rows with something in them, with their numbers from 1."""
    for number, row in enumerate(rows, start=1):
        if number > MOST_ROWS_LOOKED_AT:
            raise Refused(f"表格超过{MOST_ROWS_LOOKED_AT}行（含空行），请删除多余的行后再上传。")
        if any(cell.text or cell.fault for cell in row):
            yield number, row


def _columns(first: _Row, headings: Sequence[str]) -> dict[int, str]:
    """Where each heading stands. Raises Refused naming those that are missing, unknown or there twice."""
    found = {place: cell.text for place, cell in enumerate(first) if cell.text}
    names = list(found.values())
    reasons = []
    if missing := [name for name in headings if name not in names]:
        reasons.append(f"第一行缺少列：{'、'.join(missing)}。请使用本页提供的模板。")
    if unknown := [name[:20] for name in names if name not in headings]:
        reasons.append(f"第一行有模板以外的列：{'、'.join(unknown[:10])}。请删除这些列。")
    if twice := sorted({name for name in names if name in headings and names.count(name) > 1}):
        reasons.append(f"第一行有重复的列：{'、'.join(twice)}。")
    if reasons:
        raise Refused(*reasons)
    return found


def _line(number: int, row: _Row, columns: dict[int, str]) -> Line:
    cells, faults = {}, []
    for place, heading in columns.items():
        cell = row[place] if place < len(row) else _Cell()
        cells[heading] = cell.text
        if cell.fault:
            faults.append(Fault(heading, cell.fault))
    if any(cell.text or cell.fault for place, cell in enumerate(row) if place not in columns):
        faults.append(Fault("", "表头以外的列中有内容，请删除。"))
    return Line(number, cells, tuple(faults))


def _text(value: str) -> _Cell:
    """A text without the blanks around it; what can't be seen in it is a fault, because nobody would find it."""
    text = re.sub(r"\s+", " ", value).strip()
    if len(text) > LONGEST:
        return _Cell(text[:50] + "…", f"内容超过{LONGEST}字。")
    if any(unicodedata.category(letter) in {"Cc", "Cf", "Cs", "Co", "Cn"} for letter in text):
        shown = "".join(letter if letter.isprintable() else "□" for letter in text)
        return _Cell(shown, "含有不可见字符（多由复制带入），请删除该单元格后重新键入。")
    return _Cell(text)


# -- workbooks ------------------------------------------------------------------------------------------------------
def _workbook_rows(content: bytes) -> Iterator[_Row]:
    _look_inside(content)
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
        if not book.worksheets:
            raise Refused("工作簿中没有工作表。")
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # what the file says of its own size would hide the rows beyond
        for row in sheet.iter_rows(max_col=MOST_COLUMNS + 1):
            yield [_cell(cell.value, getattr(cell, "data_type", "n")) for cell in row]
    except (Refused, GeneratorExit):
        raise
    # A forged workbook can break the reader in as many ways as there are tags; each is answered the same.
    except Exception as error:
        raise Refused("文件无法作为工作簿读取，可能已损坏。请用表格软件打开后另存为 .xlsx 再上传。") from error


def _look_inside(content: bytes) -> None:
    """Raises Refused for an archive that is no workbook, holds macros, or would unpack to more than is sensible.

    `file_size` is what the archive claims of itself; zipfile never unpacks more of a part than that.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise Refused("文件已损坏，无法读取，请重新保存后再上传。") from error
    names = {part.filename for part in parts}
    if "xl/workbook.xml" not in names or "[Content_Types].xml" not in names:
        raise Refused("这是压缩包或其他文件，不是 .xlsx 工作簿，请上传 .xlsx 或 CSV 文件。")
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise Refused("工作簿含有宏，请另存为不含宏的 .xlsx 后再上传。")
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise Refused("工作簿解开后过大，请只保留需要导入的工作表，删除图片和多余的行后再上传。")


def _cell(value: Any, kind: str) -> _Cell:
    match value:
        case _ if kind == "f":
            return _Cell("（公式）", FORMULA)
        case _ if kind == "e":
            return _Cell(str(value), f"单元格的值是错误“{value}”，请改正。")
        case None:
            return _Cell()
        case bool():
            return _Cell("是" if value else "否")
        case int() | float():
            return _number(value)
        case datetime() | date() | time():
            day = value.date() if isinstance(value, datetime) and value.time() == time() else value
            return _Cell(day.isoformat())
        case str():
            return _text(value)
        case _:
            return _Cell("（公式）", FORMULA)


def _number(value: int | float) -> _Cell:
    if abs(value) >= _SAFE_INTEGER:
        return _Cell(f"{value:.6g}", "超过15位的数字已被表格软件改变，请将该列设为“文本”格式后重新填写。")
    return _Cell(str(int(value)) if value == int(value) else str(value))


# -- CSV ------------------------------------------------------------------------------------------------------------
def _csv_rows(content: bytes) -> Iterator[_Row]:
    text = _decoded(content)
    heading = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(",\t;", key=heading.count)
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
            cells = [_text(value) for value in row[: MOST_COLUMNS + 1]]
            yield [_Cell("（公式）", FORMULA) if cell.text.startswith("=") else cell for cell in cells]
    except csv.Error as error:
        raise Refused("CSV 文件的引号或分隔符有误，请用表格软件重新保存后再上传。") from error


def _decoded(content: bytes) -> str:
    """The text of a CSV file: UTF-8 or UTF-16 by their marks, UTF-8 if it is, else GB18030. Raises Refused."""
    marked = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise Refused("文件不是 .xlsx 工作簿，也不是可读的 CSV 文本（支持 UTF-8、GB18030 编码）。")
