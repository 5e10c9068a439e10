"""Factories: what climbs the ladder."""

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint

from portal.models import City, Enterprise, Industry, Region, Unit
from tiers.names import TIER_NAMES


class OfEnterprise(models.Model):
    """What belongs to an enterprise carries the keys of all walls around it; composite keys hold them together."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="推荐单位")
    city = models.ForeignKey(City, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="市州")
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="%(class)s_set", verbose_name="企业")

    class Meta:
        abstract = True


class Factory(OfEnterprise):
    """A factory of an enterprise: one site. `held_tier`, `reached_tier`: what titles and assessments say of it."""

    ref = models.CharField("工厂编号", max_length=16, unique=True)
    name = models.CharField("工厂名称", max_length=100)
    region = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name="所在地（市州）")
    address = models.CharField("工厂地址", max_length=200)
    industry = models.ForeignKey(Industry, models.PROTECT, related_name="+", verbose_name="所属行业（大类）")
    industry_class = models.CharField(
        "所属行业中类代码",
        max_length=3,
        blank=True,
        validators=[RegexValidator(r"^[0-9]{3}$", "请填写 GB/T 4754 的三位中类代码，如 341。")],
    )
    started_on = models.DateField("投产时间")
    is_closed = models.BooleanField("已停用", default=False)
    created_at = models.DateTimeField("建立时间")
    # Projections, so that a list of 20,000 is filtered by an index: written with the title or assessment they follow.
    held_tier = models.CharField("已获层级", max_length=20, blank=True)
    reached_tier = models.CharField("自评层级", max_length=20, blank=True)
    # What a list is searched in: one column, because behind row-level security no index helps a search within a text.
    sought = models.CharField(max_length=330, blank=True, editable=False)

    class Meta:
        verbose_name = "智能工厂"
        ordering = ("name", "id")
        constraints = [
            UniqueConstraint(fields=["enterprise", "name"], name="factory_name_once_an_enterprise"),
            UniqueConstraint(fields=["enterprise", "id"], name="factory_within_enterprise"),
            CheckConstraint(
                condition=Q(industry_class__regex=r"^([0-9]{3})?$"), name="factory_industry_class_is_gbt4754"
            ),
        ]
        indexes = [
            models.Index(fields=["unit", "name", "id"], name="factory_unit_name"),
            models.Index(fields=["city", "name", "id"], name="factory_city_name"),
            models.Index(fields=["unit", "held_tier", "name"], name="factory_unit_held"),
            models.Index(fields=["unit", "reached_tier", "name"], name="factory_unit_reached"),
            models.Index(fields=["unit", "industry", "name"], name="factory_unit_industry"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def held_label(self) -> str:
        """The tier it holds by title, in words; empty when none."""
        return TIER_NAMES.get(self.held_tier, "")

    @property
    def reached_label(self) -> str:
        """The tier it reaches by its own assessment, in words; empty when none."""
        return TIER_NAMES.get(self.reached_tier, "")
