"""Candidates arrive at the unit, are accepted, sent back, answered for, refused (82号 二(三)3).

Locks: a candidate before its round (see choosing), and after its application and its city's list.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from applications.models import Application, Submission
from applications.services.beginning import keys_of
from applications.services.course import note
from portal import audit, clock
from portal.actors import Actor
from portal.errors import Denied, Refused
from portal.rules import may
from portal.workflow import locked, move
from review.models import Candidate, CityList
from review.selectors.candidates import judged, of_round, warnings_of
from review.services import notices
from review.states import GONE_UP, CandidateState
from tiers.models import Round

PORTAL = Actor(system="平台")
_S = CandidateState


# -- arriving --------------------------------------------------------------------------------------------------------
def arrive(city_list: CityList, *, at: datetime) -> list[Candidate]:
    """What stands on a list that the unit received waits to be accepted; called in the same transaction."""
    entries = city_list.entries.select_related("application__enterprise").order_by("position")
    return [_arrived(entry.application, entry.version, at, position=entry.position) for entry in entries]


def arrive_alone(application: Application, *, actor: Actor, at: datetime) -> Candidate:
    """What the unit itself passed, no city between: it is accepted with that. Called in the same transaction."""
    row = _arrived(application, application.version, at)
    changes = {"decided_at": at, "decided_by": actor.person}
    return move(row, "accept", actor=actor, at=at, changes=changes, warnings=[], reason="经初审通过")


def _arrived(application: Application, version: int, at: datetime, position: int | None = None) -> Candidate:
    """A new candidate, or one that comes again, in the version that was sent."""
    said = Submission.objects.get(application=application, version=version)
    facts = {
        "version": version,
        "digest": said.digest,
        "number": said.number,
        "name": said.document["enterprise"]["name"],
        "code": said.document["enterprise"]["code"],
        "project": said.project,
        "industry": division_of(said.document),
        "city_position": position,
        "arrived_at": at,
    }
    row = Candidate.objects.select_for_update(of=("self",)).filter(application=application).first()
    if row is None:
        made = Candidate.objects.create(
            application=application, round=application.round, track=application.track, **facts, **keys_of(application)
        )
        audit.record("candidate.arrive", made, version=version)
        return made
    if row.state == _S.SENT_BACK:
        return move(row, "renew", actor=PORTAL, at=at, changes=facts)
    if row.state == _S.ARRIVED:
        for field, value in facts.items():
            setattr(row, field, value)
        row.save(update_fields=list(facts))
    return row


def division_of(document: dict[str, Any]) -> str:
    """The division of GB/T 4754 under which a book was handed in, such as C36."""
    return str(document["factory"]["industry"])[:3]


def recall(rows: Sequence[Candidate], *, reason: str, at: datetime) -> None:
    """They go back with their list, or with what their applicant took back. Raises Refused once judging has begun."""
    if reasons := [sentence for row in rows for sentence in judged(row)]:
        raise Refused(*reasons)
    for row in rows:
        if row.state in {_S.ARRIVED, _S.ACCEPTED}:
            move(row, "recall", actor=PORTAL, at=at, changes={"reason": reason})


def recall_of(application: Application, *, reason: str, at: datetime) -> None:
    """The candidate that came of an application goes back, if there is one. Raises Refused once judging has begun."""
    recall(list(Candidate.objects.filter(application=application).select_related("application")), reason=reason, at=at)


def of_list(city_list: CityList) -> list[Candidate]:
    """The candidates that came with a list."""
    rows = Candidate.objects.filter(round=city_list.round_id, city=city_list.city_id, city_position__isnull=False)
    return list(rows.select_related("application"))


# -- deciding --------------------------------------------------------------------------------------------------------
def accept(candidate: Candidate, *, reason: str = "", actor: Actor) -> Candidate:
    """Take it in to be judged; what the portal points out has to be answered in words. Raises Denied, Refused."""
    if not may(actor, "candidate.accept", candidate):
        raise Denied("candidate.accept")
    now = clock.now()
    with transaction.atomic():
        said = warnings_of([candidate])[candidate.pk]
        changes = {"warnings": said, "reason": reason.strip(), "decided_at": now, "decided_by": actor.user}
        row = move(candidate, "accept", actor=actor, at=now, changes=changes, warnings=said, reason=reason.strip())
        note(row.application, "省级受理", actor=actor, at=now)
    return row


def accept_all(round_: Round, *, actor: Actor) -> tuple[int, int]:
    """Accept whatever nothing is pointed out about; (how many, how many are left to be looked at). Raises Denied."""
    if not may(actor, "candidate.list") or actor.stands("unit") != round_.unit_id:
        raise Denied("candidate.accept")
    with transaction.atomic():
        waiting = of_round(round_).filter(state=_S.ARRIVED).select_related("round", "application").order_by("pk")
        rows = list(waiting.select_for_update(of=("self",)))
        said = warnings_of(rows)
        clear = [row for row in rows if not said[row.pk]]
        for row in clear:
            accept(row, actor=actor)
    return len(clear), len(rows) - len(clear)


def send_back(candidate: Candidate, *, reason: str, actor: Actor) -> Candidate:
    """Back to its city, with a reason, to be explained or left out. Raises Denied, Refused."""
    if candidate.city_position is None:
        raise Refused("该项目不经市州报送，不能退回市州；需要企业修改的，请在初审页面办理。")
    return _decided(candidate, "send_back", "省级退回市州", reason, actor, judged=judged(candidate))


def refuse(candidate: Candidate, *, reason: str, actor: Actor) -> Candidate:
    """Not taken in, with a reason that its applicant reads. Raises Denied, Refused."""
    row = _decided(candidate, "refuse", "不予受理", reason, actor)
    notices.refused(row)
    return row


def restore(candidate: Candidate, *, reason: str, actor: Actor) -> Candidate:
    """Take a refusal back. Raises Denied, Refused."""
    return _decided(candidate, "restore", "撤销不予受理", reason, actor)


def _decided(candidate: Candidate, action: str, said: str, reason: str, actor: Actor, **data: Any) -> Candidate:
    now, is_public = clock.now(), action != "send_back"
    with transaction.atomic():
        changes = {"reason": reason.strip(), "answer": "", "decided_at": now, "decided_by": actor.user}
        row = move(candidate, action, actor=actor, at=now, changes=changes, reason=reason.strip(), **data)
        note(row.application, said, actor=actor, at=now, opinion=reason.strip(), is_public=is_public)
        notices.of_candidate(row, f"{said}：{row.name}（{row.number}）。{reason.strip()}", to="city")
    return row


def answer(candidate: Candidate, *, reason: str, actor: Actor) -> Candidate:
    """Its city explains, and sends it up again as it is. Raises Denied, Refused."""
    now = clock.now()
    with transaction.atomic(), locked(candidate) as fresh:
        held = CityList.objects.filter(round=fresh.round_id, city=fresh.city_id, state__in=GONE_UP)
        if not held.exists():
            raise Refused("该项目已随名单退回，不能单独说明，请重新编制名单后报送。")
        row = move(fresh, "answer", actor=actor, at=now, changes={"answer": reason.strip()}, reason=reason.strip())
        note(row.application, "市州说明后重新报送", actor=actor, at=now, opinion=reason.strip(), is_public=False)
        notices.of_candidate(row, f"{row.name}（{row.number}）：市州已说明并重新报送。", to="unit")
    return row
