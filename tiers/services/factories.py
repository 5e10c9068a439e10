"""Opening a factory, and keeping what is said of it right."""

from typing import Any

from django.db import IntegrityError, transaction

from portal import audit, clock
from portal.actors import Actor
from portal.errors import Denied, Refused
from portal.models import Enterprise
from portal.references import new_ref
from portal.rules import may
from tiers.models import Factory

FACTS = ("name", "region", "address", "industry", "industry_class", "started_on", "is_closed")


def open_factory(facts: dict[str, Any], *, actor: Actor) -> Factory:
    """Put a factory of the actor's enterprise on the register; `facts` has FACTS. Raises Denied, Refused."""
    if not may(actor, "factory.open"):
        raise Denied("factory.open")
    enterprise = Enterprise.objects.get(pk=actor.stands("enterprise"))
    with transaction.atomic():
        row = Factory(
            **{name: facts[name] for name in FACTS if name in facts},
            ref=new_ref("GC"),
            enterprise=enterprise,
            unit_id=enterprise.unit_id,
            city_id=enterprise.city_id,
            created_at=clock.now(),
        )
        _store(row)
        audit.record("factory.open", row, actor, ref=row.ref)
    return row


def amend_factory(factory: Factory, changes: dict[str, Any], *, actor: Actor) -> Factory:
    """Change what is said of a factory; before and after go on record. Raises Denied, Refused."""
    if not may(actor, "factory.amend", factory) or set(changes) - set(FACTS):
        raise Denied("factory.amend")
    with transaction.atomic():
        row = Factory.objects.select_for_update(of=("self",)).select_related("enterprise").get(pk=factory.pk)
        different = {field: value for field, value in changes.items() if getattr(row, field) != value}
        if not different:
            raise Refused("内容没有变化，无需保存。")
        before = {field: str(getattr(row, field)) for field in different}
        for field, value in different.items():
            setattr(row, field, value)
        _store(row)
        after = {field: str(value) for field, value in different.items()}
        audit.record("factory.amend", row, actor, before=before, after=after)
    return row


def follow_enterprise(enterprise: Enterprise) -> None:
    """An enterprise's name was corrected: its factories are found under the new one."""
    rows = list(Factory.objects.select_for_update(of=("self",)).filter(enterprise=enterprise).order_by("pk"))
    for row in rows:
        row.sought = sought(row.name, enterprise)
    Factory.objects.bulk_update(rows, ["sought"])


def sought(name: str, enterprise: Enterprise) -> str:
    """What a factory is found by: its name, its enterprise's, the credit code; capitals, so that small letters find."""
    return f"{name}\n{enterprise.name}\n{enterprise.code}".upper()


def _store(row: Factory) -> None:
    row.sought = sought(row.name, row.enterprise)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        if "factory_name_once" not in str(error):
            raise
        raise Refused(f"本企业已有名为“{row.name}”的工厂，请使用不同的名称加以区分。") from error
