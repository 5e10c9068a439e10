"""Score sheets: declared, filled in as it is typed, signed with the second factor, reopened by the officer."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from portal import audit, clock, walls
from portal.actors import Actor
from portal.declared import canonical
from portal.errors import Denied, Refused, Stale
from portal.rules import may
from portal.workflow import move
from review.guards import is_in_scoring
from review.models import ScoreSheet, SheetIssue
from review.selectors.sheets import criteria_of
from review.services import grants, panel_notices
from review.sheet_rules import MOST_OPINION, clean, lacking, lines, total
from review.states import SheetState


# -- before the first page -------------------------------------------------------------------------------------------
def declare(sheet: ScoreSheet, *, actor: Actor) -> ScoreSheet:
    """The expert declares that no tie binds them: from now on the book is lent to them. Raises Denied, Refused."""
    if not may(actor, "sheet.declare", sheet):
        raise Denied("sheet.declare")
    with walls.system("专家声明无利害关系，授权查阅申报书"):
        row = move(sheet, "declare", actor=actor, changes={"declared_at": clock.now()})
        grants.lend(actor.person, row.application)
    return row


def recuse(sheet: ScoreSheet, *, tie: str, reason: str, actor: Actor) -> ScoreSheet:
    """The expert declares a tie, before they begin or when they learn of it: the book is theirs no more.

    Raises Denied, Refused.
    """
    if not may(actor, "sheet.recuse", sheet):
        raise Denied("sheet.recuse")
    changes = {"tie": tie, "reason": reason.strip()[:500]}
    with walls.system("专家声明回避，收回评审授权"):
        row = move(sheet, "recuse", actor=actor, changes=changes, reason=reason, tie=tie)
        grants.take_back_all([row])
        panel_notices.recused(row)
    return row


# -- scoring ---------------------------------------------------------------------------------------------------------
def save(
    sheet: ScoreSheet, said: Mapping[str, Any], *, edition: int, unanswered: Sequence[Mapping[str, Any]] = (),
    actor: Actor,
) -> ScoreSheet:  # fmt: skip
    """Keep what was typed, right or not, as seen at an edition. Raises Denied, Refused, Stale with what stands.

    `unanswered`: what the same window sent before without learning what became of it. If one of these is what
    stands, nobody else has saved since.
    """
    if not may(actor, "sheet.save", sheet):
        raise Denied("sheet.save")
    with transaction.atomic():
        row = _held(sheet, edition, unanswered)
        row.scores, row.opinion = _kept(row, said)
        row.edition, row.saved_at = row.edition + 1, clock.now()
        row.save(update_fields=["scores", "opinion", "edition", "saved_at"])
        audit.record("sheet.save", row, actor, version=row.edition)
    return row


def _kept(row: ScoreSheet, said: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
    return clean(criteria_of(row), said.get("scores", {})), str(said.get("opinion", ""))[:MOST_OPINION]


def _held(sheet: ScoreSheet, edition: int, own: Sequence[Mapping[str, Any]] = ()) -> ScoreSheet:
    """The row, locked; raises Refused when it is not open, Stale when it was saved elsewhere since."""
    row = _locked(sheet)
    if row.state == SheetState.ASSIGNED:
        raise Refused("请先声明有无利害关系。")
    if row.state != SheetState.OPEN:
        raise Refused(f"评分表{row.get_state_display()}，不能再修改。")
    if reason := is_in_scoring(row, at=clock.now()):
        raise Refused(reason)
    if row.edition != edition and (row.scores, row.opinion) not in [_kept(row, said) for said in own]:
        stands = [{"scores": row.scores, "opinion": row.opinion}]
        raise Stale("该评分表已在另一处保存，本次未保存，请核对后再继续。", version=row.edition, conflicts=stands)
    return row


def _locked(sheet: ScoreSheet) -> ScoreSheet:
    rows = ScoreSheet.objects.select_for_update(of=("self",)).select_related("panel__round")
    return rows.defer("panel__round__terms").get(pk=sheet.pk)


def sign(sheet: ScoreSheet, *, edition: int, proved_by: str, actor: Actor) -> SheetIssue:
    """Sign what stands at an edition; it is closed then. Asked twice for the same, it answers with the same.

    Raises Denied, Refused with everything that is lacking, Stale.
    """
    if not may(actor, "sheet.sign", sheet):
        raise Denied("sheet.sign")
    with walls.system("专家签署评分表"):
        row, now = _locked(sheet), clock.now()
        if row.state == SheetState.SIGNED and row.edition == edition:
            return row.issues.get(version=row.issued)
        row = _held(row, edition)
        found = lines(criteria_of(row), row.scores)
        document = _frozen(row, now, actor)
        digest = hashlib.sha256(canonical(document).encode()).hexdigest()
        number = row.issued + 1
        changes = {"total": total(found), "digest": digest, "signed_at": now, "issued": number}
        lacks = lacking(found, row.opinion)
        row = move(
            row, "sign", actor=actor, at=now, changes=changes if not lacks else {}, lacking=lacks,
            proved_by=proved_by, total=str(changes["total"]), digest=digest,
        )  # fmt: skip
        return SheetIssue.objects.create(
            unit_id=row.unit_id, sheet=row, user_id=row.user_id, version=number, document=document, digest=digest,
            at=now,
        )  # fmt: skip


def _frozen(row: ScoreSheet, at: datetime, actor: Actor) -> dict[str, Any]:
    """Everything that the paper says."""
    found = lines(criteria_of(row), row.scores)
    return {
        "ref": row.ref,
        "round": row.panel.round.name,
        "number": row.number,
        "version": row.version,
        "project": row.project,
        "applicant": row.applicant,
        "panel": row.panel.name,
        "expert": actor.person.name,
        "lines": [
            {
                "code": line.criterion.code,
                "name": line.criterion.name,
                "weight": str(line.criterion.weight),
                "score": None if line.score is None else str(line.score),
                "comment": line.comment,
            }
            for line in found
        ],
        "opinion": row.opinion,
        "total": str(total(found)),
        "at": at.isoformat(),
    }


def reopen(sheet: ScoreSheet, *, reason: str, actor: Actor) -> ScoreSheet:
    """The officer gives a signed sheet back, with a reason; what was signed stays on file. Raises Denied, Refused."""
    with transaction.atomic():
        row = move(sheet, "reopen", actor=actor, changes={"reason": reason.strip()[:500]}, reason=reason)
        ScoreSheet.objects.filter(pk=row.pk).update(edition=row.edition + 1)
        panel_notices.reopened(row, reason.strip())
    return row
