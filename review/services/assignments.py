"""Giving candidates to experts: drawn by the portal from a seed, or by hand with a reason; ties waived by the head."""

from collections.abc import Iterable

from django.db import transaction

from portal import audit, clock, walls
from portal.actors import Actor
from portal.errors import Denied, Refused
from portal.references import new_ref
from portal.rules import may
from portal.workflow import locked, move
from review.masking import masked_text, secrets
from review.models import Candidate, Expert, Panel, ScoreSheet, Waiver
from review.selectors.assignments import Plan, plan
from review.selectors.panels import candidates_of
from review.selectors.ties import said, ties, unwaived
from review.services import grants, panel_notices
from review.services.panels import gather
from review.states import HELD_SHEETS, PanelState, SeatState, SheetState


def carry_out(panel: Panel, *, seed: str, digest: str, actor: Actor) -> list[ScoreSheet]:
    """Carry out exactly the assignment that was shown. Raises Denied, Refused when it would come out otherwise now."""
    if not may(actor, "panel.draw", panel):
        raise Denied("panel.assign")
    with locked(panel) as row:
        _assignable(row)
        gather(row)
        found = plan(row, seed)
        if found.digest != digest:
            raise Refused("专家、项目或利害关系刚有变动，分配结果已不同，请重新预览后再执行。")
        if not found.result.count:
            raise Refused("没有可以分配的评分表。")
        made = ScoreSheet.objects.bulk_create(_planned(row, found, actor))
        row.seed = seed
        row.save(update_fields=["seed"])
        audit.record("panel.assign", row, actor, seed=seed, sheets=len(made), digest=digest)
        panel_notices.given(made, row)
    return made


def _assignable(panel: Panel) -> None:
    if panel.state not in (PanelState.FORMING, PanelState.SCORING):
        raise Refused("该评审组已开放互看或已结束，不能再分配评分表。")


def _planned(panel: Panel, found: Plan, actor: Actor) -> Iterable[ScoreSheet]:
    words = _words(panel, [row for key, row in found.candidates.items() if found.result.sheets.get(key)])
    for key, refs in found.result.sheets.items():
        for ref in refs:
            yield _sheet(panel, found.candidates[key], found.experts[ref], words, actor)


def _words(panel: Panel, candidates: Iterable[Candidate]) -> dict[int, tuple[str, str]]:
    """What experts may know of each before they declare: applicant and project, masked where the panel is blind."""
    if not panel.is_blind:
        return {row.pk: (row.name, row.project) for row in candidates}
    found = {}
    for row in candidates:
        document = row.application.submissions.values_list("document", flat=True).get(version=row.version)
        found[row.pk] = ("（盲评）", masked_text(row.project, secrets(document))[:200])
    return found


def _sheet(
    panel: Panel, candidate: Candidate, expert: Expert, words: dict[int, tuple[str, str]], actor: Actor
) -> ScoreSheet:
    applicant, project = words[candidate.pk]
    return ScoreSheet(
        unit_id=panel.unit_id, ref=new_ref("PF"), panel=panel, candidate=candidate, expert=expert,
        application_id=candidate.application_id, user_id=expert.user_id, version=candidate.version,
        applicant=applicant, project=project, number=candidate.number, industry=candidate.industry,
        assigned_at=clock.now(), assigned_by=actor.person,
    )  # fmt: skip


# -- by hand ---------------------------------------------------------------------------------------------------------
def give(panel: Panel, candidate: Candidate, expert: Expert, *, reason: str, actor: Actor) -> ScoreSheet:
    """Give one candidate to one expert, with a reason. Raises Denied, Refused where a tie stands in the way."""
    if not may(actor, "panel.draw", panel):
        raise Denied("sheet.assign")
    if not reason.strip():
        raise Refused("请写明手工分配的理由。")
    with locked(panel) as row:
        _assignable(row)
        gather(row)
        _givable(row, candidate, expert)
        held = ScoreSheet.objects.filter(candidate=candidate, expert=expert).first()
        if held is not None:
            sheet = _again(held, reason, actor)
        else:
            sheet = _sheet(row, candidate, expert, _words(row, [candidate]), actor)
            sheet.save()
            audit.record(
                "sheet.assign", sheet, actor, expert=expert.ref, candidate=candidate.number, reason=reason.strip()
            )
        panel_notices.given([sheet], row)
    return sheet


def _givable(panel: Panel, candidate: Candidate, expert: Expert) -> None:
    if not candidates_of(panel).filter(pk=candidate.pk).exists():
        raise Refused("该项目不由本组评审。")
    if not panel.seats.filter(expert=expert, state=SeatState.CONSENTED).exists():
        raise Refused(f"{expert.user.name}不是本组已同意参加的专家。")
    if conflicts := unwaived(panel, candidate, expert):
        raise Refused(f"{expert.user.name}须回避：{said(conflicts)}确需由其评审的，由负责人豁免并写明理由。")


def _again(held: ScoreSheet, reason: str, actor: Actor) -> ScoreSheet:
    if held.state in HELD_SHEETS:
        raise Refused("该项目已分配给这位专家。")
    if held.state == SheetState.RECUSED:
        raise Refused("这位专家已声明回避，不能再分配给他。")
    changes = {"declared_at": None, "reason": "", "assigned_at": clock.now(), "assigned_by": actor.person}
    return move(held, "assign", actor=actor, changes=changes, reason=reason.strip())


def release(sheet: ScoreSheet, *, reason: str, actor: Actor) -> ScoreSheet:
    """Take a sheet that was not signed from its expert, with a reason. Raises Denied, Refused."""
    with transaction.atomic():
        row = move(sheet, "release", actor=actor, changes={"reason": reason.strip()[:500]}, reason=reason)
        with walls.system("撤换专家，收回评审授权"):
            grants.take_back_all([row])
        panel_notices.taken(row, reason.strip())
    return row


# -- ties ------------------------------------------------------------------------------------------------------------
def waive(panel: Panel, candidate: Candidate, expert: Expert, *, reason: str, actor: Actor) -> Waiver:
    """The head decides, with a reason, that what was found between two doesn't stand in the way.

    What an expert declared themselves can't be waived. Raises Denied, Refused.
    """
    if not may(actor, "waiver.grant", panel):
        raise Denied("waiver.grant")
    if not reason.strip():
        raise Refused("请写明豁免的理由。")
    with locked(panel):
        if ScoreSheet.objects.filter(candidate=candidate, expert=expert, state=SheetState.RECUSED).exists():
            raise Refused("这位专家已自行声明回避，不能豁免。")
        found = ties(panel, [candidate], [expert])
        conflicts = found.barring.get((candidate.pk, expert.pk))
        if not conflicts:
            raise Refused("未发现须豁免的利害关系，或已经豁免。")
        made = Waiver.objects.create(
            unit_id=panel.unit_id, candidate=candidate, expert=expert, found=[c.text for c in conflicts],
            reason=reason.strip()[:500], at=clock.now(), by=actor.person,
        )  # fmt: skip
        texts = [c.text for c in conflicts]
        audit.record(
            "waiver.grant", made, actor, expert=expert.ref, candidate=candidate.number, conflicts=texts,
            reason=reason.strip(),
        )  # fmt: skip
    return made
