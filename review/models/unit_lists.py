"""A unit's list: what was frozen of it to be signed, and every step by which somebody came onto it or left it."""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint

from portal.models import Unit
from review.models.candidates import Candidate
from review.models.first_reviews import APPEND_ONLY
from review.states import UnitListState
from review.transitions import UNIT_LIST
from tiers.models import Round


class OfUnit(models.Model):
    """What belongs to a unit alone: neither its cities nor its enterprises see it."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name="推荐单位")

    class Meta:
        abstract = True


class UnitList(OfUnit):
    """Whom a unit recommends in a round, in priority order (399号 二(二)3); the places are tiers' Recommendations.

    `version` is raised with each change; `issued` is the number of the last issue (0: none yet). `changes` and
    `sent_with` are kept as on a city's list. `supplement_until`: by when what the ministry asked for has to be there.
    """

    workflow = UNIT_LIST

    ref = models.CharField("名单编号", max_length=32, unique=True)
    round = models.OneToOneField(Round, models.PROTECT, related_name="unit_list", verbose_name="申报批次")
    state = models.CharField("状态", max_length=12, choices=UnitListState, default=UnitListState.DRAFTING)
    version = models.PositiveIntegerField("版本", default=0)
    changes = models.JSONField("近期变动", default=list)
    issued = models.PositiveSmallIntegerField("送签次数", default=0)
    sent_at = models.DateTimeField("上报时间", null=True)
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    sent_with = models.JSONField("上报文件", default=dict)
    returned_for = models.TextField("补正要求", blank=True)
    supplement_until = models.DateTimeField("补正时限", null=True)

    class Meta:
        verbose_name = "上报名单"
        constraints = [
            CheckConstraint(
                condition=~Q(state=UnitListState.SENT) | Q(sent_at__isnull=False, sent_by__isnull=False, issued__gte=1),
                name="unit_list_sent_by_somebody",
            )
        ]
        triggers = [UNIT_LIST.trigger()]

    def __str__(self) -> str:
        return self.ref


class UnitIssue(OfUnit):
    """A unit's list as it went to be signed: table, letter and minutes are made from it alone."""

    unit_list = models.ForeignKey(UnitList, models.PROTECT, related_name="issues")
    version = models.PositiveSmallIntegerField("版本")
    document = models.JSONField("内容", encoder=DjangoJSONEncoder)
    digest = models.CharField("摘要", max_length=64)
    at = models.DateTimeField("送签时间")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "上报名单送签稿"
        ordering = ("-version",)
        constraints = [UniqueConstraint(fields=["unit_list", "version"], name="unit_issue_version_once")]
        triggers = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.unit_list_id} 第{self.version}版"


class ChoiceKind(models.TextChoices):
    """What was done with a place."""

    RECOMMEND = "recommend", "推荐"
    WITHDRAW = "withdraw", "撤回推荐"
    EXPLAIN = "explain", "说明理由"


class Choice(OfUnit):
    """One step of the choosing, for whoever asks later why: where the candidate stood then, and the reason given.

    `standing`: {group, rank, of, score, places, passed_over: [number, …]} as they were at that moment.
    """

    round = models.ForeignKey(Round, models.PROTECT, related_name="choices")
    candidate = models.ForeignKey(Candidate, models.PROTECT, related_name="choices")
    kind = models.CharField("事项", max_length=10, choices=ChoiceKind)
    reason = models.CharField("理由", max_length=500, blank=True)
    standing = models.JSONField("当时名次", default=dict)
    at = models.DateTimeField("时间")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "推荐经过"
        ordering = ("at", "id")
        triggers = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.candidate_id} {self.get_kind_display()}"


class QuotaShare(OfUnit):
    """How many places of the quota the officer means for a group of industries; what stands there binds nobody."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="shares")
    group = models.CharField("行业组", max_length=60)
    places = models.PositiveSmallIntegerField("名额")

    class Meta:
        verbose_name = "行业名额"
        constraints = [UniqueConstraint(fields=["round", "group"], name="share_once_a_group")]

    def __str__(self) -> str:
        return f"{self.group} {self.places}"
