"""An application as it is checked: its form, its answers, and what they are held against."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property

from portal.declared import Field, Form, Values, anchor, day, number, row_key, rows_of
from tiers.answers import Sections, figures
from tiers.assessment_form import INDICATORS, MATURITY, SCENARIOS
from tiers.book import Book
from tiers.editions import Edition, Tier
from tiers.indicators import Figure

# Sections of the book, as checks name them; SCENARIOS is called what it is called in a self-assessment.
UNIT, FACTORY, EFFECTS = "unit", "factory", "effects"


@dataclass(frozen=True)
class Register:
    """What the register says of the applicant and its factory."""

    name: str
    code: str
    factory: str
    is_central: bool = False
    is_branch: bool = False
    is_above_scale: bool = True


@dataclass(frozen=True)
class File:
    """A file that is there for a field: its name and its size in bytes."""

    name: str
    size: int

    @property
    def format(self) -> str:
        """Its format by its name, which the portal made to fit the content."""
        ending = self.name.rpartition(".")[2].lower()
        return {"jpeg": "jpg"}.get(ending, ending)


@dataclass(frozen=True)
class Finding:
    """One point that doesn't agree; `key` leads to the field. What `blocks` stops a submission, the rest asks back."""

    section: str
    key: str
    sentence: str
    blocks: bool = False

    @property
    def anchor(self) -> str:
        """Where on its section's page it is mended."""
        return anchor(self.key)


@dataclass(frozen=True)
class Case:
    """An application as it is checked; `files`: by the field's key."""

    form: Form
    book: Book
    edition: Edition
    tier: str
    answers: Mapping[str, Values]
    today: date
    register: Register | None = None
    files: Mapping[str, Sequence[File]] = field(default_factory=dict)

    @cached_property
    def fields(self) -> dict[str, dict[str, Field]]:
        """The questions that are asked, section by section."""
        return {section.key: section.fields for section in self.form.sections}

    @property
    def conditions(self) -> Tier:
        """The tier that is applied for."""
        return self.edition.tier(self.tier)

    def asks(self, section: str, key: str) -> bool:
        """Whether the form has that question."""
        return key in self.fields.get(section, {})

    def text(self, section: str, key: str) -> str:
        """What was answered; empty when it wasn't asked or answered."""
        value = self.answers.get(section, {}).get(key, "") if self.asks(section, key) else ""
        return value if isinstance(value, str) else ""

    def number(self, section: str, key: str) -> Decimal | None:
        """The number that was answered."""
        return number(self.text(section, key))

    def day(self, section: str, key: str) -> date | None:
        """The day that was answered."""
        return day(self.text(section, key))

    def label(self, section: str, key: str) -> str:
        """What the form calls a question."""
        return self.fields[section][key].label

    @cached_property
    def assessed(self) -> Sections:
        """The answers under the names of a self-assessment, so that its arithmetic serves here too."""
        said = {
            section: {key: value for key, value in values.items() if self.asks(section, key.partition("[")[0])}
            for section, values in self.answers.items()
        }
        maturity = {
            key.removeprefix("maturity."): value
            for key, value in said.get(FACTORY, {}).items()
            if key.startswith("maturity.")
        }
        return {SCENARIOS: said.get(SCENARIOS, {}), INDICATORS: said.get(EFFECTS, {}), MATURITY: maturity}

    @cached_property
    def figures(self) -> list[Figure]:
        """The key figures that the form asks for."""
        return [f for f in figures(self.edition, self.assessed) if self.asks(EFFECTS, f"{f.indicator.code}.value")]

    def rows(self, section: str, table: str) -> list[tuple[str, dict[str, str]]]:
        """A table's rows by their whole key; none when the form has no such table."""
        if not self.asks(section, table):
            return []
        return [(row_key(table, row), cells) for row, cells in rows_of(self.answers.get(section, {}), table).items()]
