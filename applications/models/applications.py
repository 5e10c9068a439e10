"""Applications and what is being written of them."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.utils.functional import cached_property

from applications.states import ApplicationState, Track
from applications.transitions import APPLICATION
from portal.models import DraftSection
from tiers.models import BookForm, Factory, Round
from tiers.models.factories import OfEnterprise


class Application(OfEnterprise):
    """An enterprise's application for one factory in one round.

    `number` is given with the first submission, `version` counts submissions; `book` is the revision of the form that
    the draft is written under; `progress` holds [answered, asked] of each section; `lost` what a newer form has no
    place for; `terms_digest` is that of the round's terms, which are fixed.
    """

    workflow = APPLICATION

    ref = models.CharField("申报编号", max_length=16, unique=True)
    number = models.CharField("受理编号", max_length=32, blank=True)
    round = models.ForeignKey(Round, models.PROTECT, related_name="applications", verbose_name="申报批次")
    factory = models.ForeignKey(Factory, models.PROTECT, related_name="applications", verbose_name="工厂")
    book = models.ForeignKey(BookForm, models.PROTECT, related_name="+", verbose_name="申报书格式")
    terms_digest = models.CharField("申报规则摘要", max_length=64)
    state = models.CharField("状态", max_length=16, choices=ApplicationState, default=ApplicationState.DRAFT)
    track = models.CharField("申报渠道", max_length=12, choices=Track, default=Track.REGULAR)
    version = models.PositiveSmallIntegerField("提交次数", default=0)
    correct_until = models.DateTimeField("修改时限", null=True, blank=True)
    progress = models.JSONField("填写进度", default=dict)
    lost = models.JSONField("未能转入的内容", default=list)
    began_at = models.DateTimeField("开始时间")
    began_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    saved_at = models.DateTimeField("最近保存", null=True)

    class Meta:
        verbose_name = "申报"
        ordering = ("-began_at", "-id")
        constraints = [
            UniqueConstraint(fields=["round", "factory"], name="application_once_a_round"),
            UniqueConstraint(fields=["enterprise", "id"], name="application_within_enterprise"),
            UniqueConstraint(fields=["number"], condition=~Q(number=""), name="application_number_once"),
            CheckConstraint(condition=Q(version=0) | ~Q(number=""), name="application_submitted_has_number"),
            CheckConstraint(
                condition=~Q(state=ApplicationState.RETURNED) | Q(correct_until__isnull=False),
                name="application_returned_until",
            ),
            CheckConstraint(
                condition=Q(state=ApplicationState.DRAFT) | Q(version__gte=1), name="application_submitted_has_version"
            ),
        ]
        indexes = [
            models.Index(fields=["city", "round", "state"], name="application_city_round"),
            models.Index(fields=["unit", "round", "state"], name="application_unit_round"),
        ]
        triggers = [APPLICATION.trigger()]

    def __str__(self) -> str:
        return self.number or self.ref

    @property
    def public_label(self) -> str:
        """The state as the applicant reads it."""
        return ApplicationState(self.state).public_label

    @property
    def is_writable(self) -> bool:
        """It is in the applicant's hands."""
        return self.state in {ApplicationState.DRAFT, ApplicationState.RETURNED}

    @property
    def percent(self) -> int:
        """How much of what counts is filled in, 0–100."""
        answered, asked = (sum(part[place] for part in self.progress.values()) for place in (0, 1))
        return answered * 100 // asked if asked else 0


class ApplicationSection(OfEnterprise, DraftSection):
    """The answers of one section. `taken` says of each answer where it was taken over from, and what it was then."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="sections")
    taken = models.JSONField("引用来源", default=dict)

    class Meta:
        verbose_name = "申报分节"
        constraints = [UniqueConstraint(fields=["application", "key"], name="application_section_once")]

    @cached_property
    def files(self) -> dict[str, list[Any]]:
        """The files that are there, by field; read once for what counts them, checks them and draws them."""
        found: dict[str, list[Any]] = {}
        for file in self.application.files.filter(section=self.key, removed_at=None).order_by():
            found.setdefault(file.field, []).append(file)
        return {field: sorted(files, key=lambda file: (file.uploaded_at, file.pk)) for field, files in found.items()}


class Number(models.Model):
    """A number of a round. There is one for each application begun, so whoever submits finds one that nobody holds."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="+")
    value = models.PositiveIntegerField("号")
    is_taken = models.BooleanField("已用", default=False)

    class Meta:
        verbose_name = "受理编号"
        constraints = [UniqueConstraint(fields=["round", "value"], name="number_once_a_round")]
        indexes = [models.Index(F("round"), F("value"), condition=Q(is_taken=False), name="number_free")]

    def __str__(self) -> str:
        return f"{self.round_id} {self.value}"
