"""What the ladder keeps."""

from tiers.models.assessments import AssessmentFile, AssessmentSection, Filing, SelfAssessment
from tiers.models.editions import Edition
from tiers.models.factories import Factory, OfEnterprise
from tiers.models.imports import Import, RecognitionImport, ScenarioImport
from tiers.models.recognitions import Recognition, RecognitionSource
from tiers.models.scenarios import ScenarioList, ScenarioName

__all__ = [
    "AssessmentFile",
    "AssessmentSection",
    "Edition",
    "Factory",
    "Filing",
    "Import",
    "OfEnterprise",
    "Recognition",
    "RecognitionImport",
    "RecognitionSource",
    "ScenarioImport",
    "ScenarioList",
    "ScenarioName",
    "SelfAssessment",
]
