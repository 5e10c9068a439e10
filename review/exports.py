"""Tables of the review: 推荐汇总表 with the order that its city gave."""

from collections.abc import Iterator, Sequence
from typing import Any

from applications.exports import CELLS, standing
from portal.actors import Actor
from portal.exports import Export
from portal.roles import Level
from portal.spreadsheets import Column, Kind
from review.models import ListEntry
from review.selectors.experts import experts, industry_choices, speciality_names
from tiers.exports import AT_ONCE, ROUND
from tiers.models import Round

_KINDS = {"position": (Kind.INTEGER, 6), "score": (Kind.NUMBER, 10), "enterprise": (Kind.TEXT, 32)}
_LAST = 10_000  # whatever has no place comes after what has one


def _columns(_actor: Actor, round_: Round) -> Sequence[Column]:
    """As the round says, in its order (399号 附件4)."""
    return [Column(column.name, *_KINDS.get(column.code, (Kind.TEXT, 20))) for column in round_.value.columns]


def _positions(actor: Actor, round_: Round) -> dict[int, int]:
    """The places in the order of the actor's own city; a unit gives its own, later."""
    if actor.role is None or actor.role.level is not Level.CITY:
        return {}
    entries = ListEntry.objects.filter(city_list__round=round_, city=actor.stands("city"))
    return dict(entries.values_list("application", "position"))


def _rows(actor: Actor, round_: Round) -> Iterator[Sequence[Any]]:
    places = _positions(actor, round_)
    codes = [column.code for column in round_.value.columns]
    found = standing(actor, round_)
    keys = sorted(found.values_list("pk", "application"), key=lambda key: places.get(key[1], _LAST))
    for start in range(0, len(keys), AT_ONCE):
        rows = found.in_bulk([pk for pk, _ in keys[start : start + AT_ONCE]])
        for pk, application in keys[start : start + AT_ONCE]:
            yield [places.get(application) if code == "position" else CELLS[code](rows[pk]) for code in codes]


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
    "experts": Export("专家库", "expert.list", _expert_columns, _expert_rows, paper="A3"),
}
