"""What the ladder keeps."""

from tiers.models.editions import Edition

__all__ = ["Edition"]
