"""A draft put back to what was handed in: what was changed since and not handed in is kept aside, not carried along."""

from datetime import datetime

from applications.models import Application, ApplicationSection, LateDraft, Submission
from applications.selectors.applications import file_keys
from applications.selectors.papers import submitted_form
from applications.services.beginning import keys_of
from applications.services.writing import measure


def restore(row: Application, submission: Submission, *, reason: str, at: datetime) -> None:
    """Put answers and files back to those of a version; changed answers become late drafts. The row is locked."""
    form = submitted_form(submission)
    row.files.filter(removed_at=None).exclude(pk__in=file_keys(submission.document)).update(removed_at=at)
    row.files.filter(pk__in=file_keys(submission.document)).update(removed_at=None)
    for section in form.sections:
        draft = ApplicationSection.objects.get(application=row, key=section.key)
        _put_back(row, draft, submission.document["sections"][section.key], reason, at)
        measure(row, section, draft)
    row.save(update_fields=["progress"])


def _put_back(row: Application, draft: ApplicationSection, stood: dict[str, object], reason: str, at: datetime) -> None:
    unsent = {key: value for key, value in draft.answers.items() if stood.get(key) != value}
    changed = {*unsent, *(key for key in stood if key not in draft.answers)}
    if not changed:
        return
    if unsent and draft.saved_by is not None:
        LateDraft.objects.create(
            application=row,
            section=draft.key,
            answers=unsent,
            reason=reason,
            at=at,
            by=draft.saved_by,
            **keys_of(row),
        )
    draft.version += 1
    draft.answers = dict(stood)
    draft.versions = {**draft.versions, **dict.fromkeys(changed, draft.version)}
    draft.save(update_fields=["answers", "version", "versions"])
