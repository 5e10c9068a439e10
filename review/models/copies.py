"""Paper copies that arrived."""

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q

from applications.models import Application
from portal.models import Office
from tiers.models.factories import OfEnterprise


class PaperCopy(OfEnterprise):
    """Copies of one version of an application that arrived at an office; a slip is struck out, never deleted."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="copies")
    version = models.PositiveSmallIntegerField("版本")
    count = models.PositiveSmallIntegerField("份数")
    arrived_on = models.DateField("收到日期")
    office = models.ForeignKey(Office, models.PROTECT, related_name="+", verbose_name="收到机构")
    at = models.DateTimeField("登记时间")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="登记人")
    struck_at = models.DateTimeField("撤销时间", null=True)
    struck_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    reason = models.CharField("撤销理由", max_length=300, blank=True)

    class Meta:
        verbose_name = "纸质件"
        ordering = ("-at", "-id")
        constraints = [
            CheckConstraint(condition=Q(count__gte=1, count__lte=50), name="copies_count_sensible"),
            CheckConstraint(condition=Q(version__gte=1), name="copies_of_a_version"),
            CheckConstraint(
                condition=Q(struck_at=None, struck_by=None, reason="")
                | (Q(struck_at__isnull=False, struck_by__isnull=False) & ~Q(reason="")),
                name="copies_struck_with_reason",
            ),
        ]
        indexes = [models.Index(fields=["application", "office"], name="copies_application_office")]

    def __str__(self) -> str:
        return f"{self.application_id} 第{self.version}版 {self.count}份"
