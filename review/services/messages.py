"""Writing to the other side of an application, opening what it wrote, striking out a slip."""

import hashlib
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse

from applications.guards import review_window
from applications.models import Application
from applications.selectors.applications import people_of
from applications.services.beginning import keys_of
from applications.services.locking import lock
from portal import audit, clock, walls
from portal.actors import Actor
from portal.errors import Denied, Refused
from portal.models import Membership, User
from portal.roles import Role
from portal.rules import may
from portal.services.notices import tell
from portal.states import MembershipState
from review.models import Message
from review.models.messages import MOST_LETTERS
from review.selectors.messages import is_office, unread_by
from tiers.rounds import Window
from tiers.states import RoundState

_FILLING = (Role.ENTERPRISE_ADMIN, Role.ENTERPRISE_CLERK)
_CITY, _UNIT = (Role.CITY_REVIEWER, Role.CITY_HEAD), (Role.UNIT_OFFICER, Role.UNIT_HEAD)
# Against floods: so many from one person at one application within this time, so many from one side in a day.
PAUSE, MOST_AT_ONCE, MOST_A_DAY = timedelta(minutes=10), 10, 100
# Whoever was told a moment ago and has not looked yet isn't told of every line.
_TOLD = timedelta(minutes=10)


def write(application: Application, *, text: str, actor: Actor) -> Message:
    """Write to the other side, which is told. Raises Denied, Refused: nothing said, too long, too much, too late."""
    if not may(actor, "message.write", application):
        raise Denied("message.write")
    said = text.replace("\r\n", "\n").strip()
    if not said:
        raise Refused("请填写留言内容。")
    if len(said) > MOST_LETTERS:
        raise Refused(f"留言不能超过{MOST_LETTERS}字，现有{len(said)}字。")
    with transaction.atomic():
        row, now = lock(application), clock.now()
        if row.round.state == RoundState.FINISHED:
            raise Refused("该批次已结束，不能再留言；已有留言仍可查看。")
        office = actor.membership.office if actor.membership and is_office(actor) else None
        _not_too_much(row, said, actor, now)
        is_told = _told_a_moment_ago(row, actor, now)
        made = Message.objects.create(
            application=row, ref=row.ref, office=office, by=actor.person, at=now, text=said, **keys_of(row)
        )
        audit.record("message.write", row, actor, letters=len(said), text_digest=_digest(said))
        if not is_told:
            _tell(row, actor)
    return made


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _side(row: Application, actor: Actor) -> QuerySet[Message]:
    """What the actor's own side wrote here."""
    return Message.objects.filter(application=row, office__isnull=not is_office(actor))


def _not_too_much(row: Application, said: str, actor: Actor, now: datetime) -> None:
    """Raises Refused for a flood, and for the same thing sent twice by a button pressed twice."""
    side = _side(row, actor)
    own = side.filter(by=actor.person, at__gt=now - PAUSE)
    last = own.first()
    if last is not None and last.text == said and last.struck_at is None:
        raise Refused("这条留言与您刚才发送的内容相同，没有重复发送。")
    if own.count() >= MOST_AT_ONCE:
        raise Refused(f"您在10分钟内已发送{MOST_AT_ONCE}条留言，请稍后再发，或把内容合并为一条。")
    if side.filter(at__gt=now - timedelta(days=1)).count() >= MOST_A_DAY:
        raise Refused(f"本方24小时内已发送{MOST_A_DAY}条留言，请稍后再发；紧急事项请直接电话联系。")


def _told_a_moment_ago(row: Application, actor: Actor, now: datetime) -> bool:
    return _side(row, actor).filter(read_at=None, struck_at=None, at__gt=now - _TOLD).exists()


def _tell(row: Application, actor: Actor) -> None:
    """The other side's people: the applicant's, or those of the office that it lies before; nobody else."""
    people = [m.user for m in people_of(row, *_FILLING)] if is_office(actor) else _people_before(row)
    text = f"{actor.place_label}在{row.factory.name}的申报（{row.number or row.ref}）中给您留言，请登录平台查看。"
    address = reverse("conversation", args=[row.ref])
    tell(people, text, address=address, template="message", application=row, sender=actor.place_label)


def _people_before(row: Application) -> list[User]:
    """Whom an applicant can't see: the people of the lead office before which its application lies."""
    by_city = review_window(row) is Window.CITY
    place = {"city_id": row.city_id} if by_city else {"unit_id": row.unit_id}
    with walls.system("申报留言：告知承办机构"):
        rows = Membership.objects.filter(
            role__in=_CITY if by_city else _UNIT, state=MembershipState.ACTIVE, user__is_active=True, **place
        )
        return [membership.user for membership in rows.select_related("user")]


def mark_read(application: Application, *, actor: Actor) -> int:
    """Somebody of one side has opened the conversation: what the other wrote is read; how much. Twice is no harm."""
    if not may(actor, "message.write", application):
        raise Denied("message.write")
    with transaction.atomic():
        rows = unread_by(actor).filter(application=application)
        count = Message.objects.filter(pk__in=rows.values("pk")).update(read_at=clock.now(), read_by=actor.person)
        if count:
            audit.record("message.read", application, actor, count=count)
    return count


def strike(message: Message, *, reason: str, actor: Actor) -> Message:
    """Strike out a slip of one's own office; it stays on record. Raises Denied, Refused."""
    if not may(actor, "message.strike", message):
        raise Denied("message.strike")
    if not reason.strip():
        raise Refused("请填写撤销理由。")
    with transaction.atomic():
        row = Message.objects.select_for_update(of=("self",)).get(pk=message.pk)
        if row.struck_at is not None:
            raise Refused("该留言已撤销。")
        row.struck_at, row.struck_by, row.reason = clock.now(), actor.person, reason.strip()[:300]
        row.save(update_fields=["struck_at", "struck_by", "reason"])
        audit.record("message.strike", message.application, actor, reason=row.reason, text_digest=_digest(row.text))
    return row
