"""The states that records of the ladder go through."""

from django.db.models import TextChoices


class RecognitionState(TextChoices):
    """A title that an enterprise or factory holds, or held."""

    VALID = "valid", "有效"
    UNDER_REVIEW = "under_review", "复核中"
    REVOKED = "revoked", "已撤销"
