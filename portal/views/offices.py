"""Offices, for the system administrator."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal.errors import Denied
from portal.models import OfficeLevel
from portal.rules import may
from portal.selectors import people
from portal.views.page import PortalRequest, paged


@require_safe
def offices(request: PortalRequest) -> HttpResponse:
    """All offices, and whether anybody works there."""
    if not may(request.actor, "office.manage"):
        raise Denied("office.manage")
    level, search = request.GET.get("level", ""), request.GET.get("search", "").strip()[:50]
    level = level if level in OfficeLevel.values else ""
    context = {
        "page": paged(request, people.offices(level=level, search=search)),
        "levels": OfficeLevel,
        "level": level,
        "search": search,
    }
    return render(request, "portal/offices.html", context)
