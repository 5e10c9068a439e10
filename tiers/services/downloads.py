"""Files that offices offer for download: taken in by the project's rules for uploads, handed out, swept."""

import uuid
from typing import Any

from django.core.files import File
from django.core.files.storage import default_storage
from django.db.models import QuerySet

from portal import clock
from portal.actors import Actor
from portal.errors import Refused
from portal.models import StoredFile
from portal.services import stored
from portal.uploads import MB, Allowed, Upload, examined
from tiers.models import AnnouncementFile, RoundFile

ALLOWED = Allowed(("docx", "xlsx", "pdf"), 20 * MB)
MOST_FILES = 20
ROUNDS, ANNOUNCEMENTS = "round-files", "announcement-files"


def looked_through(stream: Any, name: str) -> Upload:
    """An uploaded file that may be offered. Raises Refused with a sentence."""
    return examined(stream, name, allowed=ALLOWED)


def kept(upload: Upload, held: QuerySet[Any], *, folder: str, actor: Actor) -> dict[str, Any]:
    """Store it beside those that are `held` already; what its row says. Raises Refused: too many, the same again."""
    there = held.filter(removed_at=None)
    if there.count() >= MOST_FILES:
        raise Refused(f"最多上传{MOST_FILES}个文件，请先移除不用的文件。")
    if there.filter(digest=upload.digest).exists():
        raise Refused(f"“{upload.name}”与已上传的文件内容相同，无需重复上传。")
    path = default_storage.save(f"{folder}/{uuid.uuid4().hex}.{upload.extension}", upload.opened())
    return {
        "section": "guidance",
        "field": "download",
        "name": upload.name,
        "media_type": upload.media_type,
        "size": upload.size,
        "digest": upload.digest,
        "stored": path,
        "uploaded_at": clock.now(),
        "uploaded_by": actor.person,
    }


def opened(file: StoredFile) -> File:
    """The content of a file."""
    return default_storage.open(file.stored)


def sweep() -> int:
    """Remove stored content that no row points at: an upload that broke off, a draft that was thrown away."""
    rounds, announcements = RoundFile.objects, AnnouncementFile.objects
    return stored.sweep(
        ROUNDS, lambda names: set(rounds.filter(stored__in=names).values_list("stored", flat=True))
    ) + stored.sweep(
        ANNOUNCEMENTS, lambda names: set(announcements.filter(stored__in=names).values_list("stored", flat=True))
    )
