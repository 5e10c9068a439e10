"""What the ladder keeps."""

from tiers.models.assessments import AssessmentFile, AssessmentSection, Filing, SelfAssessment
from tiers.models.editions import Edition
from tiers.models.factories import Factory, OfEnterprise

__all__ = ["AssessmentFile", "AssessmentSection", "Edition", "Factory", "Filing", "OfEnterprise", "SelfAssessment"]
