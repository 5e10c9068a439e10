"""Recording the arrival of paper, each time against the version that is printed on it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from applications.models import Application
from applications.services.beginning import keys_of
from applications.services.course import note
from applications.services.locking import lock
from portal import audit, clock
from portal.actors import Actor
from portal.errors import Denied, Refused
from portal.rules import may
from review.models import PaperCopy

MOST = 50


@dataclass(frozen=True)
class Arrived:
    """Copies of one version of an application."""

    application: Application
    version: int
    count: int


def record(arrived: Sequence[Arrived], *, arrived_on: date, actor: Actor) -> list[PaperCopy]:
    """Record what arrived on a day, all of it or nothing. Raises Denied, Refused with every reason."""
    if not arrived:
        raise Refused("没有选择要登记的纸质件，请勾选并填写份数。")
    today = clock.beijing(clock.now()).date()
    reasons = [] if arrived_on <= today else ["收到日期不能晚于今天。"]
    with transaction.atomic():
        for one in sorted(arrived, key=lambda one: one.application.pk):
            reasons += _reasons(one, arrived_on, actor)
        if reasons:
            raise Refused(*reasons)
        return [_kept(one, arrived_on, actor) for one in arrived]


def _reasons(one: Arrived, arrived_on: date, actor: Actor) -> list[str]:
    if not may(actor, "copies.record", one.application):
        raise Denied("copies.record")
    row, number = lock(one.application), one.application.number
    found = []
    if not 1 <= one.count <= MOST:
        found.append(f"{number}：份数应为1至{MOST}。")
    if not 1 <= one.version <= row.version:
        found.append(f"{number}：没有第{one.version}版，请按封面印有的版本登记。")
        return found
    submitted = row.submissions.filter(version=one.version).values_list("submitted_at", flat=True).get()
    if arrived_on < clock.beijing(submitted).date():
        found.append(f"{number}：收到日期早于第{one.version}版的提交日期。")
    return found


def _kept(one: Arrived, arrived_on: date, actor: Actor) -> PaperCopy:
    office = actor.membership.office if actor.membership else None
    if office is None:
        raise Denied("copies.record")
    now = clock.now()
    row = PaperCopy.objects.create(
        application=one.application, version=one.version, count=one.count, arrived_on=arrived_on,
        office=office, at=now, by=actor.person, **keys_of(one.application),
    )  # fmt: skip
    day = arrived_on.isoformat()
    audit.record("copies.record", one.application, actor, version=one.version, count=one.count, arrived_on=day)
    note(one.application, f"收到第{one.version}版纸质件{one.count}份", actor=actor, at=now)
    return row


def strike(copies: PaperCopy, *, reason: str, actor: Actor) -> PaperCopy:
    """Strike out what was recorded by mistake. Raises Denied, Refused."""
    if not may(actor, "copies.strike", copies.application):
        raise Denied("copies.strike")
    if not reason.strip():
        raise Refused("请填写撤销理由。")
    with transaction.atomic():
        row = PaperCopy.objects.select_for_update().get(pk=copies.pk)
        if row.struck_at is not None:
            raise Refused("该登记已撤销。")
        row.struck_at, row.struck_by, row.reason = clock.now(), actor.person, reason.strip()[:300]
        row.save(update_fields=["struck_at", "struck_by", "reason"])
        version, count = row.version, row.count
        audit.record("copies.strike", copies.application, actor, version=version, count=count, reason=row.reason)
        said = f"撤销登记：第{version}版纸质件{count}份"
        note(copies.application, said, actor=actor, at=row.struck_at, opinion=row.reason)
    return row
