"""Reading an edition from its file: checked in every reference, never half-understood."""

from decimal import Decimal
from pathlib import Path
from typing import Any

from portal.errors import Malformed
from tiers.editions import (
    Area,
    Basic,
    Clause,
    Coverage,
    Edition,
    Element,
    Force,
    Indicator,
    IndicatorKind,
    Needs,
    Scenario,
    Tier,
)
from tiers.file_tables import Table, known, loaded, number, once, texts


def read(path: Path) -> Edition:
    """The edition in a file. Raises Malformed."""
    return parse(load(path), path.name)


def load(path: Path) -> dict[str, Any]:
    """A file's content; one that `extends` another is laid over that file beside it. Raises Malformed."""
    return loaded(path, "edition")


def parse(document: dict[str, Any], file: str) -> Edition:
    """The edition a file describes. Raises Malformed naming file, table, key and reason."""
    root = Table(file, "top", document)
    head = root.table("edition")
    beside = root.table("beside") if "beside" in root.values else None
    edition = Edition(
        code=head.take("code"),
        revision=head.take("revision", int),
        name=head.take("name"),
        source=head.take("source"),
        guide=head.take("guide"),
        met_from=head.take("met_from", number, Decimal("0.8")),
        notes={key: head.take(key) for key in ("efficiency_standard", "maturity_standard") if key in head.values},
        areas=tuple(_area(table) for table in root.tables("area")),
        basics=tuple(_basic(table) for table in root.tables("basic")),
        tiers=tuple(_tier(table) for table in root.tables("tier")),
        groups={table.take("code"): table.take("name") for table in root.tables("group")},
        indicators=tuple(_indicator(table) for table in root.tables("indicator")),
        scenarios=tuple(_scenario(table) for table in root.tables("scenario", needed=False)),
        beside=beside.take("name") if beside else "",
    )
    head.done()
    root.done()
    _check(edition, file)
    return edition


def _area(table: Table) -> Area:
    area = Area(
        table.take("code"),
        table.take("name"),
        table.take("guide", texts),
        table.take("clause"),
        table.take("aliases", texts, ()),
        table.take("unverified", bool, False),
    )
    table.done()
    return area


def _basic(table: Table) -> Basic:
    basic = Basic(table.take("code"), table.take("text"), table.take("clause"), table.take("gate", str, ""))
    table.done()
    return basic


def _clause(table: Table, prefix: str) -> Clause:
    area, clause = table.take("area", str, ""), table.take("clause")
    stem = f"{prefix}.{area}" if area else f"{prefix}.effect{clause[-1]}"
    parts = table.take("elements", texts)
    elements = tuple(Element(f"{stem}.{n}", text, clause, area) for n, text in enumerate(parts, start=1))
    made = Clause(clause, elements, area, table.take("heading", str, ""))
    table.done()
    return made


def _coverage(table: Table) -> Coverage:
    coverage = Coverage(
        table.take("areas", texts), table.take("force", Force), table.take("text"), table.take("clause")
    )
    table.done()
    return coverage


def _needs(table: Table) -> Needs:
    needs = Needs(
        table.take("tier"), table.take("force", Force), table.take("clause"), table.take("unverified", bool, False)
    )
    table.done()
    return needs


def _tier(table: Table) -> Tier:
    code, coverage = table.take("code"), table.table("coverage")
    tier = Tier(
        code=code,
        rank=table.take("rank", int),
        name=table.take("name"),
        clause=table.take("clause"),
        aim=table.take("aim", texts),
        cohort=table.take("cohort"),
        maturity=table.take("maturity", int),
        coverage=_coverage(coverage),
        content=tuple(_clause(row, code) for row in table.tables("content")),
        effects=tuple(_clause(row, code) for row in table.tables("effect")),
        needs=_needs(table.table("needs")) if "needs" in table.values else None,
        ai_share=table.take("ai_share", number, None),
        ai_share_unverified=table.take("ai_share_unverified", bool, False),
    )
    table.done()
    return tier


def _indicator(table: Table) -> Indicator:
    indicator = Indicator(
        number=table.take("number", int),
        code=table.take("code"),
        group=table.take("group"),
        name=table.take("name"),
        unit=table.take("unit"),
        kind=table.take("kind", IndicatorKind),
        clause=table.take("clause"),
        least=table.take("least", number, None),
        most=table.take("most", number, None),
        formula=table.take("formula", str, ""),
        optional=table.take("optional", bool, False),
    )
    table.done()
    return indicator


def _scenario(table: Table) -> Scenario:
    scenario = Scenario(
        table.take("number", int), table.take("name"), table.take("guide_area"), table.take("unverified", bool, False)
    )
    table.done()
    return scenario


def _check(edition: Edition, file: str) -> None:
    """Every reference leads somewhere, every code stands once, ranks run from 1. Raises Malformed."""
    for tier in edition.tiers:
        named = set(tier.coverage.areas) | {clause.area for clause in tier.content}
        known(file, f"tier {tier.code}] [area", named, set(edition.area_names))
        if tier.needs:
            lower = {other.code for other in edition.tiers if other.rank < tier.rank}
            known(file, f"tier {tier.code}] [needs", {tier.needs.tier}, lower)
    known(file, "indicator] [group", {i.group for i in edition.indicators}, set(edition.groups))
    known(file, "scenario] [guide_area", {s.guide_area for s in edition.scenarios}, set(edition.area_of_guide))
    if [tier.rank for tier in edition.tiers] != list(range(1, len(edition.tiers) + 1)):
        raise Malformed(f"{file}: [tier] rank: not 1, 2, 3 … in order")
    once(file, "area", [a.code for a in edition.areas])
    once(file, "basic", [b.code for b in edition.basics])
    once(file, "tier", [t.code for t in edition.tiers])
    once(file, "element", [element.code for tier in edition.tiers for element in tier.elements])
    once(file, "indicator", [i.code for i in edition.indicators])
    once(file, "scenario", [str(s.number) for s in edition.scenarios])
