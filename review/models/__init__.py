"""What the review keeps."""

from review.models.candidates import Candidate
from review.models.city_lists import CityList, ListEntry, ListIssue, SignOff
from review.models.copies import PaperCopy
from review.models.desk import BulkStep, SavedView
from review.models.dispatches import Dispatch, OutcomeImport
from review.models.first_reviews import (
    Finding,
    FindingKind,
    FirstReview,
    Reconsideration,
    Rejection,
    ReviewNote,
    Tie,
)
from review.models.messages import Message
from review.models.outcomes import Outcome
from review.models.publicity import Asked, Objection, ObjectionFile, ObjectionNotice, Publicity
from review.models.unit_lists import Choice, ChoiceKind, UnitIssue, UnitList

__all__ = [
    "Asked",
    "BulkStep",
    "Candidate",
    "Choice",
    "ChoiceKind",
    "CityList",
    "Dispatch",
    "Finding",
    "FindingKind",
    "FirstReview",
    "ListEntry",
    "ListIssue",
    "Message",
    "Objection",
    "ObjectionFile",
    "ObjectionNotice",
    "Outcome",
    "OutcomeImport",
    "PaperCopy",
    "Publicity",
    "Reconsideration",
    "Rejection",
    "ReviewNote",
    "SavedView",
    "SignOff",
    "Tie",
    "UnitIssue",
    "UnitList",
]
