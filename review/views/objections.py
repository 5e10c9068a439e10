"""Objections: lodged and looked up without signing in; worked on by the unit; answered by the enterprise concerned."""

from allauth.core.internal import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from portal import audit, clock
from portal.errors import Denied
from portal.papers import grouped
from portal.rules import may
from portal.views.page import PortalRequest, paged, refusal_shown_on
from review.forms import publicity as forms
from review.forms.first_reviews import ReasonForm
from review.models import Objection
from review.selectors import objections as selectors
from review.selectors.publicity import own_publicity_for, running_publicity_for
from review.services import objections as services
from review.views.acts import Act, Back, perform
from tiers.services.downloads import opened

_ANY = ["GET", "HEAD", "POST"]
_ACTS = ("accept", "refuse", "ask", "uphold", "dismiss")
_RECEIPT = "objection"  # where the session keeps what the next page shows once


# -- whoever objects -------------------------------------------------------------------------------------------------
@login_not_required
@require_http_methods(_ANY)
@never_cache
def lodge(request: PortalRequest, ref: str) -> HttpResponse:
    """Object to somebody on a list that is public now."""
    row = running_publicity_for(ref)
    if request.method == "POST" and not ratelimit.consume(request, app="allauth.account", action="objection"):
        return ratelimit.handler429(request)
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = forms.ObjectionForm(*sent, publicity=row)
    if form.is_bound and form.is_valid():
        with refusal_shown_on(form):
            made, code = services.lodge(row, form.said, form.cleaned_data["evidence"])
            request.session[_RECEIPT] = [made.ref, grouped(code)]
            return redirect("objection_receipt")
    context = {"form": form, "row": row, "clause": row.round.value.publicity_clause}
    return render(request, "review/objection_lodge.html", context, status=422 if form.errors else 200)


@login_not_required
@require_safe
@never_cache
def receipt(request: PortalRequest) -> HttpResponse:
    """The number and the code of what was just lodged, shown in this browser only."""
    kept = request.session.get(_RECEIPT)
    if not kept:
        return redirect("publicity")
    return render(request, "review/objection_receipt.html", {"ref": kept[0], "code": kept[1]})


@login_not_required
@require_http_methods(_ANY)
@never_cache
def look_up(request: PortalRequest) -> HttpResponse:
    """How an objection stands, for whoever has its number and code."""
    if request.method == "POST" and not ratelimit.consume(request, app="allauth.account", action="objection_lookup"):
        return ratelimit.handler429(request)
    form, found = forms.LookUpForm(request.POST or None), None
    if form.is_bound and form.is_valid():
        found = services.looked_up(form.cleaned_data["ref"], form.cleaned_data["code"])
        if found is None:
            form.add_error(None, "没有找到相符的异议，请核对异议编号和查询码。")
    context = {"form": form, "found": found}
    return render(request, "review/objection_lookup.html", context, status=422 if form.errors else 200)


# -- the unit --------------------------------------------------------------------------------------------------------
@require_http_methods(_ANY)
def record(request: PortalRequest, ref: str) -> HttpResponse:
    """Put an objection on record that came in writing."""
    row = own_publicity_for(request.actor, ref)
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = forms.ObjectionForm(*sent, publicity=row, on_paper=True)
    if form.is_bound and form.is_valid():
        with refusal_shown_on(form):
            made, code = services.record(row, form.said, form.cleaned_data["evidence"], actor=request.actor)
            messages.success(request, f"异议已登记。查询码 {grouped(code)}，请告知异议人，平台不再显示。")
            return redirect("objection", ref=made.ref)
    context = {"form": form, "row": row, "on_paper": True, "clause": row.round.value.publicity_clause}
    return render(request, "review/objection_lodge.html", context, status=422 if form.errors else 200)


@require_safe
def objections(request: PortalRequest) -> HttpResponse:
    """Those that came to my unit."""
    if not may(request.actor, "objection.list"):
        raise Denied("objection.list")
    rows = selectors.objections(request.actor)
    form = forms.ObjectionsForm(request.GET)
    state = form.cleaned_data["state"] if form.is_valid() else ""
    page = paged(request, rows.filter(state=state) if state else rows)
    context = {"form": form, "state": state, "page": page}
    context["rows"] = [(row, selectors.is_overdue(row)) for row in page]
    return render(request, "review/objections.html", context)


@require_safe
def objection(request: PortalRequest, ref: str) -> HttpResponse:
    """One objection; that its personal data were read goes on record."""
    row, actor = selectors.objection_for(request.actor, ref), request.actor
    audit.record("objection.view", row)
    context = {
        "row": row,
        "files": row.files.all(),
        "notice": selectors.notice_of(row),
        "is_overdue": selectors.is_overdue(row),
        "next": selectors.next_of(row),
        "may": {name: may(actor, f"objection.{name}", row) for name in _ACTS},
    }
    return render(request, "review/objection.html", context)


@require_safe
def file(request: PortalRequest, ref: str, pk: int) -> FileResponse:
    """A piece of evidence, always to be saved."""
    row = selectors.objection_for(request.actor, ref)
    found = selectors.file_for(row, pk)
    audit.record("objection.file", row, name=found.name)
    return FileResponse(opened(found), as_attachment=True, filename=found.name)


def _act(row: Objection, title: str, lead: str, done: str, *, is_grave: bool = False) -> Act:
    back = Back(f"异议 {row.ref}", reverse("objection", args=[row.ref]))
    return Act(title, f"{row.about}。{lead}", title, done, back, is_grave=is_grave)


def _gated(request: PortalRequest, ref: str, permission: str) -> Objection:
    row = selectors.objection_for(request.actor, ref)
    if not may(request.actor, f"objection.{permission}", row):
        raise Denied(f"objection.{permission}")
    return row


@require_http_methods(_ANY)
def accept(request: PortalRequest, ref: str) -> HttpResponse:
    """Take it up."""
    row = _gated(request, ref, "accept")
    act = _act(row, "受理", "受理后由您办理；异议人将得知受理和办结时限。", "异议已受理。")
    form = forms.AcceptForm(request.POST or None)
    return perform(request, act, form, lambda said: services.accept(row, **said, actor=request.actor))


@require_http_methods(_ANY)
def refuse(request: PortalRequest, ref: str) -> HttpResponse:
    """Not to be taken up."""
    row = _gated(request, ref, "refuse")
    act = _act(row, "不予受理", "理由将告知异议人。", "已作出不予受理决定。", is_grave=True)
    form = ReasonForm(request.POST or None)
    return perform(request, act, form, lambda said: services.refuse(row, **said, actor=request.actor))


@require_http_methods(_ANY)
def ask(request: PortalRequest, ref: str) -> HttpResponse:
    """Ask the enterprise, in the office's own words."""
    row = _gated(request, ref, "ask")
    lead = "企业只看到您写的内容，看不到异议人和异议原文；每件异议只能核实一次。"
    act = _act(row, "向企业核实", lead, "核实函已发出，企业将收到通知。")
    form = forms.AskForm(request.POST or None)
    return perform(request, act, form, lambda said: services.ask(row, **said, actor=request.actor))


@require_http_methods(_ANY)
def dismiss(request: PortalRequest, ref: str) -> HttpResponse:
    """Not borne out."""
    row = _gated(request, ref, "dismiss")
    act = _act(row, "异议不成立", "推荐维持不变。", "异议已办结。")
    form = forms.FindingForm(request.POST or None)
    return perform(request, act, form, lambda said: services.dismiss(row, **said, actor=request.actor))


@require_http_methods(_ANY)
def uphold(request: PortalRequest, ref: str) -> HttpResponse:
    """Borne out: the recommendation goes with it."""
    row = _gated(request, ref, "uphold")
    act = _act(
        row, "异议成立", "该项目同时撤出推荐名单，空出的名额可以递补。", "异议已办结，推荐已撤回。", is_grave=True
    )
    form = forms.FindingForm(request.POST or None)
    return perform(request, act, form, lambda said: services.uphold(row, **said, actor=request.actor))


# -- the enterprise --------------------------------------------------------------------------------------------------
@require_http_methods(_ANY)
def notice(request: PortalRequest, ref: str) -> HttpResponse:
    """What my enterprise is asked, and its one answer."""
    row = selectors.notice_for(request.actor, ref)
    form = forms.AnswerForm(request.POST or None)
    if form.is_bound and form.is_valid():
        with refusal_shown_on(form):
            services.answer(row, **form.cleaned_data, actor=request.actor)
            messages.success(request, "书面说明已提交。")
            return redirect("objection_notice", ref=ref)
    is_open = row.answered_at is None and clock.now() <= row.due_at
    is_mine = may(request.actor, "objection_notice.answer", row)
    context = {"row": row, "form": form, "is_open": is_open, "may_answer": is_open and is_mine}
    return render(request, "review/objection_notice.html", context, status=422 if form.errors else 200)
