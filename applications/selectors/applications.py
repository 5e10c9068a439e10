"""Applications as each place sees them, and the gates to what belongs to them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from applications.models import Application, Attachment, Correction, Event, LateDraft, Submission
from applications.states import ApplicationState, Track
from portal.actors import Actor
from portal.compiled import Compiled
from portal.errors import Hidden
from portal.models import Membership
from portal.roles import Level, Role
from portal.rules import may
from portal.states import MembershipState
from tiers.models import Extension, Factory, Round
from tiers.selectors.factories import factories
from tiers.selectors.rounds import extension_of

# What an officer may read: what was handed in, and not taken back.
HANDED_IN = (ApplicationState.SUBMITTED, ApplicationState.RETURNED)
# Big columns that pages don't need row by row: values are kept by their digests.
_SHOWN = (
    "round__unit", "round__edition", "book", "factory__region", "factory__industry", "enterprise__region",
    "enterprise__industry", "enterprise__group", "city__region",
)  # fmt: skip
_HEAVY = ("round__terms", "round__edition__document", "book__document")


def applications(actor: Actor) -> QuerySet[Application]:
    """An enterprise's own; for a city's and a unit's lead office what was handed in to them, and never a draft."""
    rows = _seen(actor).select_related(*_SHOWN).defer(*_HEAVY)
    if actor.role is not None and actor.role.level is Level.ENTERPRISE:
        granted = Extension.objects.filter(round=OuterRef("round"), enterprise=OuterRef("enterprise"))
        return rows.annotate(
            late_there=Exists(LateDraft.objects.filter(application=OuterRef("pk"))),
            granted_until=Subquery(granted.order_by("-until").values("until")[:1]),
        )
    return rows


def _seen(actor: Actor) -> QuerySet[Application]:
    rows = Application.objects.all()
    if not may(actor, "application.list") or actor.role is None:
        return rows.none()
    level = actor.role.level
    rows = rows.filter(**{f"{level}_id": actor.stands(level)})
    return rows if level is Level.ENTERPRISE else rows.filter(state__in=HANDED_IN)


def lying_before(actor: Actor) -> QuerySet[Application]:
    """Those that lie before the actor's own office, drafts too: `is_reviewing` in rules.py as a query.

    Of a draft the office may know whose it is and how far along, never what it says.
    """
    rows = Application.objects.all()
    if not may(actor, "application.list") or actor.role is None or actor.role.level is Level.ENTERPRISE:
        return rows.none()
    by_city = Q(track=Track.REGULAR, round__city_until__isnull=False, city__isnull=False)
    if actor.role.level is Level.CITY:
        return rows.filter(by_city, city_id=actor.stands("city"))
    return rows.exclude(by_city).filter(unit_id=actor.stands("unit"))


_of_enterprise = Compiled(lambda ref, key: Application.objects.filter(ref=ref, enterprise=key).order_by(), str, int)


def has_late(application: Application) -> bool:
    """Whether something came too late for it; known from the list it was found in."""
    return bool(getattr(application, "late_there", True))


def own_until(application: Application) -> datetime:
    """The last instant for the applicant's own work: the correction's, else the window's or the one granted to it."""
    if "granted_until" in vars(application):
        granted = vars(application)["granted_until"]
    else:
        granted = extension_of(application.round, application.enterprise_id)
    last = max(filter(None, (application.round.enterprise_until, granted)))
    return application.correct_until or last


def application_for(actor: Actor, ref: str) -> Application:
    """The gate to an application; the same set as the list. Raises Hidden."""
    return _only(applications(actor), ref)


def own_application_for(actor: Actor, ref: str) -> Application:
    """The gate to what an enterprise writes: its own applications only. Raises Hidden."""
    return _own(application_for(actor, ref), actor)


def written_application_for(actor: Actor, ref: str) -> Application:
    """The same gate for a save, which locks and reads the row with what it needs in its own transaction."""
    for row in _of_enterprise(ref, actor.stands("enterprise")):
        return _own(row, actor)
    raise Hidden("application", ref)


def _only(rows: QuerySet[Application], ref: str) -> Application:
    """The one row; asked for without the list's order, which costs as much as the whole query."""
    try:
        return rows.get(ref=ref)
    except Application.DoesNotExist as error:
        raise Hidden("application", ref) from error


def _own(row: Application, actor: Actor) -> Application:
    if not may(actor, "application.write", row):
        raise Hidden("application", row.ref)
    return row


def of_round(actor: Actor, round_: Round) -> QuerySet[Application]:
    """The actor's applications in a round."""
    return applications(actor).filter(round=round_)


def factories_to_apply(actor: Actor, round_: Round) -> QuerySet[Factory]:
    """The factories with which an enterprise may still begin in a round."""
    begun = Application.objects.filter(round=round_, factory=OuterRef("pk"))
    return factories(actor).filter(~Exists(begun), is_closed=False, unit_id=round_.unit_id)


# -- what belongs to one ---------------------------------------------------------------------------------------------
def submission_for(application: Application, version: int) -> Submission:
    """The gate to a version of an application one may see. Raises Hidden."""
    row = application.submissions.select_related("submitted_by").filter(version=version).first()
    if row is None:
        raise Hidden("submission", f"{application.ref}/{version}")
    row.application = application
    return row


def current_submission(application: Application) -> Submission | None:
    """The version that stands; None while the application is a draft (also again, after it was taken back)."""
    if application.state not in HANDED_IN:
        return None
    return submission_for(application, application.version)


def open_correction(application: Application) -> Correction | None:
    """What has to be mended now; None when nothing was returned."""
    if application.state != ApplicationState.RETURNED:
        return None
    return application.corrections.first()


def attachment_for(application: Application, pk: int) -> Attachment:
    """The gate to a file of one's own draft. Raises Hidden."""
    row = application.files.filter(pk=pk, removed_at=None).first()
    if row is None:
        raise Hidden("attachment", str(pk))
    row.application = application
    return row


def submitted_file_for(submission: Submission, pk: int) -> Attachment:
    """The gate to a submitted file: the frozen document names it, whatever became of the draft's. Raises Hidden."""
    if pk not in file_keys(submission.document):
        raise Hidden("attachment", str(pk))
    return Attachment.objects.get(pk=pk)


def file_keys(document: dict[str, Any]) -> set[int]:
    """The keys of the files that a frozen document names."""
    sections: Sequence[dict[str, list[dict[str, Any]]]] = list(document["files"].values())
    return {file["id"] for fields in sections for files in fields.values() for file in files}


def late_draft_for(application: Application, pk: int) -> LateDraft:
    """The gate to what came too late. Raises Hidden."""
    row = application.late_drafts.select_related("by").filter(pk=pk).first()
    if row is None:
        raise Hidden("late draft", str(pk))
    return row


def timeline(actor: Actor, application: Application) -> list[Event]:
    """What happened, oldest first; an applicant reads the public lines only."""
    rows = application.events.select_related("by")
    if actor.role is not None and actor.role.level is Level.ENTERPRISE:
        rows = rows.filter(is_public=True)
    return list(rows)


def people_of(application: Application, *roles: Role) -> list[Membership]:
    """The people who act for the applicant, in these roles (all when none is named)."""
    rows = Membership.objects.filter(
        enterprise_id=application.enterprise_id, state=MembershipState.ACTIVE, user__is_active=True
    ).select_related("user")
    return list(rows.filter(role__in=roles) if roles else rows)
