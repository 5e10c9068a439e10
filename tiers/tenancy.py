"""How the ladder's tables stand in the tenancy; see portal.walls."""

from portal.walls import Wall

WALLED: dict[str, Wall] = {
    "tiers_factory": Wall("business"),
    "tiers_selfassessment": Wall("business"),
    "tiers_assessmentsection": Wall("business"),
    "tiers_assessmentfile": Wall("business"),
    "tiers_filing": Wall("business"),
}

OPEN: dict[str, str] = {
    "tiers_edition": "the conditions of the ladder, public",
}
