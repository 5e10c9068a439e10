"""How the ladder's tables stand in the tenancy; see portal.walls."""

from portal.walls import Wall

WALLED: dict[str, Wall] = {
    "tiers_factory": Wall("business"),
    "tiers_selfassessment": Wall("business"),
    "tiers_assessmentsection": Wall("business"),
    "tiers_assessmentfile": Wall("business"),
    "tiers_filing": Wall("business"),
    # A revocation is published, and bars its holder wherever they apply: everybody may read of it.
    "tiers_recognition": Wall("business", shown="state = 'revoked'"),
    "tiers_recognitionimport": Wall("business", city="", enterprise=""),
}

OPEN: dict[str, str] = {
    "tiers_edition": "the conditions of the ladder, public",
    "tiers_scenariolist": "names of scenarios, public",
    "tiers_scenarioname": "names of scenarios, public",
    "tiers_scenarioimport": "uploaded lists of such names, before they are published",
}
