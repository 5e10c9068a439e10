"""Where an application doesn't agree with itself, with the register, with its files, or with the clock. Pure.

Checks name sections and fields of the book. Each is silent where a form has no such section or field: another year's
form is checked for what it shares with this one.
"""

from applications.consistency.case import EFFECTS, Case, File, Finding, Register
from applications.consistency.checks import CHECKS
from applications.consistency.live_notes import notes
from tiers.assessment_form import SCENARIOS

__all__ = ["EFFECTS", "SCENARIOS", "Case", "File", "Finding", "Register", "findings", "notes"]


def findings(case: Case) -> list[Finding]:
    """Everything that doesn't agree, in the order of the form."""
    found = [finding for check in CHECKS for finding in check(case)]
    places = {key: place for place, key in enumerate(case.fields)}
    return sorted(found, key=lambda finding: places.get(finding.section, len(places)))
