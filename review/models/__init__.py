"""What the review keeps."""

from review.models.copies import PaperCopy

__all__ = ["PaperCopy"]
