"""Accounts, for the security administrator."""

from collections.abc import Callable
from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from portal import audit
from portal.errors import Denied
from portal.forms import ReasonForm
from portal.models import User
from portal.privacy import masked_email
from portal.rules import may
from portal.selectors import people
from portal.services import accounts as services
from portal.views.page import PortalRequest, paged, refusal_shown_on


@require_safe
def accounts(request: PortalRequest) -> HttpResponse:
    """All accounts: found by name or address."""
    if not may(request.actor, "account.list"):
        raise Denied("account.list")
    search, only_shut = request.GET.get("search", "").strip()[:80], request.GET.get("shut") == "1"
    totp = Authenticator.objects.filter(user=OuterRef("pk"), type=Authenticator.Type.TOTP)
    rows = people.accounts(search=search, only_shut=only_shut).annotate(has_totp=Exists(totp))
    page = paged(request, rows)
    for row in page:
        row.email_shown = masked_email(row.email)
    context = {"page": page, "search": search, "only_shut": only_shut}
    return render(request, "portal/accounts.html", context)


@require_safe
def account(request: PortalRequest, pk: int) -> HttpResponse:
    """One account: its posts, and what can be done to it. The address is shown in full, so reading is on record."""
    row = people.account_for(request.actor, pk)
    audit.record("account.view", row)
    return _account(request, row, ReasonForm(label="理由"))


def _account(request: PortalRequest, row: User, form: ReasonForm) -> HttpResponse:
    context = {
        "account": row,
        "form": form,
        "memberships": people.hats(row),
        "has_totp": Authenticator.objects.filter(user=row, type=Authenticator.Type.TOTP).exists(),
        "is_own": row == request.actor.user,
    }
    return render(request, "portal/account.html", context, status=422 if form.errors else 200)


def _act(
    request: PortalRequest, pk: int, act: Callable[..., Any], said: str, *, needs_reason: bool = False
) -> HttpResponse:
    """Do one act to one account, and say so, or show why not."""
    row = people.account_for(request.actor, pk)
    form = ReasonForm(request.POST, label="理由", required=needs_reason)
    if form.is_valid():
        reason = {"reason": form.cleaned_data["reason"]} if needs_reason else {}
        with refusal_shown_on(form):
            act(row, actor=request.actor, **reason)
            messages.success(request, f"{row.name}：{said}")
            return redirect("account", pk=pk)
    return _account(request, row, form)


@require_POST
def disable(request: PortalRequest, pk: int) -> HttpResponse:
    """Shut the account."""
    return _act(request, pk, services.disable, "账户已停用，所有会话已结束。", needs_reason=True)


@require_POST
def enable(request: PortalRequest, pk: int) -> HttpResponse:
    """Open it again."""
    return _act(request, pk, services.enable, "账户已启用。")


@require_POST
def end_sessions(request: PortalRequest, pk: int) -> HttpResponse:
    """Sign its owner out everywhere."""
    return _act(request, pk, services.end_sessions, "已在所有设备上退出登录。")


@require_POST
def reset_second_factor(request: PortalRequest, pk: int) -> HttpResponse:
    """Remove a lost second factor."""
    said = "两步验证已重置，本人下次登录时须重新设置。"
    return _act(request, pk, services.reset_second_factor, said, needs_reason=True)
