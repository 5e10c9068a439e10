"""The first page, the display switch, the hat, one's own account."""

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from portal.errors import Hidden
from portal.rules import may
from portal.selectors import home as lines
from portal.selectors.enterprises import own_registrations
from portal.services import accounts
from portal.views.page import PortalRequest


@login_not_required
@require_safe
def home(request: PortalRequest) -> HttpResponse:
    """What waits for me; for a stranger, what this is."""
    actor = request.actor
    if actor.user is None:
        return render(request, "landing.html", {"news": lines.all_news(actor)})
    context = {
        "waiting": lines.all_waiting(actor),
        "facts": lines.all_facts(actor),
        "advice": lines.all_advice(actor),
        "news": lines.all_news(actor),
        "registrations": own_registrations(actor.user)[:5] if actor.membership is None else [],
    }
    return render(request, "portal/home.html", context)


def _back(request: HttpRequest, target: str) -> HttpResponse:
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return redirect(target if safe else "home")


@login_not_required
@require_POST
def display(request: PortalRequest) -> HttpResponse:
    """Large letters or high contrast, kept in this browser."""
    response = _back(request, request.POST.get("next", ""))
    for name in ("large", "contrast"):
        if (value := request.POST.get(name)) in {"0", "1"}:
            response.set_cookie(
                name, value, max_age=31_536_000, httponly=True, samesite="Lax", secure=request.is_secure()
            )
    return response


@require_POST
def hat(request: PortalRequest) -> HttpResponse:
    """Act under another of one's memberships."""
    chosen = request.POST.get("membership", "")
    worn = next((h for h in request.hats if str(h.pk) == chosen), None)
    if worn is None:
        raise Hidden("membership", chosen[:20])
    request.session["hat"] = worn.pk
    messages.success(request, f"已切换为：{worn.label}")
    return redirect("home")


@require_safe
def me(request: PortalRequest) -> HttpResponse:
    """My account: who I am here, password, second factor, sessions."""
    factors = Authenticator.objects.filter(user=request.actor.user)
    has_totp = factors.filter(type=Authenticator.Type.TOTP).exists()
    for row in request.hats:
        row.may_hand_over = may(request.actor, "membership.hand_over", row)  # type: ignore[attr-defined]
    return render(request, "portal/me.html", {"has_totp": has_totp, "memberships": request.hats})


@require_POST
def end_sessions(request: PortalRequest) -> HttpResponse:
    """Sign out on every device, this one too."""
    if request.actor.user:
        accounts.end_own_sessions(request.actor.user, actor=request.actor)
    logout(request)
    messages.success(request, "已在所有设备上退出登录。")
    return redirect("account_login")
