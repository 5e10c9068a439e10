"""What the pages of an application show: the task list, a version as it is read, and what changed between two."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.urls import reverse

from applications import screening
from applications.guards import window_closed, writing_closed
from applications.models import FRESH, Application, ApplicationSection, Correction, Presence, Submission
from applications.selectors.applications import has_late, open_correction, own_until, timeline
from applications.selectors.papers import SCREENING, Paper, form_of, screened, submitted_form, terms_of
from applications.states import Track
from portal import clock
from portal.actors import Actor
from portal.declared import Difference, Progress, Said, Section, differences, progress, summary
from portal.rooms import declared
from portal.rules import may
from tiers.rounds import countdown, said


@dataclass(frozen=True)
class Link:
    """What its reader can go on to from an application: words, the page by name, which takes `ref`, what waits there.

    `is_main`: it is what they are here for.
    """

    label: str
    page: str
    ref: str
    count: int = 0
    is_main: bool = False


def offered(actor: Actor, application: Application) -> list[Link]:
    """What the higher apps offer on the pages of an application, for its people and for the office it lies before."""
    return [link for here in declared("selectors.application_page", "offered") for link in here(actor, application)]


def told(actor: Actor, application: Application) -> list[tuple[str, str]]:
    """What the higher apps have to say on the applicant's page before all else: a word, and what it comes to."""
    return [one for here in declared("selectors.application_page", "told") for one in here(actor, application)]


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
    events = timeline(actor, application) if application.version else []
    until = own_until(application)
    is_closed = window_closed(application, now, until=until)
    return {
        "application": application,
        "tasks": _tasks(application, actor, rows, correction),
        "offered": offered(actor, application),
        "told": told(actor, application),
        "correction": correction,
        "until": until,
        "left": countdown(until, now),
        "closed": writing_closed(application, now, until=until) if application.is_writable else None,
        "timeline": events,
        "versions": [event for event in events if event.version],
        "late": list(application.late_drafts.select_related("by")[:20]) if has_late(application) else [],
        "may_withdraw": may(actor, "application.withdraw", application) and is_closed is None,
    } | _conditions(application, rows[SCREENING], correction, now)


def _tasks(
    application: Application, actor: Actor, rows: dict[str, ApplicationSection], correction: Correction | None
) -> list[Task]:
    others = present(application, actor) if application.is_writable else {}
    found = []
    for section in form_of(application).sections:
        items = sum(item["section"] == section.key for item in correction.items) if correction else 0
        is_locked = correction is not None and not items
        there = tuple(others.get(section.key, ()))
        found.append(Task(section, rows[section.key], _progress(application, section), there, items, is_locked))
    return found


def _conditions(
    application: Application, row: ApplicationSection, correction: Correction | None, at: datetime
) -> dict[str, Any]:
    """How the conditions stand, while they are the applicant's to answer; what was handed in keeps its own."""
    if not application.is_writable or (correction is not None and not correction.opens(SCREENING)):
        return {}
    lines = screened(application, row.answers, at)
    return {"screening": screening.summary(lines), "asked": screening.progress(lines)}


def _progress(application: Application, section: Section) -> Progress:
    counted = application.progress.get(section.key)
    return Progress(*counted) if counted else progress(section, {})


def present(application: Application, actor: Actor) -> dict[str, list[str]]:
    """Who else is at each section right now."""
    found: dict[str, list[str]] = {}
    rows = Presence.objects.filter(~Q(user=actor.person), application=application, at__gte=clock.now() - FRESH)
    for section, name in rows.order_by("user__name").values_list("section", "user__name"):
        found.setdefault(section, []).append(name)
    return found


def what_next(application: Application) -> list[str]:
    """What follows a submission, as the applicant reads it: who has it now, until when, and the round's own notes."""
    round_, terms = application.round, terms_of(application)
    unit, until = round_.unit.name, said(round_.unit_until)
    if application.track == Track.DIRECT:
        found = [f"直接申报不参加市州和省级排序，不占推荐名额；由{unit}核对后办理，于{until}前完成。"]
    elif round_.city_until and application.city:
        found = [
            f"{application.city.region.name}工业和信息化主管部门会同相关部门初审，于{said(round_.city_until)}前报送。",
            f"{unit}组织评审，于{until}前完成推荐。",
        ]
    else:
        found = [f"{unit}组织评审，于{until}前完成。"]
    found.append("审核中如需修改，将在平台退回并通知您；只开放退回单位列明的内容。")
    if window_closed(application, clock.now()) is None:
        found.append("企业申报截止前，企业管理员可以撤回修改后重新提交，以最后提交的版本为准。")
    return found + list(terms.notes)


# -- what was handed in ----------------------------------------------------------------------------------------------
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


def draft_shown(what: Paper) -> list[Shown]:
    """A draft as it is read before it is handed in."""
    application = what.application
    pictures = {
        str(file.pk): reverse("attachment", args=[application.ref, file.pk])
        for files in what.files.values()
        for file in files
    }
    return [Shown(s, summary(s, what.answers.get(s.key, {}), {}, what.files, pictures)) for s in what.form.sections]


def _said(submission: Submission, section: Section) -> list[Said]:
    document, held = submission.document, submission.document["files"].get(section.key, {})
    files = {field: [_handed(submission, file) for file in files] for field, files in held.items()}
    pictures = {str(file["id"]): file["url"] for found in files.values() for file in found}
    return summary(section, document["sections"].get(section.key, {}), {}, files, pictures)


def _handed(submission: Submission, file: dict[str, Any]) -> dict[str, Any]:
    address = reverse("submitted_file", args=[submission.application.ref, submission.version, file["id"]])
    return file | {"url": address}


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
