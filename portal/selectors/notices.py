"""A person's notices."""

from django.db.models import QuerySet

from portal.actors import Actor
from portal.models import Notice


def notices(actor: Actor) -> QuerySet[Notice]:
    """The person's own, newest first."""
    return Notice.objects.filter(user=actor.user) if actor.user else Notice.objects.none()


def unread(actor: Actor) -> int:
    """How many came since they last opened their list."""
    if actor.user is None:
        return 0
    rows, seen = notices(actor), actor.user.notices_read_at
    return rows.filter(at__gt=seen).count() if seen else rows.count()
