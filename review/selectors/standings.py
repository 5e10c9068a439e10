"""How the candidates of a round stand: scores out of the sheets that are signed, places, visits, who is recommended.

Nothing of it is stored: a handful of queries and pure arithmetic make it anew each time, however many there are.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any, NamedTuple

from django.db.models import Count

from applications.states import Track
from portal.actors import Actor
from portal.models import Industry
from portal.rules import may
from review import choosing, scoring
from review.models import Candidate, Objection, ScoreSheet, SiteVisit
from review.selectors.candidates import warnings_of
from review.states import CandidateState, ObjectionState, SheetState, VisitState
from tiers.models import Recommendation, Round
from tiers.terms import Terms, Ties

UNGROUPED, DIRECT = "未分组", "直接申报（不占名额）"
_LABELS = {str(state): str(state.label) for state in CandidateState}
_TAGS = {"arrived": "tag--wait", "accepted": "tag--ok", "sent_back": "tag--bad", "refused": "tag--bad"}
_ACTS = ("accept", "send_back", "refuse", "restore", "answer")
_LEFT = (SheetState.RECUSED, SheetState.RELEASED)


class Fact(NamedTuple):
    """What is read of a candidate, as plain columns."""

    pk: int
    ref: str
    number: str
    name: str
    project: str
    industry: str
    city: str | None
    city_position: int | None
    state: str
    track: str
    panel: str | None
    factory: int


class Line(NamedTuple):
    """A candidate as lists show it; `rank` 0 and no score while its sheets are lacking."""

    ref: str
    number: str
    name: str
    project: str
    industry: str
    city: str
    city_position: int | None
    state: str
    group: str
    rank: int
    is_tied: bool
    score: Decimal | None
    signed: int
    asked: int
    spread: Decimal
    far_off: bool
    adjusted: Decimal | None
    visit: str
    position: int | None
    is_chosen: bool
    warnings: bool

    @property
    def is_full(self) -> bool:
        """It has a score, and every sheet that was asked for is signed."""
        return self.score is not None and self.signed >= self.asked

    @property
    def label(self) -> str:
        """How far it is taken in."""
        return _LABELS[self.state]

    @property
    def tag(self) -> str:
        """How the same is drawn."""
        return _TAGS[self.state]

    @property
    def score_label(self) -> str:
        """The score, or a dash while its sheets are lacking."""
        return "—" if self.score is None else str(self.score)

    @property
    def adjusted_label(self) -> str:
        """What it would be if every expert were as severe as the others."""
        return "—" if self.adjusted is None else str(self.adjusted)

    @property
    def place_label(self) -> str:
        """Its place on the unit's list."""
        if not self.is_chosen:
            return "—"
        return f"第{self.position}位" if self.position else "不占名额"


@dataclass(frozen=True)
class Judged:
    """Everything that was judged in a round, read once. `sheets`: candidate → expert → total, signed ones only."""

    round: Round
    facts: dict[int, Fact]
    sheets: dict[int, dict[int, Decimal]]
    breakers: dict[int, tuple[Decimal, ...]]
    asked: dict[int, int]
    visits: dict[int, str]
    recommended: dict[int, Recommendation]
    upheld: frozenset[int]

    @cached_property
    def terms(self) -> Terms:
        """The round's terms, parsed once."""
        return self.round.value

    @cached_property
    def scores(self) -> dict[int, scoring.Score]:
        """What the sheets about each come to."""
        rule = self.terms.aggregation
        return {pk: scoring.score_of(self.sheets.get(pk, {}), rule) for pk in self.facts}

    @cached_property
    def adjusted(self) -> dict[int, Decimal | None]:
        """The same with every expert as severe as the others."""
        return scoring.normalised(self.sheets, self.terms.aggregation)

    @cached_property
    def groups(self) -> dict[str, list[choosing.Line]]:
        """The ranked candidates of each group: accepted, on the regular way."""
        return choosing.groups(
            [
                choosing.Line(
                    pk, fact.panel or UNGROUPED, fact.name, fact.city or "", fact.industry, self.scores[pk].value,
                    self.breakers.get(pk, ()), fact.factory in self.recommended,
                    bar_of(self.visits.get(pk, ""), fact.factory in self.upheld),
                )
                for pk, fact in self.facts.items()
                if is_ranked(fact)
            ]
        )  # fmt: skip

    @cached_property
    def placed(self) -> dict[int, choosing.Line]:
        """Each ranked candidate by its key."""
        return {int(str(line.key)): line for lines in self.groups.values() for line in lines}

    def short(self) -> list[Fact]:
        """The ranked candidates of which a sheet is still lacking: their places may change."""
        return [
            fact
            for key, fact in self.facts.items()
            if is_ranked(fact) and (self.scores[key].value is None or self.scores[key].sheets < self.asked.get(key, 0))
        ]

    def firmness(self, group: str, places: int) -> scoring.Firmness:
        """How firm the first so many of a group are; those barred take no part."""
        keys = [line.key for line in self.groups[group] if not line.bar]
        held = {key: self.sheets.get(int(str(key)), {}) for key in keys}
        return scoring.firmness(held, self.terms.aggregation, places)


def is_ranked(fact: Fact) -> bool:
    """Whether it takes part in the order at all: accepted, and on the regular way (82号 二(三)4)."""
    return fact.state == CandidateState.ACCEPTED and fact.track == Track.REGULAR


def bar_of(conclusion: str, is_upheld: bool = False) -> str:
    """Why a visit, or an objection that was borne out, keeps a candidate from being chosen by the order; or nothing."""
    if is_upheld:
        return "公示异议成立"
    return {"failed": "现场核查不通过", "to_mend": "现场核查需整改"}.get(conclusion, "")


# -- reading ----------------------------------------------------------------------------------------------------------
def judged(round_: Round) -> Judged:
    """All of a round: seven queries."""
    sheets, breakers = _signed(round_)
    rows = Candidate.objects.filter(round=round_).order_by("city", "city_position", "number")
    facts = {
        row[0]: Fact(*row)
        for row in rows.values_list(
            "pk", "application__ref", "number", "name", "project", "industry", "city__region__name", "city_position",
            "state", "track", "panel__name", "application__factory_id",
        )
    }  # fmt: skip
    upheld = Objection.objects.filter(publicity__round=round_, state=ObjectionState.UPHELD).order_by()
    asked = (
        ScoreSheet.objects.filter(candidate__round=round_).exclude(state__in=_LEFT).order_by().values("candidate_id")
    )
    return Judged(
        round_,
        facts,
        sheets,
        breakers,
        dict(asked.annotate(count=Count("pk")).values_list("candidate_id", "count")),
        conclusions(round_),
        {row.factory_id: row for row in Recommendation.objects.filter(round=round_)},
        frozenset(upheld.values_list("factory", flat=True)),
    )


def _signed(round_: Round) -> tuple[dict[int, dict[int, Decimal]], dict[int, tuple[Decimal, ...]]]:
    """The signed sheets' totals, and what parts ties where the round says that anything does."""
    sheets: dict[int, dict[int, Decimal]] = defaultdict(dict)
    breakers: dict[int, tuple[Decimal, ...]] = {}
    signed = ScoreSheet.objects.filter(candidate__round=round_, state=SheetState.SIGNED).order_by()
    if round_.value.aggregation.ties is Ties.CRITERIA:
        points: dict[int, list[Mapping[str, Any]]] = defaultdict(list)
        for candidate, expert, total, scores in signed.values_list("candidate_id", "expert_id", "total", "scores"):
            sheets[candidate][expert] = total or Decimal(0)
            points[candidate].append(scores)
        breakers = {candidate: _breakers(round_, held) for candidate, held in points.items()}
    else:
        for candidate, expert, total in signed.values_list("candidate_id", "expert_id", "total"):
            sheets[candidate][expert] = total or Decimal(0)
    return sheets, breakers


def _breakers(round_: Round, held: Sequence[Mapping[str, Any]]) -> tuple[Decimal, ...]:
    """The means of the criteria, heaviest first, rounded as the score is."""
    rule = round_.value.aggregation
    order = sorted(round_.value.criteria, key=lambda criterion: -criterion.weight)
    return tuple(_mean(held, criterion.code, rule.decimals) for criterion in order)


def conclusions(round_: Round) -> dict[int, str]:
    """What the last visit to each candidate came to, by the candidate's key."""
    rows = SiteVisit.objects.filter(candidate__round=round_, state=VisitState.DONE).order_by("done_at", "pk")
    return dict(rows.values_list("candidate_id", "conclusion"))


# -- the board --------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Board:
    """The list of a round's candidates, with what is counted above it."""

    lines: list[Line]
    counts: dict[str, int]
    tiles: list[tuple[str, int, bool]]


def board(round_: Round) -> Board:
    """Every candidate with its score and place, groups in order, the best of each first."""
    found = judged(round_)
    waiting = Candidate.objects.filter(round=round_, state=CandidateState.ARRIVED).select_related(
        "round", "application"
    )
    pointed = {pk for pk, said in warnings_of(list(waiting)).items() if said}
    lines = sorted((_line(found, fact, fact.pk in pointed) for fact in found.facts.values()), key=_order)
    counts = {state: sum(fact.state == state for fact in found.facts.values()) for state in CandidateState.values}
    ranked = [line for line in lines if line.state == CandidateState.ACCEPTED and line.group != DIRECT]
    return Board(
        lines,
        counts,
        [
            ("待受理", counts[CandidateState.ARRIVED], counts[CandidateState.ARRIVED] > 0),
            ("已受理", counts[CandidateState.ACCEPTED], False),
            ("评分已齐", sum(line.is_full for line in ranked), False),
            ("评分未齐", sum(not line.is_full for line in ranked), False),
            ("已推荐", sum(line.is_chosen for line in lines), False),
        ],
    )


def _order(line: Line) -> tuple[Any, ...]:
    return (line.state != CandidateState.ACCEPTED, line.group, line.rank or 10_000, line.number)


def _line(found: Judged, fact: Fact, is_pointed: bool) -> Line:
    placed, score = found.placed.get(fact.pk), found.scores[fact.pk]
    recommended = found.recommended.get(fact.factory)
    group = DIRECT if fact.track == Track.DIRECT else fact.panel or UNGROUPED
    return Line(
        fact.ref, fact.number, fact.name, fact.project, fact.industry, fact.city or "", fact.city_position, fact.state,
        group, placed.rank if placed else 0, bool(placed and placed.is_tied), score.value, score.sheets,
        found.asked.get(fact.pk, 0), score.spread, bool(score.far_off), found.adjusted.get(fact.pk),
        _visit(found.visits.get(fact.pk, "")), recommended.position if recommended else None, recommended is not None,
        is_pointed,
    )  # fmt: skip


def _visit(conclusion: str) -> str:
    return {"passed": "通过", "failed": "不通过", "to_mend": "需整改"}.get(conclusion, "")


# -- one of them ------------------------------------------------------------------------------------------------------
def candidate_page(actor: Actor, row: Candidate) -> dict[str, Any]:
    """Everything about one candidate, as far as its reader may know: a city reads how it was received, no more."""
    context: dict[str, Any] = {
        "candidate": row,
        "may": {name: may(actor, f"candidate.{name}", row) for name in _ACTS},
        "is_unit": may(actor, "candidate.list"),
        "industry": Industry.objects.filter(code=row.industry).first() or row.industry,
    }
    if not context["is_unit"]:
        return context
    found = judged(row.round)
    line = found.placed.get(row.pk)
    rows = ScoreSheet.objects.filter(candidate=row).select_related("expert__user", "panel")
    sheets = list(rows.order_by("assigned_at", "pk"))
    return context | {
        "warnings": row.warnings if row.state == CandidateState.ACCEPTED else warnings_of([row])[row.pk],
        "line": line,
        "of": len(found.groups[line.group]) if line else 0,
        "score": found.scores[row.pk],
        "adjusted": found.adjusted.get(row.pk),
        "sheets": [sheet for sheet in sheets if sheet.state not in _LEFT],
        "left": [sheet for sheet in sheets if sheet.state in _LEFT],
        "far_off": found.scores[row.pk].far_off,
        "points": criteria_means(row),
        "visits": list(SiteVisit.objects.filter(candidate=row).order_by("planned_at")),
        "choices": list(row.choices.select_related("by")),
        "is_chosen": row.application.factory_id in found.recommended,
    }


def criteria_means(row: Candidate) -> list[tuple[str, Decimal, Decimal]]:
    """(criterion, mean of the signed sheets, weight) of each line of the score sheet; nothing before one is signed."""
    held = list(ScoreSheet.objects.filter(candidate=row, state=SheetState.SIGNED).values_list("scores", flat=True))
    terms = row.round.value
    if not held:
        return []
    return [(c.name, _mean(held, c.code, terms.aggregation.decimals), c.weight) for c in terms.criteria]


def _mean(held: Sequence[Mapping[str, Any]], code: str, decimals: int) -> Decimal:
    return scoring.rounded(sum((Decimal(s[code]["score"]) for s in held), Decimal(0)) / len(held), decimals)
