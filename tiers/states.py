"""The states that records of the ladder go through."""

from django.db.models import TextChoices


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
