"""Results: made known for a whole dispatch at once, into the registry, told to everybody; the round ends with them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

from django.db import connection, transaction

from applications.models import Application
from applications.services.beginning import keys_of
from portal import audit, clock, walls
from portal.actors import Actor
from portal.errors import Denied, Refused
from portal.rules import may
from portal.workflow import locked, move
from review import outcome_lines
from review.models import Candidate, Dispatch, Outcome, OutcomeImport
from review.selectors.dispatches import Batch, entries
from review.selectors.outcomes import preview, undecided_rows
from review.services import results_told as told
from review.services.disclosing import disclosed
from review.states import CandidateState, Result
from tiers.models import RecognitionSource, Round
from tiers.selectors.imports import Preview
from tiers.services import imports, recognitions, rounds

PORTAL = Actor(system="平台（公布结果后自动办理）")


@dataclass(frozen=True)
class Decision:
    """What was decided about an application (its ref), by which document, on which day; `advice` for 领航级."""

    application: str
    result: Result
    document: str
    on: date
    advice: str = ""


# -- the ministry ----------------------------------------------------------------------------------------------------
def decide(dispatch: Dispatch, decisions: Sequence[Decision], *, actor: Actor) -> list[Outcome]:
    """Make the results of everything in a dispatch known; its round ends. Raises Denied, Refused."""
    now = clock.now()
    with locked(dispatch) as before:
        lines = entries(before)
        _allow(decisions, {line["ref"] for line in lines}, now)
        named = {one.application for one in decisions}
        undecided = [line["name"] for line in lines if line["ref"] not in named]
        row = move(dispatch, "decide", actor=actor, at=now, changes={"decided_at": now}, undecided=undecided)
        with walls.system(f"公布上报件{row.ref}的评审结果"):
            made = _made(row.round, decisions, row, actor, now)
            rounds.finish(row.round, actor=PORTAL, at=now)
            told.results(row.round, made)
    return made


# -- a unit that decides itself --------------------------------------------------------------------------------------
def record(round_: Round, decisions: Sequence[Decision], *, actor: Actor) -> list[Outcome]:
    """The unit's head records what it recognises itself (先进级), after publicity; the round ends.

    Raises Denied, Refused with everything that keeps the round from ending.
    """
    if not may(actor, "outcome.record", round_):
        raise Denied("outcome.record")
    now = clock.now()
    with locked(round_) as row:
        waiting = {place.factory_id: place.factory.name for place in undecided_rows(row)}
        found = Application.objects.filter(round=row, factory__in=waiting).values_list("ref", "factory")
        refs = dict(found)
        _allow(decisions, set(refs), now)
        named = {refs[one.application] for one in decisions}
        if missing := [name for pk, name in waiting.items() if pk not in named]:
            raise Refused(f"以下项目尚无结果：{'、'.join(missing)}。")
        with walls.system("登记认定结果"):
            made = _made(row, decisions, None, actor, now)
        rounds.finish(row, actor=actor, at=now)
        with walls.system("告知认定结果"):
            told.results(row, made)
    return made


def _allow(decisions: Sequence[Decision], known: set[str], at: datetime) -> None:
    reasons = []
    if unknown := {one.application for one in decisions} - known:
        reasons.append(f"以下申报不在应公布结果之列：{'、'.join(sorted(unknown))}。")
    if len({one.application for one in decisions}) != len(decisions):
        reasons.append("同一申报有多个结果。")
    if any(not one.document.strip() for one in decisions):
        reasons.append("请填写公布结果的文号。")
    if any(one.on > clock.beijing(at).date() for one in decisions):
        reasons.append("公布日期不能晚于今天。")
    if reasons:
        raise Refused(*reasons)


def _made(
    round_: Round, decisions: Sequence[Decision], dispatch: Dispatch | None, actor: Actor, at: datetime
) -> list[Outcome]:
    """The results, the titles that come of them, and what those read who were not recommended."""
    refs = [one.application for one in decisions]
    rows = Application.objects.filter(ref__in=refs).select_related("factory__enterprise", "enterprise")
    found = {row.ref: row for row in rows}
    made = []
    for one in decisions:
        row, recognition = found[one.application], None
        if one.result == Result.RECOGNISED:
            recognition = recognitions.grant(
                row.factory, title=round_.tier, year=round_.year, batch=round_.batch, document=one.document.strip(),
                source=RecognitionSource.OUTCOME, actor=actor,
            )  # fmt: skip
        said = {"result": one.result, "document": one.document.strip(), "on": one.on, "advice": one.advice.strip()}
        made.append(_kept(row, round_, said | {"recognition": recognition, "dispatch": dispatch}, actor, at))
        audit.record("outcome.record", row, actor, result=one.result, document=one.document, on=one.on.isoformat())
    others = Candidate.objects.filter(round=round_, state=CandidateState.ACCEPTED, application__outcome=None)
    for candidate in others.select_related("application__factory", "application__enterprise"):
        made.append(_kept(candidate.application, round_, {"result": Result.NOT_RECOMMENDED}, actor, at))
    return made


def _kept(row: Application, round_: Round, said: Mapping[str, Any], actor: Actor, at: datetime) -> Outcome:
    shown = {} if said["result"] == Result.RECOGNISED else disclosed(round_, row)
    return Outcome.objects.create(
        ref=row.ref, application=row, round=round_, factory=row.factory, disclosed=shown, at=at, by=actor.user, **said,
        **keys_of(row),
    )  # fmt: skip


# -- uploads ---------------------------------------------------------------------------------------------------------
def upload(batch: Batch, content: bytes, file: str, *, actor: Actor) -> OutcomeImport:
    """Keep an uploaded list of results for its preview. Raises Denied, Refused."""
    if not may(actor, "dispatch.survey"):
        raise Denied("outcome.import")
    return imports.keep(OutcomeImport, content, file, outcome_lines.HEADINGS, actor, about=batch.key)


def confirm(row: OutcomeImport, *, seen: str, actor: Actor) -> OutcomeImport:
    """Make the results of an upload known, all or none; `seen` is the preview's digest. Raises Denied, Refused."""
    if not may(actor, "dispatch.survey"):
        raise Denied("outcome.import")
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"outcomes:{row.about}"])
        return imports.take_over(row, seen, preview, partial(_write, actor))


def _write(actor: Actor, row: OutcomeImport, found: Preview, _at: datetime) -> None:
    by_dispatch: dict[str, list[Decision]] = {}
    for verdict in found.new:
        said = verdict.values
        one = Decision(
            said["application"], said["result"], said["document"], date.fromisoformat(said["on"]), said["advice"]
        )
        by_dispatch.setdefault(said["dispatch"], []).append(one)
    for ref in sorted(by_dispatch):
        decide(Dispatch.objects.get(ref=ref), by_dispatch[ref], actor=actor)
    audit.record("outcome.import", row, actor, file=row.file, digest=row.digest, count=len(found.new))
