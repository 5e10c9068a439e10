"""The states that records of the ladder go through."""

from django.db.models import TextChoices


class FilingState(TextChoices):
    """A 基础级 factory's filing with its city."""

    FILED = "filed", "待确认"
    CONFIRMED = "confirmed", "已备案"
    RETURNED = "returned", "已退回"
    WITHDRAWN = "withdrawn", "已撤回"
