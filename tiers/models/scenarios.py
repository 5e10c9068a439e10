"""Imported lists of scenario names: they stand beside an edition, which itself never changes."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint

_FIXED = [pgtrigger.Protect(name="immutable", operation=pgtrigger.Update | pgtrigger.Delete)]


class ScenarioList(models.Model):
    """A complete list of an edition's scenarios; a later one takes its place, and both are kept."""

    edition_code = models.SlugField("版本", max_length=20)
    number = models.PositiveSmallIntegerField("次序")
    source = models.CharField("来源", max_length=150)
    digest = models.CharField("摘要", max_length=64)
    imported_at = models.DateTimeField("导入时间")
    imported_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="导入人")

    class Meta:
        verbose_name = "场景清单"
        ordering = ("edition_code", "-number")
        constraints = [UniqueConstraint(fields=["edition_code", "number"], name="scenario_list_number_once")]
        triggers = _FIXED

    def __str__(self) -> str:
        return f"{self.edition_code} 第{self.number}次"


class ScenarioName(models.Model):
    """One name on such a list; `guide_area` is the guide's own 环节, or what stands beside the five."""

    list = models.ForeignKey(ScenarioList, models.PROTECT, related_name="names", verbose_name="清单")
    guide_area = models.CharField("环节", max_length=40)
    number = models.PositiveSmallIntegerField("序号")
    name = models.CharField("场景名称", max_length=60)

    class Meta:
        verbose_name = "场景名称"
        ordering = ("list", "id")
        constraints = [
            UniqueConstraint(fields=["list", "number"], name="scenario_number_once_a_list"),
            UniqueConstraint(fields=["list", "guide_area", "name"], name="scenario_name_once_an_area"),
            CheckConstraint(condition=Q(number__gte=1), name="scenario_number_from_1"),
        ]
        triggers = _FIXED

    def __str__(self) -> str:
        return f"{self.number} {self.name}"
