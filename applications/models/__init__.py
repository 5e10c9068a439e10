"""What an application consists of."""

from applications.models.applications import Application, ApplicationSection, Number
from applications.models.course import Correction, Event
from applications.models.files import Attachment
from applications.models.submissions import Submission
from applications.models.writing import FRESH, LateDraft, Presence

__all__ = [
    "FRESH",
    "Application",
    "ApplicationSection",
    "Attachment",
    "Correction",
    "Event",
    "LateDraft",
    "Number",
    "Presence",
    "Submission",
]
