"""An application's book as a value: what a year's form asks, before a round's limits and an edition's names."""

from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from portal.declared import Field


class Draws(StrEnum):
    """What a block can draw in place of questions of its own."""

    INDICATORS = "indicators"  # a block for each key figure of the edition
    ATTACHMENTS = "attachments"  # a file field for each attachment of the round


class When(StrEnum):
    """When a block is asked at all."""

    ALWAYS = ""
    COVERAGE_IN_PRINCIPLE = "coverage_in_principle"  # the tier asks for its 环节 原则上 only


@dataclass(frozen=True)
class Asked:
    """A question: its field, and what of it is the round's or the edition's.

    `limit`, `pictures`: a code of the round's limits; `choices_from`, `suggestions_from`: names of the edition.
    """

    field: Field
    limit: str = ""
    pictures: str = ""
    choices_from: str = ""
    suggestions_from: str = ""
    columns: tuple["Asked", ...] = ()
    unverified: bool = False


@dataclass(frozen=True)
class Part:
    """A block of a section."""

    code: str
    title: str
    asked: tuple[Asked, ...] = ()
    clause: str = ""
    note: str = ""
    draws: Draws | None = None
    when: When = When.ALWAYS


@dataclass(frozen=True)
class Chapter:
    """A section; `text` is what the notice says it holds."""

    code: str
    title: str
    parts: tuple[Part, ...]
    clause: str
    text: str = ""
    intro: str = ""
    unverified: bool = False


@dataclass(frozen=True)
class Average:
    """A published average of an indicator, and the bounds outside which the portal asks back."""

    indicator: str
    value: Decimal
    source: str
    ask_below: Decimal | None = None
    ask_above: Decimal | None = None
    unverified: bool = False


@dataclass(frozen=True, eq=False)  # one value a loaded revision, so that what is drawn from it can be kept by it
class Book:
    """One revision of a book. `serves`: which editions' tiers are applied for with it."""

    code: str
    revision: int
    name: str
    source: str
    serves: tuple[tuple[str, tuple[str, ...]], ...]
    chapters: tuple[Chapter, ...]
    averages: tuple[Average, ...] = ()

    @property
    def doubts(self) -> frozenset[str]:
        """Keys of the questions that no official text at hand confirms; a column's as `table.column`."""
        asked = [asked for chapter in self.chapters for part in chapter.parts for asked in part.asked]
        rows = [
            replace(c, field=replace(c.field, key=f"{a.field.key}.{c.field.key}")) for a in asked for c in a.columns
        ]
        return frozenset(a.field.key for a in (*asked, *rows) if a.unverified)
