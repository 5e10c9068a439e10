"""The calendar of working days: the days that are not like their weekday."""

from django.db import models


class SpecialDay(models.Model):
    """A holiday of the State Council's arrangement, or a weekend day worked in exchange for one."""

    date = models.DateField("日期", unique=True)
    name = models.CharField("名称", max_length=40)
    is_working = models.BooleanField("上班", default=False)

    class Meta:
        verbose_name = "特殊日期"
        ordering = ("date",)

    def __str__(self) -> str:
        return f"{self.date:%F} {self.name}（{'上班' if self.is_working else '放假'}）"
