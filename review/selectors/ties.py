"""Ties between experts and candidates, as the portal finds them, without those that were waived."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import F

from applications.models import Submission
from portal import clock
from review.conflicts import Applicant, Body, Conflict, Profile, applicant_of, find
from review.models import Candidate, Expert, Panel, Waiver

Pair = tuple[int, int]  # (candidate, expert), by their keys


@dataclass(frozen=True)
class Ties:
    """What was found, by pair; `waived` are those that the head decided about."""

    found: Mapping[Pair, list[Conflict]]
    waived: frozenset[Pair] = field(default_factory=frozenset)

    @property
    def barring(self) -> dict[Pair, list[Conflict]]:
        """Those that stand in the way."""
        return {pair: ties for pair, ties in self.found.items() if pair not in self.waived}


def profile_of(expert: Expert) -> Profile:
    """What ties an expert to others."""
    return Profile(
        Body(expert.employer, expert.employer_code),
        tuple(_body(row) for row in expert.former),
        tuple(_body(row) for row in expert.interests),
        expert.region.name if expert.region else "",
    )


def _body(row: Mapping[str, str]) -> Body:
    """An employer or company of a profile; a month means its last day, so that nobody is cleared too early."""
    until = row.get("until", "")
    return Body(row.get("name", ""), row.get("code", ""), _month_end(until) if until else None)


def _month_end(text: str) -> date:
    year, month = int(text[:4]), int(text[5:7])
    return date(year + month // 12, month % 12 + 1, 1) - date.resolution


def applicants_of(candidates: Iterable[Candidate]) -> dict[int, Applicant]:
    """Whom each candidate's book names, by candidate: the sections that say so and no more, in one query."""
    rows = Submission.objects.filter(
        application__candidate__in=[row.pk for row in candidates], version=F("application__candidate__version")
    ).values_list(
        "application__candidate", "document__enterprise", "document__sections__factory",
        "document__sections__scenarios",
    )  # fmt: skip
    return {
        key: applicant_of({"enterprise": said, "sections": {"factory": factory or {}, "scenarios": scenarios or {}}})
        for key, said, factory, scenarios in rows.order_by()
    }


def ties(panel: Panel, candidates: Sequence[Candidate], experts: Sequence[Expert]) -> Ties:
    """Every tie between these, as of today."""
    on, applicants = clock.beijing(clock.now()).date(), applicants_of(candidates)
    profiles = {expert.pk: profile_of(expert) for expert in experts}
    found: dict[Pair, list[Conflict]] = {}
    for candidate, applicant in applicants.items():
        for expert, profile in profiles.items():
            if conflicts := find(profile, applicant, on=on, same_city=panel.avoids_city):
                found[candidate, expert] = conflicts
    waived = Waiver.objects.filter(candidate__in=applicants).values_list("candidate", "expert")
    return Ties(found, frozenset(waived))


def said(conflicts: Sequence[Conflict]) -> str:
    """In one line."""
    return "".join(conflict.text for conflict in conflicts)


def unwaived(panel: Panel, candidate: Candidate, expert: Expert) -> list[Conflict]:
    """What stands between these two."""
    return ties(panel, [candidate], [expert]).barring.get((candidate.pk, expert.pk), [])
