"""Sets of filters that somebody keeps under a name."""

from django.db import transaction

from portal.actors import Actor
from portal.errors import Denied, Hidden, Refused
from portal.rules import may
from review.models import SavedView

MOST = 12


def keep(name: str, query: str, *, actor: Actor) -> SavedView:
    """Keep a set of filters; one of the same name is replaced. Raises Denied, Refused."""
    if not may(actor, "first_review.list"):
        raise Denied("first_review.list")
    if not name.strip():
        raise Refused("请填写常用筛选的名称。")
    place = {"user": actor.person, "unit_id": actor.stands("unit"), "city_id": actor.stands("city")}
    with transaction.atomic():
        if SavedView.objects.filter(**place).exclude(name=name.strip()).count() >= MOST:
            raise Refused(f"最多保存{MOST}个常用筛选，请先删除不用的。")
        row, _ = SavedView.objects.update_or_create(**place, name=name.strip()[:30], defaults={"query": query[:300]})
    return row


def drop(pk: int, *, actor: Actor) -> None:
    """Delete one of one's own. Raises Hidden."""
    gone, _ = SavedView.objects.filter(pk=pk, user=actor.person, city=actor.stands("city")).delete()
    if not gone:
        raise Hidden("saved view", str(pk))
