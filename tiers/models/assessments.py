"""Self-assessments of factories, and the filings made from them."""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint

from portal.models import DraftSection, StoredFile
from tiers.models.editions import Edition
from tiers.models.factories import Factory, OfEnterprise
from tiers.names import TIER_NAMES
from tiers.states import FilingState
from tiers.transitions import FILING


class SelfAssessment(OfEnterprise):
    """What an enterprise says of one factory in one year, measured against one edition. Drafts may stand side by side.

    `aim`: the highest tier it is filled in for; `reached`, `scores`, `unmet`: the ladder's verdict on what is saved.
    """

    ref = models.CharField("自评编号", max_length=16, unique=True)
    factory = models.ForeignKey(Factory, models.PROTECT, related_name="assessments", verbose_name="工厂")
    edition = models.ForeignKey(Edition, models.PROTECT, related_name="+", verbose_name="要素条件版本")
    year = models.PositiveSmallIntegerField("年度")
    name = models.CharField("名称", max_length=50)
    aim = models.CharField("对标层级", max_length=20)
    is_current = models.BooleanField("当前方案", default=False)
    copied_from = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField("建立时间")
    saved_at = models.DateTimeField("最近保存", null=True)
    reached = models.CharField("达到层级", max_length=20, blank=True)
    scores = models.JSONField("环节得分", default=dict, encoder=DjangoJSONEncoder)
    unmet = models.PositiveSmallIntegerField("距下一层级未满足项数", default=0)
    evaluated_at = models.DateTimeField("评估时间", null=True)

    class Meta:
        verbose_name = "智能工厂自评"
        ordering = ("-year", "-is_current", "-id")
        constraints = [
            UniqueConstraint(
                fields=["factory", "year"], condition=Q(is_current=True), name="assessment_one_current_a_year"
            ),
            UniqueConstraint(fields=["enterprise", "id"], name="assessment_within_enterprise"),
            CheckConstraint(condition=Q(year__gte=2000, year__lte=2100), name="assessment_year_is_a_year"),
        ]

    def __str__(self) -> str:
        return self.ref

    @property
    def aim_label(self) -> str:
        """The tier it aims at, in words."""
        return TIER_NAMES.get(self.aim, self.aim)

    @property
    def reached_label(self) -> str:
        """The tier it reaches, in words; empty when none."""
        return TIER_NAMES.get(self.reached, "")


class AssessmentSection(OfEnterprise, DraftSection):
    """The answers of one section of a self-assessment."""

    assessment = models.ForeignKey(SelfAssessment, models.CASCADE, related_name="sections")

    class Meta:
        verbose_name = "自评分节"
        constraints = [UniqueConstraint(fields=["assessment", "key"], name="assessment_section_once")]


class AssessmentFile(OfEnterprise, StoredFile):
    """A piece of evidence for one field. Its content lies under `stored`; a copied assessment points at the same."""

    assessment = models.ForeignKey(SelfAssessment, models.CASCADE, related_name="files")

    class Meta(StoredFile.Meta):
        verbose_name = "自评证明材料"


class Filing(OfEnterprise):
    """A 基础级 factory filed with its city (备案): what was filed is kept as it stood, with its digest."""

    workflow = FILING

    ref = models.CharField("备案编号", max_length=16, unique=True)
    factory = models.ForeignKey(Factory, models.PROTECT, related_name="filings", verbose_name="工厂")
    assessment = models.ForeignKey(SelfAssessment, models.PROTECT, related_name="filings", verbose_name="自评")
    year = models.PositiveSmallIntegerField("年度")
    state = models.CharField("状态", max_length=12, choices=FilingState, default=FilingState.FILED)
    document = models.JSONField("备案内容", encoder=DjangoJSONEncoder)
    digest = models.CharField("摘要", max_length=64)
    filed_at = models.DateTimeField("提交时间")
    filed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField("办理时间", null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    reason = models.CharField("办理意见", max_length=500, blank=True)

    class Meta:
        verbose_name = "基础级备案"
        ordering = ("filed_at", "id")
        constraints = [
            UniqueConstraint(
                fields=["factory", "year"],
                condition=Q(state__in=["filed", "confirmed"]),
                name="filing_one_standing_a_year",
            ),
        ]
        indexes = [models.Index(fields=["city", "state", "filed_at"], name="filing_city_state")]
        triggers = [FILING.trigger()]

    def __str__(self) -> str:
        return self.ref
