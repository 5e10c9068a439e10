"""The demo's own pages: its accounts with their current codes, and its mail. Absent in production."""

import time

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portal.demo.cast import PASSWORD, secret_of
from portal.demo.todo import accounts, progress
from portal.models import Mail
from portal.views.page import PortalRequest, paged


def current_code(email: str) -> str:
    """The code that a demo account's authenticator shows now."""
    return format_hotp_value(hotp_value(secret_of(email), int(time.time()) // 30))


@never_cache
@login_not_required
@require_safe
def demo(request: PortalRequest) -> HttpResponse:
    """Whom one can sign in as."""
    if not settings.IS_DEMO:
        raise Http404
    cast, others = (
        [(row, current_code(row.seat.email) if row.seat.has_second_factor else "") for row in rows]
        for rows in accounts()
    )
    world = progress()
    context: dict[str, object] = {"cast": cast, "others": others, "world": world, "password": PASSWORD}
    context["seconds_left"] = 30 - int(time.time()) % 30
    return render(request, "portal/demo.html", context)


@never_cache
@login_not_required
@require_safe
def mailbox(request: PortalRequest) -> HttpResponse:
    """What the portal wrote to anybody."""
    if not settings.IS_DEMO:
        raise Http404
    to = request.GET.get("to", "").strip()[:80]
    rows = Mail.objects.order_by("-created_at")
    if to:
        rows = rows.filter(to__icontains=to)
    return render(request, "portal/demo_mail.html", {"page": paged(request, rows, 20), "to": to})
