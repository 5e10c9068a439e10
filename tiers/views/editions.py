"""The conditions of the ladder, to read."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal.errors import Denied
from portal.rules import may
from portal.views.page import PortalRequest, paged
from tiers.editions import Edition, Force, Indicator, IndicatorKind, Tier
from tiers.selectors import editions as selectors
from tiers.selectors.books import books_for_edition

_DIRECTIONS = {
    IndicatorKind.RATIO: "占比",
    IndicatorKind.COUNT: "数量",
    IndicatorKind.LEVEL: "水平",
    IndicatorKind.INCREASE: "提升幅度",
    IndicatorKind.DECREASE: "降低幅度",
}
_FORCES = {Force.REQUIRED: "须", Force.IN_PRINCIPLE: "原则上应"}


@require_safe
def editions(request: PortalRequest) -> HttpResponse:
    """All editions and their revisions."""
    if not may(request.actor, "edition.read"):
        raise Denied("edition.read")
    return render(request, "tiers/editions.html", {"page": paged(request, selectors.editions())})


@require_safe
def edition(request: PortalRequest, code: str) -> HttpResponse:
    """One edition, as it stands; administrators and units' officials also see what no official text confirms."""
    if not may(request.actor, "edition.read"):
        raise Denied("edition.read")
    row, imported = selectors.edition_for(code, request.GET.get("revision", "")), selectors.scenario_list(code)
    value, sees_doubts = row.value, may(request.actor, "edition.doubt")
    context = {
        "row": row,
        "edition": value,
        "revisions": selectors.editions().filter(code=code),
        "imported": imported,
        "scenarios": selectors.by_area(selectors.named_by(imported, value)),
        "steps": [_step(value, tier) for tier in value.tiers],
        "indicators": [
            (group, [(row, _DIRECTIONS[row.kind], _range(row)) for row in rows])
            for group, rows in selectors.indicators_by_group(value)
        ],
        "sees_doubts": sees_doubts,
        "doubts": selectors.doubts(value, imported) if sees_doubts else [],
        "may_import": may(request.actor, "scenarios.import"),
        "books": books_for_edition(code),
    }
    return render(request, "tiers/edition.html", context)


def _step(edition: Edition, tier: Tier) -> dict[str, Any]:
    """A tier with the names of its 环节 and its further conditions: text, clause, whether it is in doubt."""
    conditions: list[tuple[str, str, bool]] = []
    if tier.needs:
        before = edition.tier(tier.needs.tier).name
        conditions.append((f"{_FORCES[tier.needs.force]}已获评{before}", tier.needs.clause, tier.needs.unverified))
    if tier.ai_share is not None:
        conditions.append((f"应用人工智能的场景占比不低于 {tier.ai_share}%", "", tier.ai_share_unverified))
    return {
        "tier": tier,
        "areas": [edition.area_names[code] for code in tier.coverage.areas],
        "force": _FORCES[tier.coverage.force],
        "content": [(clause.heading or edition.area_names[clause.area], clause) for clause in tier.content],
        "conditions": conditions,
    }


def _range(indicator: Indicator) -> str:
    match indicator.least, indicator.most:
        case None, None:
            return "不限，可为负"
        case least, None:
            return f"不小于 {least}"
        case None, most:
            return f"不大于 {most}"
        case least, most:
            return f"{least} 至 {most}"
