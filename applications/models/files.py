"""Attachments, and pictures within a text."""

from django.conf import settings
from django.db import models

from applications.models.applications import Application
from tiers.models.factories import OfEnterprise


class Attachment(OfEnterprise):
    """A file that comes with an application, for one field. What was submitted with it keeps its content for good."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="files")
    section = models.CharField("分节", max_length=40)
    field = models.CharField("对应项", max_length=120)
    name = models.CharField("文件名", max_length=150)
    media_type = models.CharField("类型", max_length=100)
    size = models.PositiveBigIntegerField("大小")
    digest = models.CharField("摘要", max_length=64)
    stored = models.CharField("存放位置", max_length=120)
    uploaded_at = models.DateTimeField("上传时间")
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    removed_at = models.DateTimeField("移除时间", null=True)

    class Meta:
        verbose_name = "申报附件"
        ordering = ("uploaded_at", "id")

    def __str__(self) -> str:
        return self.name
