"""Tables of the review: 推荐汇总表 with the order of its city or unit, standings, sheets."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from applications.exports import CELLS, standing
from portal.actors import Actor
from portal.exports import Export
from portal.roles import Level
from portal.rules import may
from portal.spreadsheets import Column, Kind
from review.models import Candidate, ListEntry, ScoreSheet
from review.selectors.experts import experts, industry_choices, speciality_names
from review.selectors.standings import board, judged
from review.selectors.unit_lists import recommended
from review.states import SheetState
from tiers.exports import AT_ONCE, ROUND
from tiers.models import Round

_KINDS = {"position": (Kind.INTEGER, 6), "score": (Kind.NUMBER, 10), "enterprise": (Kind.TEXT, 32)}
_LAST = 10_000  # whatever has no place comes after what has one


def _columns(_actor: Actor, round_: Round) -> Sequence[Column]:
    """As the round says, in its order (399号 附件4)."""
    return [Column(column.name, *_KINDS.get(column.code, (Kind.TEXT, 20))) for column in round_.value.columns]


def _positions(actor: Actor, round_: Round) -> dict[int, int]:
    """The places in the order of the actor's own city, or of their unit."""
    if actor.role is not None and actor.role.level is Level.CITY:
        entries = ListEntry.objects.filter(city_list__round=round_, city=actor.stands("city"))
        return dict(entries.values_list("application", "position"))
    return {candidate.application_id: place.position or _LAST for place, candidate in recommended(round_)}


def _scores(actor: Actor, round_: Round) -> dict[int, Any]:
    """The scores by application: a unit's alone to read."""
    if not may(actor, "unit_list.choose", round_):
        return {}
    found = judged(round_)
    keys = dict(Candidate.objects.filter(round=round_).values_list("pk", "application"))
    return {keys[pk]: score.value for pk, score in found.scores.items() if pk in keys}


def _rows(actor: Actor, round_: Round) -> Iterator[Sequence[Any]]:
    """A unit's table holds whom it recommends, as soon as it recommends anybody."""
    places, scores = _positions(actor, round_), _scores(actor, round_)
    codes = [column.code for column in round_.value.columns]
    found = standing(actor, round_)
    if places and may(actor, "unit_list.choose", round_):
        found = found.filter(application__in=places)
    keys = sorted(found.values_list("pk", "application"), key=lambda key: places.get(key[1], _LAST))
    for start in range(0, len(keys), AT_ONCE):
        rows = found.in_bulk([pk for pk, _ in keys[start : start + AT_ONCE]])
        for pk, application in keys[start : start + AT_ONCE]:
            place = places.get(application)
            own = {"position": None if place == _LAST else place, "score": scores.get(application)}
            yield [own[code] if code in own else CELLS[code](rows[pk]) for code in codes]


# -- what was judged ---------------------------------------------------------------------------------------------------
_STANDING = (
    Column("受理编号", width=18),
    Column("申报单位", width=32),
    Column("统一社会信用代码", width=22),
    Column("项目名称", width=36),
    Column("行业大类", width=8),
    Column("市州", width=14),
    Column("市州推荐顺序", Kind.INTEGER, 8),
    Column("受理状态", width=10),
    Column("行业组", width=20),
    Column("名次", Kind.INTEGER, 6),
    Column("并列", width=6),
    Column("得分", Kind.NUMBER, 10),
    Column("校正分（参考）", Kind.NUMBER, 10),
    Column("已签署评分表", Kind.INTEGER, 8),
    Column("最高最低之差", Kind.NUMBER, 10),
    Column("现场核查", width=10),
    Column("推荐顺序", Kind.INTEGER, 8),
)


def _standing_columns(_actor: Actor, _round: Round) -> Sequence[Column]:
    return _STANDING


def _standing_rows(actor: Actor, round_: Round) -> Iterator[Sequence[Any]]:
    """Every candidate as the board shows it, groups in order."""
    if not may(actor, "unit_list.choose", round_):
        return
    codes = dict(Candidate.objects.filter(round=round_).values_list("number", "code"))
    for line in board(round_).lines:
        yield (
            line.number, line.name, codes.get(line.number, ""), line.project, line.industry, line.city,
            line.city_position, line.label, line.group, line.rank or None, "是" if line.is_tied else "", line.score,
            line.adjusted, line.signed, line.spread, line.visit, line.position,
        )  # fmt: skip


def _sheet_columns(_actor: Actor, round_: Round) -> Sequence[Column]:
    """The criteria are the round's."""
    return (
        Column("受理编号", width=18),
        Column("申报单位", width=32),
        Column("项目名称", width=36),
        Column("行业组", width=20),
        Column("专家", width=10),
        Column("工作单位", width=28),
        *(Column(f"{c.name}（{c.weight.normalize():f}）", Kind.NUMBER, 12) for c in round_.value.criteria),
        Column("合计", Kind.NUMBER, 8),
        Column("评审意见", width=60),
        Column("签署时间", Kind.INSTANT, 20),
    )


def _sheet_rows(actor: Actor, round_: Round) -> Iterator[Sequence[Any]]:
    """Every signed sheet."""
    if not may(actor, "unit_list.choose", round_):
        return
    codes = [c.code for c in round_.value.criteria]
    rows = ScoreSheet.objects.filter(candidate__round=round_, state=SheetState.SIGNED)
    rows = rows.select_related("candidate", "panel", "expert__user").order_by("number", "pk")
    for row in rows.iterator(AT_ONCE):
        yield (
            row.number, row.candidate.name, row.project, row.panel.name, row.expert.user.name, row.expert.employer,
            *(Decimal(row.scores[code]["score"]) for code in codes), row.total, row.opinion, row.signed_at,
        )  # fmt: skip


# -- the pool of experts ---------------------------------------------------------------------------------------------
_OF_EXPERTS = (
    ("专家编号", 14), ("姓名", 12), ("工作单位", 32), ("职称或职务", 16), ("所在市州", 14), ("熟悉的行业大类", 40),
    ("专长", 40), ("最多承担评分表", 14), ("在库", 8), ("联系电话", 18),
)  # fmt: skip


def _expert_columns(_actor: Actor, _scope: Any) -> Sequence[Column]:
    return [Column(name, Kind.TEXT, width) for name, width in _OF_EXPERTS]


def _expert_rows(actor: Actor, _scope: Any) -> Iterator[Sequence[Any]]:
    names = dict(industry_choices())
    for row in experts(actor).order_by("user__name", "pk").iterator():
        yield [
            row.ref, row.user.name, row.employer, row.title, row.region.name if row.region else "",
            "、".join(names.get(code, code) for code in row.industries), "、".join(speciality_names(row.specialities)),
            str(row.most), "是" if row.is_active else "否", row.phone,
        ]  # fmt: skip


EXPORTS = {
    "summary": Export("推荐汇总表", "export.summary", _columns, _rows, ROUND),
    "standings": Export("参评项目与得分", "candidate.list", _standing_columns, _standing_rows, ROUND, paper="A3"),
    "scores": Export("专家评分明细", "candidate.list", _sheet_columns, _sheet_rows, ROUND, paper="A3"),
    "experts": Export("专家库", "expert.list", _expert_columns, _expert_rows, paper="A3"),
}
