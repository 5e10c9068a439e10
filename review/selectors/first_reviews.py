"""What is read of first reviews: the desk of one application, and who works on it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet

from applications import consistency
from applications.consistency import Case, File, Register
from applications.models import Application, Submission
from applications.selectors.papers import submitted_edition, submitted_form
from applications.states import ApplicationState
from portal import clock
from portal.actors import Actor
from portal.models import User
from portal.rules import may
from portal.states import MembershipState
from review.guards import CHECKLIST
from review.models import Finding, FirstReview, Reconsideration, Rejection, ReviewNote, SignOff, Tie
from review.selectors.copies import standing_of
from review.states import FirstReviewState, SignOffState
from tiers.models import Round
from tiers.selectors.rounds import city_until

_AHEAD = timedelta(hours=12)


def is_tied(actor: Actor, application: Application) -> bool:
    """Whether they declared a tie to the applicant."""
    return actor.user is not None and Tie.objects.filter(application=application, user=actor.user).exists()


def colleagues(actor: Actor) -> QuerySet[User]:
    """Who of the actor's lead office can review, the actor too."""
    if actor.role is None or not may(actor, "first_review.list"):
        return User.objects.none()
    level = actor.role.level
    roles = [
        role
        for role in type(actor.role)
        if role.level is level and role.value.endswith(("reviewer", "officer", "head"))
    ]
    return (
        User.objects.filter(
            is_active=True,
            memberships__state=MembershipState.ACTIVE,
            memberships__role__in=roles,
            **{f"memberships__{level}_id": actor.stands(level)},
        )
        .distinct()
        .order_by("name", "pk")
    )


def outcome(application: Application, review: FirstReview | None) -> FirstReviewState:
    """How the version that stands was decided; a decision about an older one counts for nothing."""
    if review is None or review.version != application.version or application.state != ApplicationState.SUBMITTED:
        return FirstReviewState.OPEN
    return FirstReviewState(review.state)


def review_of(application: Application) -> FirstReview | None:
    """The review of the version that stands; None when nobody has taken it up."""
    row = FirstReview.objects.select_related("reviewer", "decided_by").filter(application=application).first()
    return row if row is not None and row.version == application.version else None


@dataclass(frozen=True)
class Point:
    """A point of the checklist as the page draws it."""

    key: str
    label: str
    help: str
    answer: str
    note: str


def desk(actor: Actor, application: Application, submission: Submission) -> dict[str, Any]:
    """Everything that stands beside a submission while it is reviewed."""
    review = review_of(application)
    said, standing, tied = review.checklist if review else {}, outcome(application, review), is_tied(actor, application)
    notes = list(
        ReviewNote.objects.filter(application=application, struck_at=None).select_related("by").order_by("at", "pk")
    )
    return {
        "review": review,
        "standing": standing,
        "may_take": not tied and _takeable(actor, review, standing),
        "edition": desk_edition(application),
        "points": [
            Point(key, label, text, said.get(key, {}).get("answer", ""), said.get(key, {}).get("note", ""))
            for key, label, text in CHECKLIST
        ],
        "notes": notes,
        "noted": urlencode(_noted(notes, submission.version)),
        "unmet": [line for line in submission.document["screening"] if line["mark"] != "met"],
        "doubts": doubts(submission),
        "paper": standing_of(actor, application),
        "findings": findings(application),
        "asked": asked_about(application),
        "ties": list(Tie.objects.filter(application=application).select_related("user")),
        "is_tied": tied,
        "rejection": Rejection.objects.filter(application=application).first(),
        "reconsideration": Reconsideration.objects.filter(application=application).select_related("by").first(),
        "colleagues": list(colleagues(actor)),
    }


def _takeable(actor: Actor, review: FirstReview | None, standing: str) -> bool:
    """Whether the review can become theirs: undecided and not theirs yet; nobody looks again at their own decision."""
    if standing not in (FirstReviewState.OPEN, FirstReviewState.RECONSIDERING):
        return False
    mine = actor.person.pk
    return review is None or (
        review.reviewer_id != mine and not (standing == FirstReviewState.RECONSIDERING and review.decided_by_id == mine)
    )


def _noted(notes: list[ReviewNote], version: int) -> dict[str, str]:
    """What was noted about this version, as the form for returning it takes reasons."""
    found: dict[str, str] = {}
    for note in notes:
        if note.version == version:
            name = f"reason:{note.section}:{note.key}"
            found[name] = "；".join(filter(None, (found.get(name), note.text)))[:500]
    return found


def desk_edition(application: Application) -> int:
    """What a page is drawn from; 0 while nobody has taken the review up, one on where a new version came in since."""
    row = FirstReview.objects.filter(application=application).values_list("edition", "version").first()
    return 0 if row is None else row[0] + (row[1] != application.version)


def usual_due(round_: Round, city_id: int | None) -> datetime:
    """By when departments are usually asked to answer: half a day before the city's own time is over."""
    last = (city_until(round_, city_id) if city_id else None) or round_.unit_until
    return max(last - _AHEAD, clock.now() + timedelta(hours=1))


def doubts(submission: Submission) -> list[consistency.Finding]:
    """Where what was handed in doesn't agree with itself or with the register, of the frozen document alone."""
    said = submission.document
    edition = submitted_edition(submission).value
    form = submitted_form(submission)
    register = Register(
        said["enterprise"]["name"], said["enterprise"]["code"], said["factory"]["name"],
        said["enterprise"]["is_central"], said["enterprise"]["is_branch"], said["enterprise"]["is_above_scale"],
    )  # fmt: skip
    files = {
        field: [File(file["name"], file["size"]) for file in held]
        for fields in said["files"].values()
        for field, held in fields.items()
    }
    day = clock.beijing(submission.submitted_at).date()
    book = submission.application.book.value
    return consistency.findings(
        Case(form, book, edition, said["round"]["tier"], said["sections"], day, register, files)
    )


def findings(application: Application) -> list[Finding]:
    """Facts that departments recorded, newest last."""
    rows = Finding.objects.filter(application=application, struck_at=None)
    return list(rows.select_related("office", "by"))


def asked_about(application: Application) -> list[SignOff]:
    """What departments were asked about this application alone, and said."""
    rows = SignOff.objects.filter(application=application).exclude(state=SignOffState.VOID)
    return list(rows.select_related("office", "answered_by"))


def rejection_for(application: Application) -> Rejection | None:
    """The rejection of the version that stands, as the applicant reads it; None when there is none in force."""
    if application.state != ApplicationState.SUBMITTED:
        return None
    row = Rejection.objects.filter(application=application, version=application.version).first()
    if row is None:
        return None
    last = application.events.filter(action__in=["不予推荐", "撤销初审结论", "通过初审"]).order_by("-at", "-pk").first()
    return row if last is not None and last.action == "不予推荐" else None


def may_ask_again(application: Application) -> bool:
    """A rejection is in force, and nobody has asked yet that it be looked at again."""
    asked = Reconsideration.objects.filter(application=application)
    return rejection_for(application) is not None and not asked.exists()
