"""A file that somebody uploaded for a field of a form."""

from django.conf import settings
from django.db import models


class StoredFile(models.Model):
    """What was uploaded: its name for people, its type, size and SHA-256, and where its content lies.

    Taken away it is marked, not deleted: something frozen may name it.
    """

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
        abstract = True
        ordering = ("uploaded_at", "id")

    def __str__(self) -> str:
        return self.name
