"""Tables of the review: 推荐汇总表 with the order that its city gave."""

from collections.abc import Iterator, Sequence
from typing import Any

from applications.exports import CELLS, standing
from portal.actors import Actor
from portal.exports import Export
from portal.roles import Level
from portal.spreadsheets import Column, Kind
from review.models import ListEntry
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


EXPORTS = {"summary": Export("推荐汇总表", "export.summary", _columns, _rows, ROUND)}
