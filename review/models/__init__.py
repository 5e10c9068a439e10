"""What the review keeps."""

from review.models.copies import PaperCopy
from review.models.messages import Message

__all__ = ["Message", "PaperCopy"]
