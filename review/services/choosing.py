"""Whom the unit recommends: chosen in score order or with a reason, never more than the quota (82号 二(三)3).

Locks: candidates (by key), then the round, then the unit's list. The quota is counted by tiers under the round's lock.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.db import connection, transaction
from django.db.models import Max

from applications.states import Track
from portal import audit, clock
from portal.actors import Actor
from portal.errors import Denied, Refused, Stale
from portal.rules import may
from portal.workflow import locked
from review import choosing
from review.models import Candidate, Choice, ChoiceKind, QuotaShare, UnitList
from review.selectors.standings import Judged, judged
from review.services import unit_lists
from review.states import CandidateState
from tiers.models import Recommendation, Round
from tiers.services import recommendations

_MOST = 500


def recommend(candidate: Candidate, *, reason: str = "", actor: Actor) -> Recommendation:
    """Give a candidate a place. Raises Denied, Refused: no place left, or a departure without a reason."""
    (made,) = recommend_many(candidate.round, [candidate], reason=reason, actor=actor)
    return made


def recommend_many(
    round_: Round, chosen: Sequence[Candidate], *, reason: str = "", actor: Actor
) -> list[Recommendation]:
    """Give each a place, all of them or none. Raises Denied, Refused."""
    if not may(actor, "unit_list.choose", round_):
        raise Denied("unit_list.choose")
    if not chosen:
        raise Refused("请选择要推荐的项目。")
    with transaction.atomic():
        rows = _locked(round_, chosen)
        with locked(round_) as fresh:
            list_ = unit_lists.changeable(fresh)
            steps = _standing(fresh, rows, reason)
            made = [_recommended(list_, row, actor) for row in rows]
            for row, said in zip(rows, steps, strict=True):
                _note(row, ChoiceKind.RECOMMEND, reason if said["needs_reason"] else "", said, actor)
            unit_lists.changed(list_, [f"{row.name}：推荐" for row in rows], actor)
    return made


def _locked(round_: Round, chosen: Sequence[Candidate]) -> list[Candidate]:
    keys = [row.pk for row in chosen]
    if len(keys) != len(set(keys)):
        raise Refused("同一项目选了两次，请核对。")
    found = Candidate.objects.select_for_update(of=("self",)).filter(pk__in=keys, round=round_).order_by("pk")
    rows = {row.pk: row for row in found.select_related("application__factory")}
    if missing := [row for row in chosen if row.pk not in rows]:
        raise Refused(f"{missing[0].name}不在本批次的参评项目中，请刷新页面。")
    for row in rows.values():
        if row.state != CandidateState.ACCEPTED:
            raise Refused(f"{row.name}（{row.number}）{row.get_state_display()}，不能推荐。")
    return [rows[key] for key in keys]


def _standing(round_: Round, rows: Sequence[Candidate], reason: str) -> list[dict[str, Any]]:
    """Where each stands, once all of them are chosen: what is passed over then needs a reason."""
    found = judged(round_)
    keys = {row.pk for row in rows}
    steps, lacking = [], []
    for row in rows:
        if row.track == Track.DIRECT:
            steps.append({"needs_reason": False})
            continue
        said = standing(found, row.pk, keys)
        steps.append(said)
        if said["needs_reason"] and not reason.strip():
            lacking.append(_why(row, said))
    if lacking:
        raise Refused(*lacking)
    return steps


def standing(found: Judged, key: int, chosen: Collection[Any] = ()) -> dict[str, Any]:
    """How a candidate stands in its group, and whether choosing it, with `chosen` beside, departs from the order."""
    line = found.placed[key]
    lines = [_as_chosen(one, chosen) for one in found.groups[line.group]]
    over = choosing.passed_over(line, lines)
    return {
        "group": line.group,
        "rank": line.rank,
        "of": len(lines),
        "score": None if line.score is None else str(line.score),
        "is_tied": line.is_tied,
        "bar": line.bar,
        "passed_over": [found.facts[int(str(one.key))].number for one in over],
        "needs_reason": bool(over or line.bar or not line.rank),
    }


def _as_chosen(line: choosing.Line, keys: Collection[Any]) -> choosing.Line:
    return replace(line, is_chosen=True) if line.key in keys else line


def _why(row: Candidate, said: Mapping[str, Any]) -> str:
    if said["bar"]:
        return f"{row.name}（{row.number}）{said['bar']}，仍推荐的须写明理由。"
    if not said["rank"]:
        return f"{row.name}（{row.number}）评分未齐，仍推荐的须写明理由。"
    numbers = "、".join(said["passed_over"][:5])
    return (
        f"{row.name}（{row.number}）在{said['group']}列第{said['rank']}名，{numbers}得分不低于该项目而未推荐，"
        "不按得分顺序推荐的须写明理由，理由载入评审纪要。"
    )


def _recommended(list_: UnitList, row: Candidate, actor: Actor) -> Recommendation:
    round_, is_direct, until = list_.round, row.track == Track.DIRECT, list_.supplement_until
    made = recommendations.recommend(round_, row.application.factory, outside_quota=is_direct, until=until, actor=actor)
    if not is_direct:
        last = Recommendation.objects.filter(round=round_).aggregate(last=Max("position"))["last"] or 0
        made.position = last + 1
        made.save(update_fields=["position"])
    return made


def withdraw(candidate: Candidate, *, reason: str, actor: Actor) -> None:
    """Take a place back, with a reason; those behind move up. Raises Denied, Refused."""
    if not may(actor, "unit_list.choose", candidate.round):
        raise Denied("unit_list.choose")
    with transaction.atomic():
        (row,) = _held(candidate)
        with locked(candidate.round) as fresh:
            list_ = unit_lists.changeable(fresh)
            held = Recommendation.objects.filter(round=fresh, factory=row.application.factory_id).first()
            if held is None:
                raise Refused(f"{row.name}不在推荐名单中，请刷新页面。")
            said = {} if row.track == Track.DIRECT else standing(judged(fresh), row.pk)
            recommendations.withdraw_recommendation(held, reason=reason, until=list_.supplement_until, actor=actor)
            _renumber(fresh)
            _note(row, ChoiceKind.WITHDRAW, reason, said, actor)
            unit_lists.changed(list_, [f"{row.name}：撤回推荐，{reason.strip()}"], actor)


def _held(candidate: Candidate) -> list[Candidate]:
    rows = Candidate.objects.select_for_update(of=("self",)).filter(pk=candidate.pk)
    return list(rows.select_related("application__factory"))


def _note(row: Candidate, kind: ChoiceKind, reason: str, said: dict[str, Any], actor: Actor) -> None:
    Choice.objects.create(
        unit_id=row.unit_id, round_id=row.round_id, candidate=row, kind=kind, reason=reason.strip()[:_MOST],
        standing=said, at=clock.now(), by=actor.person,
    )  # fmt: skip


def _renumber(round_: Round) -> None:
    """Positions 1, 2, … without a gap, in the order in which they stand."""
    put(list(Recommendation.objects.filter(round=round_, outside_quota=False).order_by("position", "at", "pk")))


def put(rows: Sequence[Recommendation]) -> None:
    """Positions 1, 2, … in this order, in one statement; the database looks at them at once."""
    moved = []
    for place, row in enumerate(rows, start=1):
        if row.position != place:
            row.position = place
            moved.append(row)
    Recommendation.objects.bulk_update(moved, ["position"])
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")


def explain(candidate: Candidate, *, reason: str, actor: Actor) -> None:
    """Say why a candidate stays recommended though the order has come to be another. Raises Denied, Refused."""
    if not may(actor, "unit_list.choose", candidate.round):
        raise Denied("unit_list.choose")
    if not reason.strip():
        raise Refused("请写明理由。")
    with transaction.atomic():
        (row,) = _held(candidate)
        with locked(candidate.round) as fresh:
            list_ = unit_lists.changeable(fresh)
            if not Recommendation.objects.filter(round=fresh, factory=row.application.factory_id).exists():
                raise Refused(f"{row.name}不在推荐名单中，请刷新页面。")
            _note(row, ChoiceKind.EXPLAIN, reason, standing(judged(fresh), row.pk), actor)
            unit_lists.changed(list_, [f"{row.name}：补充推荐理由"], actor)


# -- the order of the list --------------------------------------------------------------------------------------------
def order(round_: Round, refs: Sequence[str], *, version: int, actor: Actor) -> UnitList:
    """Put those recommended within the quota in this order (applications by their refs), as seen at a version.

    Raises Denied, Refused, Stale with what changed.
    """
    if not may(actor, "unit_list.choose", round_):
        raise Denied("unit_list.choose")
    with transaction.atomic(), locked(round_) as fresh:
        list_ = unit_lists.changeable(fresh)
        if list_.version != version:
            missed = [change for change in list_.changes if change["version"] > version]
            raise Stale("名单刚被他人调整，本次未保存。", version=list_.version, conflicts=missed)
        rows = Recommendation.objects.filter(round=fresh, outside_quota=False).order_by("position")
        held = dict(zip(refs_of(fresh), rows, strict=True))
        if sorted(refs) != sorted(held):
            raise Refused("顺序与推荐名单不一致，请刷新页面后重新排序。")
        said = [
            f"{held[ref].enterprise.name}：第{held[ref].position}位→第{place}位"
            for place, ref in enumerate(refs, start=1)
            if held[ref].position != place
        ]
        if said:
            put([held[ref] for ref in refs])
            unit_lists.changed(list_, said, actor)
    return list_


def refs_of(round_: Round) -> list[str]:
    """The applications recommended within the quota, by their references, in order."""
    rows = Candidate.objects.filter(
        round=round_, application__factory__recommendations__round=round_,
        application__factory__recommendations__outside_quota=False,
    )  # fmt: skip
    return list(
        rows.order_by("application__factory__recommendations__position").values_list("application__ref", flat=True)
    )


def shift(round_: Round, ref: str, *, to: int | None = None, by: int = 0, version: int, actor: Actor) -> UnitList:
    """Move one to a position, or up and down by so many. Raises as `order` does."""
    refs = refs_of(round_)
    if ref not in refs:
        raise Refused("该项目不在推荐名单中，请刷新页面。")
    here = refs.index(ref)
    there = here + by if to is None else to - 1
    if not 0 <= there < len(refs):
        raise Refused(f"位次应为1至{len(refs)}。")
    refs.insert(there, refs.pop(here))
    return order(round_, refs, version=version, actor=actor)


# -- the split of the quota -------------------------------------------------------------------------------------------
def share(round_: Round, places: Mapping[str, int], *, actor: Actor) -> None:
    """Split the quota over groups: the officer's decision, on record. Raises Denied, Refused when it is too much."""
    if not may(actor, "unit_list.choose", round_):
        raise Denied("unit_list.choose")
    with transaction.atomic(), locked(round_) as fresh:
        list_ = unit_lists.changeable(fresh)
        total = sum(places.values())
        if any(not 0 <= count <= _MOST for count in places.values()):
            raise Refused("名额应为非负整数。")
        if fresh.quota is not None and total > fresh.quota:
            raise Refused(f"各行业名额合计{total}家，超过本批次推荐名额{fresh.quota}家，请调整。")
        before = dict(QuotaShare.objects.filter(round=fresh).values_list("group", "places"))
        for group, count in places.items():
            QuotaShare.objects.update_or_create(
                round=fresh, group=group, defaults={"places": count, "unit_id": fresh.unit_id}
            )
        audit.record("unit_list.share", list_, actor, before=before, after=dict(places))
