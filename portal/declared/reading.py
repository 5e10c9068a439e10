"""Answers as they come in: numbers and days however typed, pasted text made clean, shapes checked."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from portal.declared.fields import Field, Kind, Section, Unkeepable, Unreadable, Value, Values

_ROW = re.compile(r"(?P<table>[^\[\]]+)\[(?P<row>[0-9a-z]{1,24})\]")
_CELL = re.compile(r"(?P<table>[^\[\]]+)\[(?P<row>[0-9a-z]{1,24})\]\.(?P<column>\w+)")
_LONGEST_SHORT, _LONGEST = 500, 20_000
_LINES = frozenset({Kind.LONG, Kind.RICH})

# What Word, WPS and browsers put into pasted text besides the text.
_BREAK = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_UNSEEN = re.compile("[\u200b-\u200f\u2060\ufeff]")
_TURNED = re.compile("[\u202a-\u202e\u2066-\u2069]")  # would show text in another order than it is kept in
_CONTROL = re.compile("[\0-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")


class Cell(NamedTuple):
    """One cell of a table's row, as `table[row].column` names it."""

    table: str
    row: str
    column: str


def number(text: str) -> Decimal | None:
    """The number somebody typed (full-width digits, commas and spaces are folded); None when it is none."""
    folded = unicodedata.normalize("NFKC", text).replace(" ", "").strip().removesuffix("%")
    if re.fullmatch(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?", folded):  # a comma elsewhere may be meant as a point
        folded = folded.replace(",", "")
    if not re.fullmatch(r"[+-]?\d{1,15}(\.\d{1,10})?|[+-]?\.\d{1,10}", folded):
        return None
    return Decimal(folded)


def day(text: str) -> date | None:
    """The date somebody typed as YYYY-MM-DD (full-width digits are folded); None when it is none."""
    try:
        return date.fromisoformat(unicodedata.normalize("NFKC", text).strip())
    except ValueError:
        return None


def length(text: str) -> int:
    """字 as the browser counts them: code points, a line break as one."""
    return len(text.replace("\r\n", "\n"))


def row_key(table: str, row: str) -> str:
    """The key under which a table's row is kept."""
    return f"{table}[{row}]"


def rows_of(values: Values, table: str) -> dict[str, dict[str, str]]:
    """The rows of a table by their id, oldest first: ids sort by the time they were made."""
    found = {}
    for key, value in values.items():
        match = _ROW.fullmatch(key)
        if match and match["table"] == table and isinstance(value, dict):
            found[match["row"]] = value
    return dict(sorted(found.items()))


def cell_of(key: str) -> Cell | None:
    """The cell that a key names; None when it names none."""
    match = _CELL.fullmatch(key)
    return Cell(match["table"], match["row"], match["column"]) if match else None


def field_of(section: Section, key: str) -> Field:
    """The field that a key answers; a row's key leads to its table. Raises Unreadable."""
    match = _ROW.fullmatch(key)
    found = section.fields.get(match["table"] if match else key)
    if found is None or (found.kind is Kind.ROWS) is not bool(match) or found.kind is Kind.FILES:
        raise Unreadable(f"“{section.title}”没有“{key[:80]}”这一项，请刷新页面后重试。")
    return found


def read(section: Section, changes: Mapping[str, Any]) -> dict[str, Value | None]:
    """Answers as they may be kept: shapes checked, line ends folded, nothing shortened. None takes a row away.

    What somebody mistyped is kept (and `problems` says so): a half-filled page can always be saved.
    Raises Unreadable.
    """
    return {key: _read(field_of(section, key), value) for key, value in changes.items()}


def _read(asked: Field, value: Any) -> Value | None:
    if asked.kind is Kind.ROWS:
        if value is None:
            return None
        if not isinstance(value, dict):
            raise Unreadable(f"“{asked.label}”的内容格式不符，请刷新页面后重试。")
        columns = {column.key: column for column in asked.columns}
        if set(value) - set(columns):
            raise Unreadable(f"“{asked.label}”没有所填的栏目，请刷新页面后重试。")
        return {key: _text(column, value.get(key, "")) for key, column in columns.items()}
    if asked.kind is Kind.PICK:
        if not isinstance(value, list) or not all(re.fullmatch(r"[0-9a-z]{1,24}", str(item)) for item in value):
            raise Unreadable(f"“{asked.label}”的内容格式不符，请刷新页面后重试。")
        return sorted(set(map(str, value)))
    return _text(asked, value)


def _text(asked: Field, value: Any) -> str:
    if not isinstance(value, str):
        raise Unreadable(f"“{asked.label}”的内容格式不符，请刷新页面后重试。")
    text = _normal(asked.kind, _clean(asked, value))
    allowed = {Kind.YES_NO: {"", "yes", "no"}, Kind.CHOICE: {"", *(key for key, _ in asked.choices)}}.get(asked.kind)
    if allowed is not None and text not in allowed:
        raise Unreadable(f"“{asked.label}”的选项已不存在，请刷新页面后重新选择。")
    most = _LONGEST if asked.kind in _LINES else _LONGEST_SHORT
    if len(text) > most:
        raise Unkeepable(f"“{asked.label}”内容过长（{len(text)}字），超出{most}字无法保存，请删减。")
    return text


def _clean(asked: Field, value: str) -> str:
    """Text without what pasting brings along. Raises Unkeepable for what would not be read as it is kept."""
    text = _UNSEEN.sub("", _BREAK.sub("\n", value))
    if _TURNED.search(text):
        raise Unkeepable(f"“{asked.label}”含有改变文字显示方向的控制符，请删除后重新填写，或粘贴为纯文本。")
    if _CONTROL.search(text):
        raise Unkeepable(f"“{asked.label}”含有无法保存的特殊字符，请删除后重新填写，或粘贴为纯文本。")
    return (text if asked.kind in _LINES else text.replace("\n", " ")).strip()


def _normal(kind: Kind, text: str) -> str:
    """A number or day with plain digits, if it reads as one; anything else as it is."""
    if kind is Kind.NUMBER and number(text) is not None:
        return unicodedata.normalize("NFKC", text)
    if kind is Kind.DATE and (typed := day(text)):
        return typed.isoformat()
    return text
