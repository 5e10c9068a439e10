"""An edition of the ladder as a value: a year's conditions, everything that an assessment is measured against."""

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from functools import cached_property


class Force(StrEnum):
    """How hard a rule is: 须 stops, 原则上 asks for an explanation."""

    REQUIRED = "required"
    IN_PRINCIPLE = "in_principle"


class IndicatorKind(StrEnum):
    """How an indicator's value comes about."""

    RATIO = "ratio"  # one count divided by another, in %
    COUNT = "count"  # a plain number
    LEVEL = "level"  # a percentage by itself
    INCREASE = "increase"  # (after − before) ÷ before, in %
    DECREASE = "decrease"  # (before − after) ÷ before, in %


@dataclass(frozen=True)
class Area:
    """One of the five 环节 of the conditions; `guide` names the 环节 of the scenario guide that it covers."""

    code: str
    name: str
    guide: tuple[str, ...]
    clause: str
    aliases: tuple[str, ...] = ()
    unverified: bool = False


@dataclass(frozen=True)
class Basic:
    """One of the 基础要求 that stand above all tiers; `gate` names the figure that answers it, if one does."""

    code: str
    text: str
    clause: str
    gate: str = ""


@dataclass(frozen=True)
class Element:
    """One 要素: a single requirement in the notice's words; `area` is empty for 建设成效."""

    code: str
    text: str
    clause: str
    area: str = ""

    @property
    def label(self) -> str:
        """The text without the punctuation that joins it to its neighbours."""
        return self.text.rstrip("；，。、")


@dataclass(frozen=True)
class Clause:
    """One numbered clause of 建设内容 or 建设成效, as the 要素 that make it up."""

    clause: str
    elements: tuple[Element, ...]
    area: str = ""
    heading: str = ""

    @property
    def text(self) -> str:
        """The clause as the notice has it."""
        return "".join(element.text for element in self.elements)


@dataclass(frozen=True)
class Coverage:
    """Which 环节 a tier must cover, and how hard that is."""

    areas: tuple[str, ...]
    force: Force
    text: str
    clause: str


@dataclass(frozen=True)
class Needs:
    """The tier that must have been reached before, and how hard that is."""

    tier: str
    force: Force
    clause: str
    unverified: bool = False


@dataclass(frozen=True)
class Tier:
    """One step of the ladder; `rank` 1 is the lowest. `ai_share`: least % of scenarios that use AI, if any."""

    code: str
    rank: int
    name: str
    clause: str
    aim: tuple[str, ...]
    cohort: str
    maturity: int
    coverage: Coverage
    content: tuple[Clause, ...]
    effects: tuple[Clause, ...]
    needs: Needs | None = None
    ai_share: Decimal | None = None
    ai_share_unverified: bool = False

    @cached_property
    def elements(self) -> tuple[Element, ...]:
        """All 要素 of the tier in the notice's order."""
        return tuple(element for clause in (*self.content, *self.effects) for element in clause.elements)


@dataclass(frozen=True)
class Indicator:
    """One of the key figures of 附1; the formula is common practice, not the notice's."""

    number: int
    code: str
    group: str
    name: str
    unit: str
    kind: IndicatorKind
    clause: str
    least: Decimal | None = None
    most: Decimal | None = None
    formula: str = ""
    optional: bool = False


@dataclass(frozen=True)
class Scenario:
    """A scenario that the guide names; `unverified` when its name or place comes from no official text at hand."""

    number: int
    name: str
    guide_area: str
    unverified: bool = False


@dataclass(frozen=True, eq=False)  # one value a loaded revision, so that what is drawn from it can be kept by it
class Edition:
    """A year's conditions. `met_from`: the least grade at which a 要素 counts as met (common practice, editable)."""

    code: str
    revision: int
    name: str
    source: str
    guide: str
    areas: tuple[Area, ...]
    basics: tuple[Basic, ...]
    tiers: tuple[Tier, ...]
    groups: dict[str, str]
    indicators: tuple[Indicator, ...]
    scenarios: tuple[Scenario, ...] = ()
    beside: str = ""
    met_from: Decimal = Decimal("0.8")
    notes: dict[str, str] = field(default_factory=dict)

    @cached_property
    def area_of_guide(self) -> dict[str, str]:
        """The guide's 环节 → the code of the 环节 it belongs to."""
        return {name: area.code for area in self.areas for name in area.guide}

    @cached_property
    def area_names(self) -> dict[str, str]:
        """The code of each 环节 → its name, in the notice's order."""
        return {area.code: area.name for area in self.areas}

    def tier(self, code: str) -> Tier:
        """The tier of that code. Raises KeyError."""
        return {tier.code: tier for tier in self.tiers}[code]
