"""Answers as people read them: in words, on paper, and where two versions differ."""

import json
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from portal import richtext
from portal.declared.fields import Block, Difference, Field, Kind, Section, Value, Values
from portal.declared.reading import cell_of, day, field_of, row_key, rows_of

_NONE, _GONE, _EMPTY = "（无）", "（已删除）", "（空）"
_ABOUT = {
    Kind.YES_NO: "选择是或否",
    Kind.TEXT: "文字",
    Kind.LONG: "文字",
    Kind.RICH: "文字，可用列表和表格",
    Kind.NUMBER: "数字",
    Kind.DATE: "日期",
    Kind.PICK: "从已填各项中勾选",
    Kind.ROWS: "可填多项",
}


def in_words(asked: Field, value: Value | None, rows: Mapping[str, str] | None = None) -> str:
    """An answer as people read it; `rows` names the rows that a PICK can refer to."""
    if not value:
        return _GONE if value is None else _EMPTY
    if isinstance(value, dict):
        cells = [f"{c.label}：{in_words(c, value.get(c.key, ''))}" for c in asked.columns if value.get(c.key)]
        return "；".join(cells) or _EMPTY
    if isinstance(value, list):
        return "、".join((rows or {}).get(item, item) for item in value)
    if asked.kind is Kind.NUMBER:
        return unicodedata.normalize("NFKC", value) + asked.unit
    if asked.kind is Kind.RICH:
        return richtext.plain(value)
    if asked.kind is Kind.DATE and (found := day(value)):
        return f"{found.year}年{found.month}月{found.day}日"
    words = {"yes": "是", "no": "否"} if asked.kind is Kind.YES_NO else dict(asked.choices)
    return words.get(value, value)


def limits_in_words(asked: Field) -> str:
    """What may be answered, said beforehand: the kind of answer and its limits."""
    if asked.kind is Kind.FILES:
        return files_in_words(asked)
    if asked.kind is Kind.CHOICE:
        names = [name for _, name in asked.choices]
        return f"选择：{'、'.join(names)}" if len(names) <= 8 else f"选择，共{len(names)}项"
    said = [_ABOUT[asked.kind] + (f"（{asked.unit}）" if asked.unit else "")]
    if asked.limit:
        said.append(f"不超过{asked.limit}字")
    if asked.pictures:
        said.append(f"图片不超过{asked.pictures}张")
    if asked.least is not None and asked.most is not None:
        said.append(f"{asked.least}至{asked.most}")
    return "，".join(said)


def files_in_words(asked: Field) -> str:
    """Which files may be uploaded: formats, size, how many."""
    names = "、".join(name.upper() for name in asked.formats)
    said = [
        names and f"{names}格式",
        f"每个文件不超过{asked.most_mb} MB" if asked.most_mb else "",
        f"最多{asked.most_files}个" if asked.most_files else "",
    ]
    return "，".join(filter(None, said))


def label_of(section: Section, key: str) -> str:
    """What a key is called: the heading of its block, and the field; for a cell the table and the column."""
    if cell := cell_of(key):
        table = field_of(section, row_key(cell.table, cell.row))
        return f"{table.label}·{next((c.label for c in table.columns if c.key == cell.column), cell.column)}"
    asked = field_of(section, key)
    block = next(b for b in section.blocks if asked in b.fields)
    return asked.label if len(block.fields) == 1 else f"{block.title}：{asked.label}"


def differences(section: Section, before: Values, after: Values) -> list[Difference]:
    """What two versions answer differently, in the form's order.

    A row that both have is compared cell by cell (key `table[row].column`); one that came or went is one difference.
    """
    found: list[Difference] = []
    for asked in section.fields.values():
        if asked.kind is Kind.ROWS:
            found += _row_differences(asked, rows_of(before, asked.key), rows_of(after, asked.key))
            continue
        old, new = before.get(asked.key) or "", after.get(asked.key) or ""
        if old != new:
            label = label_of(section, asked.key)
            found.append(Difference(asked.key, label, in_words(asked, old), in_words(asked, new)))
    return found


def _row_differences(
    table: Field, before: Mapping[str, dict[str, str]], after: Mapping[str, dict[str, str]]
) -> Iterator[Difference]:
    """Rows are counted as the newer version has them; what went, as the older had."""
    places = {row: place for rows in (before, after) for place, row in enumerate(rows, start=1)}
    for row in sorted(places):
        key, label = row_key(table.key, row), f"{table.label}第{places[row]}项"
        old, new = before.get(row), after.get(row)
        if old is None or new is None:
            was = _NONE if old is None else in_words(table, old)
            yield Difference(key, label, was, in_words(table, new))
            continue
        for column in table.columns:
            one, other = old.get(column.key, ""), new.get(column.key, "")
            if one != other:
                said = in_words(column, one), in_words(column, other)
                yield Difference(f"{key}.{column.key}", f"{label}·{column.label}", *said)


@dataclass(frozen=True)
class Line:
    """One answer as it is read; `blocks`: its shape, when it is a rich text; `files`: those of a FILES field."""

    key: str
    label: str
    text: str
    blocks: tuple[richtext.Block, ...] = ()
    files: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Said:
    """A block as it is read: its heading, and what was answered to each of its questions."""

    block: Block
    lines: tuple[Line, ...]
    rows: tuple[tuple[Line, ...], ...] = ()


@dataclass(frozen=True)
class _Reader:
    """What a section's answers are read with."""

    rows: Mapping[str, str]
    files: Mapping[str, Any]
    pictures: Mapping[str, str]

    def line(self, asked: Field, key: str, value: Value) -> Line:
        shape = richtext.parse(value, self.pictures) if asked.kind is Kind.RICH and isinstance(value, str) else ()
        return Line(key, asked.label, in_words(asked, value, self.rows), shape)

    def lines(self, block: Block, values: Values) -> Iterator[Line]:
        for asked in block.fields:
            if held := tuple(self.files.get(asked.key, ())) if asked.kind is Kind.FILES else ():
                yield Line(asked.key, asked.label, "", files=held)
            elif values.get(asked.key):
                yield self.line(asked, asked.key, values[asked.key])

    def table_rows(self, table: Field, values: Values) -> Iterator[tuple[Line, ...]]:
        for row, cells in rows_of(values, table.key).items():
            key = row_key(table.key, row)
            yield tuple(self.line(c, f"{key}.{c.key}", cells.get(c.key, "")) for c in table.columns)


def summary(
    section: Section,
    values: Values,
    rows: Mapping[str, str] | None = None,
    files: Mapping[str, Any] | None = None,
    pictures: Mapping[str, str] | None = None,
) -> list[Said]:
    """A section as it is read and printed; what was not answered is left out.

    `rows` names what a PICK refers to; `pictures`: where each picture lies, by the number of its file.
    """
    reader = _Reader(rows or {}, files or {}, pictures or {})
    return [
        Said(
            block,
            tuple(reader.lines(block, values)),
            tuple(row for f in block.fields if f.kind is Kind.ROWS for row in reader.table_rows(f, values)),
        )
        for block in section.blocks
    ]


def canonical(answers: Mapping[str, Any]) -> str:
    """Answers as the one text they are digested from."""
    return json.dumps(answers, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
