"""Tables about factories; and what other tables are about: a round."""

from collections.abc import Iterator, Sequence
from typing import Any

from portal.actors import Actor
from portal.exports import Export, Scope
from portal.spreadsheets import Column, Kind
from tiers.models import Round
from tiers.selectors.factories import factories
from tiers.selectors.rounds import round_for, rounds

AT_ONCE = 1_000


def _rounds(actor: Actor) -> list[tuple[str, str]]:
    return [(row.ref, f"{row.name}（{row.ref}）") for row in rounds(actor)]


def of_round(actor: Actor, ref: str) -> Round:
    """The round that a table is about. Raises Hidden."""
    return round_for(actor, ref)


ROUND = Scope("申报批次", _rounds, of_round)

_FACTORIES = (
    Column("工厂编号", width=14),
    Column("工厂名称", width=28),
    Column("企业名称", width=32),
    Column("统一社会信用代码", width=22),
    Column("所在市州", width=14),
    Column("工厂地址", width=32),
    Column("所属行业（大类）", width=26),
    Column("投产时间", Kind.DATE, 12),
    Column("自评层级", width=10),
    Column("已获层级", width=10),
    Column("已停用", width=8),
)


def _factory_columns(_actor: Actor, _about: Any) -> Sequence[Column]:
    return _FACTORIES


def _factory_rows(actor: Actor, _about: Any) -> Iterator[Sequence[Any]]:
    for row in factories(actor).order_by("pk").iterator(AT_ONCE):
        yield (
            row.ref, row.name, row.enterprise.name, row.enterprise.code, row.region.name, row.address,
            str(row.industry), row.started_on, row.reached_label, row.held_label, "是" if row.is_closed else "否",
        )  # fmt: skip


EXPORTS = {
    "factories": Export("智能工厂名册", "factory.list", _factory_columns, _factory_rows, paper="A3"),
}
