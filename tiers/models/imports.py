"""Uploaded lists between their preview and their confirmation."""

from django.conf import settings
from django.db import models

from portal.models import Unit
from tiers.models.scenarios import ScenarioList


class Import(models.Model):
    """An uploaded list as it was read; what is confirmed is exactly this, checked again.

    `rows`: [{"line": 2, "cells": {heading: text}, "faults": [[heading, sentence]]}] with what was wrong in reading.
    Until `done_at` nothing has come of it.
    """

    ref = models.CharField("导入编号", max_length=16, unique=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="上传人")
    at = models.DateTimeField("上传时间")
    expires_at = models.DateTimeField("有效期至")
    file = models.CharField("文件名", max_length=150)
    digest = models.CharField("文件摘要", max_length=64)
    rows = models.JSONField("内容")
    done_at = models.DateTimeField("导入时间", null=True, blank=True)
    count = models.PositiveIntegerField("导入条数", default=0)

    class Meta:
        abstract = True
        ordering = ("-at", "-id")

    def __str__(self) -> str:
        return f"{self.ref} {self.file}"


class RecognitionImport(Import):
    """An upload of titles; its unit's officers see it."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="推荐单位")

    class Meta(Import.Meta):
        verbose_name = "荣誉名单导入"


class ScenarioImport(Import):
    """An upload of scenario names for an edition."""

    edition_code = models.SlugField("版本", max_length=20)
    source = models.CharField("来源", max_length=150)
    made = models.OneToOneField(
        ScenarioList, models.PROTECT, null=True, blank=True, related_name="upload", verbose_name="场景清单"
    )

    class Meta(Import.Meta):
        verbose_name = "场景清单导入"
