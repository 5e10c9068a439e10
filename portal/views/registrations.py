"""Registering an enterprise, and deciding registrations."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal import audit
from portal.errors import Denied
from portal.forms import ReasonForm, RegistrationForm
from portal.rules import may
from portal.selectors import enterprises as selectors
from portal.services import registration as services
from portal.states import RegistrationState
from portal.views.page import PortalRequest, paged, refusal_shown_on


@require_http_methods(["GET", "HEAD", "POST"])
def register(request: PortalRequest) -> HttpResponse:
    """Ask to act for an enterprise."""
    user = request.actor.user
    known = {"contact_name": user.name, "contact_email": user.email} if user else {}
    form = RegistrationForm(request.POST or None, initial=known)
    if request.method == "POST" and form.is_valid():
        with refusal_shown_on(form):
            made = services.register(request.actor, form.cleaned_data)
            return redirect("own_registration", ref=made.ref)
    return render(request, "portal/register.html", {"form": form}, status=_status(form))


def _status(form: RegistrationForm | ReasonForm) -> int:
    """422 for a form that came back: a machine can tell it from success, a person sees the summary on top."""
    return 422 if form.is_bound and form.errors else 200


@require_safe
def own_registration(request: PortalRequest, ref: str) -> HttpResponse:
    """How my request stands. It reads the same whether or not the enterprise is known here."""
    user = request.actor.user
    if user is None:
        raise Denied("registration")
    return render(request, "portal/own_registration.html", {"registration": selectors.own_registration_for(user, ref)})


@require_POST
def withdraw(request: PortalRequest, ref: str) -> HttpResponse:
    """Take my request back."""
    user = request.actor.user
    if user is None:
        raise Denied("registration")
    services.withdraw(selectors.own_registration_for(user, ref), actor=request.actor)
    messages.success(request, "登记申请已撤回。")
    return redirect("home")


@require_safe
def registrations(request: PortalRequest) -> HttpResponse:
    """Registrations that I decide, by state."""
    if not may(request.actor, "registration.list"):
        raise Denied("registration.list")
    asked = request.GET.get("state", RegistrationState.PENDING)
    state = RegistrationState(asked) if asked in RegistrationState.values else RegistrationState.PENDING
    context = {
        "page": paged(request, selectors.registrations(request.actor, state)),
        "state": state,
        "states": [s for s in RegistrationState if s != RegistrationState.WITHDRAWN],
    }
    return render(request, "portal/registrations.html", context)


@require_safe
def registration(request: PortalRequest, ref: str) -> HttpResponse:
    """One registration, with what I can do about it."""
    return _registration(request, ref, ReasonForm(label="不予通过的理由"))


def _registration(request: PortalRequest, ref: str, form: ReasonForm) -> HttpResponse:
    row = selectors.registration_for(request.actor, ref)
    if not form.is_bound:  # personal data of the applicant and the enterprise's people were read
        audit.record("registration.view", row)
    context = {
        "registration": row,
        "form": form,
        "can_decide": row.state == RegistrationState.PENDING and may(request.actor, "registration.confirm", row),
    }
    return render(request, "portal/registration.html", context, status=_status(form))


@require_POST
def confirm(request: PortalRequest, ref: str) -> HttpResponse:
    """Let the enterprise, or the colleague, in."""
    row = selectors.registration_for(request.actor, ref)
    services.confirm(row, actor=request.actor)
    messages.success(request, f"已确认 {row.ref}，申请人将收到邮件通知。")
    return redirect("registrations")


@require_POST
def refuse(request: PortalRequest, ref: str) -> HttpResponse:
    """Say no, with a reason."""
    row = selectors.registration_for(request.actor, ref)
    form = ReasonForm(request.POST, label="不予通过的理由")
    if form.is_valid():
        with refusal_shown_on(form):
            services.refuse(row, reason=form.cleaned_data["reason"], actor=request.actor)
            messages.success(request, f"已将 {row.ref} 退回，申请人将收到理由。")
            return redirect("registrations")
    return _registration(request, ref, form)
