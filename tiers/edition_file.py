"""Reading an edition from its file: checked in every reference, never half-understood."""

import tomllib
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeGuard

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


class _Table:
    """One table of a file: takes keys out, and names file, table, key and reason when one is missing or wrong."""

    def __init__(self, file: str, name: str, values: Any) -> None:
        self.file, self.name = file, name
        if not isinstance(values, dict):
            raise Malformed(f"{file}: [{name}] is not a table")
        self.values = dict(values)

    def take(self, key: str, cast: Callable[[Any], Any] = str, default: Any = ...) -> Any:
        """The key's value, cast. Raises Malformed."""
        if key not in self.values:
            if default is ...:
                raise Malformed(f"{self.file}: [{self.name}] lacks {key}")
            return default
        value = self.values.pop(key)
        if cast is str and not (isinstance(value, str) and value.strip()):
            raise Malformed(f"{self.file}: [{self.name}] {key}: not a text: {value!r}")
        try:
            return cast(value)
        except (ValueError, TypeError, ArithmeticError) as error:
            raise Malformed(f"{self.file}: [{self.name}] {key}: {value!r}: {error}") from error

    def tables(self, key: str, *, needed: bool = True) -> "list[_Table]":
        """The tables of a list, numbered from 1 in messages."""
        rows = self.values.pop(key, [])
        if not isinstance(rows, list) or (needed and not rows):
            raise Malformed(f"{self.file}: [{self.name}] needs at least one [[{key}]]")
        return [_Table(self.file, f"{key} no. {number}", row) for number, row in enumerate(rows, start=1)]

    def table(self, key: str) -> "_Table":
        """A table of its own. Raises Malformed."""
        if key not in self.values:
            raise Malformed(f"{self.file}: [{self.name}] lacks [{key}]")
        return _Table(self.file, key, self.values.pop(key))

    def done(self) -> None:
        """Nothing may be left over: a misspelt key would otherwise be silence. Raises Malformed."""
        if self.values:
            raise Malformed(f"{self.file}: [{self.name}] doesn't know {', '.join(sorted(self.values))}")


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(text, str) and text for text in value):
        raise ValueError("not a list of texts")
    return tuple(value)


def _number(value: Any) -> Decimal:
    if isinstance(value, bool):
        raise ValueError("not a number")
    return Decimal(str(value))


def read(path: Path) -> Edition:
    """The edition in a file. Raises Malformed."""
    return parse(load(path), path.name)


def load(path: Path) -> dict[str, Any]:
    """A file's content; one that `extends` another is laid over that file beside it. Raises Malformed."""
    document = _document(path)
    head = document.get("edition")
    if isinstance(head, dict) and (base := head.pop("extends", None)):
        return overlaid(_document(path.with_name(f"{base}.toml")), document)
    return document


def _document(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise Malformed(f"{path.name}: {error}") from error


def parse(document: dict[str, Any], file: str) -> Edition:
    """The edition a file describes. Raises Malformed naming file, table, key and reason."""
    root = _Table(file, "top", document)
    head = root.table("edition")
    beside = root.table("beside") if "beside" in root.values else None
    edition = Edition(
        code=head.take("code"),
        revision=head.take("revision", int),
        name=head.take("name"),
        source=head.take("source"),
        guide=head.take("guide"),
        met_from=head.take("met_from", _number, Decimal("0.8")),
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


def overlaid(base: dict[str, Any], overlay: dict[str, Any]) -> dict[str, Any]:
    """A file that `extends` another: tables are merged key by key, lists of tables by their `code` or `number`."""
    merged = dict(base)
    for key, value in overlay.items():
        known = merged.get(key)
        if isinstance(value, dict) and isinstance(known, dict):
            merged[key] = overlaid(known, value)
        elif is_tables(value) and is_tables(known):
            rows = {_name(row): row for row in known}
            rows |= {_name(row): overlaid(rows.get(_name(row), {}), row) for row in value}
            merged[key] = list(rows.values())
        else:
            merged[key] = value
    return merged


def is_tables(value: Any) -> TypeGuard[list[dict[str, Any]]]:
    """Whether a value is a list of tables."""
    return isinstance(value, list) and bool(value) and all(isinstance(row, dict) for row in value)


def _name(row: dict[str, Any]) -> Any:
    return row.get("code", row.get("number", id(row)))


def _area(table: _Table) -> Area:
    area = Area(
        table.take("code"),
        table.take("name"),
        table.take("guide", _texts),
        table.take("clause"),
        table.take("aliases", _texts, ()),
        table.take("unverified", bool, False),
    )
    table.done()
    return area


def _basic(table: _Table) -> Basic:
    basic = Basic(table.take("code"), table.take("text"), table.take("clause"), table.take("gate", str, ""))
    table.done()
    return basic


def _clause(table: _Table, prefix: str) -> Clause:
    area, clause = table.take("area", str, ""), table.take("clause")
    stem = f"{prefix}.{area}" if area else f"{prefix}.effect{clause[-1]}"
    texts = table.take("elements", _texts)
    elements = tuple(Element(f"{stem}.{n}", text, clause, area) for n, text in enumerate(texts, start=1))
    made = Clause(clause, elements, area, table.take("heading", str, ""))
    table.done()
    return made


def _coverage(table: _Table) -> Coverage:
    coverage = Coverage(
        table.take("areas", _texts), table.take("force", Force), table.take("text"), table.take("clause")
    )
    table.done()
    return coverage


def _needs(table: _Table) -> Needs:
    needs = Needs(
        table.take("tier"), table.take("force", Force), table.take("clause"), table.take("unverified", bool, False)
    )
    table.done()
    return needs


def _tier(table: _Table) -> Tier:
    code, coverage = table.take("code"), table.table("coverage")
    tier = Tier(
        code=code,
        rank=table.take("rank", int),
        name=table.take("name"),
        clause=table.take("clause"),
        aim=table.take("aim", _texts),
        cohort=table.take("cohort"),
        maturity=table.take("maturity", int),
        coverage=_coverage(coverage),
        content=tuple(_clause(row, code) for row in table.tables("content")),
        effects=tuple(_clause(row, code) for row in table.tables("effect")),
        needs=_needs(table.table("needs")) if "needs" in table.values else None,
        ai_share=table.take("ai_share", _number, None),
        ai_share_unverified=table.take("ai_share_unverified", bool, False),
    )
    table.done()
    return tier


def _indicator(table: _Table) -> Indicator:
    indicator = Indicator(
        number=table.take("number", int),
        code=table.take("code"),
        group=table.take("group"),
        name=table.take("name"),
        unit=table.take("unit"),
        kind=table.take("kind", IndicatorKind),
        clause=table.take("clause"),
        least=table.take("least", _number, None),
        most=table.take("most", _number, None),
        formula=table.take("formula", str, ""),
        optional=table.take("optional", bool, False),
    )
    table.done()
    return indicator


def _scenario(table: _Table) -> Scenario:
    scenario = Scenario(
        table.take("number", int), table.take("name"), table.take("guide_area"), table.take("unverified", bool, False)
    )
    table.done()
    return scenario


def _check(edition: Edition, file: str) -> None:
    """Every reference leads somewhere, every code stands once, ranks run from 1. Raises Malformed."""
    for tier in edition.tiers:
        named = set(tier.coverage.areas) | {clause.area for clause in tier.content}
        _known(file, f"tier {tier.code}] [area", named, set(edition.area_names))
        if tier.needs:
            lower = {other.code for other in edition.tiers if other.rank < tier.rank}
            _known(file, f"tier {tier.code}] [needs", {tier.needs.tier}, lower)
    _known(file, "indicator] [group", {i.group for i in edition.indicators}, set(edition.groups))
    _known(file, "scenario] [guide_area", {s.guide_area for s in edition.scenarios}, set(edition.area_of_guide))
    if [tier.rank for tier in edition.tiers] != list(range(1, len(edition.tiers) + 1)):
        raise Malformed(f"{file}: [tier] rank: not 1, 2, 3 … in order")
    _once(file, "area", [a.code for a in edition.areas])
    _once(file, "basic", [b.code for b in edition.basics])
    _once(file, "tier", [t.code for t in edition.tiers])
    _once(file, "element", [element.code for tier in edition.tiers for element in tier.elements])
    _once(file, "indicator", [i.code for i in edition.indicators])
    _once(file, "scenario", [str(s.number) for s in edition.scenarios])


def _known(file: str, where: str, named: set[str], known: set[str]) -> None:
    if unknown := named - known:
        raise Malformed(f"{file}: [{where}]: unknown {', '.join(sorted(unknown))}")


def _once(file: str, where: str, codes: list[str]) -> None:
    if twice := {code for code in codes if codes.count(code) > 1}:
        raise Malformed(f"{file}: [{where}] code: {', '.join(sorted(twice))} stands twice")
