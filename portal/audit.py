"""The record: one append-only row for each thing done, refused or denied, in the transaction that did it."""

import contextvars
import secrets
import time
import uuid
from dataclasses import dataclass, replace
from typing import Any

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone

from portal import clock
from portal.actors import NOBODY, Actor
from portal.compiled import inserted


class Outcome(models.TextChoices):
    """How an attempt ended."""

    DONE = "done", "完成"
    REFUSED = "refused", "被规则拒绝"
    DENIED = "denied", "越权被拒"
    FAILED = "failed", "失败"


def uuid7() -> uuid.UUID:
    """A UUID that sorts by time to a quarter of a microsecond (RFC 9562, 6.2 method 3).

    Made here because an INSERT … RETURNING would have to see the row, and whoever is refused sees none.
    """
    milliseconds, nanoseconds = divmod(time.time_ns(), 1_000_000)
    fraction = nanoseconds * 4096 // 1_000_000
    number = milliseconds << 80 | 7 << 76 | fraction << 64 | 2 << 62 | secrets.randbits(62)
    return uuid.UUID(int=number)


# They bind the tables' owner too; only somebody who switches a trigger off gets past, and the chain shows that.
APPEND_ONLY = [
    pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
    pgtrigger.Trigger(
        name="no_truncate",
        level=pgtrigger.Statement,
        when=pgtrigger.Before,
        operation=pgtrigger.Truncate,
        func="RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;",
    ),
]


class AuditEvent(models.Model):
    """Who, when, from where, did or tried what, to which object, with which outcome."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    at = models.DateTimeField("时间", db_index=True)
    utc_offset = models.SmallIntegerField("时区偏移（分钟）")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="人员"
    )
    actor_name = models.CharField("人员姓名", max_length=150)
    role = models.CharField("角色", max_length=30, blank=True)
    organisation = models.CharField("所在机构", max_length=200, blank=True)
    address = models.GenericIPAddressField("来源地址", null=True)
    request_id = models.CharField("请求编号", max_length=32, blank=True)
    verb = models.CharField("行为", max_length=60, db_index=True)
    subject_type = models.CharField("对象类型", max_length=60, blank=True)
    subject_id = models.CharField("对象编号", max_length=64, blank=True)
    subject_label = models.CharField("对象", max_length=200, blank=True)
    outcome = models.CharField("结果", max_length=10, choices=Outcome)
    data = models.JSONField("详情", default=dict, encoder=DjangoJSONEncoder)
    unit_id = models.BigIntegerField(null=True)
    city_id = models.BigIntegerField(null=True)
    enterprise_id = models.BigIntegerField(null=True)

    class Meta:
        verbose_name = "审计记录"
        indexes = [
            models.Index(fields=["subject_type", "subject_id"], name="audit_subject"),
            models.Index(fields=["actor", "at"], name="audit_actor"),
        ]
        triggers = APPEND_ONLY

    def __str__(self) -> str:
        return f"{self.at:%F %T} {self.actor_name} {self.verb}"


class AuditBlock(models.Model):
    """A sealed block of the record: it names its members, so an event that commits late goes into the next."""

    number = models.PositiveBigIntegerField("块号", primary_key=True)
    sealed_at = models.DateTimeField("封存时间")
    members = ArrayField(models.UUIDField(), verbose_name="成员")
    previous = models.CharField("前块摘要", max_length=64)
    digest = models.CharField("摘要", max_length=64)

    class Meta:
        verbose_name = "审计块"
        triggers = APPEND_ONLY

    def __str__(self) -> str:
        return f"#{self.number} {self.digest[:12]}"


@dataclass(frozen=True)
class Origin:
    """Where what happens now comes from; set once a request or task, so that no caller has to pass it."""

    actor: Actor = NOBODY
    address: str | None = None
    request_id: str = ""


# Outside a request nobody visits: it is a command, a shell or a task.
_BACKSTAGE = Origin(actor=Actor(system="后台（命令或任务）"))
_origin: contextvars.ContextVar[Origin] = contextvars.ContextVar("origin", default=_BACKSTAGE)


def origin() -> Origin:
    """Where what happens now comes from."""
    return _origin.get()


def set_origin(**changes: Any) -> contextvars.Token[Origin]:
    """Change parts of the origin; give the token to `reset_origin` when done."""
    return _origin.set(replace(_origin.get(), **changes))


def reset_origin(token: contextvars.Token[Origin]) -> None:
    """Put the origin back as it was before `set_origin`."""
    _origin.reset(token)


def _storable(value: Any) -> Any:
    """The value without NUL, which PostgreSQL can't keep: what a stranger sent goes on record whatever it was."""
    if isinstance(value, str):
        return value.replace("\0", "�")
    if isinstance(value, dict):
        return {key: _storable(item) for key, item in value.items()}
    return [_storable(item) for item in value] if isinstance(value, list | tuple) else value


def record(
    verb: str,
    subject: Any = None,
    actor: Actor | None = None,
    *,
    outcome: Outcome = Outcome.DONE,
    **data: Any,
) -> AuditEvent:
    """Write one event (one INSERT) in the present transaction.

    `verb` is "<thing>.<act>"; `subject` a model instance or None; `data` JSON values. Never pass secrets: the record
    is kept for years.
    """
    now, here = clock.now(), origin()
    who = actor or here.actor
    offset = timezone.localtime(now).utcoffset()
    event = AuditEvent(
        at=now,
        utc_offset=int(offset.total_seconds() // 60) if offset else 0,
        actor=who.user,
        actor_name=who.name[:150],
        role=who.role or "",
        organisation=who.place_label[:200],
        address=here.address,
        request_id=here.request_id,
        verb=verb,
        subject_type=subject._meta.label_lower if subject is not None else "",
        subject_id=str(subject.pk) if subject is not None else "",
        subject_label=str(subject)[:200] if subject is not None else "",
        outcome=outcome,
        data=_storable(data),
        unit_id=who.stands("unit"),
        city_id=who.stands("city"),
        enterprise_id=who.stands("enterprise"),
    )
    inserted(event)
    return event
