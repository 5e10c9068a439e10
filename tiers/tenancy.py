"""How the ladder's tables stand in the tenancy; see portal.walls."""

from portal.walls import Wall

WALLED: dict[str, Wall] = {
    "tiers_factory": Wall("business"),
}

OPEN: dict[str, str] = {
    "tiers_edition": "the conditions of the ladder, public",
}
