"""Visits on site, as their unit and their teams see them."""

from typing import Any

from django.db.models import QuerySet

from applications.models import Submission
from applications.selectors.papers import submitted_edition
from portal.actors import Actor
from portal.errors import Hidden
from portal.models import User
from portal.roles import Role
from portal.rules import may
from portal.states import MembershipState
from review.models import Candidate, Expert, ScoreSheet, SiteVisit, VisitPhoto
from review.selectors.experts import experts
from review.states import CandidateState, SheetState, VisitState
from review.visit_rules import indicators_of
from tiers.models import Round


def visits(actor: Actor) -> QuerySet[SiteVisit]:
    """The unit's; an expert's are those on which they go along."""
    rows = SiteVisit.objects.order_by("-planned_at", "-pk")
    if may(actor, "visit.list"):
        return rows.filter(unit=actor.stands("unit"))
    if may(actor, "expert.own"):
        return rows.filter(unit=actor.stands("unit"), members__user=actor.person)
    return rows.none()


def visit_for(actor: Actor, ref: str) -> SiteVisit:
    """The gate to a visit; the same set. Raises Hidden."""
    row = visits(actor).filter(ref=ref).prefetch_related("members").first()
    if row is None:
        raise Hidden("visit", ref)
    return row


def of_round(actor: Actor, round_: Round) -> QuerySet[SiteVisit]:
    """A round's visits, for its unit."""
    return visits(actor).filter(candidate__round=round_).select_related("candidate__application")


def candidate_for(actor: Actor, ref: str) -> Candidate:
    """The gate to a candidate that can be visited, by its application's reference. Raises Hidden."""
    if may(actor, "visit.list"):
        rows = Candidate.objects.filter(unit=actor.stands("unit"), state=CandidateState.ACCEPTED)
        row = rows.select_related("application__round", "round").filter(application__ref=ref).first()
        if row is not None:
            return row
    raise Hidden("candidate", ref)


def judged_submission(candidate: Candidate) -> Submission:
    """The version that is judged."""
    rows = Submission.objects.select_related("application__round")
    return rows.get(application=candidate.application_id, version=candidate.version)


def indicator_choices(candidate: Candidate) -> list[tuple[str, str]]:
    """The indicators that could be looked at on site."""
    submission = judged_submission(candidate)
    return indicators_of(submission.document, submitted_edition(submission).value)


def team_choices(actor: Actor, candidate: Candidate) -> list[tuple[str, str, Any]]:
    """Who could go: officers of the unit, and experts of the pool who did not recuse themselves."""
    posts = {"memberships__role__in": (Role.UNIT_OFFICER, Role.UNIT_HEAD, Role.UNIT_JOINT)}
    officers = User.objects.filter(
        is_active=True, memberships__unit=actor.stands("unit"), memberships__state=MembershipState.ACTIVE, **posts
    )
    recused = ScoreSheet.objects.filter(candidate=candidate, state=SheetState.RECUSED).values("expert")
    found: list[tuple[str, str, Any]] = [
        (f"u{user.pk}", f"{user.name}　（本单位）", user) for user in officers.distinct().order_by("name", "pk")
    ]
    rows: QuerySet[Expert] = experts(actor).filter(is_active=True).exclude(pk__in=recused)
    return found + [(row.ref, f"{row.user.name}　{row.employer}", row) for row in rows]


def photos_of(visit: SiteVisit) -> QuerySet[VisitPhoto]:
    """Its photographs."""
    return visit.photos.filter(removed_at=None)


def photo_for(visit: SiteVisit, pk: int) -> VisitPhoto:
    """The gate to a photograph. Raises Hidden."""
    row = photos_of(visit).filter(pk=pk).first()
    if row is None:
        raise Hidden("photo", str(pk))
    return row


def conclusions(round_: Round) -> dict[int, str]:
    """How each candidate of a round came out on site, by its key: the last visit that was concluded."""
    rows = SiteVisit.objects.filter(candidate__round=round_, state=VisitState.DONE).order_by("done_at", "pk")
    return dict(rows.values_list("candidate", "conclusion"))
