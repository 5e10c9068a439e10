"""One section of an application, as its page and the answer to a save show it."""

from typing import Any

from applications import consistency, screening
from applications.models import Application, ApplicationSection
from applications.selectors.papers import SCREENING, case_of, form_of, screened, section_of, section_problems
from portal import clock
from portal.declared import Progress, Section, progress


def section_state(row: ApplicationSection) -> dict[str, Any]:
    """How a section stands: version, what is not right yet, how much is filled in, what follows from the answers."""
    application = row.application
    section = section_of(application, row.key)
    done = counted(row, section, frozenset(row.files))
    found = section_problems(section, row.answers, row.files)
    return {
        "version": row.version,
        "saved_at": row.saved_at,
        "problems": [{"key": p.key, "sentence": p.sentence} for p in found if not p.is_missing],
        "answered": done.answered,
        "asked": done.asked,
        "notes": notes_of(application, section, row),
    }


def counted(row: ApplicationSection, section: Section, files: frozenset[str]) -> Progress:
    """How much is answered of what is asked; of the conditions only those are asked that nothing on file answers."""
    if section.key == SCREENING:
        return screening.progress(screened(row.application, row.answers, clock.now()))
    return progress(section, row.answers, files)


def notes_of(application: Application, section: Section, row: ApplicationSection) -> dict[str, str]:
    """What follows from the answers of a section, by block: coverage, changes, hints."""
    if section.key == SCREENING:
        return {}
    answers = {row.key: row.answers}
    if section.key == consistency.EFFECTS:  # the share of AI is held against the scenarios
        others = ApplicationSection.objects.filter(application=application, key=consistency.SCENARIOS)
        answers |= dict(others.values_list("key", "answers"))
    return consistency.notes(case_of(application, form_of(application), answers, clock.now()), section.key)
