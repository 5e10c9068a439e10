"""Setting up bodies that take part."""

from django.db import transaction

from portal import audit
from portal.actors import Actor
from portal.errors import Denied, Refused
from portal.models import Department, Office, OfficeLevel, Unit, UnitKind
from portal.rules import may

GROUP_QUOTA = 5  # 399号 二(二)2


@transaction.atomic
def add_group(*, code: str, name: str, office: str, actor: Actor) -> Unit:
    """Add a group of 中央企业 as a recommending unit, with its lead office. Raises Denied, Refused."""
    if not may(actor, "office.manage"):
        raise Denied("office.manage")
    if Unit.objects.filter(code__iexact=code).exists():
        raise Refused(f"代号“{code}”已被使用，请另选一个。")
    if Unit.objects.filter(name=name).exists():
        raise Refused(f"“{name}”已是推荐单位，无需重复添加。")
    unit = Unit.objects.create(code=code, name=name, kind=UnitKind.CENTRAL_GROUP, default_quota=GROUP_QUOTA)
    Office.objects.create(level=OfficeLevel.UNIT, unit=unit, department=Department.INDUSTRY, name=office, is_lead=True)
    audit.record("unit.add", unit, actor, code=code, office=office)
    return unit


@transaction.atomic
def rename(office: Office, *, name: str, actor: Actor) -> Office:
    """Give an office its new name, after a reform for instance. Raises Denied, Refused."""
    if not may(actor, "office.manage"):
        raise Denied("office.manage")
    row = Office.objects.select_for_update(of=("self",)).get(pk=office.pk)
    if row.name == name:
        raise Refused("名称没有变化，无需保存。")
    before, row.name = row.name, name
    row.save(update_fields=["name"])
    audit.record("office.rename", row, actor, before=before, after=name)
    return row
