"""Tables about applications: each row from the frozen version that stands, never from a draft."""

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import F, QuerySet

from applications.models import Submission
from applications.selectors.applications import HANDED_IN, applications
from applications.states import ApplicationState, Track
from portal.actors import Actor
from portal.exports import Export
from portal.spreadsheets import Column, Kind
from tiers.exports import AT_ONCE, ROUND
from tiers.indicators import figure
from tiers.ladder import LEVEL_NAMES
from tiers.models import Edition, Round, kept

Cell = Callable[[Submission], Any]


def standing(actor: Actor, round_: Round) -> QuerySet[Submission]:
    """The versions that stand of a round's applications, as far as the actor sees them, by number."""
    seen = applications(actor).filter(round=round_, state__in=HANDED_IN).order_by().values("pk")
    rows = Submission.objects.filter(application__in=seen, version=F("application__version"))
    return rows.select_related("application").order_by("number")


def _answer(section: str, key: str) -> Cell:
    return lambda row: row.document["sections"].get(section, {}).get(key, "")


def _of(part: str, key: str) -> Cell:
    return lambda row: row.document[part].get(key, "")


def _maturity(row: Submission) -> str:
    level = str(_answer("factory", "maturity.level")(row))
    return LEVEL_NAMES[int(level)] if level.isdecimal() and int(level) < len(LEVEL_NAMES) else level


# What a column of the summary table holds (see tiers.terms.COLUMNS); positions and scores come from the review.
CELLS: dict[str, Cell] = {
    "position": lambda _row: None,
    "unit": lambda row: row.document["round"]["unit"]["name"],
    "enterprise": _of("enterprise", "name"),
    "code": _of("enterprise", "code"),
    "city": _of("enterprise", "city"),
    "factory": _of("factory", "name"),
    "project": lambda row: row.project,
    "industry": _of("factory", "industry"),
    "nature": _of("enterprise", "nature"),
    "address": _of("factory", "address"),
    "maturity": _maturity,
    "score": lambda _row: None,
    "contact": _answer("unit", "contact"),
    "phone": _answer("unit", "phone"),
    "remarks": lambda row: "直接申报，不占名额" if row.document["track"] == Track.DIRECT else "",
}
_APPLICATIONS = (
    Column("受理编号", width=18),
    Column("版本", Kind.INTEGER, 6),
    Column("状态", width=10),
    Column("申报渠道", width=10),
    Column("申报单位", width=32),
    Column("统一社会信用代码", width=22),
    Column("所在市州", width=14),
    Column("工厂名称", width=28),
    Column("项目名称", width=36),
    Column("所属行业", width=26),
    Column("总投资（万元）", Kind.NUMBER, 14),
    Column("成熟度等级", width=10),
    Column("提交时间", Kind.INSTANT, 20),
    Column("提交人", width=10),
    Column("内容摘要", width=66),
)


def _application_columns(_actor: Actor, _round: Round) -> Sequence[Column]:
    return _APPLICATIONS


def _application_rows(actor: Actor, round_: Round) -> Iterator[Sequence[Any]]:
    for row in standing(actor, round_).iterator(AT_ONCE):
        said = row.document
        yield (
            row.number, row.version, ApplicationState(row.application.state).public_label, Track(said["track"]).label,
            said["enterprise"]["name"], said["enterprise"]["code"], said["enterprise"]["city"],
            said["factory"]["name"], row.project, said["factory"]["industry"],
            _figure(_answer("factory", "investment")(row)), _maturity(row), row.submitted_at, said["submitted_by"],
            row.digest,
        )  # fmt: skip


def _figure(text: str) -> Any:
    """A number as a number; what isn't one stays text."""
    try:
        return Decimal(text) if text else None
    except InvalidOperation:
        return text


_INDICATORS = (
    Column("受理编号", width=18),
    Column("申报单位", width=32),
    Column("工厂名称", width=28),
    Column("序号", Kind.INTEGER, 6),
    Column("指标", width=32),
    Column("数值", Kind.NUMBER, 12),
    Column("单位", width=8),
    Column("填写值", Kind.NUMBER, 12),
    Column("说明", width=40),
)


def _indicator_columns(_actor: Actor, _round: Round) -> Sequence[Column]:
    return _INDICATORS


def _indicator_rows(actor: Actor, round_: Round) -> Iterator[Sequence[Any]]:
    edition = kept(Edition, round_.edition_id).value
    for row in standing(actor, round_).iterator(AT_ONCE):
        said, values = row.document, row.document["sections"].get("effects", {})
        for indicator in edition.indicators:
            found = figure(indicator, values)
            note = "不适用" if found.not_applicable else values.get(f"{indicator.code}.note", "")
            head = row.number, said["enterprise"]["name"], said["factory"]["name"]
            yield (*head, indicator.number, indicator.name, found.value, indicator.unit, found.claimed, note)


EXPORTS = {
    "applications": Export("申报一览表", "application.list", _application_columns, _application_rows, ROUND, "A3"),
    "indicators": Export("建设成效指标", "application.list", _indicator_columns, _indicator_rows, ROUND, "A3"),
}
