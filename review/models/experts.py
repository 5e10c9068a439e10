"""A unit's pool of experts."""

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint

from portal.models import Region
from review.models.unit_lists import OfUnit


class Expert(OfUnit):
    """A person's profile in a unit's pool: what they know, whom they are tied to, how much they take on.

    `former` and `interests`: [{name, code, until}], employers of the last three years and companies they hold shares in
    or advise; `industries`: divisions of GB/T 4754; `specialities`: keys of review.specialities. `edition` is raised
    with each change, because the unit and the expert both keep it.
    """

    ref = models.CharField("专家编号", max_length=16, unique=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="expert_profiles")
    employer = models.CharField("工作单位", max_length=100)
    employer_code = models.CharField("单位统一社会信用代码", max_length=18, blank=True)
    former = models.JSONField("三年内曾任职单位", default=list)
    interests = models.JSONField("持股或任顾问的单位", default=list)
    industries = models.JSONField("熟悉的行业大类", default=list)
    specialities = models.JSONField("专长", default=list)
    title = models.CharField("职称", max_length=50, blank=True)
    region = models.ForeignKey(Region, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="所在市州")
    phone = models.CharField("联系电话", max_length=30, blank=True)
    most = models.PositiveSmallIntegerField("最多承担评分表", default=60)
    is_active = models.BooleanField("在库", default=True)
    edition = models.PositiveIntegerField("修订", default=0)
    saved_at = models.DateTimeField("更新时间")

    class Meta:
        verbose_name = "专家"
        ordering = ("user__name", "id")
        constraints = [
            UniqueConstraint(fields=["unit", "user"], name="expert_once_a_unit"),
            UniqueConstraint(fields=["unit", "id"], name="expert_within_unit"),
            CheckConstraint(condition=Q(most__gte=1, most__lte=500), name="expert_load_sensible"),
        ]

    def __str__(self) -> str:
        return self.user.name
