"""What may still change once a round is published: dates, quota, one applicant's deadline; told and on record."""

from datetime import datetime
from typing import Any

from portal import audit, clock
from portal.actors import Actor
from portal.errors import Denied, Refused
from portal.models import Enterprise, Membership
from portal.roles import Role
from portal.rules import may
from portal.services import mail
from portal.states import MembershipState
from portal.workflow import locked, move
from tiers.models import Extension, Round, RoundChange
from tiers.rounds import LABELS, Window, closed_reason, new_quota_reason, order_reasons, said
from tiers.selectors.rounds import taken
from tiers.services.round_effects import pass_over, tell_of
from tiers.services.rounds import described, signer
from tiers.states import RoundState as S

_WORK = ("enterprise_until", "city_until", "unit_until", "ministry_until", "publicity_days")
_REPORT = ("unit_until", "ministry_until")
# Which dates can still be moved in which state; a draft is edited instead.
MOVABLE: dict[str, tuple[str, ...]] = {
    S.PUBLISHED: ("opens_at", *_WORK),
    S.ACCEPTING: _WORK,
    S.FIRST_REVIEW: _WORK,
    S.EXPERT_REVIEW: _WORK,
    S.PUBLICITY: _REPORT,
    S.REPORTING: _REPORT,
}


def movable(round_: Round, at: datetime) -> tuple[str, ...]:
    """The dates that can still be moved; an opening that has come can not."""
    names = MOVABLE.get(round_.state, ())
    return tuple(name for name in names if name != "opens_at" or at < round_.opens_at)


def move_dates(
    round_: Round, values: dict[str, Any], *, reason: str, actor: Actor, at: datetime | None = None
) -> RoundChange:
    """Move dates of a published round (columns of `movable`), with a reason; everyone concerned is told.

    A window that opens again takes the round back to where it was. Raises Denied, Refused.
    """
    moment = at or clock.now()
    with locked(round_) as row:
        if not may(actor, "round.move_dates", row):
            raise Denied("round.move_dates")
        before, different = described(row), {n: v for n, v in values.items() if getattr(row, n) != v}
        reasons = _why_not(row, different, reason, moment)
        for name, value in different.items():
            setattr(row, name, value)
        if reasons := [*reasons, *order_reasons(row.windows)]:
            raise Refused(*reasons)
        row.save(update_fields=list(different))
        change = _note(row, before, reason, actor, moment)
        pass_over(row, moment)
        _take_back(row, actor, moment)
        tell_of(row, "moved", moment, "everyone", change)
    return change


def _why_not(row: Round, different: dict[str, Any], reason: str, at: datetime) -> list[str]:
    """Every reason against moving these dates, but for their order."""
    reasons = [] if reason.strip() else ["请填写调整期限的理由，相关人员将看到该理由。"]
    if not different:
        reasons.append("期限没有变化，无需保存。")
    allowed = movable(row, at)
    for name, value in different.items():
        label = LABELS.get(name, "公示工作日")
        if name not in allowed:
            reasons.append(f"本批次{row.get_state_display()}，不能再调整“{label}”。")
        elif isinstance(value, datetime) and value <= at:
            reasons.append(f"“{label}”不能调整到当前时间之前（{said(value)}）。")
        elif value is None and name != "ministry_until":
            reasons.append(f"“{label}”不能为空。")
    return reasons


def _note(row: Round, before: dict[str, str], reason: str, actor: Actor, at: datetime) -> RoundChange:
    """Keep what changed where everybody who sees the round reads it, and on record."""
    different = {key: value for key, value in described(row).items() if before[key] != value}
    former = {key: before[key] for key in different}
    change = RoundChange.objects.create(
        unit_id=row.unit_id, round=row, before=former, after=different, reason=reason.strip(), by=signer(actor), at=at
    )
    audit.record("round.change", row, actor, before=former, after=different, reason=reason)
    return change


def _take_back(row: Round, actor: Actor, at: datetime) -> None:
    """A deadline moved past the present opens its window again, and the round goes back to it."""
    closed = {window: closed_reason(row.windows, window, at) for window in (Window.ENTERPRISE, Window.CITY)}
    if row.state in {S.FIRST_REVIEW, S.EXPERT_REVIEW} and not closed[Window.ENTERPRISE]:
        move(row, "reopen", actor=actor, at=at)
    elif row.state == S.EXPERT_REVIEW and not closed[Window.CITY]:
        move(row, "return_to_cities", actor=actor, at=at)


def change_quota(
    round_: Round, quota: int | None, *, reason: str, actor: Actor, at: datetime | None = None
) -> RoundChange:
    """Give a published round another quota, with a reason: never fewer than are recommended. Raises Denied, Refused."""
    moment = at or clock.now()
    with locked(round_) as row:
        if not may(actor, "round.change_quota", row):
            raise Denied("round.change_quota")
        if row.state in {S.DRAFT, S.REPORTING, S.FINISHED}:
            raise Refused(f"本批次{row.get_state_display()}，不能调整推荐名额。")
        if row.quota == quota:
            raise Refused("推荐名额没有变化，无需保存。")
        if not reason.strip():
            raise Refused("请填写调整名额的理由。")
        if said_no := new_quota_reason(quota, taken(row)):
            raise Refused(said_no)
        before, row.quota = described(row), quota
        row.save(update_fields=["quota"])
        change = _note(row, before, reason, actor, moment)
        tell_of(row, "quota", moment, "staff", change)
    return change


def grant_extension(
    round_: Round, enterprise: Enterprise, *, until: datetime, reason: str, actor: Actor, at: datetime | None = None
) -> Extension:
    """Give one applicant a later deadline, with a reason that they read. Raises Denied, Refused."""
    moment = at or clock.now()
    with locked(round_) as row:
        if not may(actor, "round.extend", row):
            raise Denied("round.extend")
        if reasons := _why_no_extension(row, enterprise, until, reason, moment):
            raise Refused(*reasons)
        extension = Extension.objects.create(
            unit_id=enterprise.unit_id,
            city_id=enterprise.city_id,
            enterprise=enterprise,
            round=row,
            until=until,
            reason=reason.strip(),
            granted_by=signer(actor),
            granted_at=moment,
        )
        audit.record("round.extend", row, actor, code=enterprise.code, until=said(until), reason=reason)
        for person in _people_of(enterprise):
            mail.write(person.user.email, "round_extended", round=row, extension=extension)
    return extension


def _why_no_extension(row: Round, enterprise: Enterprise, until: datetime, reason: str, at: datetime) -> list[str]:
    reasons = [] if reason.strip() else ["请填写延期理由，申报企业将看到该理由。"]
    if enterprise.unit_id != row.unit_id:
        reasons.append("该企业不属于本推荐单位，请重新选择。")
    if row.state not in {S.PUBLISHED, S.ACCEPTING, S.FIRST_REVIEW, S.EXPERT_REVIEW}:
        reasons.append(f"本批次{row.get_state_display()}，不能再办理延期。")
    if until <= max(at, row.enterprise_until):
        reasons.append(f"延期须晚于当前时间，且晚于企业申报截止时间（{said(row.enterprise_until)}）。")
    if until > row.unit_until:
        reasons.append(f"延期不能晚于审核推荐截止时间（{said(row.unit_until)}）。")
    return reasons


def _people_of(enterprise: Enterprise) -> list[Membership]:
    people = Membership.objects.filter(enterprise=enterprise, state=MembershipState.ACTIVE, user__is_active=True)
    return list(people.filter(role__in=[Role.ENTERPRISE_ADMIN, Role.ENTERPRISE_CLERK]).select_related("user"))
