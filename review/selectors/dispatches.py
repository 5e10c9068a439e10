"""What was sent to the ministry: as the unit and the ministry read it, what it says, and how it checks."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from applications.exports import CELLS
from applications.models import Submission
from applications.selectors.papers import recommender
from portal import clock
from portal.actors import Actor
from portal.declared import canonical
from portal.errors import Hidden
from portal.models import Paper, Unit
from portal.roles import Role
from portal.rules import may
from portal.selectors.seals import file_of
from portal.states import PaperState
from review.models import Dispatch, Publicity, UnitIssue
from review.states import DispatchState, PublicityState
from tiers.models import Round
from tiers.selectors.recognitions import barred_until
from tiers.states import RoundState
from tiers.terms import Decider

SCHEMA = "dispatch/1"
# The papers of an issue that go up with it; books go by their own digests.
KINDS = ("unit_table", "unit_letter")


def dispatches(actor: Actor) -> QuerySet[Dispatch]:
    """Every version of what the actor's own unit sent; for the ministry, of what every unit sent."""
    rows = Dispatch.objects.select_related("round__unit", "unit", "sent_by").defer("round__terms")
    if not may(actor, "dispatch.list"):
        return rows.none()
    return rows if actor.role is Role.MINISTRY else rows.filter(unit_id=actor.stands("unit"))


def dispatch_for(actor: Actor, ref: str) -> Dispatch:
    """The gate to what was sent; the same set. Raises Hidden."""
    row = dispatches(actor).filter(ref=ref).first()
    if row is None:
        raise Hidden("dispatch", ref)
    return row


def current(round_: Round) -> Dispatch | None:
    """The version that stands; None before anything was sent."""
    return Dispatch.objects.filter(round=round_).exclude(state=DispatchState.SUPERSEDED).first()


def entries(row: Dispatch) -> list[dict[str, Any]]:
    """Those within the quota in priority order, then those on the direct way."""
    document: dict[str, Any] = row.document
    return [*document.get("entries", ()), *document.get("direct", ())]


# -- what it says ----------------------------------------------------------------------------------------------------
def frozen(issue: UnitIssue, *, ref: str, version: int, at: datetime) -> dict[str, Any]:
    """Everything that goes up, as one document (docs/dispatch.md)."""
    round_ = issue.unit_list.round
    said: dict[str, Any] = issue.document
    lines = [_entry(line, _submission(line), round_) for line in said["entries"]]
    return {
        **({"rehearsal": True} if settings.IS_REHEARSAL else {}),
        "schema": SCHEMA,
        "ref": ref,
        "version": version,
        "sent_at": at.isoformat(),
        "round": {name: getattr(round_, name) for name in ("ref", "name", "year", "tier", "batch", "quota")},
        "unit": {
            "code": round_.unit.code, "name": round_.unit.name, "kind": round_.unit.kind,
            "office": recommender(round_.unit),
        },
        "list": {"ref": issue.unit_list.ref, "issue": issue.version, "digest": issue.digest,
                 "number": said.get("number", ""), "on": said.get("on", "")},
        "publicity": [_public(row) for row in _publicities(round_)],
        "columns": [{"code": c.code, "name": c.name} for c in round_.value.columns],
        "entries": [line for line in lines if not line["outside_quota"]],
        "direct": [line for line in lines if line["outside_quota"]],
        "papers": [_paper(row) for row in papers_of(issue)],
    }  # fmt: skip


def digest_of(document: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical text."""
    return hashlib.sha256(canonical(dict(document)).encode()).hexdigest()


def _submission(line: Mapping[str, Any]) -> Submission | None:
    rows = Submission.objects.filter(application__ref=line["ref"], version=line["version"])
    return rows.select_related("application").first()


def _entry(line: Mapping[str, Any], submission: Submission | None, round_: Round) -> dict[str, Any]:
    asked = ("position", "ref", "number", "version", "digest", "project", "name", "code", "industry", "city", "factory")
    score = line.get("score")
    table = {c.code: _text(CELLS[c.code](submission)) if submission else "" for c in round_.value.columns}
    filled = {"position": _text(line.get("position")), "score": _text(score)}
    table |= {code: text for code, text in filled.items() if code in table}
    return {
        **{name: line.get(name) for name in asked},
        "score": _text(score),
        "outside_quota": bool(line.get("outside_quota")),
        "table": table,
    }


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _publicities(round_: Round) -> Iterable[Publicity]:
    return Publicity.objects.filter(round=round_, state=PublicityState.PUBLISHED).order_by("number")


def _public(row: Publicity) -> dict[str, Any]:
    ends = {"begins_at": row.begins_at, "until": row.until}
    return {"ref": row.ref, "digest": row.digest, **{name: at.isoformat() if at else "" for name, at in ends.items()}}


def papers_of(issue: UnitIssue) -> list[Paper]:
    """Table and letter of an issue, in the file that stands."""
    key = f"{issue.unit_list.ref}/{issue.version}"
    rows = Paper.objects.filter(subject=key, kind__in=KINDS, state=PaperState.MADE)
    return sorted(rows, key=lambda row: KINDS.index(row.kind))


def _paper(row: Paper) -> dict[str, str]:
    return {"kind": row.kind, "code": row.code, "digest": file_of(row)[1]}


# -- how it checks -------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Check:
    """One thing that was looked at: what, whether it is in order, and what was found."""

    label: str
    is_met: bool
    found: tuple[str, ...] = ()


def checks(row: Dispatch) -> list[Check]:
    """What the portal points out to the ministry about one dispatch."""
    document: dict[str, Any] = row.document
    quota, used = document["round"]["quota"], len(document["entries"])
    over = quota is not None and used > quota
    said = f"名额{quota}，推荐{used}个" if quota is not None else f"不设名额，推荐{used}个"
    doubles, bars = _doubles(row), _bars(row)
    intact = digest_of(document) == row.digest
    return [
        Check("推荐名额", not over, (said,)),
        Check("内容摘要", intact, (row.digest,) if intact else ("内容与上报时的摘要不一致，请联系平台管理员。",)),
        Check("重复推荐", not doubles, tuple(doubles)),
        Check("限制申报", not bars, tuple(bars)),
    ]


def _doubles(row: Dispatch) -> list[str]:
    """Codes that stand on another unit's dispatch of the same year, tier and batch, or twice on this one."""
    mine = entries(row)
    own = {line["code"]: line["name"] for line in mine if line["code"]}
    found = [f"{own[code]}（{code}）在本件中出现{n}次。" for code, n in _counted(mine).items() if n > 1]
    others = Dispatch.objects.filter(
        round__year=row.round.year, round__tier=row.round.tier, round__batch=row.round.batch
    ).exclude(state=DispatchState.SUPERSEDED)
    for other in others.exclude(unit=row.unit_id).select_related("unit"):
        found += [
            f"{own[line['code']]}（{line['code']}）同时由{other.unit.name}推荐。"
            for line in entries(other)
            if line["code"] in own
        ]
    return found


def _counted(lines: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for line in lines:
        if line["code"]:
            counts[line["code"]] = counts.get(line["code"], 0) + 1
    return counts


def _bars(row: Dispatch) -> list[str]:
    found = [(line["name"], barred_until(line["code"], row.sent_at)) for line in entries(row) if line["code"]]
    return [f"{name}：{bar.sentence}" for name, bar in found if bar is not None]


# -- every unit ----------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class UnitLine:
    """How far a unit is, as the ministry may know it: nothing of its list before it is sent."""

    unit: Unit
    round: Round | None
    dispatch: Dispatch | None
    is_late: bool

    @property
    def used(self) -> int | None:
        """How many of its quota it used; None before it sent anything."""
        return len(self.dispatch.document["entries"]) if self.dispatch else None

    @property
    def state(self) -> str:
        """In a word."""
        if self.dispatch is not None:
            return DispatchState(self.dispatch.state).label
        return "未发布批次" if self.round is None else "逾期未上报" if self.is_late else "未上报"


@dataclass(frozen=True)
class Batch:
    """One year, tier and batch, over all units."""

    year: int
    tier: str
    number: int

    @property
    def key(self) -> str:
        """As addresses name it."""
        return f"{self.year}-{self.tier}-{self.number}"


def batches() -> list[Batch]:
    """Every batch that some unit has published and the ministry decides, latest first."""
    rows = _national().values_list("year", "tier", "batch").order_by("-year", "tier", "-batch").distinct()
    return [Batch(*row) for row in rows]


def foremost(found: Sequence[Batch]) -> Batch | None:
    """The latest of these in which something lies before the ministry; the latest at all where nothing does."""
    open_ = Dispatch.objects.filter(state__in=(DispatchState.SENT, DispatchState.RECEIVED, DispatchState.SUPPLEMENTING))
    waiting = set(open_.values_list("round__year", "round__tier", "round__batch"))
    return next((one for one in found if (one.year, one.tier, one.number) in waiting), next(iter(found), None))


def batch_for(key: str) -> Batch:
    """The batch that an address names. Raises Hidden."""
    for batch in batches():
        if batch.key == key:
            return batch
    raise Hidden("batch", key[:40])


def _national() -> QuerySet[Round]:
    return Round.objects.exclude(state=RoundState.DRAFT).filter(terms__terms__decider=Decider.MINISTRY)


def survey(batch: Batch) -> list[UnitLine]:
    """Every unit in a batch, in the order of their codes' names."""
    now = clock.now()
    rounds = {
        row.unit_id: row
        for row in _national().filter(year=batch.year, tier=batch.tier, batch=batch.number).defer("terms")
    }
    sent = {
        row.round_id: row
        for row in Dispatch.objects.filter(round__in=rounds.values()).exclude(state=DispatchState.SUPERSEDED)
    }
    lines = []
    for unit in Unit.objects.order_by("kind", "code"):
        round_ = rounds.get(unit.pk)
        row = sent.get(round_.pk) if round_ else None
        late = round_ is not None and row is None and now > round_.unit_until
        lines.append(UnitLine(unit, round_, row, late))
    return lines


def to_decide(batch: Batch) -> list[tuple[str, ...]]:
    """Whoever went up in a batch and has no result yet: unit, credit code, name, project, and room for the rest."""
    return [
        (row.unit.name, line["code"], line["name"], line["project"], "", "", "", "")
        for row in in_batch(batch)
        if row.state != DispatchState.DECIDED
        for line in entries(row)
    ]


def in_batch(batch: Batch) -> list[Dispatch]:
    """What stands of a batch, over all units."""
    rows = Dispatch.objects.filter(round__year=batch.year, round__tier=batch.tier, round__batch=batch.number)
    return list(rows.exclude(state=DispatchState.SUPERSEDED).select_related("round", "unit").order_by("unit__code"))
