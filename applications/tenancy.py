"""How the tables of applications stand in the tenancy; see portal.walls."""

from portal.walls import Wall

# What is being written is the enterprise's alone: officers read what was submitted, never a draft.
_OWN = Wall("business", unit="", city="")
WALLED: dict[str, Wall] = {
    "applications_application": Wall("business", lent="id"),
    "applications_applicationsection": _OWN,
    "applications_attachment": Wall("business", lent="application_id"),
    "applications_submission": Wall("business", lent="application_id"),
    "applications_correction": Wall("business"),
    "applications_event": Wall("business"),
    "applications_latedraft": _OWN,
    "applications_presence": _OWN,
}

OPEN: dict[str, str] = {
    "applications_number": "bare numbers of a round, taken without waiting for each other",
}
