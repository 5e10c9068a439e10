"""Objections as the unit works on them, and what an enterprise is asked about one."""

from django.db.models import QuerySet

from portal import clock
from portal.actors import Actor
from portal.errors import Hidden
from portal.rules import may
from review.models import Candidate, Objection, ObjectionFile, ObjectionNotice
from review.selectors.choosing import group_of, next_in_line
from review.states import UNSETTLED, ObjectionState


def objections(actor: Actor) -> QuerySet[Objection]:
    """Those that came to the actor's own unit, for its lead office; undecided ones and the next due first."""
    if not may(actor, "objection.list"):
        return Objection.objects.none()
    rows = Objection.objects.select_related("publicity__round", "handler").defer("publicity__round__terms")
    return rows.filter(unit_id=actor.stands("unit")).order_by("decided_at", "due_at", "lodged_at", "id")


def unsettled(actor: Actor) -> QuerySet[Objection]:
    """Those that still wait for the office."""
    return objections(actor).filter(state__in=UNSETTLED)


def is_overdue(row: Objection) -> bool:
    """It should have been decided by now."""
    return row.state in UNSETTLED and row.due_at is not None and row.due_at < clock.now()


def objection_for(actor: Actor, ref: str) -> Objection:
    """The gate to an objection. Raises Hidden."""
    row = objections(actor).select_related("factory", "decided_by", "received_by").filter(ref=ref).first()
    if row is None:
        raise Hidden("objection", ref)
    return row


def file_for(objection: Objection, pk: int) -> ObjectionFile:
    """The gate to a piece of evidence of an objection one may see. Raises Hidden."""
    row = objection.files.filter(pk=pk).first()
    if row is None:
        raise Hidden("objection file", str(pk))
    return row


def notice_of(objection: Objection) -> ObjectionNotice | None:
    """What the enterprise was asked about it; None when it was not."""
    return ObjectionNotice.objects.filter(pk__in=_asked(objection)).select_related("answered_by").first()


def _asked(objection: Objection) -> list[int]:
    asked = getattr(objection, "asked", None)
    return [asked.notice_id] if asked else []


def notices(actor: Actor) -> QuerySet[ObjectionNotice]:
    """What the actor's enterprise is asked."""
    rows = ObjectionNotice.objects.select_related("round", "factory").defer("round__terms")
    key = actor.stands("enterprise")
    return rows.filter(enterprise_id=key) if key else rows.none()


def notice_for(actor: Actor, ref: str) -> ObjectionNotice:
    """The gate to what one's own enterprise is asked. Raises Hidden."""
    row = notices(actor).filter(ref=ref).first()
    if row is None or not may(actor, "objection_notice.read", row):
        raise Hidden("objection notice", ref)
    return row


def next_of(objection: Objection) -> list[Candidate]:
    """Who of the same group would come in the place of whom an upheld objection was about; several when level."""
    if objection.state != ObjectionState.UPHELD:
        return []
    rows = Candidate.objects.filter(round=objection.publicity.round_id, application__factory=objection.factory_id)
    gone = rows.select_related("round", "panel").first()
    return next_in_line(gone.round, group_of(gone)) if gone else []
