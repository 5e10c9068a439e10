"""A section of an application as its page draws it."""

from typing import Any

from django.urls import reverse

from applications import screening
from applications.guards import writing_closed
from applications.models import Application, ApplicationSection, Correction
from applications.selectors.applications import open_correction
from applications.selectors.papers import SCREENING, form_of, screened, section_of, section_problems
from applications.selectors.sections import counted, notes_of
from applications.takeover import marks
from portal import clock
from portal.actors import Actor
from portal.declared import Section
from portal.views.declared import DrawnBlock, Filled, drawn


def section_page(application: Application, key: str, _actor: Actor) -> dict[str, Any]:
    """Everything that the page of a section shows."""
    section = section_of(application, key, with_names=True)
    row = application.sections.select_related("saved_by").get(key=key)
    row.application = application
    files = row.files
    found = section_problems(section, row.answers, files)
    correction = open_correction(application)
    filled = Filled(
        row.answers,
        found,
        files,
        notes=notes_of(application, section, row),
        download=reverse("attachment", args=[application.ref, 0]),
        taken_from=marks(row.taken, row.answers),
        unlocked=unlocked(application, section, correction),
    )
    blocks = drawn(section, filled)
    return {
        "application": application,
        "section": section,
        "row": row,
        "blocks": blocks,
        "progress": counted(row, section, frozenset(files)),
        "problems": [problem for problem in found if not problem.is_missing],
        "correction": correction,
        "items": [item for item in correction.lines if item["section"] == key] if correction else [],
        "is_open": filled.unlocked is None or bool(filled.unlocked),
        "closed": writing_closed(application, clock.now()) if application.is_writable else None,
    } | (_lines(application, row, blocks) if key == SCREENING else _neighbours(application, section))


def unlocked(application: Application, section: Section, correction: Correction | None) -> frozenset[str] | None:
    """The fields that may change now; None: all of them."""
    if not application.is_writable:
        return frozenset()
    if correction is None:
        return None
    return frozenset(key for key in section.fields if correction.opens(section.key, key))


def _lines(application: Application, row: ApplicationSection, blocks: list[DrawnBlock]) -> dict[str, Any]:
    lines = screening.with_fields(screened(application, row.answers, clock.now()), blocks)
    return {"lines": lines, "outcome": screening.summary(lines)}


def _neighbours(application: Application, section: Section) -> dict[str, Any]:
    sections = form_of(application).sections
    place = [s.key for s in sections].index(section.key)
    return {
        "previous": sections[place - 1] if place else None,
        "next": sections[place + 1] if place + 1 < len(sections) else None,
    }
