"""What goes with writing: who is at which section, and what came too late."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import UniqueConstraint

from applications.models.applications import Application
from applications.models.course import APPEND_ONLY
from tiers.models.factories import OfEnterprise

# So long after their page last spoke somebody counts as being there.
FRESH = timedelta(seconds=90)


class Presence(OfEnterprise):
    """Somebody had a section open at that moment."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="presences")
    section = models.CharField("分节", max_length=40)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = "正在填写"
        constraints = [UniqueConstraint(fields=["application", "section", "user"], name="presence_once")]

    def __str__(self) -> str:
        return f"{self.application_id} {self.section}"


class LateDraft(OfEnterprise):
    """What was sent after the window had closed: the enterprise's own, kept word for word, never part of anything."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="late_drafts")
    section = models.CharField("分节", max_length=40)
    answers = models.JSONField("内容")
    reason = models.CharField("未受理原因", max_length=500)
    at = models.DateTimeField("时间")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "逾期内容"
        ordering = ("-at", "-id")
        triggers = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.application_id} {self.section}"
