"""A unit's list: changed, issued to be signed, taken back, sent to the ministry (399号 二(二)3)."""

import hashlib
from collections.abc import Iterable, Sequence

from django.db import transaction

from portal import audit, clock
from portal.actors import Actor
from portal.declared import canonical
from portal.errors import Denied, Refused
from portal.models import Office
from portal.rules import may
from portal.services import papers
from portal.workflow import locked, move
from review.models import SignOff, UnitIssue, UnitList
from review.selectors import unit_lists as selectors
from review.services import dispatches, notices
from review.services.city_lists import Issuing
from review.services.sign_offs import ask_for_unit_list
from review.states import SignOffState, UnitListState
from tiers.models import Round
from tiers.terms import Decider

PORTAL = Actor(system="平台")
KEPT_CHANGES = 30


# -- changing ---------------------------------------------------------------------------------------------------------
def opened(round_: Round) -> UnitList:
    """The round's list, locked, made if need be; the caller holds the round's lock."""
    made, is_new = UnitList.objects.get_or_create(
        round=round_, defaults={"unit_id": round_.unit_id, "ref": f"{round_.ref}-{round_.unit.code}"}
    )
    if is_new:
        audit.record("unit_list.add", made, round=round_.ref)
    row = UnitList.objects.select_for_update(of=("self",)).get(pk=made.pk)
    row.round = round_
    return row


def changeable(round_: Round) -> UnitList:
    """The same, for whoever is about to change it. Raises Refused once it was sent."""
    row = opened(round_)
    if row.state == UnitListState.SENT:
        raise Refused("推荐名单已上报，不能再调整；部级要求补正后方可调整。")
    return row


def changed(row: UnitList, said: Sequence[str], actor: Actor) -> None:
    """Raise the version, say what changed, and take back what was being signed."""
    row.version += 1
    line = {"version": row.version, "by": actor.name, "at": clock.now().isoformat(), "said": list(said)[:20]}
    row.changes = [*row.changes, line][-KEPT_CHANGES:]
    row.save(update_fields=["version", "changes"])
    audit.record("unit_list.order", row, actor, version=row.version, moved=list(said))
    if row.state == UnitListState.SIGNING:
        _reopened(row, actor, "名单有变动")


def _reopened(row: UnitList, actor: Actor, reason: str) -> UnitList:
    moved = move(row, "reopen", actor=actor, reason=reason)
    for sign_off in SignOff.objects.filter(unit_issue__unit_list=row).exclude(state=SignOffState.VOID):
        move(sign_off, "void", actor=PORTAL, reason=reason)
    row.state = moved.state
    return moved


# -- signing ----------------------------------------------------------------------------------------------------------
def offices(round_: Round) -> list[Office]:
    """The departments of the unit that take part in the round, the lead first."""
    rows = Office.objects.filter(unit=round_.unit_id, city=None, department__in=round_.value.departments)
    return list(rows.order_by("-is_lead", "pk"))


def circulate(round_: Round, issuing: Issuing, *, version: int, actor: Actor) -> UnitIssue:
    """Freeze the list as an issue, and ask every joint department to sign it. Raises Denied, Refused."""
    with transaction.atomic(), locked(round_) as fresh:
        row, now = opened(fresh), clock.now()
        if not may(actor, "unit_list.circulate", row):
            raise Denied("unit_list.circulate")
        if row.version != version:
            raise Refused("名单刚被他人调整，请刷新页面核对后再送会签。")
        if issuing.due_at <= now:
            raise Refused("答复时限须晚于现在。")
        asked = offices(fresh)
        lacking = selectors.lacking_to_circulate(fresh)
        names = [office.name for office in asked]
        changes = {"issued": row.issued + 1}
        document = selectors.frozen(row, issuing, asked, actor)
        moved = move(row, "circulate", actor=actor, at=now, changes=changes, lacking=lacking, departments=names)
        moved.round = fresh
        made = UnitIssue.objects.create(
            unit_id=row.unit_id, unit_list=moved, version=moved.issued, document=document,
            digest=hashlib.sha256(canonical(document).encode()).hexdigest(), at=now, by=actor.person,
        )  # fmt: skip
        ask_for_unit_list(made, [o for o in asked if not o.is_lead], due_at=issuing.due_at, actor=actor)
        for kind, key in selectors.paper_keys(made):
            papers.issue(kind, key, actor=actor)
    return made


def take_back(round_: Round, *, reason: str, actor: Actor) -> UnitList:
    """Take a list back from being signed, to change it. Raises Denied, Refused."""
    if not reason.strip():
        raise Refused("请写明重新编制的理由。")
    with transaction.atomic(), locked(round_) as fresh:
        return _reopened(opened(fresh), actor, reason.strip())


# -- sending ----------------------------------------------------------------------------------------------------------
def send(round_: Round, *, issue: int, ink: Iterable[str] = (), actor: Actor) -> UnitList:
    """Send an issue up, once: asked twice for the same issue, it answers with the same list.

    `ink`: the keys of the seal places that are stamped on paper. Raises Denied, Refused with everything that is
    lacking; there is no way round the deadline for anybody.
    """
    with transaction.atomic(), locked(round_) as fresh:
        row, now = opened(fresh), clock.now()
        if not may(actor, "unit_list.send", row):
            raise Denied("unit_list.send")
        if row.state == UnitListState.SENT and row.issued == issue:
            return row
        if fresh.value.decider is not Decider.MINISTRY:
            raise Refused("本批次由推荐单位认定，无需上报；公示期满后登记认定结果。")
        if row.issued != issue:
            raise Refused("名单已有新的会签稿，请刷新页面核对后再上报。")
        # A department that answers at this moment is waited for, or waits and finds the list gone up.
        asked = SignOff.objects.filter(unit_issue__unit_list=row, unit_issue__version=issue).order_by("pk")
        list(asked.select_for_update(of=("self",)).values("pk"))
        chosen = sorted(set(ink))
        named = [{"kind": p.kind, "code": p.code, "digest": p.digest} for p in selectors.papers_of(row)]
        went = [*row.sent_with.get("issues", ()), issue]
        changes = {
            "sent_at": now, "sent_by": actor.person, "returned_for": "",
            "sent_with": {"issues": went, "ink": chosen, "papers": named},
        }  # fmt: skip
        lacking = selectors.lacking_to_send(actor, row, frozenset(chosen))
        moved = move(row, "send", actor=actor, at=now, changes=changes, lacking=lacking, papers=named, ink=chosen)
        moved.round = fresh
        dispatches.send(moved, moved.issues.select_related("unit_list").get(version=issue), actor=actor)
        notices.of_unit_list(moved, f"{fresh.name}推荐名单已上报（{row.ref}第{issue}版）。")
    return moved
