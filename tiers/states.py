"""The states that records of the ladder go through."""

from django.db.models import TextChoices


class FilingState(TextChoices):
    """A 基础级 factory's filing with its city."""

    FILED = "filed", "待确认"
    CONFIRMED = "confirmed", "已备案"
    RETURNED = "returned", "已退回"
    WITHDRAWN = "withdrawn", "已撤回"


class RecognitionState(TextChoices):
    """A title that an enterprise or factory holds, or held."""

    VALID = "valid", "有效"
    UNDER_REVIEW = "under_review", "复核中"
    REVOKED = "revoked", "已撤销"


class RoundState(TextChoices):
    """A round, from its draft to its end."""

    DRAFT = "draft", "草拟"
    PUBLISHED = "published", "已发布"
    ACCEPTING = "accepting", "受理中"
    FIRST_REVIEW = "first_review", "初审中"
    EXPERT_REVIEW = "expert_review", "评审中"
    PUBLICITY = "publicity", "公示中"
    REPORTING = "reporting", "已上报"
    FINISHED = "finished", "已结束"


class AnnouncementState(TextChoices):
    """An announcement, from its draft on; what was published is withdrawn, never deleted."""

    DRAFT = "draft", "草稿"
    PUBLISHED = "published", "已发布"
    WITHDRAWN = "withdrawn", "已撤回"
