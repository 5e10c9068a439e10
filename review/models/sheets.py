"""Score sheets: what an expert was asked to judge, what they make of it, and what they signed."""

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint

from applications.models import Application
from review.models.candidates import Candidate
from review.models.experts import Expert
from review.models.first_reviews import APPEND_ONLY
from review.models.panels import Panel
from review.models.unit_lists import OfUnit
from review.states import SheetState
from review.transitions import SHEET


class TieKind(models.TextChoices):
    """What an expert declares (after 财库〔2016〕198号 §16)."""

    WORKED = "worked", "三年内曾在申报单位任职、担任董事监事，或为其控股股东、实际控制人"
    RELATIVE = "relative", "与申报单位负责人有夫妻、直系血亲、三代以内旁系血亲或近姻亲关系"
    PROJECT = "project", "参与申报项目的咨询、建设、供货，或与其有经济往来"
    OTHER = "other", "其他可能影响公正评审的关系"


class ScoreSheet(OfUnit):
    """One candidate given to one expert, and what comes of it.

    `applicant`, `project`, `number`, `industry` are what the expert may know before they declare (masked where the
    panel is blind), so that their pages ask no table that is not theirs. `scores`: {criterion: {score, comment}},
    as typed; `total` and `digest` are those of the version that was signed last. `edition` is raised with every save.
    """

    workflow = SHEET

    ref = models.CharField("评分表编号", max_length=16, unique=True)
    panel = models.ForeignKey(Panel, models.PROTECT, related_name="sheets")
    candidate = models.ForeignKey(Candidate, models.PROTECT, related_name="sheets")
    application = models.ForeignKey(Application, models.PROTECT, related_name="+")
    expert = models.ForeignKey(Expert, models.PROTECT, related_name="sheets")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    state = models.CharField("状态", max_length=12, choices=SheetState, default=SheetState.ASSIGNED)
    version = models.PositiveSmallIntegerField("评审的版本")
    applicant = models.CharField("申报单位", max_length=200)
    project = models.CharField("项目名称", max_length=200)
    number = models.CharField("受理编号", max_length=32)
    industry = models.CharField("行业大类", max_length=3)
    scores = models.JSONField("评分", default=dict)
    opinion = models.TextField("评审意见", blank=True)
    edition = models.PositiveIntegerField("修订", default=0)
    saved_at = models.DateTimeField("最近保存", null=True)
    total = models.DecimalField("得分", max_digits=5, decimal_places=1, null=True)
    digest = models.CharField("摘要", max_length=64, blank=True)
    issued = models.PositiveSmallIntegerField("签署次数", default=0)
    assigned_at = models.DateTimeField("分配时间")
    assigned_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    declared_at = models.DateTimeField("声明时间", null=True)
    signed_at = models.DateTimeField("签署时间", null=True)
    tie = models.CharField("回避情形", max_length=12, choices=TieKind, blank=True)
    reason = models.CharField("理由", max_length=500, blank=True)

    class Meta:
        verbose_name = "评分表"
        ordering = ("panel", "number", "id")
        constraints = [
            UniqueConstraint(fields=["candidate", "expert"], name="sheet_once"),
            UniqueConstraint(fields=["unit", "id"], name="sheet_within_unit"),
            CheckConstraint(
                condition=~Q(state=SheetState.SIGNED)
                | Q(total__isnull=False, signed_at__isnull=False, issued__gte=1) & ~Q(digest=""),
                name="sheet_signed_has_its_total",
            ),
            CheckConstraint(
                condition=~Q(state__in=[SheetState.OPEN, SheetState.SIGNED]) | Q(declared_at__isnull=False),
                name="sheet_open_after_declaration",
            ),
            CheckConstraint(condition=Q(total=None) | Q(total__gte=0, total__lte=1000), name="sheet_total_sensible"),
        ]
        indexes = [
            models.Index(fields=["user", "state"], name="sheet_user_state"),
            models.Index(fields=["panel", "state"], name="sheet_panel_state"),
        ]
        triggers = [SHEET.trigger()]

    def __str__(self) -> str:
        return f"{self.ref} {self.number}"


class SheetIssue(OfUnit):
    """A sheet as it was signed: the paper is made from it alone. A sheet that was reopened is signed as the next."""

    sheet = models.ForeignKey(ScoreSheet, models.PROTECT, related_name="issues")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    version = models.PositiveSmallIntegerField("版本")
    document = models.JSONField("内容")
    digest = models.CharField("摘要", max_length=64)
    at = models.DateTimeField("签署时间")

    class Meta:
        verbose_name = "评分表签署稿"
        ordering = ("-version",)
        constraints = [UniqueConstraint(fields=["sheet", "version"], name="sheet_issue_version_once")]
        triggers = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.sheet_id} 第{self.version}次"
