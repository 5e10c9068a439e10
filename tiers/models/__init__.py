"""What the ladder keeps."""

from tiers.models.calendar import SpecialDay
from tiers.models.editions import Edition
from tiers.models.factories import Factory, OfEnterprise
from tiers.models.rounds import Extension, Recommendation, Round, RoundChange, RoundEffect

__all__ = [
    "Edition",
    "Extension",
    "Factory",
    "OfEnterprise",
    "Recommendation",
    "Round",
    "RoundChange",
    "RoundEffect",
    "SpecialDay",
]
