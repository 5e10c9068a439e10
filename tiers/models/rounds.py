"""Rounds of application, what happened to their dates, and what was recommended in them."""

import pgtrigger
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import CheckConstraint, Deferrable, F, Q, UniqueConstraint

from portal.models import City, Unit
from tiers import programme_file
from tiers.models.editions import Edition
from tiers.models.factories import Factory, OfEnterprise
from tiers.rounds import Windows
from tiers.states import RoundState
from tiers.terms import TIERS, Terms
from tiers.transitions import ROUND

_APPEND_ONLY = pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
# What a round is once it is published: those who apply rely on it.
_FIXED = ("ref", "unit_id", "year", "tier", "batch", "edition_id", "name", "terms")
_FIXED_CHANGE = " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in _FIXED)


class Round(models.Model):
    """One batch of one tier in one year at one recommending unit. Dates and quota are its own; the rest is `terms`."""

    workflow = ROUND

    ref = models.CharField("批次编号", max_length=32, unique=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="rounds", verbose_name="推荐单位")
    year = models.PositiveSmallIntegerField("年度")
    tier = models.CharField("层级", max_length=12, choices=[(code, name) for code, (_, name) in TIERS.items()])
    batch = models.PositiveSmallIntegerField("批次", default=1)
    edition = models.ForeignKey(Edition, models.PROTECT, related_name="rounds", verbose_name="要素条件版本")
    name = models.CharField("名称", max_length=120)
    state = models.CharField("状态", max_length=16, choices=RoundState, default=RoundState.DRAFT)
    terms = models.JSONField("申报规则", encoder=DjangoJSONEncoder)
    quota = models.PositiveSmallIntegerField("推荐名额", null=True, blank=True)
    opens_at = models.DateTimeField("开始受理")
    enterprise_until = models.DateTimeField("企业申报截止")
    city_until = models.DateTimeField("市州报送截止", null=True, blank=True)
    unit_until = models.DateTimeField("审核推荐截止")
    ministry_until = models.DateTimeField("国家评审截止", null=True, blank=True)
    publicity_days = models.PositiveSmallIntegerField("公示工作日", default=5)
    publicity_from = models.DateTimeField("公示开始", null=True, blank=True)
    publicity_until = models.DateTimeField("公示期满", null=True, blank=True)
    based_on = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    programme = models.CharField("所据规则文件", max_length=60, blank=True)
    # Raised with every edit of a draft, so that two officers don't overwrite each other.
    version = models.PositiveIntegerField("版本", default=1)
    created_at = models.DateTimeField("建立时间")

    class Meta:
        verbose_name = "申报批次"
        ordering = ("-year", "-opens_at", "-id")
        constraints = [
            UniqueConstraint(fields=["unit", "year", "tier", "batch"], name="round_once"),
            UniqueConstraint(fields=["unit", "id"], name="round_within_unit"),
            CheckConstraint(condition=Q(batch__gte=1, year__gte=2000, year__lte=2999), name="round_batch_and_year"),
            CheckConstraint(condition=Q(quota=None) | Q(quota__gte=1), name="round_quota_from_1"),
            CheckConstraint(
                name="round_windows_in_order",
                condition=Q(opens_at__lt=F("enterprise_until"))
                & (
                    Q(city_until=None, enterprise_until__lte=F("unit_until"))
                    | Q(
                        city_until__isnull=False, enterprise_until__lte=F("city_until"), city_until__lte=F("unit_until")
                    )
                )
                & (Q(ministry_until=None) | Q(unit_until__lte=F("ministry_until"))),
            ),
            CheckConstraint(
                name="round_publicity_begins_and_ends",
                condition=Q(publicity_from=None, publicity_until=None)
                | Q(
                    publicity_from__isnull=False,
                    publicity_until__isnull=False,
                    publicity_from__lte=F("publicity_until"),
                ),
            ),
        ]
        triggers = [
            ROUND.trigger(),
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
        return self.ref

    @property
    def windows(self) -> Windows:
        """Its dates as a value."""
        return Windows(self.opens_at, self.enterprise_until, self.city_until, self.unit_until, self.ministry_until)

    @property
    def value(self) -> Terms:
        """Its terms as a value; a draft's may be incomplete."""
        return programme_file.parse_terms(dict(self.terms), self.ref, complete=False)


class OfRound(models.Model):
    """What belongs to a round carries the key of its wall."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    round = models.ForeignKey(Round, models.PROTECT, related_name="%(class)s_set", verbose_name="申报批次")

    class Meta:
        abstract = True


class RoundChange(OfRound):
    """A date or the quota was changed after publication: what it was, what it became, why, who, when."""

    before = models.JSONField("调整前", encoder=DjangoJSONEncoder)
    after = models.JSONField("调整后", encoder=DjangoJSONEncoder)
    reason = models.CharField("理由", max_length=500)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="办理人")
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = "批次调整"
        ordering = ("-at", "-id")
        triggers = [_APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.round_id} {self.at:%F %T}"

    @property
    def lines(self) -> list[tuple[str, str, str]]:
        """What changed: its name, before, after."""
        return [(key, self.before[key], self.after[key]) for key in self.after]


class RoundEffect(OfRound):
    """Something that time or an officer brought about in a round, once; and the mail that tells of it.

    `cursor` is the last person told: mail goes out in chunks, each with the cursor in one transaction.
    """

    kind = models.CharField("事项", max_length=40)
    due_at = models.DateTimeField("应办时间")
    at = models.DateTimeField("办理时间")
    audience = models.CharField("告知对象", max_length=20, blank=True)
    template = models.CharField("邮件模板", max_length=40, blank=True)
    data = models.JSONField("详情", default=dict, encoder=DjangoJSONEncoder)
    cursor = models.BigIntegerField("已告知至", default=0)
    told = models.PositiveIntegerField("已告知人数", default=0)
    told_at = models.DateTimeField("告知完毕", null=True, blank=True)

    class Meta:
        verbose_name = "批次事项"
        ordering = ("due_at", "id")
        constraints = [UniqueConstraint(fields=["round", "kind", "due_at"], name="round_effect_once")]
        indexes = [models.Index(fields=["id"], name="round_effect_to_tell", condition=Q(told_at=None))]

    def __str__(self) -> str:
        return f"{self.round_id} {self.kind}"


class Extension(OfEnterprise):
    """One applicant's own deadline, granted by the unit with a reason; the latest of several holds."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="extensions", verbose_name="申报批次")
    until = models.DateTimeField("延至")
    reason = models.CharField("理由", max_length=500)
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="批准人")
    granted_at = models.DateTimeField("批准时间")

    class Meta:
        verbose_name = "个别延期"
        ordering = ("-granted_at", "-id")
        triggers = [_APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.round_id} {self.enterprise_id}"


class CityExtension(OfRound):
    """A city's own deadline for its list, granted by the unit with a reason; the latest of several holds."""

    city = models.ForeignKey(City, models.PROTECT, related_name="+", verbose_name="市州")
    until = models.DateTimeField("延至")
    reason = models.CharField("理由", max_length=500)
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="批准人")
    granted_at = models.DateTimeField("批准时间")

    class Meta:
        verbose_name = "市州延期"
        ordering = ("-granted_at", "-id")
        triggers = [_APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.round_id} {self.city_id}"


class Recommendation(OfEnterprise):
    """A place among those recommended; one outside the quota is never counted (82号 二(三)4), and has no position."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="recommendations", verbose_name="申报批次")
    factory = models.ForeignKey(Factory, models.PROTECT, related_name="recommendations", verbose_name="工厂")
    outside_quota = models.BooleanField("不占名额", default=False)
    position = models.PositiveSmallIntegerField("推荐顺序", null=True)
    at = models.DateTimeField("推荐时间")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="办理人")

    class Meta:
        verbose_name = "推荐"
        ordering = ("at", "id")
        constraints = [
            UniqueConstraint(fields=["round", "factory"], name="recommended_once_a_round"),
            UniqueConstraint(
                fields=["round", "position"], name="recommended_at_a_place_once", deferrable=Deferrable.DEFERRED
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round_id} {self.factory_id}"
