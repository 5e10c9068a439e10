"""Writing an application: saved section by section as it is typed, and never lost when it comes too late."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction

from applications.guards import writing_closed
from applications.models import Application, ApplicationSection, LateDraft
from applications.selectors.applications import open_correction
from applications.selectors.papers import SCREENING, section_of
from applications.services.beginning import keys_of
from applications.services.locking import lock_to_save
from portal import audit, clock
from portal.actors import Actor
from portal.compiled import Compiled
from portal.declared import Section, progress, read
from portal.errors import Denied, Hidden, Refused
from portal.rules import may
from portal.services.drafts import Saved, write_answers

_TOLD = timedelta(minutes=1)


class TooLate(Refused):
    """The window, or the time for a correction, is over: what was sent is to be kept aside."""


def save(
    application: Application, key: str, changes: Mapping[str, Any], *, version: int, actor: Actor
) -> tuple[Saved, ApplicationSection]:
    """Save changed answers of a section. `version`: the one that the writer had seen.

    Raises Denied, Hidden (no such section), TooLate, Refused, Stale, Unreadable.
    """
    ask(actor, application)
    with transaction.atomic():
        row = lock_to_save(application)
        section = _section(row, key)
        open_for_writing(row)
        (draft,) = _draft(row.pk, key)
        draft.application = row
        if not section.takes_files:
            draft.files = {}
        _unlocked(row, section, draft, changes)
        saved = write_answers(draft, section, changes, version=version, actor=actor)
        if saved.changed:
            _follow(row, section, draft)
            audit.record("application.save", row, actor, section=key, version=saved.version, fields=len(saved.changed))
    return saved, draft


_draft = Compiled(
    lambda application, key: ApplicationSection.objects.defer("taken").filter(application=application, key=key),
    int,
    str,
)


def ask(actor: Actor, application: Application) -> None:
    """Whether they write for this applicant. Raises Denied."""
    if not may(actor, "application.write", application):
        raise Denied("application.write")


def _section(row: Application, key: str) -> Section:
    try:
        return section_of(row, key)
    except KeyError as error:
        raise Hidden("section", key) from error


def open_for_writing(row: Application) -> None:
    """Whether it is in the applicant's hands, and in time. Raises Refused, TooLate."""
    if not row.is_writable:
        raise Refused(f"当前状态为“{row.public_label}”，不能修改。需要修改的，请先撤回，或待退回后再修改。")
    if reason := writing_closed(row, clock.now()):
        raise TooLate(reason)


def _unlocked(row: Application, section: Section, draft: ApplicationSection, changes: Mapping[str, Any]) -> None:
    """After a return only what the reviewer named may change. Raises Refused."""
    correction = open_correction(row)
    if correction is None:
        return
    wanted = read(section, changes)
    for key, value in wanted.items():
        if (draft.answers.get(key) or None) != (value or None) and not correction.opens(section.key, key):
            raise Refused("本次退回只开放审核单位列明的内容，其他内容不能修改。请刷新页面查看可修改的项目。")


def _follow(row: Application, section: Section, draft: ApplicationSection) -> None:
    """Keep what lists show of it: how much is filled in, and when, to the minute, somebody last wrote."""
    counted = row.progress.get(section.key)
    measure(row, section, draft)
    told = row.saved_at is not None and clock.now() - row.saved_at < _TOLD
    if row.progress.get(section.key) != counted or not told:
        row.saved_at = draft.saved_at
        row.save(update_fields=["saved_at", "progress"])


def measure(row: Application, section: Section, draft: ApplicationSection) -> None:
    """Count what is filled in of a section; the screening is not part of the book."""
    if section.key == SCREENING:
        return
    draft.application = row
    done = progress(section, draft.answers, frozenset(draft.files))
    row.progress[section.key] = [done.answered, done.asked]


def keep_late(
    application: Application, key: str, changes: Mapping[str, Any], *, reason: str, actor: Actor
) -> LateDraft:
    """Keep what came too late as the enterprise's own, word for word; on record, never part of the application.

    To be called when `save` has raised TooLate. Raises Denied, Unreadable.
    """
    ask(actor, application)
    with transaction.atomic():
        section = _section(application, key)
        answers = {name: value for name, value in read(section, changes).items() if value is not None}
        same = application.late_drafts.filter(section=key, by=actor.person, answers=answers).first()
        if same is not None:  # a page that retries
            return same
        row = LateDraft.objects.create(
            application=application,
            section=key,
            answers=answers,
            reason=reason[:500],
            at=clock.now(),
            by=actor.person,
            **keys_of(application),
        )
        audit.record("application.keep_late", application, actor, section=key, fields=len(answers), reason=reason)
    return row
