"""Conversations at applications: whose they are, what was said, what nobody on one's own side has read yet."""

from typing import Any

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery

from applications.models import Application
from applications.selectors.applications import applications, lying_before
from portal.actors import Actor
from portal.errors import Hidden
from portal.roles import Level
from portal.rules import may
from review.models import Message

_SHOWN = ("round__unit", "factory", "enterprise__region", "city__region")
_HEAVY = ("round__terms",)


def is_office(actor: Actor) -> bool:
    """They write for an office, not for the applicant."""
    return actor.role is not None and actor.role.level is not Level.ENTERPRISE


def unread_by(actor: Actor) -> QuerySet[Message]:
    """What the other side wrote and nobody of the actor's side has opened; what was struck out needs no reading."""
    rows = Message.objects.filter(read_at=None, struck_at=None, office__isnull=is_office(actor)).order_by()
    return rows.filter(application__in=_of(actor))


def _of(actor: Actor) -> QuerySet[Application]:
    """The applications at which the actor may talk: their own, or those that lie before their office, drafts too."""
    if not may(actor, "message.list"):
        return Application.objects.none()
    rows = lying_before(actor) if is_office(actor) else applications(actor)
    return rows.order_by().only("pk")


def conversations(actor: Actor) -> QuerySet[Any]:
    """The actor's applications: those with something unread first, then by the latest message."""
    there = Message.objects.filter(application=OuterRef("pk")).order_by("-at", "-id")
    unread = Q(messages__read_at=None, messages__struck_at=None, messages__office__isnull=is_office(actor))
    rows = Application.objects.filter(pk__in=_of(actor)).select_related(*_SHOWN).defer(*_HEAVY)
    return rows.annotate(
        last_at=Subquery(there.values("at")[:1]),
        unread=Count("messages", filter=unread),
        has_unread=Q(unread__gt=0),
    ).order_by("-has_unread", F("last_at").desc(nulls_last=True), "-began_at", "-id")


def conversation_for(actor: Actor, ref: str) -> Application:
    """The gate to a conversation; the same set as the list. Raises Hidden."""
    row = Application.objects.filter(pk__in=_of(actor), ref=ref).select_related(*_SHOWN).defer(*_HEAVY).first()
    if row is None or not may(actor, "message.write", row):
        raise Hidden("application", ref)
    return row


def said_at(actor: Actor, application: Application) -> QuerySet[Message]:
    """Everything that was said, latest first; `is_own`: by the actor's side."""
    rows = Message.objects.filter(application=application)
    rows = rows.select_related("by", "office", "enterprise", "struck_by")
    return rows.annotate(is_own=Q(office__isnull=not is_office(actor)))


def message_for(actor: Actor, pk: int) -> Message:
    """The gate to a message of one's own conversations. Raises Hidden."""
    row = Message.objects.filter(pk=pk, application__in=_of(actor)).select_related("application__round").first()
    if row is None or row.application is None:
        raise Hidden("message", str(pk))
    return row
