"""What a unit sent to the ministry: frozen, version by version, with what the ministry asked for in between."""

import pgtrigger
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint

from review.models.unit_lists import OfUnit, UnitIssue
from review.states import DispatchState
from review.transitions import DISPATCH
from tiers.models import Round
from tiers.models.imports import Import

_FIXED = ("ref", "unit_id", "round_id", "issue_id", "version", "document", "digest", "sent_at", "sent_by_id")
_FIXED_CHANGE = " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in _FIXED)


class Dispatch(OfUnit):
    """One version of what a unit sent up (399号 二(二)3); the document follows docs/dispatch.md.

    `asked`: [{position, text}], what the ministry wants supplemented, by `due_at`.
    """

    workflow = DISPATCH

    ref = models.CharField("上报编号", max_length=40, unique=True)
    round = models.ForeignKey(Round, models.PROTECT, related_name="dispatches", verbose_name="申报批次")
    issue = models.OneToOneField(UnitIssue, models.PROTECT, related_name="dispatch")
    version = models.PositiveSmallIntegerField("版本")
    state = models.CharField("状态", max_length=16, choices=DispatchState, default=DispatchState.SENT)
    document = models.JSONField("内容", encoder=DjangoJSONEncoder)
    digest = models.CharField("摘要", max_length=64)
    sent_at = models.DateTimeField("上报时间")
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    received_at = models.DateTimeField("接收时间", null=True)
    received_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    asked = models.JSONField("补正要求", default=list)
    due_at = models.DateTimeField("补正时限", null=True)
    decided_at = models.DateTimeField("公布时间", null=True)

    class Meta:
        verbose_name = "上报件"
        ordering = ("-sent_at", "-id")
        constraints = [
            UniqueConstraint(fields=["round", "version"], name="dispatch_version_once"),
            UniqueConstraint(
                fields=["round"], condition=~Q(state=DispatchState.SUPERSEDED), name="dispatch_current_once"
            ),
            CheckConstraint(
                condition=~Q(state=DispatchState.SUPPLEMENTING) | Q(due_at__isnull=False),
                name="dispatch_supplemented_by_when",
            ),
        ]
        triggers = [
            DISPATCH.trigger(),
            pgtrigger.Protect(
                name="frozen",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(_FIXED_CHANGE),
            ),
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.ref


class OutcomeImport(Import):
    """The ministry's upload of results, between its preview and its confirmation; `about`: year-tier-batch."""

    about = models.CharField("批次", max_length=40)

    class Meta(Import.Meta):
        verbose_name = "评审结果导入"
