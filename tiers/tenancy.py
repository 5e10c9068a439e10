"""How the ladder's tables stand in the tenancy; see portal.walls."""

from portal.walls import Wall

# A round is its unit's; what is published everybody may read. What its unit alone decides its cities don't see.
_OF_UNIT = Wall("business", city="", enterprise="")
_OF_PUBLIC_ROUND = "EXISTS (SELECT 1 FROM tiers_round r WHERE r.id = round_id AND r.state <> 'draft')"
_OF_PUBLIC_ANNOUNCEMENT = (
    "EXISTS (SELECT 1 FROM tiers_announcement a WHERE a.id = announcement_id AND a.state = 'published')"
)
WALLED: dict[str, Wall] = {
    "tiers_factory": Wall("business"),
    "tiers_selfassessment": Wall("business"),
    "tiers_assessmentsection": Wall("business"),
    "tiers_assessmentfile": Wall("business"),
    "tiers_filing": Wall("business"),
    # A revocation is published, and bars its holder wherever they apply: everybody may read of it.
    "tiers_recognition": Wall("business", shown="state = 'revoked'"),
    "tiers_recognitionimport": Wall("business", city="", enterprise=""),
    "tiers_round": Wall("business", city="", enterprise="", shown="state <> 'draft'"),
    "tiers_roundchange": Wall("business", city="", enterprise="", shown="true"),
    "tiers_roundeffect": _OF_UNIT,
    "tiers_extension": Wall("business"),
    "tiers_cityextension": Wall("business", enterprise=""),
    "tiers_recommendation": _OF_UNIT,
    # Guidance is read by whoever may see its round; an announcement by everybody, visitors too.
    "tiers_commonquestion": Wall(
        "business", city="", enterprise="", shown=f"withdrawn_at IS NULL AND {_OF_PUBLIC_ROUND}"
    ),
    "tiers_roundfile": Wall("business", city="", enterprise="", shown=f"removed_at IS NULL AND {_OF_PUBLIC_ROUND}"),
    "tiers_announcement": Wall("public", city="", enterprise="", shown="state <> 'draft'"),
    "tiers_announcementfile": Wall("public", city="", enterprise="", shown=_OF_PUBLIC_ANNOUNCEMENT),
}

OPEN: dict[str, str] = {
    "tiers_edition": "the conditions of the ladder, public",
    "tiers_bookform": "what an application's book asks, public",
    "tiers_scenariolist": "names of scenarios, public",
    "tiers_scenarioname": "names of scenarios, public",
    "tiers_scenarioimport": "uploaded lists of such names, before they are published",
    "tiers_specialday": "the State Council's calendar of holidays, public",
}
