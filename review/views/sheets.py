"""An expert's desk and sheets; the unit reads what was signed."""

from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from applications.views.writing import file_response
from portal import audit
from portal.errors import Denied, Refused, Stale
from portal.rules import may
from portal.views.page import PortalRequest, refusal_shown_on
from review.forms import experts as forms
from review.forms.first_reviews import ReasonForm
from review.models import ScoreSheet
from review.selectors import experts as expert_selectors
from review.selectors import sheets as selectors
from review.services import assignments
from review.services import sheets as services
from review.states import SheetState
from review.views.acts import Act, Back, perform

_ANY = ["GET", "HEAD", "POST"]
_DESK = "专家评审"


@require_safe
def desk(request: PortalRequest) -> HttpResponse:
    """Invitations, panels, sheets: what there is to do."""
    if not may(request.actor, "sheet.list"):
        raise Denied("sheet.list")
    context = selectors.desk(request.actor) | {"profile": expert_selectors.own_profile(request.actor)}
    return render(request, "review/sheets.html", context)


def _back(row: ScoreSheet) -> Back:
    return Back(f"评分表 {row.number}", reverse("sheet", args=[row.ref]))


def _typed(request: PortalRequest, row: ScoreSheet) -> dict[str, Any]:
    return forms.typed(request.POST, (c.code for c in selectors.criteria_of(row)))


def _edition(request: PortalRequest) -> int:
    said = request.POST.get("edition", "")
    if not (said.isascii() and said.isdecimal() and len(said) < 10):
        raise Refused("页面内容不完整，请返回后重试。")
    return int(said)


@require_http_methods(_ANY)
def sheet(request: PortalRequest, ref: str) -> HttpResponse:
    """The book beside the sheet; before the declaration neither. Without a script the sheet is saved by its button."""
    row = selectors.sheet_for(request.actor, ref)
    if row.state == SheetState.ASSIGNED:
        return redirect("sheet_declare", ref=ref)
    if request.method == "POST":
        return _saved(request, row)
    if row.state == SheetState.RECUSED or row.panel.state == "closed":
        return render(request, "review/sheet_done.html", {"sheet": row} | selectors.scoring(row))
    audit.record("sheet.read", row, request.actor)
    return render(request, "review/sheet.html", {"sheet": row} | selectors.book(row) | selectors.scoring(row))


def _saved(request: PortalRequest, row: ScoreSheet) -> HttpResponse:
    said = _typed(request, row)
    try:
        services.save(row, said, edition=_edition(request), actor=request.actor)
    except Stale as stale:
        row.edition = stale.version
        row.scores, row.opinion = said["scores"], said["opinion"]
        context = {"sheet": row, "stale": stale} | selectors.book(row) | selectors.scoring(row)
        return render(request, "review/sheet.html", context, status=409)
    if request.POST.get("act") == "sign":
        return redirect("sheet_sign", ref=row.ref)
    messages.success(request, "已保存。")
    return redirect("sheet", ref=row.ref)


@require_http_methods(_ANY)
def declare(request: PortalRequest, ref: str) -> HttpResponse:
    """No page of the book is opened before this."""
    row = selectors.sheet_for(request.actor, ref)
    if row.state != SheetState.ASSIGNED:
        return redirect("sheet", ref=ref)
    form = forms.DeclareForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusal_shown_on(form):
            services.declare(row, actor=request.actor)
            return redirect("sheet", ref=ref)
    context = {"sheet": row, "form": form}
    return render(request, "review/sheet_declare.html", context, status=422 if form.errors else 200)


@require_http_methods(_ANY)
def recuse(request: PortalRequest, ref: str) -> HttpResponse:
    """Declare a tie."""
    row = selectors.sheet_for(request.actor, ref)
    lead = f"{row.number}　{row.applicant}。声明回避后不再评审该项目，由组织评审的部门另行安排专家，不能撤回。"
    act = Act("声明回避", lead, "声明回避", "已声明回避。", Back(_DESK, reverse("sheets")), is_grave=True)
    form = forms.RecuseForm(request.POST or None)
    return perform(request, act, form, lambda said: services.recuse(row, **said, actor=request.actor))


@require_http_methods(_ANY)
def sign(request: PortalRequest, ref: str) -> HttpResponse:
    """What will be signed, whole, and the second factor."""
    row = selectors.sheet_for(request.actor, ref)
    if row.state != SheetState.OPEN:
        return redirect("sheet", ref=ref)
    form = forms.SignForm(request.POST or None, user=request.actor.person, initial={"edition": row.edition})
    if request.method == "POST" and form.is_valid():
        with refusal_shown_on(form):
            edition = form.cleaned_data["edition"]
            services.sign(row, edition=edition, proved_by=form.proved_by, actor=request.actor)
            messages.success(request, f"{row.number}的评分表已签署。")
            return redirect("sheets")
    context = {"sheet": row, "form": form} | selectors.scoring(row)
    return render(request, "review/sheet_sign.html", context, status=422 if form.errors else 200)


@require_safe
def file(request: PortalRequest, ref: str, pk: int) -> FileResponse:
    """A file of the book that is judged."""
    return file_response(selectors.file_for(selectors.sheet_for(request.actor, ref), pk))


# -- the unit --------------------------------------------------------------------------------------------------------
@require_safe
def signed(request: PortalRequest, ref: str) -> HttpResponse:
    """A sheet as its unit reads it: what was signed, never what is being written."""
    row = selectors.office_sheet_for(request.actor, ref)
    issue = row.issues.filter(version=row.issued).first() if row.state == SheetState.SIGNED else None
    audit.record("sheet.read", row, request.actor)
    key = selectors.key_of(issue) if issue else ""
    return render(request, "review/sheet_signed.html", {"sheet": row, "issue": issue, "key": key})


@require_http_methods(_ANY)
def reopen(request: PortalRequest, ref: str) -> HttpResponse:
    """Give a signed sheet back."""
    row = selectors.office_sheet_for(request.actor, ref)
    lead = f"{row.user.name}，{row.number}。原签署的评分表留存备查，专家修改后须重新签署。"
    back = Back(row.panel.name, reverse("panel", args=[row.panel.ref]))
    act = Act("退回重评", lead, "退回", "已退回重评，并已通知专家。", back, is_grave=True)
    form = ReasonForm(request.POST or None)
    return perform(request, act, form, lambda said: services.reopen(row, **said, actor=request.actor))


@require_http_methods(_ANY)
def release(request: PortalRequest, ref: str) -> HttpResponse:
    """Take it from its expert."""
    row = selectors.office_sheet_for(request.actor, ref)
    lead = f"{row.user.name}，{row.number}　{row.applicant}。撤换后请另行分配专家。"
    back = Back(row.panel.name, reverse("panel", args=[row.panel.ref]))
    act = Act("撤换专家", lead, "撤换", "已撤换。", back, is_grave=True)
    form = ReasonForm(request.POST or None)
    return perform(request, act, form, lambda said: assignments.release(row, **said, actor=request.actor))
