"""Checking, committing, handing in; the confirmation, the receipt, and taking it back."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from applications.documents import receipt as receipt_of
from applications.forms.submitting import CommitForm
from applications.guards import writing_closed
from applications.selectors import applications as selectors
from applications.selectors.pages import draft_shown, what_next
from applications.selectors.papers import check as checked
from applications.selectors.papers import paper
from applications.services import asking
from applications.services import submitting as services
from applications.states import ApplicationState
from portal import clock
from portal.roles import Role
from portal.rules import may
from portal.views.page import PortalRequest, refusal_shown_on
from tiers.selectors.rounds import timeline as round_timeline


@require_safe
def check(request: PortalRequest, ref: str) -> HttpResponse:
    """Everything that is missing or does not agree, with the way to its field; and the answers once more."""
    row = selectors.own_application_for(request.actor, ref)
    what = paper(row)
    found = checked(what, clock.now())
    context = {
        "application": row,
        "check": found,
        "shown": draft_shown(what),
        "may_submit": may(request.actor, "application.submit", row),
        "admins": selectors.people_of(row, Role.ENTERPRISE_ADMIN),
    }
    return render(request, "applications/check.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def submit(request: PortalRequest, ref: str) -> HttpResponse:
    """The commitments, once more who one is, and hand it in."""
    row = selectors.own_application_for(request.actor, ref)
    actor = request.actor
    if not may(actor, "application.submit", row):
        return redirect("application_check", ref=ref)
    shut = writing_closed(row, clock.now()) if row.is_writable else None
    form = CommitForm(request.POST or None, user=actor.person, shut=shut, initial={"version": row.version + 1})
    if request.method == "POST" and form.is_valid():
        with refusal_shown_on(form):
            made = services.submit(row, version=form.cleaned_data["version"], commitment=form.commitment(), actor=actor)
            return redirect("confirmation", ref=ref, version=made.version)
    context = {"form": form, "application": row, "check": checked(paper(row), clock.now())}
    context["next_version"] = row.version + 1
    return render(request, "applications/submit.html", context, status=422 if form.errors else 200)


@require_safe
def confirmation(request: PortalRequest, ref: str, version: int) -> HttpResponse:
    """It has been handed in: the number, and what happens next and when."""
    row = selectors.own_application_for(request.actor, ref)
    found = selectors.submission_for(row, version)
    is_taken_back = found.version == row.version and row.state == ApplicationState.DRAFT
    context = {
        "application": row,
        "submission": found,
        "is_current": found.version == row.version and not is_taken_back,
        "is_taken_back": is_taken_back,
        "steps": round_timeline(row.round, clock.now()),
        "next_steps": what_next(row),
    }
    return render(request, "applications/confirmation.html", context)


@require_safe
def receipt(request: PortalRequest, ref: str, version: int) -> HttpResponse:
    """The receipt of a version as a PDF."""
    row = selectors.own_application_for(request.actor, ref)
    found = selectors.submission_for(row, version)
    response = HttpResponse(receipt_of(found), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{found.number}-v{found.version}-receipt.pdf"'
    return response


@require_POST
def ask(request: PortalRequest, ref: str) -> HttpResponse:
    """Ask the enterprise's administrators to hand it in."""
    row = selectors.own_application_for(request.actor, ref)
    count = asking.ask_to_submit(row, actor=request.actor)
    messages.success(request, f"已通知{count}位企业管理员检查并提交。")
    return redirect("application_check", ref=ref)


@require_POST
def withdraw(request: PortalRequest, ref: str) -> HttpResponse:
    """Take back what was handed in, to change it."""
    row = services.withdraw(selectors.own_application_for(request.actor, ref), actor=request.actor)
    messages.success(request, "申报已撤回，可以继续修改。请务必在截止前重新提交。")
    return redirect("application", ref=row.ref)
