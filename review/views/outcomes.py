"""Results: template → upload → preview → confirm by the ministry; by hand by a unit that decides itself."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.errors import Denied
from portal.rules import may
from portal.spreadsheets import form_workbook
from portal.views.page import PortalRequest, refusal_shown_on
from review import outcome_lines
from review.forms.outcomes import DecideForm
from review.selectors import dispatches, outcomes
from review.services import outcomes as services
from review.views.acts import Act, Back, perform
from tiers.forms.recognitions import ConfirmForm, UploadForm
from tiers.selectors.rounds import round_for
from tiers.terms import TIERS
from tiers.views.imports import confirmed, preview_page, report
from tiers.views.recognitions import attachment

_ANY = ["GET", "HEAD", "POST"]


def _ministry(request: PortalRequest) -> None:
    if not may(request.actor, "dispatch.survey"):
        raise Denied("outcome.import")


@require_safe
def template(request: PortalRequest, batch: str) -> HttpResponse:
    """A workbook to fill in: a line for everybody who is still to be decided, or an example where there is nobody."""
    _ministry(request)
    found = dispatches.batch_for(batch)
    lines = dispatches.to_decide(found) or [outcome_lines.EXAMPLE]
    content = form_workbook("评审结果", outcome_lines.HEADINGS, lines, outcome_lines.ALLOWED)
    return attachment(content, f"results-{found.key}-template.xlsx")


@require_http_methods(_ANY)
def upload(request: PortalRequest, batch: str) -> HttpResponse:
    """Upload the results of a batch."""
    _ministry(request)
    found = dispatches.batch_for(batch)
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        with refusal_shown_on(form):
            made = services.upload(found, file.read(), file.name, actor=request.actor)
            return redirect("outcome_import", ref=made.ref)
    title = f"{found.year}年度{TIERS[found.tier][1]}（第{found.number}批）"
    context = {"form": form, "batch": found, "title": title, "headings": outcome_lines.HEADINGS}
    return render(request, "review/outcome_upload.html", context, status=422 if form.errors else 200)


def _preview(request: PortalRequest, ref: str, form: ConfirmForm | None = None) -> HttpResponse:
    row = outcomes.import_for(request.actor, ref)
    where: dict[str, Any] = {
        "confirm": reverse("outcome_confirm", args=[ref]),
        "report": reverse("outcome_errors", args=[ref]),
        "again": reverse("outcome_upload", args=[row.about]),
        "back": reverse("dispatches"),
        "crumb": "上报与认定",
    }
    found = outcomes.preview(row)
    return preview_page(request, row, found, form or ConfirmForm(), outcome_lines.HEADINGS, **where)


@require_safe
def preview(request: PortalRequest, ref: str) -> HttpResponse:
    """What an uploaded list of results would do, line by line."""
    return _preview(request, ref)


@require_POST
def confirm(request: PortalRequest, ref: str) -> HttpResponse:
    """Make the results of an uploaded list known."""
    row = outcomes.import_for(request.actor, ref)
    form, is_done = confirmed(request, services.confirm, row)
    return redirect("dispatches") if is_done else _preview(request, ref, form)


@require_safe
def errors(request: PortalRequest, ref: str) -> HttpResponse:
    """The lines in error, as a workbook."""
    row = outcomes.import_for(request.actor, ref)
    return report(row, outcomes.preview(row), outcome_lines.HEADINGS)


@require_http_methods(_ANY)
def record(request: PortalRequest, ref: str) -> HttpResponse:
    """A unit that decides itself records what it recognised."""
    round_ = round_for(request.actor, ref)
    if not may(request.actor, "outcome.record", round_):
        raise Denied("outcome.record")
    lead = "登记后计入荣誉称号名册，通知企业和市州，本批次随之结束，不能再更改。"
    back = Back(round_.ref, reverse("round", args=[ref]))
    act = Act(
        "登记认定结果", f"{round_.name}。{lead}", "登记并公布", "认定结果已公布，本批次已结束。", back, is_grave=True
    )
    form = DecideForm(request.POST or None, lines=outcomes.to_decide(round_))
    return perform(request, act, form, lambda _: services.record(round_, form.decisions, actor=request.actor))
