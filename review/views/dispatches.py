"""What was sent to the ministry: every unit's standing, one dispatch with its checks, receiving it, asking for more."""

import io

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.errors import Denied
from portal.roles import Role
from portal.rules import may
from portal.views.page import PortalRequest, paged
from portal.views.ranges import file_in_pieces
from review.forms.outcomes import DecideForm, SupplementForm
from review.models import Dispatch
from review.selectors import dispatches as selectors
from review.services import dispatches as services
from review.services import outcomes
from review.views.acts import Act, Back, perform
from tiers.terms import TIERS

_ANY = ["GET", "HEAD", "POST"]


@require_safe
def dispatches(request: PortalRequest) -> HttpResponse:
    """For the ministry every unit in a batch; for a unit what it sent."""
    if not may(request.actor, "dispatch.list"):
        raise Denied("dispatch.list")
    if request.actor.role is not Role.MINISTRY:
        page = paged(request, selectors.dispatches(request.actor))
        return render(request, "review/dispatches_own.html", {"page": page})
    batches = selectors.batches()
    asked = request.GET.get("batch", "")
    batch = selectors.batch_for(asked) if asked else selectors.foremost(batches)
    lines = selectors.survey(batch) if batch else []
    context = {
        "batches": [(one.key, f"{one.year}年度{TIERS[one.tier][1]}（第{one.number}批）") for one in batches],
        "batch": batch,
        "lines": [line for line in lines if line.round],
        "without": [line.unit.name for line in lines if not line.round],
        "sent": sum(line.dispatch is not None for line in lines),
        "late": sum(line.is_late for line in lines),
        "used": sum(line.used or 0 for line in lines),
    }
    return render(request, "review/dispatches.html", context)


@require_safe
def dispatch(request: PortalRequest, ref: str) -> HttpResponse:
    """One dispatch: its rows, what the portal points out, its papers, what can be done about it."""
    row, actor = selectors.dispatch_for(request.actor, ref), request.actor
    document = row.document
    results = {outcome.ref: outcome for outcome in row.outcomes.all()}
    lines = [(place, line, results.get(line["ref"])) for place, line in enumerate(selectors.entries(row), start=1)]
    context = {
        "row": row,
        "said": document,
        "quota_lines": [line for line in lines if not line[1]["outside_quota"]],
        "direct_lines": [line for line in lines if line[1]["outside_quota"]],
        "checks": selectors.checks(row),
        "asked": [(one, lines[one["position"] - 1][1] if one["position"] else None) for one in row.asked],
        "may": {name: may(actor, f"dispatch.{name}", row) for name in ("receive", "ask", "decide")},
        "tier": TIERS[document["round"]["tier"]][1],
    }
    return render(request, "review/dispatch.html", context)


@require_POST
def receive(request: PortalRequest, ref: str) -> HttpResponse:
    """The ministry has it."""
    services.receive(selectors.dispatch_for(request.actor, ref), actor=request.actor)
    messages.success(request, "已接收上报件，并已通知上报单位。")
    return redirect("dispatch", ref=ref)


def _gated(request: PortalRequest, ref: str, permission: str) -> tuple[Dispatch, Back]:
    row = selectors.dispatch_for(request.actor, ref)
    if not may(request.actor, permission, row):
        raise Denied(permission)
    return row, Back(f"上报件 {row.ref}", reverse("dispatch", args=[ref]))


@require_http_methods(_ANY)
def ask(request: PortalRequest, ref: str) -> HttpResponse:
    """Ask for supplements."""
    row, back = _gated(request, ref, "dispatch.ask")
    lead = f"{row.unit.name}，{row.round.name}。要求逐项告知上报单位，由其重新会签、上报新版本；本版本留存备查。"
    act = Act("要求补正", lead, "发出补正要求", "已发出补正要求，并已通知上报单位。", back)
    form = SupplementForm(request.POST or None, lines=selectors.entries(row))
    return perform(
        request, act, form, lambda said: services.ask(row, form.asked, due_at=said["due_at"], actor=request.actor)
    )


@require_http_methods(_ANY)
def decide(request: PortalRequest, ref: str) -> HttpResponse:
    """Make the results of everything in it known, by hand."""
    row, back = _gated(request, ref, "dispatch.decide")
    lead = "公布后计入荣誉称号名册，通知企业、市州和推荐单位，本批次随之结束，不能再更改。"
    act = Act(
        "公布评审结果", f"{row.unit.name}，{row.round.name}。{lead}", "公布结果", "结果已公布。", back, is_grave=True
    )
    lines = [(line["ref"], f"{line['name']}（{line['project']}）") for line in selectors.entries(row)]
    form = DecideForm(request.POST or None, lines=lines, with_advice=row.round.tier == "leading")
    return perform(request, act, form, lambda _: outcomes.decide(row, form.decisions, actor=request.actor))


@require_safe
def book(request: PortalRequest, ref: str, place: int) -> HttpResponseBase:
    """The book of an entry as it went up; reading it is on record."""
    row = selectors.dispatch_for(request.actor, ref)
    name, content = services.read_book(row, place, actor=request.actor)
    return FileResponse(io.BytesIO(content), as_attachment=True, filename=name)


@require_safe
def package(request: PortalRequest, ref: str) -> HttpResponseBase:
    """Everything that went up, as one file, whole or in pieces; taking it is on record."""
    row = selectors.dispatch_for(request.actor, ref)
    asked, condition = (request.headers.get(name, "") for name in ("Range", "If-Range"))
    made = services.package(row, held=condition if asked else "", actor=request.actor)
    name = f"上报件-{row.ref}.zip"
    return file_in_pieces(asked, condition, made.stream, size=made.size, digest=made.digest, name=name)
