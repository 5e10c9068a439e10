"""Keeping the register right: an enterprise amends what it says of itself, its office corrects the name."""

from typing import Any

from django.db import transaction

from portal import audit
from portal.actors import Actor
from portal.errors import Denied, Refused
from portal.models import Enterprise
from portal.rooms import declared
from portal.rules import may

# What an enterprise may amend by itself; its name only its office corrects, and its code never changes.
OWN_FACTS = (
    "address", "industry", "nature", "is_above_scale", "legal_representative", "contact_name", "contact_phone",
    "contact_email",
)  # fmt: skip


def amendable(actor: Actor, enterprise: Enterprise) -> tuple[str, ...]:
    """The fields this actor may change; empty when none."""
    if may(actor, "enterprise.correct", enterprise):
        return ("name", *OWN_FACTS)
    return OWN_FACTS if may(actor, "enterprise.amend", enterprise) else ()


@transaction.atomic
def amend(enterprise: Enterprise, changes: dict[str, Any], *, actor: Actor) -> Enterprise:
    """Change facts on the register; what they were and what they became goes on record.

    Raises Denied for a field that isn't theirs to change, Refused when nothing changes.
    """
    if set(changes) - set(amendable(actor, enterprise)):
        raise Denied("enterprise.amend")
    row = Enterprise.objects.select_for_update(of=("self",)).get(pk=enterprise.pk)
    different = {field: value for field, value in changes.items() if getattr(row, field) != value}
    if not different:
        raise Refused("内容没有变化，无需保存。")
    before = {field: str(getattr(row, field)) for field in different}
    for field, value in different.items():
        setattr(row, field, value)
    row.save(update_fields=list(different))
    after = {field: str(value) for field, value in different.items()}
    audit.record("enterprise.amend", row, actor, before=before, after=after)
    for followers in declared("followers", "ENTERPRISE_AMENDED"):
        for follow in followers:
            follow(row)
    return row
