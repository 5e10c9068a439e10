"""Attachments and pictures: taken in, taken away, handed out again; what nothing points at is swept."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction

from applications.models import Application, ApplicationSection, Attachment
from applications.selectors.applications import file_keys, open_correction
from applications.selectors.papers import files_section, form_of
from applications.services.beginning import keys_of
from applications.services.locking import lock
from applications.services.writing import ask, measure, open_for_writing
from portal import audit, clock
from portal.actors import Actor
from portal.declared import Field, Kind
from portal.errors import Hidden, Refused
from portal.services import stored
from portal.uploads import MB, Allowed, Upload, examined

FOLDER = "applications"
PICTURES = Allowed(("jpg", "png"), 10 * MB)
MOST_PICTURES = 60


def add(application: Application, field: str, stream: Any, name: str, *, actor: Actor) -> Attachment:
    """Keep a file (read from `stream`) for a field. Raises Denied, Hidden (no such field), TooLate, Refused."""
    ask(actor, application)
    section, asked = _asked(application, field)
    open_for_writing(application)  # before a big file is read
    upload = examined(stream, name, allowed=_allowed(asked))
    with transaction.atomic():
        row = lock(application)
        open_for_writing(row)
        _unlocked(row, section, field)
        _room(row, field, asked, upload)
        file = _stored(row, section, field, upload, actor)
        _count(row, section)
        audit.record("application.attach", row, actor, field=asked.label, name=upload.name, digest=upload.digest)
    return file


def _asked(application: Application, field: str) -> tuple[str, Field]:
    form = form_of(application)
    key = files_section(form, field)
    if key is None:
        raise Hidden("field", field[:80])
    asked = form.section(key).fields[field.partition("[")[0]]
    if asked.kind is Kind.ROWS:
        asked = next(column for column in asked.columns if column.key == field.rpartition(".")[2])
    return key, asked


def _allowed(asked: Field) -> Allowed:
    return Allowed(asked.formats, asked.most_mb * MB) if asked.kind is Kind.FILES else PICTURES


def _unlocked(row: Application, section: str, field: str) -> None:
    correction = open_correction(row)
    if correction is not None and not correction.opens(section, field):
        raise Refused("本次退回只开放审核单位列明的内容，该项不能修改。")


def _room(row: Application, field: str, asked: Field, upload: Upload) -> None:
    held = row.files.filter(field=field, removed_at=None)
    most = asked.most_files if asked.kind is Kind.FILES else MOST_PICTURES
    if held.count() >= most:
        raise Refused(f"“{asked.label}”最多上传{most}个文件，请先移除不用的文件。")
    if held.filter(digest=upload.digest).exists():
        raise Refused(f"“{upload.name}”与已上传的文件内容相同，无需重复上传。")


def _stored(row: Application, section: str, field: str, upload: Upload, actor: Actor) -> Attachment:
    path = f"{FOLDER}/{row.enterprise_id}/{uuid.uuid4().hex}.{upload.extension}"
    return Attachment.objects.create(
        application=row,
        section=section,
        field=field,
        name=upload.name,
        media_type=upload.media_type,
        size=upload.size,
        digest=upload.digest,
        stored=default_storage.save(path, upload.opened()),
        uploaded_at=clock.now(),
        uploaded_by=actor.person,
        **keys_of(row),
    )


def _count(row: Application, key: str) -> None:
    draft = ApplicationSection.objects.get(application=row, key=key)
    measure(row, form_of(row).section(key), draft)
    row.saved_at = clock.now()
    row.save(update_fields=["progress", "saved_at"])


def remove(file: Attachment, *, actor: Actor) -> None:
    """Take a file away from its field; what was submitted keeps it. Raises Denied, Refused; twice is no harm."""
    ask(actor, file.application)
    with transaction.atomic():
        row = lock(file.application)
        open_for_writing(row)
        _unlocked(row, file.section, file.field)
        if Attachment.objects.filter(pk=file.pk, removed_at=None).update(removed_at=clock.now()):
            _count(row, file.section)
            audit.record("application.detach", row, actor, field=file.field, name=file.name)


def opened(file: Attachment) -> File:
    """The content of a file."""
    return default_storage.open(file.stored)


def sweep() -> int:
    """Remove stored content that nothing points at any more: an upload that broke off, a file that was taken away.

    How many went.
    """
    _forget_removed(clock.now() - timedelta(days=1))
    rows = Attachment.objects
    return stored.sweep(FOLDER, lambda names: set(rows.filter(stored__in=names).values_list("stored", flat=True)))


def _forget_removed(old: datetime) -> None:
    """Files taken away before anything was submitted with them."""
    for file in Attachment.objects.filter(removed_at__lt=old).select_related("application"):
        submitted = file.application.submissions.values_list("document", flat=True)
        if not any(file.pk in file_keys(document) for document in submitted):
            file.delete()
