"""Many applications at once: one step, one transaction, one line on record; undone while nobody has acted on it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from applications.models import Application, Event, Submission
from applications.services.beginning import keys_of
from applications.states import ApplicationState
from portal import audit, clock
from portal.actors import Actor
from portal.errors import Denied, Hidden, Refused
from portal.models import User
from portal.rules import may
from portal.workflow import Step, move, move_all
from review.guards import CHECKLIST, list_fixed
from review.models import BulkStep, CityList, FirstReview, Tie
from review.profiles import profile_of
from review.selectors.first_reviews import colleagues
from review.services import notices, ranking
from review.states import FirstReviewState
from tiers.models import Edition, Round, kept
from tiers.rounds import Window, closed_reason, said
from tiers.selectors.rounds import city_extension_of

MOST = 500
KINDS = {"assign": "分配初审", "pass": "通过初审", "remind": "提醒提交"}


@dataclass(frozen=True)
class Plan:
    """What a step would do: to whom, and to whom not, with the reason."""

    kind: str
    going: tuple[Application, ...]
    staying: tuple[tuple[Application, str], ...]


# -- before ----------------------------------------------------------------------------------------------------------
def plan(round_: Round, refs: Sequence[str], kind: str, *, actor: Actor, user: User | None = None) -> Plan:
    """Who would be concerned. One that isn't there for the actor rejects the whole. Raises Denied, Hidden, Refused."""
    rows = _rows(round_, refs, actor)
    reviews = {r.application_id: r for r in FirstReview.objects.filter(application__in=rows)}
    person = user or actor.person
    tied = set(Tie.objects.filter(application__in=rows, user=person).values_list("application", flat=True))
    going, staying = [], []
    for row in rows:
        reason = _reason(kind, row, reviews.get(row.pk), row.pk in tied, actor)
        if reason:
            staying.append((row, reason))
        else:
            going.append(row)
    return Plan(kind, tuple(going), tuple(staying))


def _rows(round_: Round, refs: Sequence[str], actor: Actor, *, lock: bool = False) -> list[Application]:
    if not may(actor, "first_review.list"):
        raise Denied("first_review.list")
    if not refs:
        raise Refused("请先勾选申报。")
    if len(refs) > MOST:
        raise Refused(f"一次最多办理{MOST}项，请分批勾选。")
    rows = Application.objects.filter(round=round_, ref__in=refs).select_related("enterprise", "factory", "city")
    if lock:
        rows = rows.select_for_update(of=("self",), no_key=True)
    found = {row.ref: row for row in rows.order_by("pk")}
    for ref in refs:
        row = found.get(ref)
        if row is None:
            raise Hidden("application", ref[:20])
        row.round = round_
        if not may(actor, "first_review.review", row):
            raise Hidden("application", ref[:20])
    return list(found.values())


def _reason(kind: str, row: Application, review: FirstReview | None, is_tied: bool, actor: Actor) -> str:
    """Why one of them is left as it is; empty when it isn't."""
    if kind == "remind":
        return "" if row.state == ApplicationState.DRAFT else "已提交，无需提醒"
    if row.state != ApplicationState.SUBMITTED:
        return "尚未提交" if row.state == ApplicationState.DRAFT else "退回修改中"
    current = review if review is not None and review.version == row.version else None
    if current is not None and current.state in {FirstReviewState.PASSED, FirstReviewState.REJECTED}:
        return f"已有结论：{FirstReviewState(current.state).label}"
    if is_tied:
        return "承办人已声明回避"
    return _not_ready(current, actor) if kind == "pass" else ""


def _not_ready(current: FirstReview | None, actor: Actor) -> str:
    """Why a review can't be passed together with others."""
    if current is None or any(current.checklist.get(key, {}).get("answer") != "yes" for key, _, _ in CHECKLIST):
        return "审核要点尚未全部核对为“符合”"
    if current.state == FirstReviewState.RECONSIDERING:
        return "复核中，须逐项办理"
    return "由他人承办" if current.reviewer_id != actor.person.pk else ""


# -- doing -----------------------------------------------------------------------------------------------------------
def carry_out(round_: Round, refs: Sequence[str], kind: str, *, actor: Actor, user: User | None = None) -> BulkStep:
    """Do what was previewed to exactly these. Raises Denied, Hidden, Refused when one of them no longer fits."""
    if kind not in KINDS:
        raise Refused("请选择要办理的事项。")
    if kind == "assign" and (user is None or not colleagues(actor).filter(pk=user.pk).exists()):
        raise Refused("请选择本单位的在职初审人员。")
    now = clock.now()
    with transaction.atomic():
        rows = _rows(round_, refs, actor, lock=True)
        _in_time(round_, kind, actor, now)
        made = plan(round_, refs, kind, actor=actor, user=user)
        if made.staying:
            first, why = made.staying[0]
            raise Refused(f"{first.enterprise.name}{why}，所选内容已有变化，请重新预览后办理。")
        items = _DOING[kind](rows, actor, user, now)
        step = BulkStep.objects.create(
            unit_id=round_.unit_id, city_id=actor.stands("city"), round=round_, kind=kind, items=items,
            detail=user.name if user else "", at=now, by=actor.person,
        )  # fmt: skip
        refs_ = [row.ref for row in rows]
        audit.record("first_review.bulk", round_, actor, what=KINDS[kind], count=len(rows), refs=refs_, to=step.detail)
    return step


def _in_time(round_: Round, kind: str, actor: Actor, now: datetime) -> None:
    if kind == "remind":
        reason = closed_reason(round_.windows, Window.ENTERPRISE, now)
    elif city := actor.stands("city"):
        reason = closed_reason(round_.windows, Window.CITY, now, city_extension_of(round_, city))
    else:
        reason = closed_reason(round_.windows, Window.UNIT, now)
    if reason:
        raise Refused(reason)


def _remind(rows: Sequence[Application], actor: Actor, _user: User | None, _now: datetime) -> list[dict[str, Any]]:
    for row in rows:
        notices.remind(row, said(row.round.enterprise_until))
    return [{"ref": row.ref} for row in rows]


def _reviews(rows: Sequence[Application]) -> list[FirstReview]:
    """The reviews of the versions that stand, locked; made where there are none."""
    fresh = [FirstReview(application=row, version=row.version, **keys_of(row)) for row in rows]
    FirstReview.objects.bulk_create(fresh, ignore_conflicts=True)
    found = FirstReview.objects.select_for_update(of=("self",)).filter(application__in=rows).order_by("application_id")
    by_key, reviews = {row.pk: row for row in rows}, []
    for review in found:
        review.application = by_key[review.application_id]
        if review.version != review.application.version:  # still of an older version: begun anew
            review.version, review.checklist = review.application.version, {}
            if review.state != FirstReviewState.OPEN:
                move(review, "renew", actor=ranking.PORTAL, changes={"version": review.version, "checklist": {}})
                review.state = FirstReviewState.OPEN
            else:
                review.save(update_fields=["version", "checklist"])
        reviews.append(review)
    return reviews


def _assign(rows: Sequence[Application], _actor: Actor, user: User | None, _now: datetime) -> list[dict[str, Any]]:
    reviews = _reviews(rows)
    FirstReview.objects.filter(application__in=rows).update(reviewer=user, edition=F("edition") + 1)
    return [{"ref": r.application.ref, "before": r.reviewer_id, "edition": r.edition + 1} for r in reviews]


def _pass(rows: Sequence[Application], actor: Actor, _user: User | None, now: datetime) -> list[dict[str, Any]]:
    city_list = ranking.list_for_update(rows[0])
    if reason := list_fixed(city_list):
        raise Refused(reason)
    reviews, decided = _reviews(rows), {"decided_at": now, "decided_by": actor.person}
    steps = [Step(r, decided | {"edition": r.edition + 1}, {"checklist": r.checklist}) for r in reviews]
    move_all(steps, "pass", actor=actor, at=now, beside=("application",))
    items = [{"ref": review.application.ref, "edition": review.edition + 1} for review in reviews]
    _note_all(rows, "通过初审", actor, now)
    listed = [row for row in rows if ranking.has_place(row)]
    if city_list is not None and listed:
        ranking.put_in(city_list, _profiles(listed), actor=actor)
    return items


def _note_all(rows: Sequence[Application], action: str, actor: Actor, at: datetime) -> None:
    Event.objects.bulk_create(
        Event(
            application=row, at=at, office=actor.place_label, by=actor.user, action=action, is_public=False,
            **keys_of(row),
        )
        for row in rows
    )  # fmt: skip


def _profiles(rows: Sequence[Application]) -> list[tuple[Application, dict[str, Any]]]:
    edition = kept(Edition, rows[0].round.edition_id).value
    by_key = {(row.pk, row.version): row for row in rows}
    documents = Submission.objects.filter(application__in=rows).values_list("application", "version", "document")
    found = {key: document for *key_, document in documents.iterator() if (key := tuple(key_)) in by_key}
    return [
        (row, profile_of(found[row.pk, row.version], edition, row.factory.held_tier))
        for row in sorted(rows, key=lambda row: row.number)
    ]


_DOING = {"assign": _assign, "pass": _pass, "remind": _remind}


# -- taking back -----------------------------------------------------------------------------------------------------
def undo(step: BulkStep, *, actor: Actor) -> BulkStep:
    """Take a step back, whole, while nobody has acted on any of it. Raises Denied, Refused."""
    if step.by_id != actor.person.pk:
        raise Denied("first_review.undo")
    now = clock.now()
    with transaction.atomic():
        row = BulkStep.objects.select_related("round").get(pk=step.pk)
        rows = _rows(row.round, [item["ref"] for item in row.items], actor, lock=True)
        row = BulkStep.objects.select_for_update(of=("self",)).select_related("round").get(pk=step.pk)
        if row.undone_at is not None:
            raise Refused("该批量办理已撤销。")
        if row.kind == "remind":
            raise Refused("提醒已发出，不能撤销。")
        _in_time(row.round, row.kind, actor, now)
        _take_back(row, rows, actor)
        row.undone_at, row.undone_by = now, actor.person
        row.save(update_fields=["undone_at", "undone_by"])
        audit.record("first_review.undo", row.round, actor, what=KINDS[row.kind], count=len(rows))
    return row


def _take_back(step: BulkStep, rows: Sequence[Application], actor: Actor) -> None:
    items = {item["ref"]: item for item in step.items}
    city_list: CityList | None = ranking.list_for_update(rows[0]) if step.kind == "pass" else None
    if reason := list_fixed(city_list):
        raise Refused(reason)
    reviews = _reviews(rows)
    if acted := [r for r in reviews if r.edition != items[r.application.ref]["edition"]]:
        names = "、".join(review.application.enterprise.name for review in acted[:5])
        raise Refused(f"{names}等{len(acted)}项在此之后已有人办理，不能整批撤销。")
    if step.kind == "assign":
        for review in reviews:
            review.reviewer_id, review.edition = items[review.application.ref]["before"], review.edition + 1
        FirstReview.objects.bulk_update(reviews, ["reviewer", "edition"])
        return
    again = [Step(r, {"edition": r.edition + 1}, {"reason": "撤销批量办理"}) for r in reviews]
    move_all(again, "reopen", actor=actor, beside=("application",))
    _note_all(rows, "撤销初审结论（撤销批量办理）", actor, clock.now())
    if city_list is not None:
        ranking.take_out(city_list, rows, actor=actor, why="撤销批量办理")
