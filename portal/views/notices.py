"""The list of what a person was told."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal.selectors import notices as selectors
from portal.services.notices import mark_read
from portal.views.page import PortalRequest, paged


@require_safe
def notices(request: PortalRequest) -> HttpResponse:
    """One's own notices, newest first; opening the list marks them as read."""
    seen = request.actor.person.notices_read_at
    context = {"page": paged(request, selectors.notices(request.actor)), "seen": seen}
    response = render(request, "portal/notices.html", context)
    mark_read(request.actor)
    return response
