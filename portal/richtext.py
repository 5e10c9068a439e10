"""Text with a little shape: paragraphs, lists, tables and pictures, written as light markup and never as HTML. Pure.

A blank line ends a paragraph; `- ` and `1. ` begin items of lists; `| a | b |` is a row of a table, the first its
head; `![说明](图片:12)` on a line of its own is the picture with that number. Everything else is plain text.
static/js/richtext.js reads the same way, so that what the browser counts and shows is what the server does.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from types import MappingProxyType

_AROUND = " \t\u00a0\u3000"  # what is taken off a line's ends: named one by one, because browsers trim differently
_ITEM = re.compile(r"- +(?P<text>.*)|(?P<number>[0-9]{1,3})\. +(?P<text2>.*)")
_PICTURE = re.compile(r"!\[(?P<caption>[^\[\]]*)\]\(图片[:：](?P<id>[0-9]{1,18})\)")
_ROW = re.compile(r"\|(?P<cells>.*)\|")
_RULE = re.compile(r"\|(?: *:?-+:? *\|)+")  # the line under a head that other tools write
_NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class Paragraph:
    """Lines that belong together."""

    lines: tuple[str, ...]
    kind = "paragraph"

    @property
    def words(self) -> tuple[str, ...]:
        """What of it is read."""
        return self.lines


@dataclass(frozen=True)
class Items:
    """A list; one with numbers begins at `start`, one without has none."""

    items: tuple[str, ...]
    start: int | None = None
    kind = "list"

    @property
    def words(self) -> tuple[str, ...]:
        """What of it is read."""
        return self.items


@dataclass(frozen=True)
class Table:
    """Rows of equally many cells; the first is the head when there are others."""

    rows: tuple[tuple[str, ...], ...]
    kind = "table"

    @property
    def head(self) -> tuple[str, ...]:
        """The head; empty when there is but one row."""
        return self.rows[0] if len(self.rows) > 1 else ()

    @property
    def body(self) -> tuple[tuple[str, ...], ...]:
        """The rows below the head."""
        return self.rows[1:] or self.rows

    @property
    def words(self) -> tuple[str, ...]:
        """What of it is read."""
        return tuple(cell for row in self.rows for cell in row)


@dataclass(frozen=True)
class Picture:
    """A picture by the number of its file; `url` is empty when there is no such file."""

    id: str
    caption: str
    url: str = ""
    kind = "picture"

    @property
    def words(self) -> tuple[str, ...]:
        """What of it is read."""
        return (self.caption,)


Block = Paragraph | Items | Table | Picture


def parse(text: str, urls: Mapping[str, str] = _NOTHING) -> tuple[Block, ...]:
    """The blocks of a text; `urls`: where each picture lies, by the number of its file."""
    lines = [line.strip(_AROUND) for line in text.split("\n")]
    blocks: list[Block] = []
    for kind, group in groupby(lines, _kind):
        if kind == "picture":
            blocks += _pictures(group, urls)
        elif kind == "item":
            blocks += _lists(group)
        elif kind == "row":
            blocks += _tables(group)
        elif kind == "text":
            blocks.append(Paragraph(tuple(group)))
    return tuple(blocks)


def _kind(line: str) -> str:
    if not line:
        return "blank"
    if _PICTURE.fullmatch(line):
        return "picture"
    if _ITEM.fullmatch(line):
        return "item"
    return "row" if _ROW.fullmatch(line) else "text"


def _pictures(lines: Iterable[str], urls: Mapping[str, str]) -> Iterator[Picture]:
    for match in filter(None, map(_PICTURE.fullmatch, lines)):
        yield Picture(match["id"], match["caption"].strip(_AROUND), urls.get(match["id"], ""))


def _lists(lines: Iterable[str]) -> Iterator[Items]:
    """Lists; where the numbering breaks, another begins, so that every number reads as it was typed."""
    items: list[str] = []
    start: int | None = None
    for match in filter(None, map(_ITEM.fullmatch, lines)):
        number = int(match["number"]) if match["number"] else None
        follows = None if start is None else start + len(items)
        if items and number != follows:
            yield Items(tuple(items), start)
            items = []
        if not items:
            start = number
        items.append((match["text"] or match["text2"] or "").strip(_AROUND))
    if items:
        yield Items(tuple(items), start)


def _tables(lines: Iterable[str]) -> Iterator[Table]:
    rows = [
        [cell.strip(_AROUND) for cell in line.removeprefix("|").removesuffix("|").split("|")]
        for line in lines
        if not _RULE.fullmatch(line)
    ]
    if rows:
        width = max(map(len, rows))
        yield Table(tuple(tuple(row + [""] * (width - len(row))) for row in rows))


def length(text: str) -> int:
    """字 of what is read: code points of paragraphs, items, cells and captions; no marks, no line breaks."""
    return sum(len(words) for block in parse(text) for words in block.words)


def pictures(text: str) -> tuple[str, ...]:
    """The numbers of the pictures that a text shows, in order."""
    if "](图片" not in text:
        return ()
    return tuple(block.id for block in parse(text) if isinstance(block, Picture))


def plain(text: str) -> str:
    """A text as it is read where there is no room for its shape: one line for each item, row and picture."""
    return "\n".join(line for block in parse(text) for line in _plain(block))


def _plain(block: Block) -> Iterator[str]:
    if isinstance(block, Picture):
        yield f"〔图片{block.id}：{block.caption}〕" if block.caption else f"〔图片{block.id}〕"
    elif isinstance(block, Table):
        yield from ("｜".join(row) for row in block.rows)
    elif isinstance(block, Items):
        marks = ("• " if block.start is None else f"{block.start + place}. " for place in range(len(block.items)))
        yield from (mark + item for mark, item in zip(marks, block.items, strict=True))
    else:
        yield from block.lines
