"""What the review keeps."""

from review.models.candidates import Candidate
from review.models.city_lists import CityList, ListEntry, ListIssue, SignOff
from review.models.copies import PaperCopy
from review.models.desk import BulkStep, SavedView
from review.models.dispatches import Dispatch, OutcomeImport
from review.models.experts import Expert
from review.models.first_reviews import (
    Finding,
    FindingKind,
    FirstReview,
    Reconsideration,
    Rejection,
    ReviewNote,
    Tie,
)
from review.models.grants import JUDGE, Grant
from review.models.messages import Message
from review.models.outcomes import Outcome
from review.models.panels import Panel, PanelDivision, Seat, Waiver
from review.models.publicity import Asked, Objection, ObjectionFile, ObjectionNotice, Publicity
from review.models.sheets import ScoreSheet, SheetIssue, TieKind
from review.models.unit_lists import Choice, ChoiceKind, QuotaShare, UnitIssue, UnitList
from review.models.visits import Conclusion, SiteVisit, VisitMember, VisitPhoto

__all__ = [
    "JUDGE",
    "Asked",
    "BulkStep",
    "Candidate",
    "Choice",
    "ChoiceKind",
    "CityList",
    "Conclusion",
    "Dispatch",
    "Expert",
    "Finding",
    "FindingKind",
    "FirstReview",
    "Grant",
    "ListEntry",
    "ListIssue",
    "Message",
    "Objection",
    "ObjectionFile",
    "ObjectionNotice",
    "Outcome",
    "OutcomeImport",
    "Panel",
    "PanelDivision",
    "PaperCopy",
    "Publicity",
    "QuotaShare",
    "Reconsideration",
    "Rejection",
    "ReviewNote",
    "SavedView",
    "ScoreSheet",
    "Seat",
    "SheetIssue",
    "SignOff",
    "SiteVisit",
    "Tie",
    "TieKind",
    "UnitIssue",
    "UnitList",
    "VisitMember",
    "VisitPhoto",
    "Waiver",
]
