"""Panels of experts, who sits on them, and ties that were waived."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint

from review.models.candidates import Candidate
from review.models.experts import Expert
from review.models.first_reviews import APPEND_ONLY
from review.models.unit_lists import OfUnit
from review.states import PanelState, SeatState
from review.transitions import PANEL, SEAT
from tiers.models import Round


class Panel(OfUnit):
    """A group of experts who judge the candidates of some industries in a round.

    `per`: sheets a candidate; `seed`: what the last automatic assignment was drawn with; `is_blind`: experts don't
    learn whose book they read; `avoids_city`: an expert of the applicant's own city counts as tied.
    """

    workflow = PANEL

    ref = models.CharField("评审组编号", max_length=16, unique=True)
    round = models.ForeignKey(Round, models.PROTECT, related_name="panels", verbose_name="申报批次")
    name = models.CharField("评审组名称", max_length=60)
    state = models.CharField("状态", max_length=12, choices=PanelState, default=PanelState.FORMING)
    per = models.PositiveSmallIntegerField(
        "每个项目的专家人数", default=5, validators=[MinValueValidator(1), MaxValueValidator(15)]
    )
    is_blind = models.BooleanField("盲评", default=False)
    avoids_city = models.BooleanField("同一市州回避", default=False)
    chair = models.ForeignKey(Expert, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="组长")
    seed = models.CharField("抽取种子", max_length=40, blank=True)
    drawn_at = models.DateTimeField("组建时间")
    drawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField("开放互看时间", null=True)

    class Meta:
        verbose_name = "专家组"
        ordering = ("drawn_at", "id")
        constraints = [
            UniqueConstraint(fields=["round", "name"], name="panel_name_once_a_round"),
            UniqueConstraint(fields=["unit", "id"], name="panel_within_unit"),
            CheckConstraint(condition=Q(per__gte=1, per__lte=15), name="panel_sheets_sensible"),
            CheckConstraint(
                condition=Q(state=PanelState.FORMING) | Q(chair__isnull=False), name="panel_working_has_a_chair"
            ),
        ]
        triggers = [PANEL.trigger()]

    def __str__(self) -> str:
        return self.name


class PanelDivision(OfUnit):
    """A division of GB/T 4754 whose candidates a panel judges: one panel at most in a round."""

    panel = models.ForeignKey(Panel, models.CASCADE, related_name="divisions")
    round = models.ForeignKey(Round, models.PROTECT, related_name="+")
    division = models.CharField("行业大类", max_length=3)

    class Meta:
        verbose_name = "专家组行业"
        ordering = ("division",)
        constraints = [UniqueConstraint(fields=["round", "division"], name="division_one_panel_a_round")]

    def __str__(self) -> str:
        return self.division


class Seat(OfUnit):
    """An expert's place on a panel: asked, and answered by themselves."""

    workflow = SEAT

    panel = models.ForeignKey(Panel, models.PROTECT, related_name="seats")
    expert = models.ForeignKey(Expert, models.PROTECT, related_name="seats")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    state = models.CharField("状态", max_length=12, choices=SeatState, default=SeatState.INVITED)
    reason = models.CharField("说明", max_length=300, blank=True)
    asked_at = models.DateTimeField("邀请时间")
    answered_at = models.DateTimeField("答复时间", null=True)

    class Meta:
        verbose_name = "专家组成员"
        ordering = ("panel", "asked_at", "id")
        constraints = [UniqueConstraint(fields=["panel", "expert"], name="seat_once_a_panel")]
        triggers = [SEAT.trigger()]

    def __str__(self) -> str:
        return f"{self.panel_id} {self.expert_id}"


class Waiver(OfUnit):
    """The unit's head decided, with a reason, that ties which were found between these two don't stand in the way."""

    candidate = models.ForeignKey(Candidate, models.PROTECT, related_name="waivers")
    expert = models.ForeignKey(Expert, models.PROTECT, related_name="waivers")
    found = models.JSONField("利害关系", default=list)
    reason = models.CharField("豁免理由", max_length=500)
    at = models.DateTimeField("时间")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "回避豁免"
        ordering = ("at", "id")
        constraints = [
            UniqueConstraint(fields=["candidate", "expert"], name="waived_once"),
            CheckConstraint(condition=~Q(reason=""), name="waived_with_a_reason"),
        ]
        triggers = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.candidate_id} {self.expert_id}"
