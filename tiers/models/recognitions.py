"""Titles: who holds which, since when, by which document."""

from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import CheckConstraint, Q, TextChoices, UniqueConstraint
from django.utils.dateparse import parse_date, parse_datetime

from portal.models import City, Enterprise, Unit
from portal.models.enterprises import validate_credit_code
from tiers.models.factories import Factory
from tiers.states import RecognitionState
from tiers.titles import Title, title_of
from tiers.transitions import RECOGNITION


class RecognitionSource(TextChoices):
    """How a title came to be known here."""

    IMPORT = "import", "名单导入"
    ENTRY = "entry", "手工登记"
    FILING = "filing", "平台备案"
    OUTCOME = "outcome", "平台评审"


class Recognition(models.Model):
    """A title as a document grants it. City and enterprise follow from the credit code once that is on the register.

    `steps` is the history its readers see: when, what, by which office, why, by which document; no person's name.
    """

    workflow = RECOGNITION

    ref = models.CharField("荣誉编号", max_length=16, unique=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="推荐单位")
    city = models.ForeignKey(City, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="市州")
    enterprise = models.ForeignKey(
        Enterprise, models.PROTECT, null=True, blank=True, related_name="recognitions", verbose_name="在册企业"
    )
    factory = models.ForeignKey(
        Factory, models.PROTECT, null=True, blank=True, related_name="recognitions", verbose_name="工厂"
    )
    factory_by_hand = models.BooleanField("工厂由经办人指定", default=False)
    code = models.CharField("统一社会信用代码", max_length=18, validators=[validate_credit_code])
    name = models.CharField("企业名称", max_length=100)
    project = models.CharField("项目（工厂）名称", max_length=200, blank=True)
    title = models.CharField("荣誉称号", max_length=40)
    year = models.PositiveSmallIntegerField("年度")
    batch = models.PositiveSmallIntegerField("批次", default=1)
    document = models.CharField("文号", max_length=100, blank=True)
    selection_year = models.PositiveSmallIntegerField("揭榜年度", null=True, blank=True)
    passed_acceptance = models.BooleanField("通过验收", null=True, blank=True)
    state = models.CharField("状态", max_length=12, choices=RecognitionState, default=RecognitionState.VALID)
    revoked_on = models.DateField("撤销日期", null=True, blank=True)
    revoking_document = models.CharField("撤销文号", max_length=100, blank=True)
    source = models.CharField("来源", max_length=8, choices=RecognitionSource)
    recorded_at = models.DateTimeField("登记时间")
    steps = models.JSONField("经过", encoder=DjangoJSONEncoder, default=list, blank=True)

    class Meta:
        verbose_name = "荣誉称号"
        ordering = ("-year", "name", "id")
        constraints = [
            UniqueConstraint(
                fields=["unit", "code", "title", "project", "year", "batch"], name="recognition_once_a_unit"
            ),
            CheckConstraint(
                condition=Q(state="revoked", revoked_on__isnull=False) & ~Q(revoking_document="")
                | ~Q(state="revoked") & Q(revoked_on__isnull=True, revoking_document=""),
                name="recognition_revoked_by_a_document",
            ),
            CheckConstraint(
                condition=Q(factory=None) | Q(enterprise__isnull=False), name="recognition_factory_of_its_enterprise"
            ),
            CheckConstraint(condition=~Q(document="") | Q(source="filing"), name="recognition_by_a_document"),
            CheckConstraint(condition=Q(batch__gte=1), name="recognition_batch_from_1"),
        ]
        indexes = [
            models.Index(fields=["unit", "-year", "name", "id"], name="recognition_unit"),
            models.Index(fields=["city", "-year", "name", "id"], name="recognition_city"),
            models.Index(fields=["code"], name="recognition_code"),
            models.Index(fields=["id"], name="recognition_to_link", condition=Q(factory=None, factory_by_hand=False)),
        ]
        triggers = [RECOGNITION.trigger()]

    def __str__(self) -> str:
        return f"{self.name} {self.title_value.name}（{self.year}年第{self.batch}批）"

    @property
    def title_value(self) -> Title:
        """The title, with its name and what belongs to it."""
        return title_of(self.title)

    @property
    def history(self) -> list[dict[str, Any]]:
        """`steps` with times as times, for a page."""
        return [
            {**step, "at": parse_datetime(step["at"]), "on": parse_date(step["on"]) if step.get("on") else None}
            for step in self.steps
        ]
