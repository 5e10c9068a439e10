"""The conditions of the ladder, to read."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal.errors import Denied
from portal.rules import may
from portal.views.page import PortalRequest, paged
from tiers.selectors import editions as selectors


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
        "indicators": selectors.indicators_by_group(value),
        "sees_doubts": sees_doubts,
        "doubts": selectors.doubts(value, imported) if sees_doubts else [],
        "may_import": may(request.actor, "scenarios.import"),
    }
    return render(request, "tiers/edition.html", context)
