"""Visits on site: planning, the record, photographs."""

from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.errors import Denied, Hidden, Refused, Stale
from portal.rules import may
from portal.views.page import PortalRequest, paged, refusal_shown_on
from review.forms import visits as forms
from review.forms.first_reviews import ReasonForm
from review.models import Conclusion, SiteVisit
from review.selectors import visits as selectors
from review.services import visits as services
from review.services.visits import Planning
from review.states import VisitState
from review.views.acts import Act, Back, perform
from review.visit_rules import FINDINGS
from tiers.selectors.rounds import round_for

_ANY = ["GET", "HEAD", "POST"]


@require_safe
def visits(request: PortalRequest) -> HttpResponse:
    """The visits on which an expert goes along; a unit's, all of them."""
    if not (may(request.actor, "sheet.list") or may(request.actor, "visit.list")):
        raise Denied("visit.list")
    context = {"page": paged(request, selectors.visits(request.actor)), "round": None}
    return render(request, "review/visits.html", context)


@require_safe
def round_visits(request: PortalRequest, ref: str) -> HttpResponse:
    """A round's visits."""
    if not may(request.actor, "visit.list"):
        raise Denied("visit.plan")
    round_ = round_for(request.actor, ref)
    if not may(request.actor, "visit.plan", round_):
        raise Hidden("round", ref)
    context = {"page": paged(request, selectors.of_round(request.actor, round_)), "round": round_}
    return render(request, "review/visits.html", context)


@require_http_methods(_ANY)
def plan(request: PortalRequest, ref: str) -> HttpResponse:
    """Arrange a visit to a candidate."""
    row = selectors.candidate_for(request.actor, ref)
    team = selectors.team_choices(request.actor, row)
    people = {key: one for key, _, one in team}
    labels = [(key, label) for key, label, _ in team]
    initial = {"place": selectors.judged_submission(row).document["factory"]["address"]}
    form = forms.PlanForm(
        request.POST or None, team=labels, indicators=selectors.indicator_choices(row), initial=initial
    )
    back = Back("现场核查", reverse("round_visits", args=[row.round.ref]))
    lead = f"{row.name}（{row.number}）。安排后通知核查组和申报单位。"
    act = Act("安排现场核查", lead, "安排", "已安排现场核查。", back)

    def do(said: dict[str, Any]) -> object:
        chosen = tuple(people[key] for key in said["team"])
        planning = Planning(said["planned_at"], said["place"], chosen, said["indicators"])
        return services.plan(row, planning, actor=request.actor)

    return perform(request, act, form, do)


def _page(request: PortalRequest, row: SiteVisit, **more: Any) -> dict[str, Any]:
    return {
        "visit": row,
        "photos": selectors.photos_of(row),
        "photo_form": forms.PhotoForm(),
        "findings": FINDINGS.items(),
        "conclusions": Conclusion.choices,
        "may_record": row.state == VisitState.PLANNED and may(request.actor, "visit.record", row),
        "may_cancel": row.state == VisitState.PLANNED and may(request.actor, "visit.cancel", row),
    } | more


@require_http_methods(_ANY)
def visit(request: PortalRequest, ref: str) -> HttpResponse:
    """What is looked at, what was found; its team writes here."""
    row = selectors.visit_for(request.actor, ref)
    if request.method != "POST":
        return render(request, "review/visit.html", _page(request, row))
    said = forms.typed(request.POST, (line["key"] for line in row.checklist))
    edition = request.POST.get("edition", "")
    if not (edition.isascii() and edition.isdecimal() and len(edition) < 10):
        raise Refused("页面内容不完整，请返回后重试。")
    finish = request.POST.get("act") == "finish"
    try:
        services.record(row, said, edition=int(edition), finish=finish, actor=request.actor)
    except Stale as stale:
        return render(request, "review/visit.html", _page(request, row, stale=stale), status=409)
    messages.success(request, "现场核查已完成。" if finish else "已保存。")
    return redirect("visit", ref=ref)


@require_http_methods(_ANY)
def cancel(request: PortalRequest, ref: str) -> HttpResponse:
    """Nobody goes."""
    row = selectors.visit_for(request.actor, ref)
    if not may(request.actor, "visit.cancel", row):
        raise Denied("visit.cancel")
    back = Back(row.ref, reverse("visit", args=[ref]))
    lead = f"{row.name}，{row.place}。取消后通知核查组和申报单位。"
    act = Act("取消现场核查", lead, "取消核查", "已取消现场核查。", back, is_grave=True)
    form = ReasonForm(request.POST or None)
    return perform(request, act, form, lambda said: services.cancel(row, **said, actor=request.actor))


@require_POST
def add_photo(request: PortalRequest, ref: str) -> HttpResponse:
    """One more photograph."""
    row = selectors.visit_for(request.actor, ref)
    form = forms.PhotoForm(request.POST, request.FILES)
    if form.is_valid():
        with refusal_shown_on(form):
            said = form.cleaned_data
            file = said["file"]
            services.add_photo(row, file, file.name, caption=said["caption"], actor=request.actor)
            messages.success(request, "照片已上传。")
            return redirect("visit", ref=ref)
    return render(request, "review/visit.html", _page(request, row, photo_form=form), status=422)


@require_safe
def photo(request: PortalRequest, ref: str, pk: int) -> FileResponse:
    """A photograph."""
    found = selectors.photo_for(selectors.visit_for(request.actor, ref), pk)
    return FileResponse(services.opened(found), filename=found.name, content_type=found.media_type)


@require_POST
def strike_photo(request: PortalRequest, ref: str, pk: int) -> HttpResponse:
    """Take one away."""
    row = selectors.visit_for(request.actor, ref)
    services.strike_photo(row, selectors.photo_for(row, pk), actor=request.actor)
    messages.success(request, "照片已移除。")
    return redirect("visit", ref=ref)
