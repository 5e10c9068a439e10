"""An assignment before it is carried out: who would judge what, whom ties keep apart, where there are too few."""

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from portal.declared import canonical
from review.assigning import Assignment, Case, Judge, assign
from review.conflicts import Conflict
from review.models import Candidate, Expert, Panel, ScoreSheet
from review.selectors.experts import held_by
from review.selectors.panels import candidates_of
from review.selectors.ties import Ties, ties
from review.states import HELD_SHEETS, SeatState, SheetState


@dataclass(frozen=True)
class Plan:
    """What an assignment with this seed would give; `digest` names it, so that nothing else is carried out."""

    seed: str
    candidates: Mapping[str, Candidate]
    experts: Mapping[str, Expert]
    found: Ties
    held: Mapping[str, frozenset[str]]
    result: Assignment

    @property
    def digest(self) -> str:
        """Of the seed and every new pair."""
        said: dict[str, Any] = {"seed": self.seed, "sheets": {k: list(v) for k, v in self.result.sheets.items()}}
        return hashlib.sha256(canonical(said).encode()).hexdigest()

    @property
    def rows(self) -> list[tuple[Candidate, list[Expert], list[Expert], int]]:
        """Each candidate with who has it already, who would get it, how many are lacking."""
        return [
            (
                row,
                [self.experts[ref] for ref in sorted(self.held.get(key, ())) if ref in self.experts],
                [self.experts[ref] for ref in self.result.sheets.get(key, ())],
                self.result.lacking.get(key, 0),
            )
            for key, row in self.candidates.items()
        ]

    @property
    def loads(self) -> list[tuple[Expert, int, int]]:
        """Each expert with how many sheets they have here, and would get."""
        new = Counter(ref for refs in self.result.sheets.values() for ref in refs)
        old = Counter(ref for refs in self.held.values() for ref in refs)
        return [(expert, old[ref], new[ref]) for ref, expert in self.experts.items()]

    @property
    def barring(self) -> list[tuple[Candidate, Expert, list[Conflict]]]:
        """Pairs that a tie keeps apart."""
        of_candidate = {row.pk: row for row in self.candidates.values()}
        of_expert = {row.pk: row for row in self.experts.values()}
        found = self.found.barring.items()
        return [(of_candidate[c], of_expert[e], list(said)) for (c, e), said in found]


def seated(panel: Panel) -> list[Expert]:
    """Who can be given sheets: whoever consented, and is in the pool."""
    rows = Expert.objects.filter(seats__panel=panel, seats__state=SeatState.CONSENTED, is_active=True)
    return list(rows.select_related("user", "region").order_by("user__name", "pk"))


def plan(panel: Panel, seed: str) -> Plan:
    """Who would judge what."""
    candidates, experts = list(candidates_of(panel).order_by("number")), seated(panel)
    found = ties(panel, candidates, experts)
    numbers, refs = {row.pk: row.number for row in candidates}, {row.pk: row.ref for row in experts}
    held, barred = _standing(panel, numbers)
    barred |= {(numbers[c], refs[e]) for c, e in found.barring}
    load = held_by(experts)
    result = assign(
        [Case(row.number, row.industry) for row in candidates],
        [Judge(e.ref, frozenset(e.industries), max(0, e.most - load.get(e.pk, 0))) for e in experts],
        panel.per,
        seed,
        barred=barred,
        held=held,
    )
    return Plan(seed, {row.number: row for row in candidates}, {row.ref: row for row in experts}, found, held, result)


def _standing(panel: Panel, numbers: Mapping[int, str]) -> tuple[dict[str, frozenset[str]], set[tuple[str, str]]]:
    """Who has what already; and who recused themselves or was taken off, and so doesn't get it again."""
    held: dict[str, set[str]] = {}
    barred: set[tuple[str, str]] = set()
    rows = ScoreSheet.objects.filter(panel=panel).values_list("candidate", "expert__ref", "state")
    for candidate, ref, state in rows:
        number = numbers.get(candidate)
        if number is None:
            continue
        if state in HELD_SHEETS:
            held.setdefault(number, set()).add(ref)
        elif state in (SheetState.RECUSED, SheetState.RELEASED):
            barred.add((number, ref))
    return {key: frozenset(refs) for key, refs in held.items()}, barred
