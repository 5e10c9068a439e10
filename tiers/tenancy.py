"""How the ladder's tables stand in the tenancy; see portal.walls."""

from portal.walls import Wall

# A round is its unit's; what is published everybody may read. What its unit alone decides its cities don't see.
_OF_UNIT = Wall("business", city="", enterprise="")
WALLED: dict[str, Wall] = {
    "tiers_factory": Wall("business"),
    "tiers_round": Wall("business", city="", enterprise="", shown="state <> 'draft'"),
    "tiers_roundchange": Wall("business", city="", enterprise="", shown="true"),
    "tiers_roundeffect": _OF_UNIT,
    "tiers_extension": Wall("business"),
    "tiers_recommendation": _OF_UNIT,
}

OPEN: dict[str, str] = {
    "tiers_edition": "the conditions of the ladder, public",
    "tiers_specialday": "the State Council's calendar of holidays, public",
}
