"""Seals that organisations keep with the portal, and every time one was used."""

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint

from portal.audit import APPEND_ONLY
from portal.models.enterprises import Enterprise
from portal.models.papers import Paper
from portal.models.places import City, Office, Unit


class Seal(models.Model):
    """The picture of an organisation's seal: an office's, or without one the enterprise's.

    It carries the key of its own floor only, so that nobody above or beside it can read it. Taken away it is marked:
    papers it was used on name it.
    """

    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    city = models.ForeignKey(City, models.PROTECT, null=True, related_name="+")
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, null=True, related_name="+")
    office = models.ForeignKey(Office, models.PROTECT, null=True, related_name="+")
    digest = models.CharField("摘要", max_length=64)
    stored = models.CharField("存放位置", max_length=120)
    uploaded_at = models.DateTimeField("启用时间")
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    removed_at = models.DateTimeField("停用时间", null=True)

    class Meta:
        verbose_name = "印章"
        ordering = ("-uploaded_at", "-id")
        constraints = [
            CheckConstraint(
                name="seal_of_one_organisation",
                condition=Q(office=None, enterprise__isnull=False, unit=None, city=None)
                | Q(office__isnull=False, enterprise=None, unit__isnull=False, city=None)
                | Q(office__isnull=False, enterprise=None, unit=None, city__isnull=False),
            ),
            UniqueConstraint(
                fields=["office", "enterprise"],
                condition=Q(removed_at=None),
                name="seal_one_in_use",
                nulls_distinct=False,
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="as_uploaded", exclude=["removed_at"]),
        ]

    def __str__(self) -> str:
        return f"印章 {self.digest[:12]}"


class Mark(models.TextChoices):
    """What stands at a seal's place; where nothing does, the paper waits for ink."""

    PICTURE = "picture", "印章图片"
    SIGNATURE = "signature", "数字签名"


class Stamping(models.Model):
    """A seal or signature put on a paper: one for each place, each on the file that the one before left.

    It belongs to whoever the paper belongs to; `office` says whose seal it is, none: the enterprise's own.
    """

    paper = models.ForeignKey(Paper, models.PROTECT, related_name="stampings")
    place = models.CharField("位置", max_length=40)
    office = models.ForeignKey(Office, models.PROTECT, null=True, related_name="+")
    organisation = models.CharField("用印单位", max_length=120)
    mark = models.CharField("方式", max_length=12, choices=Mark)
    has_picture = models.BooleanField("显示印章图片")
    signer = models.CharField("证书持有者", max_length=200, blank=True)
    is_timestamped = models.BooleanField("带可信时间戳", default=False)
    at = models.DateTimeField("用印时间")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    before = models.CharField("用印前摘要", max_length=64)
    after = models.CharField("用印后摘要", max_length=64, db_index=True)
    stored = models.CharField("存放位置", max_length=120)
    size = models.PositiveBigIntegerField("大小")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    city = models.ForeignKey(City, models.PROTECT, null=True, related_name="+")
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = "用印"
        ordering = ("id",)
        constraints = [
            UniqueConstraint(fields=["paper", "place"], name="stamping_once_a_place"),
            UniqueConstraint(fields=["paper", "before"], name="stamping_one_after_another"),
            CheckConstraint(condition=Q(mark=Mark.SIGNATURE) | Q(has_picture=True), name="stamping_leaves_a_mark"),
        ]
        triggers: ClassVar[list[pgtrigger.Trigger]] = APPEND_ONLY

    def __str__(self) -> str:
        return f"{self.organisation} {self.get_mark_display()}"
