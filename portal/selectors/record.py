"""The record as the auditor reads it."""

from datetime import date, datetime, time, timedelta

from django.db.models import Q, QuerySet

from portal.actors import Actor
from portal.audit import AuditBlock, AuditEvent
from portal.clock import BEIJING
from portal.rules import may


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=BEIJING)


def events(
    actor: Actor,
    *,
    since: date | None = None,
    until: date | None = None,
    who: str = "",
    verb: str = "",
    subject: str = "",
    outcome: str = "",
) -> QuerySet[AuditEvent]:
    """Events, newest first. Days are Beijing days and both count; `verb` and `outcome` are exact, the others parts."""
    rows = AuditEvent.objects.order_by("-id")
    if not may(actor, "record.read"):
        return rows.none()
    if since:
        rows = rows.filter(at__gte=_midnight(since))
    if until:
        rows = rows.filter(at__lt=_midnight(until + timedelta(days=1)))
    if who:
        rows = rows.filter(Q(actor_name__icontains=who) | Q(organisation__icontains=who))
    if verb:
        rows = rows.filter(verb=verb)
    if subject:
        rows = rows.filter(Q(subject_label__icontains=subject) | Q(subject_id=subject))
    return rows.filter(outcome=outcome) if outcome else rows


def last_block() -> AuditBlock | None:
    """The head of the chain."""
    return AuditBlock.objects.order_by("-number").first()
