"""What the pages of an application show: the task list, a version as it is read, and what changed between two."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from applications import screening
from applications.guards import writing_closed
from applications.models import FRESH, Application, ApplicationSection, Presence, Submission
from applications.selectors.applications import open_correction, timeline
from applications.selectors.papers import SCREENING, form_of, screened, submitted_form, terms_of
from portal import clock
from portal.actors import Actor
from portal.declared import Difference, Progress, Said, Section, differences, progress, summary
from tiers.rounds import countdown
from tiers.selectors.rounds import extension_of


@dataclass(frozen=True)
class Task:
    """One line of the task list."""

    section: Section
    row: ApplicationSection
    progress: Progress
    others: tuple[str, ...] = ()
    items: int = 0
    is_locked: bool = False


def task_list(application: Application, actor: Actor) -> dict[str, Any]:
    """The sections with how far they are, the conditions, the time that is left, and what happened."""
    now = clock.now()
    rows = {row.key: row for row in application.sections.select_related("saved_by").defer("taken")}
    correction = open_correction(application)
    own = extension_of(application.round, application.enterprise_id)
    until = application.correct_until or max(filter(None, (application.round.enterprise_until, own)))
    others = present(application, actor)
    tasks = [
        Task(
            section,
            rows[section.key],
            Progress(*application.progress[section.key])
            if section.key in application.progress
            else progress(section, {}),
            tuple(others.get(section.key, ())),
            sum(item["section"] == section.key for item in correction.items) if correction else 0,
            correction is not None and not any(item["section"] == section.key for item in correction.items),
        )
        for section in form_of(application).sections
    ]
    lines = screened(application, rows[SCREENING].answers, now)
    return {
        "application": application,
        "tasks": tasks,
        "lines": lines,
        "screening": screening.summary(lines),
        "asked": screening.progress(lines),
        "correction": correction,
        "until": until,
        "left": countdown(until, now),
        "closed": writing_closed(application, now) if application.is_writable else None,
        "timeline": timeline(actor, application),
        "late": list(application.late_drafts.select_related("by")[:20]),
        "submissions": list(application.submissions.defer("document").select_related("submitted_by")),
        "terms": terms_of(application),
    }


def present(application: Application, actor: Actor) -> dict[str, list[str]]:
    """Who else is at each section right now."""
    found: dict[str, list[str]] = {}
    rows = Presence.objects.filter(~Q(user=actor.person), application=application, at__gte=clock.now() - FRESH)
    for section, name in rows.order_by("user__name").values_list("section", "user__name"):
        found.setdefault(section, []).append(name)
    return found


# -- what was handed in -------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Shown:
    """A section as it is read."""

    section: Section
    blocks: list[Said]


def read_page(application: Application, submission: Submission) -> dict[str, Any]:
    """A version as it is read, from the frozen document alone."""
    form = submitted_form(submission)
    return {
        "application": application,
        "submission": submission,
        "document": submission.document,
        "shown": [Shown(section, _said(submission, section)) for section in form.sections],
        "lines": submission.document["screening"],
        "versions": list(application.submissions.defer("document")),
        "correction": open_correction(application),
    }


def _said(submission: Submission, section: Section) -> list[Said]:
    document = submission.document
    return summary(section, document["sections"].get(section.key, {}), {}, document["files"].get(section.key, {}))


def changes_between(before: Submission, after: Submission) -> list[tuple[Section, list[Difference]]]:
    """What two versions say differently, section by section, field by field; files too."""
    form = submitted_form(after)
    found = [(section, _differences(before, after, section)) for section in form.sections]
    return [(section, differences_) for section, differences_ in found if differences_]


def _differences(before: Submission, after: Submission, section: Section) -> list[Difference]:
    old, new = (submission.document["sections"].get(section.key, {}) for submission in (before, after))
    known = {key: value for key, value in old.items() if key.partition("[")[0] in section.fields}
    return differences(section, known, new) + _files(before, after, section)


def _files(before: Submission, after: Submission, section: Section) -> list[Difference]:
    old, new = (submission.document["files"].get(section.key, {}) for submission in (before, after))
    names = {field: _file_label(section, field) for field in {*old, *new}}
    return [
        Difference(field, label, _named(old.get(field, [])), _named(new.get(field, [])))
        for field, label in names.items()
        if [f["digest"] for f in old.get(field, [])] != [f["digest"] for f in new.get(field, [])]
    ]


def _file_label(section: Section, field: str) -> str:
    asked = section.fields.get(field.partition("[")[0])
    return f"{asked.label}（文件）" if asked else field


def _named(files: list[dict[str, Any]]) -> str:
    return "、".join(file["name"] for file in files) or "（无）"
