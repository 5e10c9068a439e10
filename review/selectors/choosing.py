"""The page on which the quota is split and places are given: each group at its share, and what that means."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from applications.states import Track
from portal.models import Industry
from review import choosing, scoring
from review.models import Candidate, QuotaShare
from review.selectors import standings, unit_lists
from tiers.models import Round
from tiers.selectors.rounds import taken

_PLACE = "PLACE"


@dataclass(frozen=True)
class Row:
    """A candidate of a group as the page draws it. `standing`: in, out, level (tied at the cut), barred, unscored."""

    ref: str
    number: str
    line: choosing.Line
    score: scoring.Score
    adjusted: Any
    standing: str
    passes_over: int
    is_last_in: bool
    reasons: tuple[str, ...]
    page: str

    @property
    def label(self) -> str:
        """The same in words."""
        return {
            "in": "按得分入选", "out": "未入选", "level": "线上并列", "barred": self.line.bar, "unscored": "评分未齐",
        }[self.standing]  # fmt: skip


@dataclass(frozen=True)
class Group:
    """A group at its share: its rows, what stands beside the cut, and how firm that is."""

    name: str
    field: str
    cut: choosing.Cut
    rows: tuple[Row, ...]
    firmness: scoring.Firmness
    turns_on: tuple[str, ...]


@dataclass(frozen=True)
class ChoicePage:
    """All of it. `tried`: the shares are only tried out, not kept."""

    groups: list[Group]
    quota: int | None
    used: int
    shared: int
    tried: bool
    cities: list[tuple[str, int, int]]
    industries: list[tuple[str, int, int]]
    direct: list[tuple[Candidate, bool]]
    suggested: dict[str, int]
    short: int

    @property
    def left(self) -> int | None:
        """Places that are still free."""
        return None if self.quota is None else self.quota - self.used

    @property
    def expected(self) -> int:
        """How many the scores would take at these shares."""
        return sum(len(group.cut.inside) for group in self.groups)


def field_of(place: int) -> str:
    """The name of a group's input: names of groups hold what addresses don't."""
    return f"share_{place}"


def shares_said(groups: Iterable[str], said: Mapping[str, str]) -> dict[str, int]:
    """The shares of these groups in a form's values; what isn't a number is left out."""
    names = list(groups)
    found = {name: said.get(field_of(place), "").strip() for place, name in enumerate(names)}
    return {name: int(text) for name, text in found.items() if text.isascii() and text.isdecimal() and len(text) < 5}


def choice_page(round_: Round, said: Mapping[str, str]) -> ChoicePage:
    """The page as kept, or as tried with other shares."""
    found = standings.judged(round_)
    sizes = {name: sum(not line.bar and line.rank > 0 for line in lines) for name, lines in found.groups.items()}
    suggested = choosing.suggested(sizes, round_.quota if round_.quota is not None else sum(sizes.values()))
    kept = dict(QuotaShare.objects.filter(round=round_).values_list("group", "places"))
    tried = shares_said(found.groups, said)
    shares = {name: tried.get(name, kept.get(name, suggested[name])) for name in found.groups}
    given = unit_lists.reasons(round_)
    groups = [_group(place, name, shares[name], found, given) for place, name in enumerate(found.groups)]
    lines = [line for held in found.groups.values() for line in held]
    chosen = [line for line in lines if line.is_chosen] or [line for group in groups for line in group.cut.inside]
    names = dict(Industry.objects.values_list("code", "name"))
    return ChoicePage(
        groups, round_.quota, taken(round_), sum(shares.values()), bool(tried) and tried != kept,
        choosing.coverage(chosen, "city", lines),
        [(names.get(code, code), here, all_) for code, here, all_ in choosing.coverage(chosen, "industry", lines)],
        _direct(round_, found), suggested, len(found.short()),
    )  # fmt: skip


def _direct(round_: Round, found: standings.Judged) -> list[tuple[Candidate, bool]]:
    rows = Candidate.objects.filter(round=round_, track=Track.DIRECT, state="accepted").select_related("application")
    return [(row, row.application.factory_id in found.recommended) for row in rows.order_by("number")]


def _group(place: int, name: str, share: int, found: standings.Judged, given: dict[int, list[str]]) -> Group:
    lines = found.groups[name]
    cut = choosing.cut(name, lines, share)
    firm = found.firmness(name, share)
    inside = {line.key for line in cut.inside}
    level = {line.key for line in cut.just_out} if cut.tied_at_cut else set()
    rows, page = [], reverse("candidate", args=[_PLACE])  # asked for once: a thousand rows would feel it
    for line in lines:
        key = int(str(line.key))
        fact = found.facts[key]
        over = len(choosing.passed_over(line, lines)) if line.is_chosen else 0
        is_last = bool(cut.inside) and line.key == cut.inside[-1].key
        rows.append(
            Row(
                fact.ref, fact.number, line, found.scores[key], found.adjusted.get(key), _standing(line, inside, level),
                over, is_last, tuple(given.get(key, ())), page.replace(_PLACE, fact.ref),
            )
        )  # fmt: skip
    turns = tuple(found.facts[int(str(key))].name for key in dict.fromkeys(key for key, _ in firm.sheets))
    return Group(name, field_of(place), cut, tuple(rows), firm, turns)


def _standing(line: choosing.Line, inside: set[Any], level: set[Any]) -> str:
    if line.bar:
        return "barred"
    if not line.rank:
        return "unscored"
    if line.key in level:
        return "level"
    return "in" if line.key in inside else "out"


def next_in_line(round_: Round, group: str) -> list[Candidate]:
    """Who of a group would be taken next: the best not recommended and not barred, several when they are level."""
    found = standings.judged(round_)
    keys = [int(str(line.key)) for line in choosing.next_in_line(found.groups.get(group, []))]
    rows = Candidate.objects.select_related("application").in_bulk(keys)
    return [rows[key] for key in keys]


def group_of(candidate: Candidate) -> str:
    """The group in which a candidate is ranked."""
    return candidate.panel.name if candidate.panel else standings.UNGROUPED


def to_fill(round_: Round) -> list[Candidate]:
    """Whom the scores would take at the shares that are kept and who isn't recommended yet, best first."""
    page = choice_page(round_, {})
    keys = [int(str(line.key)) for group in page.groups for line in group.cut.inside if not line.is_chosen]
    rows = Candidate.objects.select_related("round").in_bulk(keys)
    return [rows[key] for key in keys]


def by_numbers(round_: Round, text: str) -> tuple[list[Candidate], list[str]]:
    """The candidates that these numbers name, in that order, and what is not one."""
    numbers = list(dict.fromkeys(text.replace(",", " ").replace("，", " ").replace("、", " ").split()))
    rows = {row.number: row for row in Candidate.objects.filter(round=round_, number__in=numbers)}
    return [rows[n] for n in numbers if n in rows], [n for n in numbers if n not in rows]
