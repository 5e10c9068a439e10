"""The course of an application: what happened to it, and what it has to mend."""

import pgtrigger
from django.conf import settings
from django.db import models

from applications.models.applications import Application
from portal.declared import anchor
from tiers.models.factories import OfEnterprise

APPEND_ONLY = pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)


class Event(OfEnterprise):
    """One line of the timeline: when, which office, what, which opinion. `is_public`: the applicant reads it too."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="events")
    at = models.DateTimeField("时间")
    office = models.CharField("机构", max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    action = models.CharField("事项", max_length=60)
    # The version that was handed in with it, so that a page needs no more than the timeline.
    version = models.PositiveSmallIntegerField("版本", default=0)
    opinion = models.TextField("意见", blank=True)
    is_public = models.BooleanField("申报主体可见", default=True)

    class Meta:
        verbose_name = "办理过程"
        ordering = ("at", "id")
        triggers = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.application_id} {self.action}"


class Correction(OfEnterprise):
    """A return: `items` are the sections and fields that unlock, each {"section", "key", "label", "reason"}.

    `version` is the submission that was returned; only these items may change before the next.
    """

    application = models.ForeignKey(Application, models.PROTECT, related_name="corrections")
    version = models.PositiveSmallIntegerField("退回的版本")
    items = models.JSONField("须修改的内容")
    opinion = models.TextField("总体意见", blank=True)
    returned_at = models.DateTimeField("退回时间")
    returned_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    office = models.CharField("机构", max_length=200)

    class Meta:
        verbose_name = "退回修改"
        ordering = ("-returned_at", "-id")
        triggers = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.application_id} v{self.version}"

    @property
    def lines(self) -> list[dict[str, str]]:
        """The items with where each is mended on its section's page."""
        return [item | {"anchor": anchor(item["key"]) if item["key"] else ""} for item in self.items]

    def opens(self, section: str, key: str = "") -> bool:
        """Whether this section (or one field of it) is unlocked; a row's key counts as its table's."""
        field = key.partition("[")[0]
        return any(item["section"] == section and item["key"] in {"", field} for item in self.items)
