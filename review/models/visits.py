"""Visits on site: who went, what they looked at, what they found."""

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint

from portal.models import StoredFile
from review.models.candidates import Candidate
from review.models.experts import Expert
from review.models.unit_lists import OfUnit
from review.states import VisitState
from review.transitions import VISIT


class Conclusion(models.TextChoices):
    """What a visit comes to."""

    PASSED = "passed", "通过"
    FAILED = "failed", "不通过"
    TO_MEND = "to_mend", "需整改"


class SiteVisit(OfUnit):
    """A visit to a candidate's factory (现场核查). `checklist`: [{key, kind, text, finding, note}] as it was drawn up.

    `name`, `project` and `team` ([{name, organisation}]) stand as they were, so that the team's pages ask no table
    that is not theirs. `edition` is raised with every save, because all of the team write.
    """

    workflow = VISIT

    ref = models.CharField("核查编号", max_length=16, unique=True)
    candidate = models.ForeignKey(Candidate, models.PROTECT, related_name="visits")
    name = models.CharField("申报单位", max_length=200)
    project = models.CharField("项目名称", max_length=200)
    state = models.CharField("状态", max_length=12, choices=VisitState, default=VisitState.PLANNED)
    planned_at = models.DateTimeField("核查时间")
    place = models.CharField("核查地点", max_length=200)
    team = models.JSONField("核查组", default=list)
    checklist = models.JSONField("核查要点", default=list)
    conclusion = models.CharField("核查结论", max_length=12, choices=Conclusion, blank=True)
    opinion = models.TextField("核查意见", blank=True)
    edition = models.PositiveIntegerField("修订", default=0)
    made_at = models.DateTimeField("安排时间")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    done_at = models.DateTimeField("完成时间", null=True)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    reason = models.CharField("取消理由", max_length=500, blank=True)

    class Meta:
        verbose_name = "现场核查"
        ordering = ("planned_at", "id")
        constraints = [
            UniqueConstraint(fields=["unit", "id"], name="visit_within_unit"),
            CheckConstraint(
                condition=~Q(state=VisitState.DONE)
                | Q(done_at__isnull=False, done_by__isnull=False) & ~Q(conclusion=""),
                name="visit_done_has_a_conclusion",
            ),
        ]
        indexes = [models.Index(fields=["candidate", "state"], name="visit_candidate_state")]
        triggers = [VISIT.trigger()]

    def __str__(self) -> str:
        return f"{self.ref} {self.name}"


class VisitMember(OfUnit):
    """Somebody of a visit's team: an expert or an officer."""

    visit = models.ForeignKey(SiteVisit, models.PROTECT, related_name="members")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    expert = models.ForeignKey(Expert, models.PROTECT, null=True, related_name="+")
    name = models.CharField("姓名", max_length=50)
    organisation = models.CharField("单位", max_length=200)

    class Meta:
        verbose_name = "核查组成员"
        ordering = ("id",)
        constraints = [UniqueConstraint(fields=["visit", "user"], name="visit_member_once")]

    def __str__(self) -> str:
        return self.name


class VisitPhoto(OfUnit, StoredFile):
    """A photograph taken on site."""

    visit = models.ForeignKey(SiteVisit, models.PROTECT, related_name="photos")

    class Meta(StoredFile.Meta):
        verbose_name = "核查照片"
