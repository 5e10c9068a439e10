"""A section of a declared form on a page: what its templates need, and what the browser sends back."""

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

from portal import clock
from portal.declared import (
    Block,
    Field,
    Kind,
    Problem,
    Section,
    Value,
    Values,
    anchor,
    cell_of,
    files_in_words,
    row_key,
    rows_of,
)
from portal.errors import Refused, Stale

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True)
class Option:
    """One choice of a field."""

    value: str
    label: str
    checked: bool


@dataclass(frozen=True)
class Held:
    """A file that is there for a field, and where it can be had."""

    id: str
    name: str
    size: int
    url: str


@dataclass(frozen=True)
class Drawn:
    """A field as it stands on the page. `name` is what the browser sends it under."""

    asked: Field
    name: str
    value: str = ""
    options: tuple[Option, ...] = ()
    problem: str = ""
    files: tuple[Held, ...] = ()
    rows: tuple["DrawnRow", ...] = ()
    spare: "DrawnRow | None" = None
    taken_from: str = ""
    is_locked: bool = False

    @property
    def id(self) -> str:
        """Its id in the page."""
        return anchor(self.name)

    @property
    def described(self) -> str:
        """The ids of what is said about it: help, and what is wrong."""
        return f"{self.id}_help {self.id}_problem" if self.asked.help else f"{self.id}_problem"

    @property
    def template(self) -> str:
        """What draws it."""
        return f"declared/{self.asked.kind}.html"

    @property
    def file_limits(self) -> str:
        """Which files may be uploaded, said beforehand."""
        return files_in_words(self.asked)

    @property
    def accept(self) -> str:
        """Which files the browser offers."""
        more = (".jpeg",) if "jpg" in self.asked.formats else ()
        return ",".join([*(f".{name}" for name in self.asked.formats), *more])


@dataclass(frozen=True)
class DrawnRow:
    """One row of a table."""

    key: str
    cells: tuple[Drawn, ...]
    taken_from: str = ""

    @property
    def title(self) -> str:
        """What it is called: the first line of text in it."""
        return next((cell.value for cell in self.cells if cell.asked.kind is Kind.TEXT and cell.value), "")


@dataclass(frozen=True)
class DrawnBlock:
    """A block with its fields; `is_new_group`: the first of its group, which a heading precedes."""

    block: Block
    fields: tuple[Drawn, ...]
    is_new_group: bool
    note: str = ""

    @property
    def main(self) -> list[Drawn]:
        """The fields that always show."""
        return [f for f in self.fields if not f.asked.aside]

    @property
    def aside(self) -> list[Drawn]:
        """The fields that may be folded away."""
        return [f for f in self.fields if f.asked.aside]

    @property
    def is_open(self) -> bool:
        """Something of what may be folded away is filled in."""
        return any(f.value or f.files or f.problem or any(o.checked for o in f.options) for f in self.aside)


@dataclass(frozen=True)
class Filled:
    """What a section is drawn with: answers, problems, files, names of rows that can be picked, notes on blocks.

    `taken_from`: where an answer (or a row) was taken over from; `unlocked`: fields that may change, None: all.
    `files`: by the field's name (`table[row].column` for a cell), each with pk, name, size; `download`: the address of
    a file, ending in `0/` in place of its number.
    """

    values: Values
    problems: Sequence[Problem] = ()
    files: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    picks: Mapping[str, str] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)
    download: str = ""
    taken_from: Mapping[str, str] = field(default_factory=dict)
    unlocked: frozenset[str] | None = None

    def is_locked(self, key: str) -> bool:
        """Whether this field may not change."""
        return self.unlocked is not None and key not in self.unlocked

    def held(self, name: str) -> tuple[Held, ...]:
        """The files of a field."""
        start = self.download.removesuffix("0/")
        return tuple(Held(str(f.pk), f.name, f.size, f"{start}{f.pk}/") for f in self.files.get(name, ()))


def drawn(section: Section, filled: Filled) -> list[DrawnBlock]:
    """The blocks of a section as templates draw them."""
    found: list[DrawnBlock] = []
    group = ""
    for block in section.blocks:
        fields = tuple(_field(asked, filled) for asked in block.fields)
        found.append(
            DrawnBlock(block, fields, bool(block.group) and block.group != group, filled.notes.get(block.key, ""))
        )
        group = block.group
    return found


def _field(asked: Field, filled: Filled) -> Drawn:
    if asked.kind is Kind.ROWS:
        rows = tuple(_row(asked, row, cells, filled) for row, cells in rows_of(filled.values, asked.key).items())
        spare = _row(asked, new_row(), {}, filled)
        return Drawn(asked, asked.key, rows=rows, spare=spare, is_locked=filled.is_locked(asked.key))
    value = filled.values.get(asked.key, "")
    if asked.kind is Kind.PICK:
        held = value if isinstance(value, list) else []
        options = tuple(Option(row, label, row in held) for row, label in filled.picks.items())
        return Drawn(asked, asked.key, options=options, is_locked=filled.is_locked(asked.key))
    return _plain(asked, asked.key, value, filled)


def _plain(asked: Field, name: str, value: Any, filled: Filled) -> Drawn:
    text = value if isinstance(value, str) else ""
    choices = (("yes", "是"), ("no", "否")) if asked.kind is Kind.YES_NO else asked.choices
    options = tuple(Option(key, label, key == text) for key, label in choices)
    problem = next((p.sentence for p in filled.problems if p.key == name and not p.is_missing), "")
    taken_from, is_locked = filled.taken_from.get(name, ""), filled.is_locked(name.partition("[")[0])
    return Drawn(asked, name, text, options, problem, filled.held(name), taken_from=taken_from, is_locked=is_locked)


def _row(table: Field, row: str, cells: Mapping[str, str], filled: Filled) -> DrawnRow:
    key = row_key(table.key, row)
    drawn_cells = (_plain(c, f"{key}.{c.key}", cells.get(c.key, ""), filled) for c in table.columns)
    return DrawnRow(key, tuple(drawn_cells), filled.taken_from.get(key, ""))


def new_row() -> str:
    """A fresh row's id: milliseconds in base 36 and three random digits, so that ids sort by time."""
    number, text = int(clock.now().timestamp() * 1000), ""
    while number:
        number, rest = divmod(number, 36)
        text = _DIGITS[rest] + text
    return text + "".join(secrets.choice(_DIGITS) for _ in range(3))


def sent(section: Section, post: QueryDict) -> dict[str, Value | None]:
    """The answers that a browser without script sends: every field of the section, and the rows it knew of."""
    changes: dict[str, Value | None] = {}
    for key, asked in section.fields.items():
        if asked.kind is Kind.PICK:
            changes[key] = post.getlist(key)
        elif asked.kind not in {Kind.FILES, Kind.ROWS}:
            changes[key] = post.get(key, "")
    return changes | _rows(section, post)


def clash(stale: Stale, changes: Mapping[str, Any]) -> str:
    """What the page of both versions carries along as the writer's own: JSON of everything that was sent."""
    mine = {conflict["key"]: conflict["mine_value"] for conflict in stale.conflicts}
    return json.dumps({**changes, **mine}, ensure_ascii=False)


def taken(post: QueryDict) -> dict[str, Any]:
    """What the page of both versions sends: the writer's answers, less those where the other's were chosen.

    Raises Refused.
    """
    try:
        mine = json.loads(str(post["mine"]))
    except ValueError as error:
        raise Refused("页面内容不完整，请返回后重试。") from error
    if not isinstance(mine, dict):
        raise Refused("页面内容不完整，请返回后重试。")
    return {key: value for key, value in mine.items() if post.get(f"take:{key}") != "theirs"}


def _rows(section: Section, post: QueryDict) -> dict[str, Value | None]:
    tables = {key: {c.key for c in asked.columns} for key, asked in section.fields.items() if asked.kind is Kind.ROWS}
    rows: dict[str, dict[str, str]] = {}
    removed = set(post.getlist("remove"))
    for name in post:
        cell = cell_of(name)
        if cell and cell.column in tables.get(cell.table, ()):
            rows.setdefault(row_key(cell.table, cell.row), {})[cell.column] = str(post.get(name, ""))
    filled = {key: cells for key, cells in rows.items() if any(cells.values()) and key not in removed}
    return {**filled, **{key: None for key in rows if key in removed}}
