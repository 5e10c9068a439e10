"""基础级备案: what an enterprise files, and what its city makes of it."""

from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal import audit
from portal.errors import Denied
from portal.rules import may
from portal.views.page import PortalRequest, paged, refusal_shown_on
from portal.workflow import available
from tiers.forms.assessments import FileForm, ReturnForm
from tiers.selectors import filings as selectors
from tiers.selectors.assessments import assessment_for, paper
from tiers.services import evidence
from tiers.services import filings as services
from tiers.states import FilingState


@require_safe
def filings(request: PortalRequest) -> HttpResponse:
    """The filings of my place, by state."""
    if not may(request.actor, "filing.list"):
        raise Denied("filing.list")
    state = request.GET.get("state", FilingState.FILED)
    state = state if state in FilingState.values else FilingState.FILED
    page = paged(request, selectors.filings(request.actor, state))
    return render(request, "tiers/filings.html", {"page": page, "state": state, "states": FilingState.choices})


@require_http_methods(["GET", "HEAD", "POST"])
def file(request: PortalRequest, ref: str) -> HttpResponse:
    """Look over what will be filed, vouch for it, file it."""
    assessment = assessment_for(request.actor, ref)
    form = FileForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusal_shown_on(form):
            row = services.file(assessment, is_true=form.cleaned_data["is_true"], actor=request.actor)
            messages.success(request, f"备案已提交，编号 {row.ref}。")
            return redirect("filing", ref=row.ref)
    what = paper(assessment)
    context = {"form": form, "assessment": assessment, "obstacles": services.obstacles(what)}
    context["standing"] = selectors.standing(assessment)
    return render(request, "tiers/file.html", context, status=422 if form.errors else 200)


def _page(request: PortalRequest, row: Any, form: ReturnForm, status: int = 200) -> HttpResponse:
    actions = {transition.action for transition in available(row, request.actor)}
    context = {"filing": row, "shown": selectors.shown(row), "form": form, "actions": actions}
    may_file = row.state == FilingState.RETURNED and may(request.actor, "filing.file", row)
    context["may_file_again"] = may_file and selectors.standing(row.assessment) is None
    return render(request, "tiers/filing.html", context, status=status)


@require_safe
def filing(request: PortalRequest, ref: str) -> HttpResponse:
    """One filing, as it stood when it was filed."""
    row = selectors.filing_for(request.actor, ref)
    if request.actor.stands("enterprise") is None:
        audit.record("filing.view", row)
    return _page(request, row, ReturnForm())


@require_POST
def confirm(request: PortalRequest, ref: str) -> HttpResponse:
    """Confirm a filing."""
    row = services.confirm(selectors.filing_for(request.actor, ref), actor=request.actor)
    messages.success(request, f"{row.factory.name}的备案已确认。")
    return redirect("filings")


@require_POST
def send_back(request: PortalRequest, ref: str) -> HttpResponse:
    """Return a filing with a reason."""
    row = selectors.filing_for(request.actor, ref)
    form = ReturnForm(request.POST)
    if form.is_valid():
        with refusal_shown_on(form):
            services.send_back(row, reason=form.cleaned_data["reason"], actor=request.actor)
            messages.success(request, "备案已退回，企业将收到通知。")
            return redirect("filings")
    return _page(request, row, form, status=422)


@require_POST
def withdraw(request: PortalRequest, ref: str) -> HttpResponse:
    """Take one's own filing back."""
    row = services.withdraw(selectors.filing_for(request.actor, ref), actor=request.actor)
    messages.success(request, "备案已撤回，可修改自评后重新提交。")
    return redirect("factory", ref=row.factory.ref)


@require_safe
def filed_file(request: PortalRequest, ref: str, pk: int) -> FileResponse:
    """A piece of evidence as it was filed."""
    row = selectors.filing_for(request.actor, ref)
    stored, name = selectors.filed_file(row, pk)
    if request.actor.stands("enterprise") is None:
        audit.record("filing.view", row, file=name)
    return FileResponse(evidence.opened(stored), as_attachment=True, filename=name)
