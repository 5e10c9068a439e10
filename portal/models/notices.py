"""What the portal tells a person, inside the portal."""

from django.conf import settings
from django.db import models

from portal.audit import uuid7


class Notice(models.Model):
    """One message to one person; it is read once they have opened their list after it came."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices")
    at = models.DateTimeField("时间")
    text = models.CharField("内容", max_length=300)
    address = models.CharField("页面", max_length=200, blank=True)

    class Meta:
        verbose_name = "消息"
        ordering = ("-at", "-id")
        indexes = [models.Index(fields=["user", "-at"], name="notice_user_at")]

    def __str__(self) -> str:
        return self.text
