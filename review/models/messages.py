"""Messages between an applicant and the office that its application lies before."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q

from applications.models import Application
from portal.models import Office
from tiers.models.factories import OfEnterprise

MOST_LETTERS = 2_000
# What was written stays as it was; reading and striking out happen once each; a discarded draft leaves its messages.
_WRITTEN = ("ref", "office_id", "by_id", "at", "text", "unit_id", "city_id", "enterprise_id")
_ONCE = ("read_at", "read_by_id", "struck_at", "struck_by_id")
_REWRITTEN = " OR ".join(
    [f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in _WRITTEN]
    + [f"(OLD.{column} IS NOT NULL AND OLD.{column} IS DISTINCT FROM NEW.{column})" for column in _ONCE]
    + ["(OLD.reason <> '' AND OLD.reason <> NEW.reason)"]
    + ["(NEW.application_id IS NOT NULL AND OLD.application_id IS DISTINCT FROM NEW.application_id)"]
)


class Message(OfEnterprise):
    """What one side wrote to the other at an application; it is no part of the book. `office` empty: the applicant.

    `ref` is the application's, which may be gone: a draft that nobody handed in can be discarded.
    `read_at`: when the first of the other side opened it.
    """

    application = models.ForeignKey(Application, models.SET_NULL, null=True, related_name="messages")
    ref = models.CharField("申报编号", max_length=16)
    office = models.ForeignKey(Office, models.PROTECT, null=True, related_name="+", verbose_name="机构")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="发送人")
    at = models.DateTimeField("发送时间")
    text = models.TextField("内容", max_length=MOST_LETTERS)
    read_at = models.DateTimeField("阅读时间", null=True)
    read_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    struck_at = models.DateTimeField("撤销时间", null=True)
    struck_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    reason = models.CharField("撤销理由", max_length=300, blank=True)

    class Meta:
        verbose_name = "留言"
        ordering = ("-at", "-id")
        constraints = [
            CheckConstraint(condition=~Q(text=""), name="message_says_something"),
            CheckConstraint(
                condition=Q(read_at=None, read_by=None) | Q(read_at__isnull=False, read_by__isnull=False),
                name="message_read_by_somebody",
            ),
            CheckConstraint(
                condition=Q(struck_at=None, struck_by=None, reason="")
                | (Q(struck_at__isnull=False, struck_by__isnull=False, office__isnull=False) & ~Q(reason="")),
                name="message_struck_with_reason",
            ),
        ]
        indexes = [models.Index(fields=["application", "-at"], name="message_application_at")]
        triggers = [
            pgtrigger.Protect(
                name="written_once", operation=pgtrigger.Update, condition=pgtrigger.Condition(_REWRITTEN)
            ),
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.ref} {self.at:%F %T}"

    @property
    def sender(self) -> str:
        """The organisation that speaks."""
        return self.office.name if self.office else self.enterprise.name
