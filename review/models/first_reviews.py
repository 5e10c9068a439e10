"""The first review of an application, and what is noted, declared and told in its course."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint

from applications.models import Application
from portal.models import Office
from review.states import FirstReviewState
from review.transitions import FIRST_REVIEW
from tiers.models.factories import OfEnterprise

APPEND_ONLY = pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)


class FirstReview(OfEnterprise):
    """How far the review of an application is. It has a row once somebody of the office has taken it up.

    `version` is the submission that was looked at: a decision about an older one counts for nothing. `edition` is
    raised with each change, so that two reviewers don't overwrite each other. `checklist`: {key: {answer, note}}.
    """

    workflow = FIRST_REVIEW

    application = models.OneToOneField(Application, models.PROTECT, related_name="first_review")
    state = models.CharField("初审状态", max_length=16, choices=FirstReviewState, default=FirstReviewState.OPEN)
    version = models.PositiveSmallIntegerField("审核的版本")
    edition = models.PositiveIntegerField("修订", default=0)
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="审核人"
    )
    checklist = models.JSONField("审核要点", default=dict)
    opinion = models.TextField("初审意见", blank=True)
    decided_at = models.DateTimeField("办理时间", null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = "初审"
        constraints = [
            CheckConstraint(condition=Q(version__gte=1), name="first_review_of_a_version"),
            CheckConstraint(
                condition=Q(state=FirstReviewState.OPEN) | Q(decided_at__isnull=False, decided_by__isnull=False),
                name="first_review_decided_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["city", "state"], name="first_review_city_state")]
        triggers = [FIRST_REVIEW.trigger()]

    def __str__(self) -> str:
        return f"{self.application_id} 第{self.version}版"


class ReviewNote(OfEnterprise):
    """A note of the office on a section or a field of a version; a slip is struck out, never deleted."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="review_notes")
    version = models.PositiveSmallIntegerField("版本")
    section = models.CharField("分节", max_length=40)
    key = models.CharField("字段", max_length=80, blank=True)
    label = models.CharField("位置", max_length=120)
    text = models.CharField("批注", max_length=1000)
    at = models.DateTimeField("时间")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    struck_at = models.DateTimeField("撤销时间", null=True)

    class Meta:
        verbose_name = "审核批注"
        ordering = ("at", "id")

    def __str__(self) -> str:
        return f"{self.application_id} {self.label}"


class Rejection(OfEnterprise):
    """The applicant was told that it is not recommended, and why; the applicant reads it."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="rejections")
    version = models.PositiveSmallIntegerField("版本")
    reason = models.TextField("理由")
    office = models.CharField("机构", max_length=200)
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = "不予推荐"
        ordering = ("-at", "-id")
        triggers = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.application_id} 第{self.version}版"


class Reconsideration(OfEnterprise):
    """The applicant asks that a rejection be looked at again: once."""

    application = models.OneToOneField(Application, models.PROTECT, related_name="reconsideration")
    reason = models.TextField("理由")
    at = models.DateTimeField("申请时间")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "复核申请"
        triggers = [APPEND_ONLY]

    def __str__(self) -> str:
        return str(self.application_id)


class Tie(OfEnterprise):
    """Somebody of the office declared a tie to an applicant: from then on they have no part in its review."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="ties")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    text = models.CharField("关系说明", max_length=300)
    at = models.DateTimeField("声明时间")

    class Meta:
        verbose_name = "回避声明"
        constraints = [UniqueConstraint(fields=["application", "user"], name="tie_declared_once")]
        triggers = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.application_id} {self.user_id}"


class FindingKind(models.TextChoices):
    """Facts that only some department has (82号 二(一): 安全、环保、信用)."""

    ENVIRONMENT = "environment", "环保处罚"
    SAFETY = "safety", "安全事故"
    CREDIT = "credit", "信用"
    TAX = "tax", "税务"
    OTHER = "other", "其他"


class Finding(OfEnterprise):
    """A fact about an applicant that an office recorded, with where it is known from; struck out, never deleted."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="findings")
    kind = models.CharField("类别", max_length=16, choices=FindingKind)
    text = models.CharField("事实", max_length=500)
    source = models.CharField("来源", max_length=200)
    happened_on = models.DateField("发生日期", null=True, blank=True)
    is_adverse = models.BooleanField("不利于申报", default=True)
    office = models.ForeignKey(Office, models.PROTECT, related_name="+", verbose_name="登记机构")
    at = models.DateTimeField("登记时间")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    struck_at = models.DateTimeField("撤销时间", null=True)
    struck_reason = models.CharField("撤销理由", max_length=300, blank=True)

    class Meta:
        verbose_name = "核查事实"
        ordering = ("at", "id")
        constraints = [
            CheckConstraint(
                condition=Q(struck_at=None, struck_reason="") | (Q(struck_at__isnull=False) & ~Q(struck_reason="")),
                name="finding_struck_with_reason",
            )
        ]

    def __str__(self) -> str:
        return f"{self.application_id} {self.get_kind_display()}"
