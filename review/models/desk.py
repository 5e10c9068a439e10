"""What an office keeps on its desk: bulk steps that can be taken back, and saved views."""

from django.conf import settings
from django.db import models
from django.db.models import UniqueConstraint

from portal.models import City, Unit
from tiers.models import Round


class OfOffice(models.Model):
    """What belongs to the lead office of a unit, or of one of its cities."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    city = models.ForeignKey(City, models.PROTECT, null=True, related_name="+")

    class Meta:
        abstract = True


class BulkStep(OfOffice):
    """One act on many applications. `items`: {ref, edition, before} each: what it takes to undo it, and when not to."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="+")
    kind = models.CharField("事项", max_length=20)
    items = models.JSONField("申报", default=list)
    detail = models.CharField("说明", max_length=500, blank=True)
    at = models.DateTimeField("时间")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    undone_at = models.DateTimeField("撤销时间", null=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = "批量办理"
        ordering = ("-at", "-id")

    def __str__(self) -> str:
        return f"{self.kind} {len(self.items)}"


class SavedView(OfOffice):
    """A person's own name for a set of filters of the inbox."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    name = models.CharField("名称", max_length=30)
    query = models.CharField("筛选条件", max_length=300)

    class Meta:
        verbose_name = "常用筛选"
        ordering = ("name",)
        constraints = [
            UniqueConstraint(fields=["user", "unit", "city", "name"], name="saved_view_name_once", nulls_distinct=False)
        ]

    def __str__(self) -> str:
        return self.name
