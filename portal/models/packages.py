"""Packages of papers."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import UniqueConstraint

from portal.models.papers import Paper
from portal.models.places import City, Unit
from portal.states import PaperState
from portal.transitions import PACKAGE


class Package(models.Model):
    """Papers in one file, put together once all of them are made. `digest` is that of the file."""

    workflow = PACKAGE

    ref = models.CharField("编号", max_length=16, unique=True)
    kind = models.CharField("种类", max_length=40)
    about = models.CharField("范围", max_length=80)
    state = models.CharField("状态", max_length=12, choices=PaperState, default=PaperState.MAKING)
    asked_at = models.DateTimeField("申请时间")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    begun_at = models.DateTimeField("开始打包时间", null=True)
    failure = models.CharField("失败原因", max_length=300, blank=True)
    digest = models.CharField("文件摘要", max_length=64, blank=True)
    stored = models.CharField("存放位置", max_length=120, blank=True)
    size = models.PositiveBigIntegerField("大小", default=0)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    city = models.ForeignKey(City, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = "文书包"
        ordering = ("-asked_at", "-id")
        triggers = [PACKAGE.trigger()]

    def __str__(self) -> str:
        return self.ref

    @property
    def keys(self) -> dict[str, Any]:
        """Whose it is, as columns."""
        return {"unit_id": self.unit_id, "city_id": self.city_id}


class PackageItem(models.Model):
    """A paper in a package, under its file's name there."""

    package = models.ForeignKey(Package, models.CASCADE, related_name="items")
    paper = models.ForeignKey(Paper, models.PROTECT, related_name="+")
    name = models.CharField("文件名", max_length=200)
    position = models.PositiveIntegerField("次序")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    city = models.ForeignKey(City, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = "包内文书"
        ordering = ("package", "position")
        constraints = [UniqueConstraint(fields=["package", "name"], name="package_name_once")]

    def __str__(self) -> str:
        return self.name
