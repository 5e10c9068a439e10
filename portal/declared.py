"""A form declared as data: its fields draw the editing page, the check, the diff and what is printed. Pure."""

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Any

# What an answer may be: text, several choices, or one row of a table (key "table[row]").
Value = str | list[str] | dict[str, str]
Values = Mapping[str, Value]

_ROW = re.compile(r"^(?P<table>[^\[\]]+)\[(?P<row>[0-9a-z]{1,24})\]$")
_LONGEST_SHORT, _LONGEST = 500, 20_000
_UNKEPT = re.compile("[\0\ud800-\udfff]")  # the database has neither NUL nor half a character


class Kind(StrEnum):
    """What a field holds."""

    YES_NO = "yes_no"
    CHOICE = "choice"
    TEXT = "text"
    LONG = "long"
    NUMBER = "number"
    DATE = "date"
    PICK = "pick"  # several rows of a table of the same form
    FILES = "files"  # kept beside the answers, by the field's key
    ROWS = "rows"


@dataclass(frozen=True)
class Field:
    """One question. `limit`: most characters (字); `least`, `most`: range of a number; `columns`: of a table's rows;
    `aside`: it may be folded away while it is empty.
    """

    key: str
    label: str
    kind: Kind
    unit: str = ""
    limit: int = 0
    required: bool = False
    help: str = ""
    clause: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    least: Decimal | None = None
    most: Decimal | None = None
    columns: tuple["Field", ...] = ()
    picks: str = ""
    suggestions: tuple[str, ...] = ()
    aside: bool = False


@dataclass(frozen=True)
class Block:
    """Fields that belong together under one heading, which may be a requirement in the notice's words."""

    key: str
    title: str
    fields: tuple[Field, ...]
    clause: str = ""
    group: str = ""
    note: str = ""


@dataclass(frozen=True)
class Section:
    """One page of a form."""

    key: str
    title: str
    blocks: tuple[Block, ...]
    intro: str = ""

    @cached_property
    def fields(self) -> dict[str, Field]:
        """Every field by its key."""
        return {f.key: f for block in self.blocks for f in block.fields}


@dataclass(frozen=True)
class Form:
    """A whole form."""

    key: str
    title: str
    sections: tuple[Section, ...]

    def section(self, key: str) -> Section:
        """The section of that key. Raises KeyError."""
        return {section.key: section for section in self.sections}[key]


@dataclass(frozen=True)
class Problem:
    """One thing that is not right yet; `key` leads to the field."""

    key: str
    label: str
    sentence: str
    is_missing: bool = False


@dataclass(frozen=True)
class Difference:
    """A field that two versions answer differently, as people read it."""

    key: str
    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Progress:
    """How many of a section's questions are answered."""

    answered: int = 0
    asked: int = 0

    @property
    def percent(self) -> int:
        """0–100, rounded down; 100 when nothing is asked."""
        return 100 if not self.asked else self.answered * 100 // self.asked


class Unreadable(ValueError):
    """Answers that this form can't have asked for: unknown keys, or the wrong shape. A sentence, for a stale page."""


class Unkeepable(Unreadable):
    """What somebody may well have typed or pasted, but can't be kept; the sentence says what to mend."""


# -- reading --------------------------------------------------------------------------------------------------------
def number(text: str) -> Decimal | None:
    """The number somebody typed (full-width digits, commas and spaces are folded); None when it is none."""
    folded = unicodedata.normalize("NFKC", text).replace(" ", "").strip().removesuffix("%")
    if re.fullmatch(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?", folded):  # a comma elsewhere may be meant as a point
        folded = folded.replace(",", "")
    if not re.fullmatch(r"[+-]?\d{1,15}(\.\d{1,10})?|[+-]?\.\d{1,10}", folded):
        return None
    return Decimal(folded)


def day(text: str) -> date | None:
    """The date somebody typed as YYYY-MM-DD; None when it is none."""
    try:
        return date.fromisoformat(text.strip())
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
        match = _ROW.match(key)
        if match and match["table"] == table and isinstance(value, dict):
            found[match["row"]] = value
    return dict(sorted(found.items()))


def field_of(section: Section, key: str) -> Field:
    """The field that a key answers; a row's key leads to its table. Raises Unreadable."""
    match = _ROW.match(key)
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
    if _UNKEPT.search(value):
        raise Unkeepable(f"“{asked.label}”含有无法保存的特殊字符，请删除后重新填写。")
    text = value.replace("\r\n", "\n").strip()
    allowed = {Kind.YES_NO: {"", "yes", "no"}, Kind.CHOICE: {"", *(key for key, _ in asked.choices)}}.get(asked.kind)
    if allowed is not None and text not in allowed:
        raise Unreadable(f"“{asked.label}”的选项已不存在，请刷新页面后重新选择。")
    most = _LONGEST if asked.kind is Kind.LONG else _LONGEST_SHORT
    if len(text) > most:
        raise Unkeepable(f"“{asked.label}”内容过长（{len(text)}字），超出{most}字无法保存，请删减。")
    return text


# -- checking -------------------------------------------------------------------------------------------------------
def problems(section: Section, values: Values, files: frozenset[str] = frozenset()) -> list[Problem]:
    """Everything that is missing or not right in a section; `files` are the keys that have a file."""
    found: list[Problem] = []
    for asked in section.fields.values():
        if asked.kind is Kind.ROWS:
            found += _row_problems(asked, values)
        elif sentence := _problem(asked, values.get(asked.key, ""), asked.key in files):
            found.append(Problem(asked.key, asked.label, sentence, not values.get(asked.key)))
    return found


def _row_problems(table: Field, values: Values) -> Iterator[Problem]:
    rows = rows_of(values, table.key)
    if table.required and not rows:
        yield Problem(table.key, table.label, f"请填写{table.label}，至少一项。", True)
    for place, (row, cells) in enumerate(rows.items(), start=1):
        for column in table.columns:
            if sentence := _problem(column, cells.get(column.key, ""), False):
                key = f"{row_key(table.key, row)}.{column.key}"
                yield Problem(key, f"{table.label}第{place}项·{column.label}", sentence, not cells.get(column.key))


def _problem(asked: Field, value: Value, has_file: bool) -> str:
    if not value and not has_file:
        return f"请填写{asked.label}。" if asked.required else ""
    if not isinstance(value, str) or not value:
        return ""
    if asked.limit and length(value) > asked.limit:
        return f"{asked.label}限{asked.limit}字，现有{length(value)}字，请删减{length(value) - asked.limit}字。"
    if asked.kind is Kind.DATE and day(value) is None:
        return f"{asked.label}不是日期，请按 2024-11-22 的格式填写。"
    return _number_problem(asked, value) if asked.kind is Kind.NUMBER else ""


def _number_problem(asked: Field, value: str) -> str:
    typed = number(value)
    if typed is None:
        return f"{asked.label}应为数字，请只填写数字，单位不必填写。"
    if asked.least is not None and typed < asked.least:
        return f"{asked.label}不应小于{asked.least}{asked.unit}。"
    if asked.most is not None and typed > asked.most:
        return f"{asked.label}不应大于{asked.most}{asked.unit}。"
    return ""


def progress(section: Section, values: Values, files: frozenset[str] = frozenset()) -> Progress:
    """How many of the questions that count (those required) are answered."""
    asked = [f for f in section.fields.values() if f.required]
    answered = [f for f in asked if _is_answered(f, values, files)]
    return Progress(len(answered), len(asked))


def _is_answered(asked: Field, values: Values, files: frozenset[str]) -> bool:
    if asked.kind is Kind.ROWS:
        return bool(rows_of(values, asked.key))
    return asked.key in files if asked.kind is Kind.FILES else bool(values.get(asked.key))


# -- saying ---------------------------------------------------------------------------------------------------------
def in_words(asked: Field, value: Value | None, rows: Mapping[str, str] | None = None) -> str:
    """An answer as people read it; `rows` names the rows that a PICK can refer to."""
    if not value:
        return "（已删除）" if value is None else "（空）"
    if isinstance(value, dict):
        cells = [f"{c.label}：{in_words(c, value.get(c.key, ''))}" for c in asked.columns if value.get(c.key)]
        return "；".join(cells) or "（空）"
    if isinstance(value, list):
        return "、".join((rows or {}).get(item, item) for item in value)
    if asked.kind is Kind.NUMBER:
        return unicodedata.normalize("NFKC", value) + asked.unit
    words = {"yes": "是", "no": "否"} if asked.kind is Kind.YES_NO else dict(asked.choices)
    return words.get(value, value)


def label_of(section: Section, key: str) -> str:
    """What a key is called: the heading of its block, and the field."""
    asked = field_of(section, key)
    block = next(b for b in section.blocks if asked in b.fields)
    return asked.label if len(block.fields) == 1 else f"{block.title}：{asked.label}"


def differences(section: Section, before: Values, after: Values) -> list[Difference]:
    """What two versions answer differently, in the form's order; rows that came or went too."""
    found = []
    for key in _in_order(section, {*before, *after}):
        old, new = before.get(key), after.get(key)
        if (old or None) != (new or None):
            asked = field_of(section, key)
            found.append(Difference(key, label_of(section, key), in_words(asked, old), in_words(asked, new)))
    return found


@dataclass(frozen=True)
class Said:
    """A block as it is read: its heading, and what was answered to each of its questions."""

    block: Block
    lines: tuple[tuple[str, str], ...]
    files: tuple[Any, ...] = ()
    rows: tuple[dict[str, str], ...] = ()


def summary(
    section: Section, values: Values, rows: Mapping[str, str] | None = None, files: Mapping[str, Any] | None = None
) -> list[Said]:
    """A section as it is read and printed; what was not answered is left out. `rows` names what a PICK refers to."""
    found = []
    for block in section.blocks:
        lines = tuple(
            (asked.label, in_words(asked, values[asked.key], rows)) for asked in block.fields if values.get(asked.key)
        )
        held = tuple(file for asked in block.fields for file in (files or {}).get(asked.key, ()))
        tables = tuple(
            {c.label: in_words(c, cells.get(c.key, "")) for c in asked.columns}
            for asked in block.fields
            if asked.kind is Kind.ROWS
            for cells in rows_of(values, asked.key).values()
        )
        found.append(Said(block, lines, held, tables))
    return found


def _in_order(section: Section, keys: set[str]) -> list[str]:
    places = {key: place for place, key in enumerate(section.fields)}
    known = [key for key in keys if key.partition("[")[0] in places]
    return sorted(known, key=lambda key: (places[key.partition("[")[0]], key))


def canonical(answers: Mapping[str, Any]) -> str:
    """Answers as the one text they are digested from."""
    return json.dumps(answers, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


@dataclass(frozen=True)
class Answered:
    """A form with its answers, section by section."""

    form: Form
    answers: Mapping[str, Values] = field(default_factory=dict)
    files: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def values(self, section: str) -> Values:
        """The answers of a section; empty when nothing was saved."""
        return self.answers.get(section, {})

    def progress(self, section: str) -> Progress:
        """How far a section is."""
        return progress(self.form.section(section), self.values(section), self.files.get(section, frozenset()))
