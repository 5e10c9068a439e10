"""Colleagues: inviting, taking and giving back, handing over; and what the invited person sees."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal import clock
from portal.errors import Denied
from portal.forms import HandOverForm, InvitationForm, NewcomerForm, ReasonForm
from portal.models import Invitation, User
from portal.roles import Role
from portal.rules import may
from portal.selectors import people as selectors
from portal.services import invitations, memberships
from portal.states import InvitationState
from portal.views.page import PortalRequest, paged, refusal_shown_on


@require_safe
def people(request: PortalRequest) -> HttpResponse:
    """Whom I look after, and whom I invited."""
    if not may(request.actor, "people.manage"):
        raise Denied("people.manage")
    rows = paged(request, selectors.colleagues(request.actor))
    for row in rows:
        row.may_disable = may(request.actor, "membership.disable", row)
        row.may_hand_over = may(request.actor, "membership.hand_over", row)
    context = {"page": rows, "invitations": selectors.invitations(request.actor)[:100], "now": clock.now()}
    return render(request, "portal/people.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: PortalRequest) -> HttpResponse:
    """Invite somebody to a post."""
    actor = request.actor
    if not may(actor, "people.manage"):
        raise Denied("people.manage")
    initial = {"office": request.GET.get("office", "")}
    form = InvitationForm(request.POST or None, actor=actor, initial=initial)
    if request.method == "POST" and form.is_valid():
        with refusal_shown_on(form):
            data, hat = form.cleaned_data, actor.membership
            post = memberships.post_at(
                Role(data["role"]),
                office=data.get("office"),
                enterprise=hat.enterprise if hat else None,
                unit=hat.unit if hat else None,
            )
            invitations.invite(actor, email=data["email"], name=data["name"], post=post)
            messages.success(request, f"已向 {data['email']} 发送邀请。")
            return redirect("people")
    return render(request, "portal/invite.html", {"form": form}, status=422 if form.errors else 200)


@require_POST
def withdraw(request: PortalRequest, pk: int) -> HttpResponse:
    """Take an invitation back."""
    row = invitations.withdraw(selectors.invitation_for(request.actor, pk), actor=request.actor)
    messages.success(request, f"已撤回对{row.name}的邀请，原链接已失效。")
    return redirect("people")


@require_http_methods(["GET", "HEAD", "POST"])
def disable(request: PortalRequest, pk: int) -> HttpResponse:
    """Take a colleague's post away, with a reason."""
    row = selectors.membership_for(request.actor, pk)
    form = ReasonForm(request.POST or None, label="停用理由")
    if request.method == "POST" and form.is_valid():
        with refusal_shown_on(form):
            memberships.disable(row, reason=form.cleaned_data["reason"], actor=request.actor)
            messages.success(request, f"已停用{row.user.name}的“{row.role_label}”角色。")
            return redirect("people")
    context = {"membership": row, "form": form}
    return render(request, "portal/disable.html", context, status=422 if form.errors else 200)


@require_POST
def restore(request: PortalRequest, pk: int) -> HttpResponse:
    """Give a disabled post back."""
    row = memberships.restore(selectors.membership_for(request.actor, pk), actor=request.actor)
    messages.success(request, f"已恢复{row.user.name}的“{row.role_label}”角色。")
    return redirect("people")


@require_http_methods(["GET", "HEAD", "POST"])
def hand_over(request: PortalRequest, pk: int) -> HttpResponse:
    """Hand a post over to a colleague."""
    row = selectors.membership_for(request.actor, pk)
    form = HandOverForm(request.POST or None, membership=row)
    if request.method == "POST" and form.is_valid():
        with refusal_shown_on(form):
            heir = form.cleaned_data["to"].user
            memberships.hand_over(row, to=heir, actor=request.actor)
            messages.success(request, f"已将“{row.role_label}”由{row.user.name}移交给{heir.name}。")
            return redirect("home")
    context = {"membership": row, "form": form, "has_heirs": selectors.successors(row).exists()}
    return render(request, "portal/hand_over.html", context, status=422 if form.errors else 200)


@never_cache
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: PortalRequest, token: str) -> HttpResponse:
    """What the secret link opens: accept under one's account, or open one first."""
    row = selectors.invitation_by_token(token)
    user = request.actor.user
    has_account = User.objects.filter(email__iexact=row.email).exists()
    newcomer = user is None and not has_account
    form = NewcomerForm(request.POST or None, initial={"name": row.name}) if newcomer else None
    if request.method == "POST" and row.state == InvitationState.OPEN:
        response = _accept(request, row, form)
        if response:
            return response
    context = {
        "invitation": row,
        "form": form,
        "has_account": has_account,
        "is_addressee": user is not None and user.email.lower() == row.email.lower(),
        "is_open": row.state == InvitationState.OPEN and clock.now() <= row.expires_at,
    }
    gone = not context["is_open"]
    return render(
        request, "portal/invitation.html", context, status=410 if gone else 422 if form and form.errors else 200
    )


def _accept(request: PortalRequest, row: Invitation, form: NewcomerForm | None) -> HttpResponse | None:
    """Take the post up; None when the page has to be shown again."""
    user = request.actor.user
    if user is not None:
        membership = invitations.accept(row, user=user)
        request.session["hat"] = membership.pk
        messages.success(request, f"您已接受邀请，当前身份：{membership.label}")
        return redirect("home")
    if form is not None and form.is_valid():
        with refusal_shown_on(form):
            data = form.cleaned_data
            invitations.accept_as_newcomer(row, name=data["name"], password=data["password1"])
            messages.success(request, "账户已建立，请用该邮箱和密码登录。")
            return redirect("account_login")
    return None
