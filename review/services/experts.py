"""The pool of experts: profiles kept by the unit and by the experts themselves."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from portal import audit, clock, walls
from portal.actors import Actor
from portal.errors import Denied, Refused
from portal.models import User
from portal.references import new_ref
from portal.rules import may
from review.models import Expert

FACTS = (
    "employer", "employer_code", "former", "interests", "industries", "specialities", "title", "region", "phone",
)  # fmt: skip
# What only the unit decides.
OFFICE = ("most", "is_active")


def add(user: User, said: Mapping[str, Any], *, actor: Actor) -> Expert:
    """Take somebody into the unit's pool; an expert does so with their own profile. Raises Denied, Refused."""
    row = Expert(unit_id=actor.stands("unit"), user=user, ref=new_ref("ZJ"), saved_at=clock.now())
    if not may(actor, "expert.keep", row):
        raise Denied("expert.keep")
    if Expert.objects.filter(unit=row.unit_id, user=user).exists():
        raise Refused(f"{user.name}已在专家库中。")
    with transaction.atomic():
        for name in _kept(row, actor):
            if name in said:
                setattr(row, name, said[name])
        if user.pk == actor.person.pk:  # an expert's own place lets them change their row, not add one
            _as_unit(row)
        else:
            row.save()
        audit.record("expert.add", row, actor, user=user.pk)
    return row


def _as_unit(row: Expert) -> None:
    with walls.system("专家填写本人信息"):
        row.save()


def _kept(row: Expert, actor: Actor) -> tuple[str, ...]:
    return FACTS if row.user_id == actor.person.pk else (*FACTS, *OFFICE)


def keep(row: Expert, said: Mapping[str, Any], *, edition: int, actor: Actor) -> Expert:
    """Change a profile, as seen at an edition; what changed is on record by name. Raises Denied, Refused."""
    if not may(actor, "expert.keep", row):
        raise Denied("expert.keep")
    with transaction.atomic():
        held = Expert.objects.select_for_update(of=("self",)).get(pk=row.pk)
        if held.edition != edition:
            raise Refused("专家信息刚被他人更新，请刷新页面核对后再保存。")
        changed = [name for name in _kept(held, actor) if name in said and getattr(held, name) != said[name]]
        if changed:
            for name in changed:
                setattr(held, name, said[name])
            held.edition, held.saved_at = held.edition + 1, clock.now()
            held.save(update_fields=[*changed, "edition", "saved_at"])
            names = [field.verbose_name for field in Expert._meta.fields if field.name in changed]
            audit.record("expert.keep", held, actor, fields=[str(name) for name in names])
    return held
