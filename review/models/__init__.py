"""What the review keeps."""

from review.models.candidates import Candidate
from review.models.city_lists import CityList, ListEntry, ListIssue, SignOff
from review.models.copies import PaperCopy
from review.models.desk import BulkStep, SavedView
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
from review.models.panels import Panel, PanelDivision, Seat, Waiver
from review.models.sheets import ScoreSheet, SheetIssue, TieKind
from review.models.unit_lists import Choice, ChoiceKind, QuotaShare, UnitIssue, UnitList
from review.models.visits import Conclusion, SiteVisit, VisitMember, VisitPhoto

__all__ = [
    "JUDGE",
    "BulkStep",
    "Candidate",
    "Choice",
    "ChoiceKind",
    "CityList",
    "Conclusion",
    "Expert",
    "Finding",
    "FindingKind",
    "FirstReview",
    "Grant",
    "ListEntry",
    "ListIssue",
    "Message",
    "Panel",
    "PanelDivision",
    "PaperCopy",
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
