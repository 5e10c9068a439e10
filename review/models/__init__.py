"""What the review keeps."""

from review.models.city_lists import CityList, ListEntry, ListIssue, SignOff
from review.models.copies import PaperCopy
from review.models.desk import BulkStep, SavedView
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

__all__ = [
    "BulkStep",
    "CityList",
    "Finding",
    "FindingKind",
    "FirstReview",
    "ListEntry",
    "ListIssue",
    "Message",
    "PaperCopy",
    "Reconsideration",
    "Rejection",
    "ReviewNote",
    "SavedView",
    "SignOff",
    "Tie",
]
