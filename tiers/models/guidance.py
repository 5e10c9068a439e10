"""Guidance: common questions and files for download of a round, and announcements."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint

from portal.models import Office, StoredFile, Unit
from tiers.models.rounds import OfRound, Round
from tiers.states import AnnouncementState
from tiers.transitions import ANNOUNCEMENT

# What an announcement is once it is published: a correction is a new one.
_FIXED = ("ref", "unit_id", "office_id", "title", "text", "round_id")
_FIXED_CHANGE = " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in _FIXED)


class CommonQuestion(OfRound):
    """A question that applicants ask, with its answer; withdrawn, never deleted. `version` rises with each edit."""

    # A draft round that is thrown away takes along what nobody has seen.
    round = models.ForeignKey(Round, models.CASCADE, related_name="questions", verbose_name="申报批次")
    position = models.PositiveSmallIntegerField("顺序")
    question = models.CharField("问题", max_length=200)
    answer = models.TextField("答复", max_length=4_000)
    version = models.PositiveIntegerField("版本", default=1)
    saved_at = models.DateTimeField("更新时间")
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="更新人")
    withdrawn_at = models.DateTimeField("撤下时间", null=True)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    reason = models.CharField("撤下理由", max_length=300, blank=True)

    class Meta:
        verbose_name = "常见问题"
        ordering = ("position", "id")
        constraints = [
            CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_by=None, reason="")
                | (Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False) & ~Q(reason="")),
                name="question_withdrawn_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.question


class RoundFile(OfRound, StoredFile):
    """A file that applicants download: a template, an example. Taken away it is marked, not deleted."""

    round = models.ForeignKey(Round, models.CASCADE, related_name="files", verbose_name="申报批次")
    title = models.CharField("名称", max_length=100)
    note = models.CharField("说明", max_length=300, blank=True)

    class Meta(StoredFile.Meta):
        verbose_name = "资料下载"


class Announcement(models.Model):
    """What an office makes known: a unit's lead office, or the ministry (no unit) to everybody."""

    workflow = ANNOUNCEMENT

    ref = models.CharField("公告编号", max_length=16, unique=True)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", verbose_name="推荐单位")
    office = models.ForeignKey(Office, models.PROTECT, related_name="+", verbose_name="发布机构")
    title = models.CharField("标题", max_length=120)
    text = models.TextField("正文", max_length=20_000)
    round = models.ForeignKey(Round, models.PROTECT, null=True, related_name="announcements", verbose_name="申报批次")
    is_pinned = models.BooleanField("置顶", default=False)
    state = models.CharField("状态", max_length=16, choices=AnnouncementState, default=AnnouncementState.DRAFT)
    version = models.PositiveIntegerField("版本", default=1)
    saved_at = models.DateTimeField("更新时间")
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="更新人")
    published_at = models.DateTimeField("发布时间", null=True)
    withdrawn_at = models.DateTimeField("撤回时间", null=True)
    reason = models.CharField("撤回理由", max_length=500, blank=True)

    class Meta:
        verbose_name = "公告"
        ordering = ("-is_pinned", "-published_at", "-id")
        constraints = [
            UniqueConstraint(fields=["unit", "id"], name="announcement_within_unit"),
            CheckConstraint(
                condition=Q(state=AnnouncementState.DRAFT) | Q(published_at__isnull=False),
                name="announcement_published_at",
            ),
            CheckConstraint(
                condition=(Q(state=AnnouncementState.WITHDRAWN, withdrawn_at__isnull=False) & ~Q(reason=""))
                | (~Q(state=AnnouncementState.WITHDRAWN) & Q(withdrawn_at=None, reason="")),
                name="announcement_withdrawn_with_reason",
            ),
        ]
        indexes = [models.Index(fields=["state", "-published_at"], name="announcement_published")]
        triggers = [
            ANNOUNCEMENT.trigger(),
            pgtrigger.Protect(
                name="fixed_once_published",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(f"OLD.state <> 'draft' AND ({_FIXED_CHANGE})"),
            ),
            pgtrigger.Protect(
                name="kept_once_published",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Condition("OLD.state <> 'draft'"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ref} {self.title}"


class AnnouncementFile(StoredFile):
    """A file that comes with an announcement."""

    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    announcement = models.ForeignKey(Announcement, models.CASCADE, related_name="files", verbose_name="公告")

    class Meta(StoredFile.Meta):
        verbose_name = "公告附件"
