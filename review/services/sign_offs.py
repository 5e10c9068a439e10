"""Joint departments: what they are asked to sign, what they say, and what is made of it (82号: 会同相关部门).

Whoever says nothing has said nothing: there is no consent by silence anywhere here.
"""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from applications.models import Application
from portal import audit, clock
from portal.actors import Actor
from portal.errors import Denied, Refused
from portal.models import Office
from portal.rules import may
from portal.workflow import locked, move
from review.models import ListIssue, SignOff, UnitIssue
from review.services import notices
from review.services.first_reviews import reviewing
from review.states import SignOffState

ANSWERS = {"agree": SignOffState.AGREED, "disagree": SignOffState.DISAGREED, "verify": SignOffState.TO_VERIFY}


def departments(city_id: int | None, of_round: Sequence[str]) -> list[Office]:
    """The joint departments of a city that take part in a round."""
    rows = Office.objects.filter(city=city_id, department__in=of_round, is_lead=False)
    return list(rows.order_by("pk")) if city_id else []


def ask_about(
    application: Application, offices: Sequence[Office], *, question: str, due_at: datetime, actor: Actor
) -> list[SignOff]:
    """Ask departments about a single application. Raises Denied, Refused: not of its city, asked already."""
    with reviewing(application, actor) as review:
        row = review.application
        _sensible(offices, question, due_at)
        own = {office.pk for office in departments(row.city_id, row.round.value.departments)}
        if row.city_id is None or any(office.pk not in own for office in offices):
            raise Refused("只能征求本市参与本批次的会同部门的意见。")
        waiting = SignOff.objects.filter(application=row, office__in=offices, state=SignOffState.ASKED)
        if names := [sign_off.office.name for sign_off in waiting.select_related("office")]:
            raise Refused(f"已征求{'、'.join(names)}的意见，尚未答复。")
        for old in SignOff.objects.filter(application=row, office__in=offices).exclude(state=SignOffState.VOID):
            move(old, "void", actor=actor, reason="重新征求意见")
        made = [
            SignOff.objects.create(
                unit_id=row.unit_id, city_id=row.city_id, enterprise_id=row.enterprise_id, application=row,
                office=office, question=question.strip()[:500], asked_at=clock.now(), asked_by=actor.person,
                due_at=due_at,
            )
            for office in offices
        ]  # fmt: skip
        names = [office.name for office in offices]
        audit.record("sign_off.ask", row, actor, departments=names, until=due_at, text=question.strip())
        notices.asked(made)
    return made


def ask_for_list(issue: ListIssue, offices: Sequence[Office], *, due_at: datetime, actor: Actor) -> list[SignOff]:
    """Ask every joint department to sign an issue of a list; called by whoever issues it."""
    row = issue.city_list
    made = [
        SignOff.objects.create(
            unit_id=row.unit_id, city_id=row.city_id, issue=issue, office=office, asked_at=clock.now(),
            asked_by=actor.person, due_at=due_at, question=f"{row.round.name}推荐名单（{row.ref}第{issue.version}版）",
        )
        for office in offices
    ]  # fmt: skip
    notices.asked(made)
    return made


def ask_for_unit_list(issue: UnitIssue, offices: Sequence[Office], *, due_at: datetime, actor: Actor) -> list[SignOff]:
    """Ask every joint department of a unit to sign an issue of its list; called by whoever issues it."""
    row = issue.unit_list
    question = f"{row.round.name}上报名单（{row.ref}第{issue.version}版）"
    made = [
        SignOff.objects.create(
            unit_id=row.unit_id, unit_issue=issue, office=office, asked_at=clock.now(), asked_by=actor.person,
            due_at=due_at, question=question,
        )
        for office in offices
    ]  # fmt: skip
    notices.asked(made)
    return made


def _sensible(offices: Sequence[Office], question: str, due_at: datetime) -> None:
    reasons = []
    if not offices:
        reasons.append("请选择要征求意见的部门。")
    if not question.strip():
        reasons.append("请写明征求意见的事项。")
    if due_at <= clock.now():
        reasons.append("答复时限须晚于现在。")
    if reasons:
        raise Refused(*reasons)


def answer(sign_off: SignOff, said: str, *, reason: str = "", actor: Actor) -> SignOff:
    """A department says 同意, 不同意 or 需核查; until the list goes up it may say otherwise. Raises Denied, Refused."""
    if said not in ANSWERS:
        raise Refused("请选择会签意见。")
    now = clock.now()
    changes = {"reason": reason.strip()[:500], "answered_at": now, "answered_by": actor.user, "is_on_paper": False}
    with transaction.atomic():
        row = move(sign_off, said, actor=actor, at=now, changes={**changes, "resolution": ""}, reason=reason)
        notices.answered(row)
    return row


def record_on_paper(sign_off: SignOff, *, signed_by: str, signed_on: date, actor: Actor) -> SignOff:
    """A department signed in ink: the lead office records who signed and when. Raises Denied, Refused."""
    now = clock.now()
    if signed_on > clock.beijing(now).date():
        raise Refused("会签日期不能晚于今天。")
    day = f"{signed_on.year}年{signed_on.month}月{signed_on.day}日"
    said = f"纸面会签：{signed_by.strip()}，{day}" if signed_by.strip() else ""
    changes = {"reason": said, "answered_at": now, "answered_by": actor.user, "is_on_paper": True}
    return move(sign_off, "record", actor=actor, at=now, changes=changes, reason=said)


def resolve(sign_off: SignOff, *, resolution: str, actor: Actor) -> SignOff:
    """What the lead office made of an answer that isn't 同意 about a single application. Raises Denied, Refused."""
    if not may(actor, "sign_off.resolve", sign_off):
        raise Denied("sign_off.resolve")
    with locked(sign_off) as row:
        if row.application_id is None or row.state not in {SignOffState.DISAGREED, SignOffState.TO_VERIFY}:
            raise Refused("该会签意见无需处理。")
        if not resolution.strip():
            raise Refused("请写明处理意见。")
        row.resolution = resolution.strip()[:500]
        row.save(update_fields=["resolution"])
        audit.record("sign_off.resolve", row, actor, text=row.resolution)
    return row
