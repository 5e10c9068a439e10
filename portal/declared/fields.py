"""What a form is made of: fields in blocks in sections, and what can be said of an answer."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

# What an answer may be: text, several choices, or one row of a table (key "table[row]").
Value = str | list[str] | dict[str, str]
Values = Mapping[str, Value]


class Kind(StrEnum):
    """What a field holds."""

    YES_NO = "yes_no"
    CHOICE = "choice"
    TEXT = "text"
    LONG = "long"
    RICH = "rich"  # light markup, see portal.richtext
    NUMBER = "number"
    DATE = "date"
    PICK = "pick"  # several rows of a table of the same form
    FILES = "files"  # kept beside the answers, by the field's key
    ROWS = "rows"


@dataclass(frozen=True)
class Field:
    """One question. `limit`: most characters (字); `least`, `most`: range of a number; `columns`: of a table's rows;
    `aside`: it may be folded away while it is empty; `pictures`: most of them in a rich text, 0 for none;
    `formats`, `most_mb`, `most_files`: which files, how large each, how many.
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
    pictures: int = 0
    formats: tuple[str, ...] = ()
    most_mb: int = 0
    most_files: int = 0


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

    @cached_property
    def takes_files(self) -> bool:
        """Whether a file can belong to it: to a field for files, or to a text with pictures."""
        asked = [part for f in self.fields.values() for part in (f, *f.columns)]
        return any(f.kind is Kind.FILES or f.pictures for f in asked)


@dataclass(frozen=True)
class Form:
    """A whole form."""

    key: str
    title: str
    sections: tuple[Section, ...]

    def section(self, key: str) -> Section:
        """The section of that key. Raises KeyError."""
        return {section.key: section for section in self.sections}[key]


def anchor(key: str) -> str:
    """The id that the field of this key has on its page."""
    return "f-" + re.sub(r"[^0-9A-Za-z]+", "-", key).strip("-")


@dataclass(frozen=True)
class Problem:
    """One thing that is not right yet; `key` leads to the field."""

    key: str
    label: str
    sentence: str
    is_missing: bool = False

    @property
    def anchor(self) -> str:
        """Where on its section's page it is mended."""
        return anchor(self.key)


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
