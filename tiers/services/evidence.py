"""Evidence for an assessment: taken in, taken away, handed out again."""

import uuid
from typing import Any

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction

from portal import audit, clock
from portal.actors import Actor
from portal.declared import Kind
from portal.errors import Denied, Hidden, Refused
from portal.rules import may
from portal.services import stored
from portal.uploads import examined
from tiers.assessment_form import MOST_FILES, assessment_form
from tiers.models import AssessmentFile, SelfAssessment
from tiers.services.assessments import lock


def add(assessment: SelfAssessment, field: str, stream: Any, name: str, *, actor: Actor) -> AssessmentFile:
    """Keep a file (read from `stream`) for a field. Raises Denied, Hidden (no such field), Refused."""
    if not may(actor, "assessment.edit", assessment):
        raise Denied("assessment.edit")
    section = _section_of(assessment, field)
    upload = examined(stream, name)
    with transaction.atomic():
        row = lock(assessment)
        held = row.files.filter(field=field, removed_at=None)
        if held.count() >= MOST_FILES:
            raise Refused(f"每项最多上传{MOST_FILES}个文件，请先移除不用的文件。")
        if held.filter(digest=upload.digest).exists():
            raise Refused(f"“{upload.name}”与已上传的文件内容相同，无需重复上传。")
        path = default_storage.save(
            f"evidence/{row.enterprise_id}/{uuid.uuid4().hex}.{upload.extension}", upload.opened()
        )
        file = AssessmentFile.objects.create(
            assessment=row,
            section=section,
            field=field,
            name=upload.name,
            media_type=upload.media_type,
            size=upload.size,
            digest=upload.digest,
            stored=path,
            uploaded_at=clock.now(),
            uploaded_by=actor.person,
            unit_id=row.unit_id,
            city_id=row.city_id,
            enterprise_id=row.enterprise_id,
        )
        audit.record("assessment.attach", row, actor, field=field, name=upload.name, digest=upload.digest)
    return file


def _section_of(assessment: SelfAssessment, field: str) -> str:
    form = assessment_form(assessment.edition.value, assessment.aim)
    for section in form.sections:
        if field in section.fields and section.fields[field].kind is Kind.FILES:
            return section.key
    raise Hidden("field", field[:80])


def remove(file: AssessmentFile, *, actor: Actor) -> None:
    """Take a file away from its field; what was filed with it stays. Raises Denied; twice does no harm."""
    if not may(actor, "assessment.edit", file):
        raise Denied("assessment.edit")
    with transaction.atomic():
        if AssessmentFile.objects.filter(pk=file.pk, removed_at=None).update(removed_at=clock.now()):
            audit.record("assessment.detach", file.assessment, actor, field=file.field, name=file.name)


def opened(stored: str) -> File:
    """The content of a stored file."""
    return default_storage.open(stored)


def sweep() -> int:
    """Remove stored content that no assessment points at any more: an upload that broke off, a draft that was deleted.

    How many went.
    """
    rows = AssessmentFile.objects
    return stored.sweep("evidence", lambda names: set(rows.filter(stored__in=names).values_list("stored", flat=True)))
