"""What became of an application in the end, as its enterprise reads it."""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import CheckConstraint, Q

from applications.models import Application
from review.models.dispatches import Dispatch
from review.models.first_reviews import APPEND_ONLY
from review.states import Result
from tiers.models import Factory, Recognition, Round
from tiers.models.factories import OfEnterprise


class Outcome(OfEnterprise):
    """The result of an application; there is none before it is made known, and it never changes.

    `ref` is the application's: the ministry doesn't see that table. `disclosed` is what the round allows its enterprise
    to know of the scores, frozen at that moment.
    """

    ref = models.CharField("申报编号", max_length=16, unique=True)
    application = models.OneToOneField(Application, models.PROTECT, related_name="outcome")
    round = models.ForeignKey(Round, models.PROTECT, related_name="outcomes", verbose_name="申报批次")
    factory = models.ForeignKey(Factory, models.PROTECT, related_name="outcomes", verbose_name="工厂")
    dispatch = models.ForeignKey(Dispatch, models.PROTECT, null=True, related_name="outcomes")
    recognition = models.ForeignKey(Recognition, models.PROTECT, null=True, related_name="+")
    result = models.CharField("评审结果", max_length=16, choices=Result)
    document = models.CharField("文号", max_length=100, blank=True)
    on = models.DateField("公布日期", null=True)
    advice = models.TextField("咨询意见", max_length=2_000, blank=True)
    disclosed = models.JSONField("得分告知", encoder=DjangoJSONEncoder, default=dict)
    at = models.DateTimeField("登记时间")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = "评审结果"
        ordering = ("at", "id")
        constraints = [
            CheckConstraint(
                condition=Q(result=Result.NOT_RECOMMENDED) | (~Q(document="") & Q(on__isnull=False)),
                name="outcome_by_a_document",
            ),
            CheckConstraint(
                condition=Q(result=Result.RECOGNISED, recognition__isnull=False)
                | (~Q(result=Result.RECOGNISED) & Q(recognition=None)),
                name="outcome_recognised_in_the_registry",
            ),
        ]
        triggers = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.application_id} {self.get_result_display()}"
