"""Announcements: drafted, published, pinned, withdrawn; what was published stays as it was."""

from typing import Any

from django.db import transaction

from portal import audit, clock
from portal.actors import Actor
from portal.errors import Denied, Refused
from portal.references import new_ref
from portal.rules import may
from portal.workflow import locked, move
from tiers.models import Announcement, AnnouncementFile, Round
from tiers.services import downloads
from tiers.states import AnnouncementState, RoundState


def draft(*, title: str, text: str, round_: Round | None = None, is_pinned: bool = False, actor: Actor) -> Announcement:
    """A draft of the actor's own office. Raises Denied, Refused."""
    if not may(actor, "announcement.add") or actor.membership is None or actor.membership.office is None:
        raise Denied("announcement.add")
    said = _said(title, text, round_, is_pinned, actor)
    with transaction.atomic():
        row = Announcement.objects.create(
            **said,
            ref=new_ref("GG"),
            unit_id=actor.stands("unit"),
            office=actor.membership.office,
            saved_at=clock.now(),
            saved_by=actor.person,
        )
        audit.record("announcement.add", row, actor, heading=row.title)
    return row


def _said(title: str, text: str, round_: Round | None, is_pinned: bool, actor: Actor) -> dict[str, Any]:
    said = {"title": title.strip(), "text": text.replace("\r\n", "\n").strip(), "round": round_, "is_pinned": is_pinned}
    if not said["title"] or not said["text"]:
        raise Refused("请填写标题和正文。")
    if round_ is not None and (round_.unit_id != actor.stands("unit") or round_.state == RoundState.DRAFT):
        raise Refused("公告只能关联本单位已发布的批次。")
    return said


def _own_draft(row: Announcement, actor: Actor) -> None:
    if not may(actor, "announcement.edit", row):
        raise Denied("announcement.edit")
    if row.state != AnnouncementState.DRAFT:
        raise Refused("公告已发布，内容不能再修改。需要更正的，请撤回后另行发布。")


def edit(
    announcement: Announcement,
    *,
    version: int,
    title: str,
    text: str,
    round_: Round | None = None,
    is_pinned: bool = False,
    actor: Actor,
) -> Announcement:
    """Put a draft differently. Raises Denied, Refused: published, or changed by a colleague since."""
    with locked(announcement) as row:
        _own_draft(row, actor)
        said = _said(title, text, round_, is_pinned, actor)
        if row.version != version:
            raise Refused(f"{row.saved_by.name}刚刚修改了这份草稿，请返回核对后再修改。")
        for name, value in said.items():
            setattr(row, name, value)
        row.version, row.saved_at, row.saved_by = row.version + 1, clock.now(), actor.person
        row.save(update_fields=[*said, "version", "saved_at", "saved_by"])
        audit.record("announcement.edit", row, actor, heading=row.title, version=row.version)
        found: Announcement = row
    return found


def discard(announcement: Announcement, *, actor: Actor) -> None:
    """Throw a draft away. Raises Denied, Refused."""
    with locked(announcement) as row:
        _own_draft(row, actor)
        audit.record("announcement.discard", row, actor, heading=row.title)
        row.delete()


def publish(announcement: Announcement, *, actor: Actor) -> Announcement:
    """Make it known; from now on it stays as it is. Raises Denied, Refused."""
    now = clock.now()
    return move(announcement, "publish", actor=actor, at=now, changes={"published_at": now})


def withdraw(announcement: Announcement, *, reason: str, actor: Actor) -> Announcement:
    """Take it back with a reason that everybody reads in its place. Raises Denied, Refused."""
    changes = {"withdrawn_at": clock.now(), "reason": reason.strip()[:500], "is_pinned": False}
    return move(announcement, "withdraw", actor=actor, changes=changes, reason=reason.strip()[:500])


def pin(announcement: Announcement, *, is_pinned: bool, actor: Actor) -> Announcement:
    """Keep it on top, or no longer. Raises Denied, Refused."""
    with locked(announcement) as row:
        if not may(actor, "announcement.edit", row):
            raise Denied("announcement.edit")
        if row.state == AnnouncementState.WITHDRAWN:
            raise Refused("公告已撤回，不能置顶。")
        if row.is_pinned != is_pinned:
            row.is_pinned = is_pinned
            row.save(update_fields=["is_pinned"])
            audit.record("announcement.pin", row, actor, is_pinned=is_pinned)
        found: Announcement = row
    return found


def attach(announcement: Announcement, *, stream: Any, name: str, actor: Actor) -> AnnouncementFile:
    """Add a file (read from `stream`) to a draft. Raises Denied, Refused."""
    _own_draft(announcement, actor)
    upload = downloads.looked_through(stream, name)
    with locked(announcement) as row:
        _own_draft(row, actor)
        said = downloads.kept(upload, row.files, folder=f"{downloads.ANNOUNCEMENTS}/{row.ref}", actor=actor)
        file = AnnouncementFile.objects.create(**said, unit_id=row.unit_id, announcement=row)
        audit.record("announcement.attach", row, actor, name=file.name, digest=file.digest)
    return file


def detach(file: AnnouncementFile, *, actor: Actor) -> None:
    """Take a file away from a draft. Raises Denied, Refused; twice does no harm."""
    with locked(file.announcement) as row:
        _own_draft(row, actor)
        if AnnouncementFile.objects.filter(pk=file.pk, removed_at=None).update(removed_at=clock.now()):
            audit.record("announcement.detach", row, actor, name=file.name)
