"""What the ladder keeps."""

from tiers.models.editions import Edition
from tiers.models.factories import Factory, OfEnterprise

__all__ = ["Edition", "Factory", "OfEnterprise"]
