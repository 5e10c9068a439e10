"""Announcements: what is published, whom it concerns, and each office's own drafts."""

from django.db.models import Q, QuerySet

from portal.actors import Actor
from portal.errors import Denied, Hidden
from portal.models import Unit
from portal.rules import may
from tiers.models import Announcement, AnnouncementFile, Round
from tiers.selectors.rounds import rounds
from tiers.states import AnnouncementState

NATIONAL = "national"
HOME = 4


def _rows() -> QuerySet[Announcement]:
    return Announcement.objects.select_related("unit", "office", "round").defer("round__terms")


def published() -> QuerySet[Announcement]:
    """What everybody may read, pinned ones first, then the latest."""
    return _rows().filter(state=AnnouncementState.PUBLISHED)


def narrowed(rows: QuerySet[Announcement], *, unit: str = "", search: str = "") -> QuerySet[Announcement]:
    """Those of a unit (by its code; NATIONAL: the ministry's), in whose title or text something is found."""
    if unit:
        rows = rows.filter(unit=None) if unit == NATIONAL else rows.filter(unit__code=unit)
    return rows.filter(Q(title__icontains=search) | Q(text__icontains=search)) if search else rows


def issuers() -> list[tuple[str, str]]:
    """Who has announced something, as choices."""
    units = Unit.objects.filter(pk__in=published().order_by().values("unit")).order_by("code")
    return [(NATIONAL, "工业和信息化部"), *units.values_list("code", "name")]


def concerning(actor: Actor) -> QuerySet[Announcement]:
    """What concerns somebody: their own unit's, and the ministry's."""
    return published().filter(Q(unit=None) | Q(unit=actor.stands("unit")) if actor.stands("unit") else Q(unit=None))


def drafts(actor: Actor) -> QuerySet[Announcement]:
    """The drafts of the actor's own office."""
    if not may(actor, "announcement.add"):
        return Announcement.objects.none()
    rows = _rows().filter(state=AnnouncementState.DRAFT, unit=actor.stands("unit"))
    return rows.select_related("saved_by").order_by("-saved_at", "-id")


def announcement_for(actor: Actor, ref: str) -> Announcement:
    """The gate to an announcement: a draft for its own office only. Raises Hidden."""
    row = _rows().select_related("saved_by").filter(ref=ref).first()
    if row is None or (row.state == AnnouncementState.DRAFT and not may(actor, "announcement.edit", row)):
        raise Hidden("announcement", ref)
    return row


def own_announcement_for(actor: Actor, ref: str) -> Announcement:
    """The gate to what one's own office issues. Raises Hidden, Denied."""
    row = announcement_for(actor, ref)
    if not may(actor, "announcement.edit", row):
        raise Denied("announcement.edit")
    return row


def is_open_to(actor: Actor, round_: Round) -> bool:
    """The actor can go on to that round's page."""
    return rounds(actor).filter(pk=round_.pk).exists()


def files(announcement: Announcement) -> QuerySet[AnnouncementFile]:
    """Its files."""
    return AnnouncementFile.objects.filter(announcement=announcement, removed_at=None)


def file_for(actor: Actor, announcement: Announcement, pk: int) -> AnnouncementFile:
    """The gate to a file: of what is withdrawn, for its own office only. Raises Hidden."""
    row = files(announcement).filter(pk=pk).first()
    is_shown = announcement.state == AnnouncementState.PUBLISHED or may(actor, "announcement.edit", announcement)
    if row is None or not is_shown:
        raise Hidden("announcement", str(pk))
    row.announcement = announcement
    return row
