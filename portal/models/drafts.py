"""A section of a declared form while it is being written."""

from django.conf import settings
from django.db import models


class DraftSection(models.Model):
    """The answers of one section. `version` counts its changes; `versions` says at which each answer last changed."""

    key = models.CharField("分节", max_length=40)
    answers = models.JSONField("内容", default=dict)
    version = models.PositiveIntegerField("版本", default=0)
    versions = models.JSONField("各项版本", default=dict)
    saved_at = models.DateTimeField("保存时间", null=True)
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.key
