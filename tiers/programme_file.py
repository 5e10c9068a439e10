"""Reading a round's terms: from a programme's file or from the copy that a round keeps; checked in every reference."""

from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from portal.errors import Malformed
from portal.models import Department, UnitKind
from tiers.editions import Force
from tiers.eligibility import RULE_KINDS
from tiers.file_tables import Table, flag, known, loaded, number, once, one_of, some_of, texts, whole
from tiers.rounds import Windows, order_reasons
from tiers.terms import (
    COLUMNS,
    DISCLOSURES,
    FORMATS,
    FULL,
    TIERS,
    TITLES,
    Aggregation,
    Attachment,
    Column,
    Criterion,
    Decider,
    Direct,
    Limit,
    Method,
    Programme,
    Rule,
    Terms,
    Ties,
)

# The lists of a round's terms that an officer edits as rows.
PARTS = ("rule", "limit", "attachment", "criterion", "column")
_TERMS = ("terms", *PARTS, "aggregation", "direct")


def read(path: Path) -> Programme:
    """The programme in a file. Raises Malformed naming file, table, key and reason."""
    return parse(loaded(path, "programme"), path.name)


def parse(content: dict[str, Any], file: str) -> Programme:
    """The programme that a file describes. Raises Malformed."""
    document = {key: content[key] for key in _TERMS if key in content}
    root = Table(file, "top", {key: value for key, value in content.items() if key not in _TERMS})
    head, dates = root.table("programme"), root.table("windows")
    root.done()
    programme = Programme(
        code=head.take("code"),
        name=head.take("name"),
        year=head.take("year", whole),
        tier=head.take("tier", one_of(TIERS)),
        batch=head.take("batch", whole),
        edition=head.take("edition"),
        kinds=head.take("kinds", some_of(UnitKind.values)),
        units=head.take("units", texts, ()),
        quota=head.take("quota", _quota),
        windows=_windows(dates),
        publicity_days=dates.take("publicity_days", whole),
        terms=parse_terms(document, file),
        document=document,
        unverified_windows=dates.take("unverified", str, ""),
    )
    head.done()
    dates.done()
    if reasons := order_reasons(programme.windows):
        raise Malformed(f"{file}: [windows] order: {' '.join(reasons)}")
    return programme


def parse_terms(document: dict[str, Any], file: str, *, complete: bool = True) -> Terms:
    """The terms in a document; a draft's may still be incomplete. Raises Malformed."""
    root = Table(file, "top", document)
    head = root.table("terms")
    terms = Terms(
        sources=head.take("sources", texts),
        decider=head.take("decider", Decider),
        decider_clause=head.take("decider_clause"),
        departments=tuple(head.take("departments", some_of(Department.values) if complete else texts)),
        departments_clause=head.take("departments_clause"),
        publicity_clause=head.take("publicity_clause"),
        notes=head.take("notes", texts, ()),
        rules=tuple(_rule(table) for table in root.tables("rule", needed=complete)),
        limits=tuple(_limit(table) for table in root.tables("limit", needed=False)),
        attachments=tuple(_attachment(table) for table in root.tables("attachment", needed=complete)),
        criteria=tuple(_criterion(table) for table in root.tables("criterion", needed=complete)),
        aggregation=_aggregation(root.table("aggregation")),
        columns=tuple(_column(table) for table in root.tables("column", needed=complete)),
        direct=_direct(root.table("direct")) if "direct" in root.values else None,
        disclosure=head.take("disclosure", one_of(DISCLOSURES), "nothing"),
        disclosure_unverified=head.take("disclosure_unverified", flag, False),
    )
    head.done()
    root.done()
    _check(terms, file, complete=complete)
    return terms


def _quota(value: Any) -> int | None:
    if value == "none":
        return None
    if whole(value) < 1:
        raise ValueError('not a number from 1 on, nor "none"')
    return int(value)


def _instant(value: Any) -> datetime:
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise ValueError("not an instant with its offset, such as 2024-11-22T23:59:59+08:00")
    return value


def _windows(table: Table) -> Windows:
    return Windows(
        opens_at=table.take("opens_at", _instant),
        enterprise_until=table.take("enterprise_until", _instant),
        city_until=table.take("city_until", _instant, None),
        unit_until=table.take("unit_until", _instant),
        ministry_until=table.take("ministry_until", _instant, None),
    )


def _rule(table: Table) -> Rule:
    kind = table.take("kind", one_of(RULE_KINDS))
    parameter = RULE_KINDS[kind].parameter
    rule = Rule(
        code=table.take("code"),
        kind=kind,
        text=table.take("text"),
        clause=table.take("clause"),
        force=table.take("force", Force, Force.REQUIRED),
        value=table.take(parameter.key, parameter.cast) if parameter else None,
        unverified=table.take("unverified", flag, False),
    )
    table.done()
    return rule


def _limit(table: Table) -> Limit:
    limit = Limit(
        table.take("code"),
        table.take("name"),
        table.take("most", _positive),
        table.take("unit"),
        table.take("clause"),
        table.take("unverified", flag, False),
    )
    table.done()
    return limit


def _attachment(table: Table) -> Attachment:
    attachment = Attachment(
        code=table.take("code"),
        name=table.take("name"),
        required=table.take("required", flag),
        formats=table.take("formats", some_of(FORMATS)),
        most_mb=table.take("most_mb", _positive),
        most=table.take("most", _positive),
        clause=table.take("clause"),
        help=table.take("help", str, ""),
        unverified=table.take("unverified", flag, False),
    )
    table.done()
    return attachment


def _criterion(table: Table) -> Criterion:
    criterion = Criterion(
        code=table.take("code"),
        name=table.take("name"),
        weight=table.take("weight", _weight),
        clause=table.take("clause"),
        help=table.take("help", str, ""),
        unverified=table.take("unverified", flag, False),
    )
    table.done()
    return criterion


def _aggregation(table: Table) -> Aggregation:
    aggregation = Aggregation(
        method=table.take("method", Method),
        trim_from=table.take("trim_from", _positive),
        least_sheets=table.take("least_sheets", _positive),
        decimals=table.take("decimals", whole),
        clause=table.take("clause"),
        unverified=table.take("unverified", flag, False),
        ties=table.take("ties", Ties, Ties.OFFICER),
    )
    table.done()
    return aggregation


def _column(table: Table) -> Column:
    column = Column(
        table.take("code", one_of(COLUMNS)),
        table.take("name"),
        table.take("clause"),
        table.take("unverified", flag, False),
    )
    table.done()
    return column


def _direct(table: Table) -> Direct:
    direct = Direct(
        table.take("title", one_of(TITLES)),
        table.take("from_year", whole),
        table.take("to_year", whole),
        table.take("text"),
        table.take("clause"),
    )
    table.done()
    return direct


def _positive(value: Any) -> int:
    if whole(value) < 1:
        raise ValueError("not a whole number from 1 on")
    return int(value)


def _weight(value: Any) -> Decimal:
    weight = number(value)
    if not 0 < weight <= FULL:
        raise ValueError("not a weight above 0 and up to 100")
    return weight


def _check(terms: Terms, file: str, *, complete: bool) -> None:
    """Every code stands once; the weights sum up; a trimmed mean leaves something over. Raises Malformed."""
    codes = {
        "rule": [row.code for row in terms.rules],
        "limit": [row.code for row in terms.limits],
        "attachment": [row.code for row in terms.attachments],
        "criterion": [row.code for row in terms.criteria],
        "column": [row.code for row in terms.columns],
    }
    for name in PARTS:
        once(file, name, codes[name])
    known(file, "terms] [departments", set(terms.departments), set(Department.values))
    if complete and terms.weight != FULL:
        raise Malformed(f"{file}: [criterion] weight: sums to {terms.weight}, not to 100")
    if terms.aggregation.method is Method.TRIMMED and terms.aggregation.trim_from < 3:
        raise Malformed(f"{file}: [aggregation] trim_from: with fewer than 3 sheets nothing is left")
    if terms.direct and terms.direct.from_year > terms.direct.to_year:
        raise Malformed(f"{file}: [direct] from_year: after to_year")
