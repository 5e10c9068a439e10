"""Where the programme takes place: regions, industries, recommending units, their cities and offices."""

from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint


class RegionLevel(models.TextChoices):
    """The levels of GB/T 2260 that the programme uses."""

    PROVINCE = "province", "省级"
    CITY = "city", "市州级"


class Region(models.Model):
    """An administrative division of GB/T 2260; its code is its key."""

    code = models.CharField("行政区划代码", max_length=6, primary_key=True)
    name = models.CharField("名称", max_length=40)
    level = models.CharField("级别", max_length=10, choices=RegionLevel)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")

    class Meta:
        verbose_name = "行政区划"
        ordering = ("code",)
        constraints = [CheckConstraint(condition=Q(code__regex=r"^[1-9][0-9]{5}$"), name="region_code_is_gbt2260")]

    def __str__(self) -> str:
        return self.name


class Industry(models.Model):
    """A 大类 of GB/T 4754-2017 that a 规模以上工业企业 can belong to (sections B, C, D)."""

    code = models.CharField("代码", max_length=3, primary_key=True)
    name = models.CharField("名称", max_length=60)

    class Meta:
        verbose_name = "行业大类"
        ordering = ("code",)

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class UnitKind(models.TextChoices):
    """The four kinds of recommending unit (399号 二(二)2)."""

    PROVINCE = "province", "省级"
    SEPARATE_CITY = "separate_city", "计划单列市"
    CORPS = "corps", "兵团"
    CENTRAL_GROUP = "central_group", "中央企业集团"


class Unit(models.Model):
    """A recommending unit (推荐单位): the outermost wall."""

    code = models.SlugField("代号", max_length=12, unique=True)
    name = models.CharField("名称", max_length=60, unique=True)
    kind = models.CharField("类别", max_length=20, choices=UnitKind)
    region = models.ForeignKey(Region, models.PROTECT, null=True, blank=True, related_name="units")
    default_quota = models.PositiveSmallIntegerField("默认推荐名额")

    class Meta:
        verbose_name = "推荐单位"
        ordering = ("id",)

    def __str__(self) -> str:
        return self.name


class City(models.Model):
    """A city-level division as a tenant of its unit (市州): the second wall."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="cities")
    region = models.OneToOneField(Region, models.PROTECT, related_name="city")

    class Meta:
        verbose_name = "市州"
        ordering = ("region_id",)
        # The target of composite foreign keys: a row can't name a city of another unit.
        constraints = [UniqueConstraint(fields=["unit", "id"], name="city_within_unit")]

    def __str__(self) -> str:
        return self.region.name


class Department(models.TextChoices):
    """The departments that act jointly; which of them do so is data (399号: six, 82号: five without 国资)."""

    INDUSTRY = "industry", "工业和信息化"
    DEVELOPMENT = "development", "发展改革"
    FINANCE = "finance", "财政"
    STATE_ASSETS = "state_assets", "国资"
    MARKET = "market", "市场监管"
    DATA = "data", "数据"


class OfficeLevel(models.TextChoices):
    """Where an office stands."""

    MINISTRY = "ministry", "国家"
    UNIT = "unit", "推荐单位"
    CITY = "city", "市州"


class Office(models.Model):
    """A public body (or a group's department) that takes part: one leads at each place, others act jointly."""

    level = models.CharField("层级", max_length=10, choices=OfficeLevel)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="offices")
    city = models.ForeignKey(City, models.PROTECT, null=True, blank=True, related_name="offices")
    department = models.CharField("部门", max_length=20, choices=Department)
    name = models.CharField("名称", max_length=80)
    is_lead = models.BooleanField("牵头部门", default=False)

    class Meta:
        verbose_name = "机构"
        ordering = ("unit_id", "city_id", "-is_lead", "id")
        constraints = [
            CheckConstraint(
                name="office_place_fits_level",
                condition=Q(level="ministry", unit=None, city=None)
                | Q(level="unit", unit__isnull=False, city=None)
                | Q(level="city", unit__isnull=False, city__isnull=False),
            ),
            UniqueConstraint(
                F("level"), F("unit"), F("city"), F("department"), name="office_once_a_place", nulls_distinct=False
            ),
            UniqueConstraint(
                fields=["level", "unit", "city"],
                condition=Q(is_lead=True),
                name="office_one_lead_a_place",
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return self.name
