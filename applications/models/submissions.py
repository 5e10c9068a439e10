"""What was submitted, as it stood."""

import pgtrigger
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint

from applications.models.applications import Application
from portal.declared import canonical
from tiers.models.factories import OfEnterprise


class Submission(OfEnterprise):
    """One version of an application, frozen: paper, review and exports are made from nothing else.

    `digest` is the SHA-256 of `text`, which holds everything in canonical JSON.
    """

    application = models.ForeignKey(Application, models.PROTECT, related_name="submissions")
    number = models.CharField("受理编号", max_length=32)
    version = models.PositiveSmallIntegerField("版本")
    project = models.CharField("项目名称", max_length=200)
    document = models.JSONField("申报内容", encoder=DjangoJSONEncoder)
    digest = models.CharField("摘要", max_length=64, db_index=True)
    submitted_at = models.DateTimeField("提交时间")
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "申报提交"
        ordering = ("application", "-version")
        constraints = [
            UniqueConstraint(fields=["application", "version"], name="submission_version_once"),
            UniqueConstraint(fields=["number", "version"], name="submission_number_version_once"),
            CheckConstraint(condition=Q(version__gte=1), name="submission_version_from_1"),
        ]
        triggers = [pgtrigger.Protect(name="frozen", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.number} 第{self.version}版"

    @property
    def text(self) -> str:
        """The one text that the digest is made from."""
        return canonical(self.document)
