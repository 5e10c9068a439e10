"""A dossier as a workbook: a sheet for each section (code, question, answer), and one for each table.

Short answers stand in the section's sheet; a table's sheet has the columns' codes in its first row, what they are
called in the second, and its rows below.
"""

from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.styles import Alignment, Font

from portal.declared import Field, Form, Kind, label_of
from portal.errors import Malformed

HEADINGS = ("编号", "问题", "填写内容")
# Tables that have no columns of the book's: what their columns are called.
BARE = {
    "attachments.audit.years": ("年度", "营业收入（万元）", "利润总额（万元）", "资产总额（万元）", "研发费用（万元）"),
    "attachments.maturity.domains": ("要素", "得分", "评语"),
}
_OWN = {
    "region": "注册地行政区划代码",
    "title.year": "获评湖北省智能制造试点示范企业年度",
    "title.document": "认定文件",
    "licence.capital": "注册资本",
    "licence.scope": "经营范围",
    "audit.firm": "会计师事务所",
    "audit.opinion": "审计意见",
    "maturity.advice": "改进方向",
    "credit.on": "查询日期",
    "credit.text": "查询结果",
    "honours.text": "获奖与认定情况",
}


def content_of(path: Path) -> dict[str, Any]:
    """A workbook's content in the shape of a JSON dossier. Raises Malformed."""
    content: dict[str, Any] = {"title": {}, "attachments": {}}
    with closing(load_workbook(path, read_only=True, data_only=True)) as book:
        for sheet in book.worksheets:
            rows = [["" if cell is None else str(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
            _take(content, sheet.title, [row for row in rows if any(row)], path.name)
    return content


def _take(content: dict[str, Any], name: str, rows: list[list[str]], file: str) -> None:
    """What a sheet says, put where it belongs. Raises Malformed."""
    if not rows:
        raise Malformed(f"{file}: [{name}] is empty")
    if "." in name:
        _put(content, name, _table(name, rows))
        return
    if tuple(rows[0][:3]) != HEADINGS:
        raise Malformed(f"{file}: [{name}] is not headed {'、'.join(HEADINGS)}")
    said = {row[0]: row[2] for row in rows[1:]}
    if name not in {"dossier", "attachments"}:
        content.setdefault(name, {}).update(said)
        return
    for key, value in said.items():
        _put(content, key if name == "dossier" else f"attachments.{key}", value)


def _table(name: str, rows: list[list[str]]) -> list[Any]:
    if name in BARE:
        return [row[: len(BARE[name])] for row in rows[1:]]
    return [{key: cell for key, cell in zip(rows[0], row, strict=False) if key} for row in rows[2:]]


def _put(content: dict[str, Any], name: str, value: Any) -> None:
    """A value under a dotted name."""
    *path, last = name.split(".")
    for part in path:
        content = content.setdefault(part, {})
    content[last] = value


# -- writing ---------------------------------------------------------------------------------------------------------
def workbook_of(content: Mapping[str, Any], form: Form) -> Workbook:
    """A dossier's content, as JSON has it, as the workbook that an enterprise would fill in."""
    book = Workbook()
    book.remove(book.active)
    _answers(book, "dossier", [(key, _OWN[key], value) for key, value in _head(content)])
    grades = content["self_assessment"]
    _answers(book, "self_assessment", [(key, "满足程度（未列出的为全部满足）", grades[key]) for key in grades])
    for section in form.sections:
        if section.key == "attachments":
            continue
        said = content[section.key]
        plain = {key: value for key, value in said.items() if section.fields[key].kind is not Kind.ROWS}
        _answers(book, section.key, [(key, label_of(section, key), _joined(value)) for key, value in plain.items()])
        for key in said.keys() - plain.keys():
            _rows(book, f"{section.key}.{key}", section.fields[key], said[key])
    found = [(f"{name}.{key}", value) for name, parts in content["attachments"].items() for key, value in parts.items()]
    flat = {key: value for key, value in found if f"attachments.{key}" not in BARE}
    _answers(book, "attachments", [(key, _OWN[key], _joined(value)) for key, value in flat.items()])
    for name, headings in BARE.items():
        _, attachment, key = name.split(".")
        _lines(book, name, [headings, *content["attachments"][attachment][key]])
    return book


def _head(content: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield "region", content["region"]
    yield from ((f"title.{key}", value) for key, value in content["title"].items())


def _joined(value: Any) -> str:
    return "\n".join(value) if isinstance(value, list) else str(value)


def _answers(book: Workbook, name: str, rows: list[tuple[str, str, str]]) -> None:
    _lines(book, name, [HEADINGS, *rows], widths=(30, 32, 90))


def _rows(book: Workbook, name: str, asked: Field, rows: list[Mapping[str, Any]]) -> None:
    keys = [column.key for column in asked.columns]
    lines = [[_joined(row.get(key, "")) for key in keys] for row in rows]
    _lines(book, name, [keys, [column.label for column in asked.columns], *lines])


def _lines(book: Workbook, name: str, rows: list[Any], widths: tuple[int, ...] = ()) -> None:
    sheet = book.create_sheet(name)
    for row in rows:
        sheet.append([*row])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for place, column in enumerate(sheet.columns):
        sheet.column_dimensions[column[0].column_letter].width = widths[place] if widths else 28
        for cell in column:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            cell.number_format = "@"
    sheet.freeze_panes = "A2"
