"""Where the review's tables stand in the tenancy."""

from portal.walls import Wall

# What an office thinks, finds, orders and signs is never the applicant's to read; what it tells them is.
_OFFICE = Wall("business", enterprise="")
OF_UNIT = Wall("business", city="", enterprise="")

# Panels on which whoever asks has a seat; visits on which they go along.
_SEATED = "IN (SELECT panel_id FROM review_seat WHERE user_id = (SELECT portal_place('user')))"
_VISITING = "IN (SELECT visit_id FROM review_visitmember WHERE user_id = (SELECT portal_place('user')))"
# What other experts signed, once the chair has opened the panel, about what whoever asks judges too.
_OTHERS_SHEETS = (
    "state = 'signed' AND panel_id IN (SELECT id FROM review_panel WHERE state = 'opened') "
    "AND application_id = ANY ((SELECT portal_lent())::bigint[])"
)
WALLED = {
    "review_papercopy": Wall("business"),
    "review_firstreview": _OFFICE,
    "review_reviewnote": _OFFICE,
    "review_rejection": Wall("business"),
    "review_reconsideration": Wall("business"),
    "review_tie": _OFFICE,
    "review_finding": _OFFICE,
    "review_citylist": _OFFICE,
    "review_listentry": _OFFICE,
    "review_listissue": _OFFICE,
    "review_signoff": _OFFICE,
    "review_bulkstep": _OFFICE,
    "review_savedview": _OFFICE,
    "review_message": Wall("business"),
    # A city reads how far its applications are; what its unit chooses, and why, is the unit's alone.
    "review_candidate": Wall("business", enterprise="", lent="application_id"),
    "review_unitlist": OF_UNIT,
    "review_unitissue": OF_UNIT,
    "review_choice": OF_UNIT,
    # What was published everybody may read, visitors too (from when on, the selector says); an objection nobody but
    # the unit; what an enterprise is asked about it has no city.
    "review_publicity": Wall("business", city="", enterprise="", shown="state <> 'draft'"),
    "review_objection": OF_UNIT,
    "review_objectionfile": OF_UNIT,
    "review_asked": OF_UNIT,
    "review_objectionnotice": Wall("business", city=""),
    # What was sent up, and what came of it: the ministry crosses the walls of this kind, and of no other.
    "review_dispatch": Wall("national", city="", enterprise=""),
    "review_outcome": Wall("national"),
    "review_outcomeimport": Wall("national", unit="", city="", enterprise=""),
    "review_quotashare": OF_UNIT,
    "review_expert": Wall("business", city="", enterprise="", own="user_id", own_update=True),
    "review_grant": Wall("business", unit="", city="", enterprise="", own="user_id"),
    "review_panel": Wall("business", city="", enterprise="", shown=f"id {_SEATED}"),
    "review_paneldivision": Wall("business", city="", enterprise="", shown=f"panel_id {_SEATED}"),
    "review_seat": Wall("business", city="", enterprise="", own="user_id", own_update=True),
    "review_waiver": OF_UNIT,
    "review_scoresheet": Wall("business", city="", enterprise="", own="user_id", own_update=True, shown=_OTHERS_SHEETS),
    "review_sheetissue": Wall("business", city="", enterprise="", own="user_id"),
    "review_sitevisit": Wall("business", city="", enterprise="", shown=f"id {_VISITING}"),
    "review_visitmember": Wall("business", city="", enterprise="", own="user_id"),
    "review_visitphoto": Wall("business", city="", enterprise="", shown=f"visit_id {_VISITING}"),
}
