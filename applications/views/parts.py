"""A section of an application as its page draws it."""

from typing import Any

from applications import screening
from applications.models import Application, ApplicationSection
from applications.selectors.applications import open_correction
from applications.selectors.papers import SCREENING, form_of, screened, section_of, section_problems
from applications.selectors.sections import files_of, notes_of
from applications.takeover import marks
from portal import clock
from portal.actors import Actor
from portal.declared import Section, progress
from portal.views.declared import DrawnBlock, Filled, drawn


def section_page(application: Application, key: str, _actor: Actor) -> dict[str, Any]:
    """Everything that the page of a section shows."""
    section = section_of(application, key, with_names=True)
    row = application.sections.select_related("saved_by").get(key=key)
    files = files_of(application, key)
    found = section_problems(section, row.answers, files)
    row.application = application
    blocks = drawn(
        section,
        Filled(row.answers, found, files, {}, notes_of(application, section, row), marks(row.taken, row.answers)),
    )
    correction = open_correction(application)
    return {
        "application": application,
        "section": section,
        "row": row,
        "blocks": blocks,
        "progress": progress(section, row.answers, frozenset(files)),
        "problems": [problem for problem in found if not problem.is_missing],
        "correction": correction,
        "items": [item for item in correction.items if item["section"] == key] if correction else [],
        "is_open": application.is_writable
        and (correction is None or correction.opens(key) or _partly(correction, key)),
    } | (_lines(application, row, blocks) if key == SCREENING else _neighbours(application, section))


def _partly(correction: Any, key: str) -> bool:
    return any(item["section"] == key for item in correction.items)


def _lines(application: Application, row: ApplicationSection, blocks: list[DrawnBlock]) -> dict[str, Any]:
    fields = {field.name: field for block in blocks for field in block.fields}
    lines = screening.with_fields(screened(application, row.answers, clock.now()), fields)
    return {"lines": lines, "summary": screening.summary(lines)}


def _neighbours(application: Application, section: Section) -> dict[str, Any]:
    sections = form_of(application).sections
    place = [s.key for s in sections].index(section.key)
    return {
        "previous": sections[place - 1] if place else None,
        "next": sections[place + 1] if place + 1 < len(sections) else None,
    }
