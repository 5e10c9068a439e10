"""What the portal keeps for its own running: the outbox, signs of life, and a rehearsal's clock."""

from django.db import models
from django.db.models import Q

from portal.audit import uuid7


class Mail(models.Model):
    """A message in the outbox: written with what it tells of, delivered after commit, exactly by its key."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    to = models.EmailField("收件人")
    subject = models.CharField("主题", max_length=200)
    body = models.TextField("正文")
    created_at = models.DateTimeField("生成时间")
    sent_at = models.DateTimeField("发出时间", null=True)
    attempts = models.PositiveSmallIntegerField("尝试次数", default=0)
    error = models.CharField("最近错误", max_length=300, blank=True)

    class Meta:
        verbose_name = "待发邮件"
        indexes = [models.Index(fields=["created_at"], name="mail_waiting", condition=Q(sent_at=None))]

    def __str__(self) -> str:
        return self.subject


class Heartbeat(models.Model):
    """When a background process last showed that it lives."""

    name = models.CharField(max_length=30, primary_key=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name = "心跳"

    def __str__(self) -> str:
        return self.name


class RehearsalClock(models.Model):
    """What the clock of a rehearsal shows: one row, and none where the portal is no rehearsal."""

    number = models.PositiveSmallIntegerField(primary_key=True, default=1)
    shown_at = models.DateTimeField("演练时间")
    set_at = models.DateTimeField("设定时间")
    is_held = models.BooleanField("停走", default=False)

    class Meta:
        verbose_name = "演练时钟"
        constraints = [models.CheckConstraint(condition=Q(number=1), name="rehearsal_clock_only_one")]

    def __str__(self) -> str:
        return f"{self.shown_at:%F %T}"
