"""Results: what an upload of them would do, what is still without one, and what an enterprise may read."""

from typing import Any

from django.db.models import QuerySet

from applications.models import Application
from portal import clock
from portal.actors import Actor
from portal.errors import Hidden
from portal.rules import may
from portal.sheets import Fault
from review import outcome_lines
from review.models import Dispatch, Outcome, OutcomeImport
from review.selectors.dispatches import Batch, batch_for, entries, in_batch
from review.states import DispatchState, Result
from tiers.models import Recommendation, Round
from tiers.selectors.imports import Preview, Verdict, not_said_yet, read, tell_twins

_OPEN = frozenset({DispatchState.RECEIVED, DispatchState.SUPPLEMENTING})


def outcomes(actor: Actor) -> QuerySet[Outcome]:
    """Results as far as the actor sees them; an enterprise its own."""
    rows = Outcome.objects.select_related("round").defer("round__terms")
    for level in ("enterprise", "city", "unit"):
        if key := actor.stands(level) if actor.role and actor.role.level == level else None:
            return rows.filter(**{f"{level}_id": key})
    return rows if may(actor, "dispatch.survey") else rows.none()


def undecided_rows(round_: Round) -> list[Recommendation]:
    """Those recommended in a round that its unit decides itself, and that have no result yet, in order."""
    done = Outcome.objects.filter(round=round_).values("factory")
    rows = Recommendation.objects.filter(round=round_).exclude(factory__in=done)
    found = rows.select_related("factory", "enterprise")
    return sorted(found, key=lambda row: (row.outside_quota, row.position is None, row.position or 0, row.pk))


def lacking(round_: Round, action: str) -> list[str]:
    """What of results keeps a round from being ended."""
    if action != "finish":
        return []
    found = []
    waiting = Dispatch.objects.filter(round=round_).exclude(state__in=(DispatchState.SUPERSEDED, DispatchState.DECIDED))
    if waiting.exists():
        found.append("部级尚未公布结果，公布后本批次自动结束。")
    if not Dispatch.objects.filter(round=round_).exists():
        missing = [row.factory.name for row in undecided_rows(round_)]
        if missing:
            found.append(f"以下推荐项目尚未登记认定结果：{'、'.join(missing)}。")
    return found


# -- uploads ---------------------------------------------------------------------------------------------------------
def import_for(actor: Actor, ref: str) -> OutcomeImport:
    """The gate to an upload of results. Raises Hidden."""
    row = OutcomeImport.objects.filter(ref=ref).select_related("by").first()
    if row is None or not may(actor, "dispatch.survey"):
        raise Hidden("import", ref)
    return row


def preview(upload: OutcomeImport) -> Preview:
    """What an upload would do now: each line against what was sent; a dispatch is decided whole or not at all."""
    today = clock.beijing(clock.now()).date()
    verdicts = read(upload)
    for verdict in verdicts:
        verdict.values, faults = outcome_lines.parsed(verdict.cells, today)
        verdict.faults += not_said_yet(faults, verdict)
    tell_twins(((outcome_lines.key(v.values), v) for v in verdicts if v.values["code"]), "与第{}行重复。")
    places = _places(batch_for(upload.about))
    refs = [line["ref"] for _, line in places.values()]
    known = set(Outcome.objects.filter(ref__in=refs).values_list("ref", flat=True))
    for verdict in verdicts:
        _placed(verdict, places, known)
    _whole(verdicts, places)
    return Preview(verdicts)


def _places(batch: Batch) -> dict[tuple[str, str], tuple[Dispatch, dict[str, Any]]]:
    return {(line["code"], line["project"]): (row, line) for row in in_batch(batch) for line in entries(row)}


def _placed(verdict: Verdict, places: dict[Any, tuple[Dispatch, dict[str, Any]]], known: set[str]) -> None:
    found = places.get(outcome_lines.key(verdict.values))
    if found is None:
        if not verdict.faults:
            verdict.faults.append(Fault("", "本批次各单位的上报件中没有该企业的该项目，请核对信用代码和项目名称。"))
        return
    row, line = found
    verdict.values |= {"application": line["ref"], "dispatch": row.ref}
    if line["ref"] in known:
        verdict.is_known = True
        verdict.remark = "结果已公布"
    elif row.state not in _OPEN:
        said = f"{row.unit.name}的上报件{row.get_state_display()}，须先接收。"
        verdict.faults.append(Fault(outcome_lines.UNIT, said))
    elif line["name"] != verdict.values["name"]:
        verdict.remark = f"上报名称为“{line['name']}”，请核对。"


def _whole(verdicts: list[Verdict], places: dict[Any, tuple[Dispatch, dict[str, Any]]]) -> None:
    """A dispatch of which some entries are named and others not stops the import: nobody is decided by omission."""
    named = {v.values.get("application") for v in verdicts}
    touched = {v.values["dispatch"]: v for v in verdicts if v.values.get("dispatch") and not v.is_known}
    for row, line in places.values():
        if row.ref in touched and line["ref"] not in named:
            touched[row.ref].faults.append(
                Fault("", f"{row.unit.name}的“{line['name']}（{line['project']}）”没有结果，请补充后重新上传。")
            )


def to_decide(round_: Round) -> list[tuple[str, str]]:
    """What a unit that decides itself still has to say something about: (application's ref, label), in order."""
    rows = undecided_rows(round_)
    refs = dict(
        Application.objects.filter(round=round_, factory__in=[row.factory_id for row in rows]).values_list(
            "factory", "ref"
        )
    )
    return [(refs[row.factory_id], f"{row.enterprise.name}（{row.factory.name}）") for row in rows]


def outcome_of(application: Application) -> Outcome | None:
    """An application's result, once it is known."""
    return Outcome.objects.filter(application=application).first()


def said_of(outcome: Outcome) -> str:
    """A result as its enterprise reads it: by which document, what was advised, and what it may know of the scores."""
    lines = [f"{outcome.get_result_display()}。"]
    if outcome.on is not None:
        day = f"{outcome.on.year}年{outcome.on.month}月{outcome.on.day}日"
        lines[0] = f"{outcome.get_result_display()}（{outcome.document}，{day}）。"
    if outcome.result == Result.NOT_RECOMMENDED:
        lines[0] = "本次未列入推荐名单。"
    if outcome.advice:
        lines.append(f"国家智能制造专家委员会咨询意见：{outcome.advice}")
    shown: dict[str, Any] = outcome.disclosed
    if shown.get("total"):
        lines.append(f"专家评审总分：{shown['total']}（满分100）。")
    lines += [f"{one['name']}（{one['weight']}分）：平均{one['average']}" for one in shown.get("criteria", ())]
    return "\n".join(lines)
