"""What the ladder keeps."""

from tiers.models.assessments import AssessmentFile, AssessmentSection, Filing, SelfAssessment
from tiers.models.calendar import SpecialDay
from tiers.models.editions import BookForm, Edition, kept
from tiers.models.factories import Factory, OfEnterprise
from tiers.models.guidance import Announcement, AnnouncementFile, CommonQuestion, RoundFile
from tiers.models.imports import Import, RecognitionImport, ScenarioImport
from tiers.models.recognitions import Recognition, RecognitionSource
from tiers.models.rounds import CityExtension, Extension, Recommendation, Round, RoundChange, RoundEffect
from tiers.models.scenarios import ScenarioList, ScenarioName

__all__ = [
    "Announcement",
    "AnnouncementFile",
    "AssessmentFile",
    "AssessmentSection",
    "BookForm",
    "CityExtension",
    "CommonQuestion",
    "Edition",
    "Extension",
    "Factory",
    "Filing",
    "Import",
    "OfEnterprise",
    "Recognition",
    "RecognitionImport",
    "RecognitionSource",
    "Recommendation",
    "Round",
    "RoundChange",
    "RoundEffect",
    "RoundFile",
    "ScenarioImport",
    "ScenarioList",
    "ScenarioName",
    "SelfAssessment",
    "SpecialDay",
    "kept",
]
