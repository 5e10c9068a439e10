"""What is lent to experts: one application each, for as long as they judge it."""

from django.db import models
from django.db.models import UniqueConstraint
from guardian.models import UserObjectPermissionBase

from applications.models import Application

JUDGE = "judge_application"


class Grant(UserObjectPermissionBase):
    """A grant in guardian's manner, with a real key: `portal_lent()` reads it for the walls of what is lent.

    Nobody but the portal itself writes here, and whoever was granted something reads their own.
    """

    content_object = models.ForeignKey(Application, models.PROTECT, related_name="grants")

    class Meta:
        verbose_name = "评审授权"
        constraints = [UniqueConstraint(fields=["user", "permission", "content_object"], name="grant_once")]
