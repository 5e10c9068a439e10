"""Applications that reached the unit to be judged (82号 二(三)3)."""

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint

from applications.models import Application
from applications.states import Track
from review.states import CandidateState
from review.transitions import CANDIDATE
from tiers.models import Round
from tiers.models.factories import OfEnterprise


class Candidate(OfEnterprise):
    """An application as it is judged: the version that its city sent up, or that its unit passed itself.

    `name`, `project`, `industry` (division of GB/T 4754, "C36") stand as they were in that version; `warnings` are what
    the portal pointed out when it arrived; `reason` is why it was sent back or refused, `answer` what its city said.
    """

    workflow = CANDIDATE

    application = models.OneToOneField(Application, models.PROTECT, related_name="candidate")
    round = models.ForeignKey(Round, models.PROTECT, related_name="candidates", verbose_name="申报批次")
    state = models.CharField("受理状态", max_length=12, choices=CandidateState, default=CandidateState.ARRIVED)
    track = models.CharField("申报渠道", max_length=12, choices=Track, default=Track.REGULAR)
    version = models.PositiveSmallIntegerField("评审的版本")
    digest = models.CharField("摘要", max_length=64)
    number = models.CharField("受理编号", max_length=32)
    name = models.CharField("申报单位", max_length=200)
    code = models.CharField("统一社会信用代码", max_length=18)
    project = models.CharField("项目名称", max_length=200)
    industry = models.CharField("行业大类", max_length=3)
    city_position = models.PositiveSmallIntegerField("市州推荐顺序", null=True)
    warnings = models.JSONField("提示", default=list)
    reason = models.TextField("理由", blank=True)
    answer = models.TextField("市州说明", blank=True)
    panel = models.ForeignKey(
        "review.Panel", models.PROTECT, null=True, blank=True, related_name="candidates", verbose_name="专家组"
    )
    arrived_at = models.DateTimeField("送达时间")
    decided_at = models.DateTimeField("办理时间", null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = "参评项目"
        ordering = ("city", "city_position", "number")
        constraints = [
            CheckConstraint(condition=Q(version__gte=1), name="candidate_of_a_version"),
            CheckConstraint(
                condition=~Q(state__in=[CandidateState.ACCEPTED, CandidateState.REFUSED])
                | Q(decided_at__isnull=False, decided_by__isnull=False),
                name="candidate_decided_by_somebody",
            ),
            CheckConstraint(
                condition=~Q(state__in=[CandidateState.SENT_BACK, CandidateState.REFUSED]) | ~Q(reason=""),
                name="candidate_sent_back_with_reason",
            ),
            UniqueConstraint(fields=["unit", "id"], name="candidate_within_unit"),
        ]
        indexes = [models.Index(fields=["round", "state"], name="candidate_round_state")]
        triggers = [CANDIDATE.trigger()]

    def __str__(self) -> str:
        return f"{self.number} {self.project}"
