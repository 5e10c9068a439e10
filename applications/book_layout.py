"""A book as it is printed: what stands in a table of facts, what as prose, what as a table of its own. Pure.

Every question is printed, whether it was answered or not; what nobody was asked is not.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from portal import richtext
from portal.declared import Block, Field, Form, Kind, Section, Value, Values, in_words, rows_of
from tiers.editions import Edition, Indicator
from tiers.indicators import figure

NONE, EMPTY = "—", "（未填写）"
_DIGITS = "〇一二三四五六七八九"
_SHORT = frozenset({Kind.YES_NO, Kind.NUMBER, Kind.DATE, Kind.CHOICE})
_CELL, _NAME, _NARROW = 500, 50, 6  # 字 that a cell can hold, that half a line can hold; columns that a page can hold

Files = Mapping[str, Sequence[Mapping[str, Any]]]  # a section's, by field


@dataclass(frozen=True)
class Facts:
    """Short answers; each row holds one or two of (label, words)."""

    rows: tuple[tuple[tuple[str, str], ...], ...]
    kind = "facts"


@dataclass(frozen=True)
class Prose:
    """A long answer under its label, which is empty where the heading above says it already."""

    label: str
    blocks: tuple[richtext.Block, ...]
    kind = "prose"


@dataclass(frozen=True)
class Grid:
    """A real table; its head says of each column whether what stands in it may be long."""

    label: str
    head: tuple[tuple[str, bool], ...]
    rows: tuple[tuple[str, ...], ...]
    kind = "grid"


@dataclass(frozen=True)
class Record:
    """One row of a table that is too wide for a page: what is short in it, and what is long."""

    title: str
    facts: Facts
    prose: tuple[Prose, ...]


@dataclass(frozen=True)
class Records:
    """Such a table: an overview, and each of its rows."""

    overview: Grid
    records: tuple[Record, ...]
    kind = "records"


@dataclass(frozen=True)
class FigureLine:
    """A key figure: what was filled in, what counts, a note."""

    number: str
    name: str
    said: tuple[tuple[str, str], ...]
    value: str
    note: str


@dataclass(frozen=True)
class Figures:
    """The key figures, group by group."""

    groups: tuple[tuple[str, tuple[FigureLine, ...]], ...]
    kind = "figures"


Part = Facts | Prose | Grid | Records | Figures


@dataclass(frozen=True)
class Printed:
    """A block under its heading."""

    title: str
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Chapter:
    """A section under its heading; `key` tells it from the others."""

    key: str
    title: str
    blocks: tuple[Printed, ...]


@dataclass(frozen=True)
class Attached:
    """A file that goes with the book: what it is for, its name, its size, its SHA-256."""

    label: str
    name: str
    size: int
    digest: str


def chapters(
    form: Form, answers: Mapping[str, Values], files: Mapping[str, Files], edition: Edition
) -> tuple[Chapter, ...]:
    """The book's sections; one that takes nothing but files is the list of attachments, see `attached`."""
    figures = {indicator.code: indicator for indicator in edition.indicators}
    return tuple(
        _Writer(answers.get(section.key, {}), files.get(section.key, {}), figures).chapter(section)
        for section in form.sections
        if any(asked.kind is not Kind.FILES for asked in section.fields.values())
    )


def attached(form: Form, files: Mapping[str, Files]) -> tuple[Attached, ...]:
    """Every file that goes with the book, in the form's order; pictures say in whose text they stand."""
    found = []
    for section in form.sections:
        held = files.get(section.key, {})
        order = {key: place for place, key in enumerate(section.fields)}
        for key in sorted(held, key=lambda key: (order.get(key.partition("[")[0], len(order)), key)):
            asked = section.fields.get(key.partition("[")[0])
            label = asked.label if asked else key
            if asked is None or asked.kind is not Kind.FILES:
                label += "（图片）"
            found += [Attached(label, f["name"], f["size"], f["digest"]) for f in held[key]]
    return tuple(found)


def numeral(number: int) -> str:
    """1 to 99 as it numbers a heading: 一, 十二, 三十."""
    tens, ones = divmod(number, 10)
    return ("十" if tens == 1 else _DIGITS[tens] + "十" if tens else "") + (_DIGITS[ones] if ones or not tens else "")


def said(asked: Field, value: Value | None) -> str:
    """An answer in words; a dash where nothing was answered."""
    return in_words(asked, value) if value else NONE


@dataclass(frozen=True)
class _Writer:
    """What a section is written with."""

    values: Values
    files: Files
    figures: Mapping[str, Indicator]

    def chapter(self, section: Section) -> Chapter:
        printed: list[Printed] = []
        for is_figures, blocks in groupby(section.blocks, lambda block: block.key in self.figures):
            if is_figures:
                printed.append(Printed(_titled(printed, "关键绩效指标"), (self.figures_of(list(blocks)),)))
            else:
                for block in blocks:
                    printed.append(Printed(_titled(printed, block.title), tuple(self.parts(block))))
        return Chapter(section.key, section.title, tuple(printed))

    def parts(self, block: Block) -> Iterator[Part]:
        """Neighbours of the same shape share a table."""
        for shape, group in groupby(block.fields, _shape):
            fields = list(group)
            if shape == "facts":
                yield self.facts([(asked, self.values.get(asked.key, "")) for asked in fields])
                continue
            for asked in fields:
                label = "" if asked.label == block.title else asked.label
                yield self.table(asked) if shape == "rows" else self.prose(asked, label, self.values.get(asked.key, ""))

    def facts(self, answered: Sequence[tuple[Field, Value]]) -> Facts:
        rows: list[tuple[tuple[str, str], ...]] = []
        is_open = False
        for asked, value in answered:
            pair = (asked.label, self.words(asked, value))
            if is_open and _is_narrow(asked):
                rows[-1] += (pair,)
                is_open = False
            else:
                rows.append((pair,))
                is_open = _is_narrow(asked)
        return Facts(tuple(rows))

    def words(self, asked: Field, value: Value) -> str:
        if asked.kind is Kind.FILES:
            return "、".join(file["name"] for file in self.files.get(asked.key, ())) or NONE
        return said(asked, value)

    def prose(self, asked: Field, label: str, value: Value) -> Prose:
        text = value if isinstance(value, str) else ""
        if asked.kind is Kind.RICH:
            pictures = {str(f["id"]): f"picture:{f['id']}" for held in self.files.values() for f in held}
            blocks = richtext.parse(text, pictures)
        else:
            blocks = tuple(richtext.Paragraph((line,)) for line in text.split("\n") if line.strip())
        return Prose(label, blocks or (richtext.Paragraph((EMPTY,)),))

    def table(self, asked: Field) -> Grid | Records:
        rows = list(rows_of(self.values, asked.key).values())
        wide = [column for column in asked.columns if _shape(column) == "prose" or len(asked.columns) > _NARROW]
        if not wide:
            return _grid(asked.label, asked.columns, rows)
        short = [c for c in asked.columns if c.kind is not Kind.RICH and (c.kind is not Kind.LONG)]
        overview = _grid(f"{asked.label}一览", short, rows)
        records = []
        for place, cells in enumerate(rows, start=1):
            long = tuple(self.prose(c, c.label, cells.get(c.key, "")) for c in asked.columns if c not in short)
            named = next((cells[c.key] for c in short if c.kind is Kind.TEXT and cells.get(c.key)), "")
            facts = self.facts([(c, cells.get(c.key, "")) for c in short])
            records.append(Record(f"{asked.label}{place}　{named}".rstrip("　"), facts, long))
        return Records(overview, tuple(records))

    def figures_of(self, blocks: list[Block]) -> Figures:
        groups = groupby(blocks, lambda block: block.group)
        return Figures(tuple((name, tuple(map(self.figure_line, found))) for name, found in groups))

    def figure_line(self, block: Block) -> FigureLine:
        indicator = self.figures[block.key]
        counted = figure(indicator, self.values)
        note, spare = f"{block.key}.note", f"{block.key}.na"
        value = "不适用" if counted.not_applicable else NONE
        if counted.value is not None:
            value = f"{counted.value.normalize():f}{indicator.unit}"
        answered = tuple(
            (asked.label, said(asked, self.values[asked.key]))
            for asked in block.fields
            if asked.key not in {note, spare} and self.values.get(asked.key)
        )
        return FigureLine(str(indicator.number), indicator.name, answered, value, str(self.values.get(note, "")))


def _titled(before: Sequence[Printed], title: str) -> str:
    return f"（{numeral(len(before) + 1)}）{title}"


def _shape(asked: Field) -> str:
    if asked.kind is Kind.ROWS:
        return "rows"
    is_long = asked.kind is Kind.LONG and not 0 < asked.limit <= _CELL
    return "prose" if is_long or asked.kind is Kind.RICH else "facts"


def _is_narrow(asked: Field) -> bool:
    return asked.kind in _SHORT or (asked.kind is Kind.TEXT and 0 < asked.limit <= _NAME)


def _grid(label: str, columns: Sequence[Field], rows: Sequence[Mapping[str, str]]) -> Grid:
    said_of = tuple(tuple(said(column, cells.get(column.key, "")) for column in columns) for cells in rows)
    return Grid(label, tuple((column.label, column.kind is Kind.LONG) for column in columns), said_of)
