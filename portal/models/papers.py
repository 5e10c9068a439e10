"""Papers that the portal has issued."""

from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint

from portal.models.enterprises import Enterprise
from portal.models.places import City, Unit
from portal.papers import grouped
from portal.states import PaperState
from portal.transitions import PAPER


class Paper(models.Model):
    """A document issued from a frozen source, made once for each source and revision of its template.

    `kind` is its key in DOCUMENTS, `subject` the key of its source there; `source` the source's digest. `code` is
    printed on it, `secret` makes the codes of its pages; `digest` is that of the file, `marks` one for each page.
    """

    workflow = PAPER

    kind = models.CharField("种类", max_length=40)
    subject = models.CharField("来源", max_length=80)
    number = models.CharField("编号", max_length=40, blank=True)
    version = models.PositiveSmallIntegerField("版本")
    source = models.CharField("来源摘要", max_length=64)
    template = models.CharField("模板版本", max_length=16)
    code = models.CharField("核验码", max_length=12, unique=True)
    secret = models.CharField(max_length=32)
    state = models.CharField("状态", max_length=12, choices=PaperState, default=PaperState.MAKING)
    issuer = models.CharField("出具单位", max_length=120)
    issued_at = models.DateTimeField("出具时间")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    begun_at = models.DateTimeField("开始生成时间", null=True)
    failure = models.CharField("失败原因", max_length=300, blank=True)
    digest = models.CharField("文件摘要", max_length=64, blank=True)
    stored = models.CharField("存放位置", max_length=120, blank=True)
    size = models.PositiveBigIntegerField("大小", default=0)
    marks = ArrayField(models.CharField(max_length=64), verbose_name="页摘要", default=list)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    city = models.ForeignKey(City, models.PROTECT, null=True, related_name="+")
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = "文书"
        ordering = ("-issued_at", "-id")
        constraints = [
            UniqueConstraint(fields=["kind", "subject", "source", "template"], name="paper_once"),
            CheckConstraint(
                condition=~Q(state=PaperState.MADE) | (~Q(digest="") & ~Q(stored="")), name="paper_made_has_file"
            ),
        ]
        indexes = [models.Index(fields=["digest"], name="paper_digest")]
        triggers = [PAPER.trigger()]

    def __str__(self) -> str:
        return f"{self.number} 第{self.version}版" if self.version else f"{self.subject} 草稿"

    @property
    def pages(self) -> int:
        """How many pages it has, once it is made."""
        return len(self.marks)

    @property
    def printed_code(self) -> str:
        """The check code as it is printed."""
        return grouped(self.code)

    @property
    def keys(self) -> dict[str, Any]:
        """Whose it is, as columns."""
        return {f"{level}_id": getattr(self, f"{level}_id") for level in ("unit", "city", "enterprise")}
