"""Titles: the list, one of them, and what the unit's officers do with it."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from portal import audit, clock
from portal.errors import Denied, Refused
from portal.forms import ReasonForm
from portal.rules import may
from portal.spreadsheets import workbook
from portal.views.page import PortalRequest, paged, refusal_shown_on
from portal.workflow import available
from tiers.forms.recognitions import FactoryForm, RecognitionFilterForm, RecognitionForm, RevokeForm
from tiers.models import Recognition
from tiers.selectors import recognitions as selectors
from tiers.services import recognitions as services
from tiers.transitions import RECOGNITION

MOST_EXPORTED = 50_000
HEADINGS = (
    "荣誉编号", "统一社会信用代码", "企业名称", "项目（工厂）名称", "荣誉称号", "年度", "批次", "文号", "揭榜年度",
    "是否通过验收", "状态", "撤销日期", "撤销文号", "是否入册", "市州",
)  # fmt: skip
_YES_NO = {None: "", True: "是", False: "否"}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

ACTS: dict[str, tuple[Any, Any, str]] = {
    "review": (lambda *a: ReasonForm(*a, label="复核缘由"), services.review, "已进入复核。"),
    "restore": (lambda *a: ReasonForm(*a, label="复核结论"), services.restore, "已恢复为有效。"),
    "revoke": (RevokeForm, services.revoke, "荣誉已撤销。"),
}


def _filtered(request: PortalRequest) -> tuple[RecognitionFilterForm, QuerySet[Recognition]]:
    if not may(request.actor, "recognition.list"):
        raise Denied("recognition.list")
    form = RecognitionFilterForm(request.GET or None, actor=request.actor)
    wanted: dict[str, Any] = form.cleaned_data if form.is_valid() else {}
    return form, selectors.recognitions(request.actor, **wanted)


@require_safe
def recognitions(request: PortalRequest) -> HttpResponse:
    """The titles of my place, with filters."""
    form, rows = _filtered(request)
    context = {
        "form": form,
        "page": paged(request, rows),
        "is_filtered": any(request.GET.get(name) for name in form.fields),
        "may_add": may(request.actor, "recognition.add"),
    }
    return render(request, "tiers/recognitions.html", context)


@require_safe
def export(request: PortalRequest) -> HttpResponse:
    """The filtered list as a workbook."""
    _, rows = _filtered(request)
    content = workbook("荣誉称号", HEADINGS, map(_line, rows[:MOST_EXPORTED].iterator(2_000)))
    audit.record("recognition.export", filters=request.GET.dict())
    return attachment(content, f"recognitions-{clock.beijing(clock.now()):%Y%m%d-%H%M}.xlsx")


def _posted(request: PortalRequest) -> Any:
    """What was posted, empty or not; None when nothing was."""
    return request.POST if request.method == "POST" else None


def attachment(content: bytes, name: str) -> HttpResponse:
    """A workbook to keep."""
    response = HttpResponse(content, XLSX)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _line(row: Recognition) -> Sequence[Any]:
    return (
        row.ref, row.code, row.name, row.project, row.title_value.name, row.year, row.batch, row.document,
        row.selection_year or "", _YES_NO[row.passed_acceptance], row.get_state_display(), row.revoked_on or "",
        row.revoking_document, "是" if row.enterprise_id else "否", row.city.region.name if row.city else "",
    )  # fmt: skip


@require_safe
def recognition(request: PortalRequest, ref: str) -> HttpResponse:
    """One title, with its history and what I can do about it."""
    row = selectors.recognition_for(request.actor, ref)
    context = {
        "recognition": row,
        "acts": list(available(row, request.actor)),
        "may_amend": may(request.actor, "recognition.amend", row),
        "bar": selectors.barred_until(row.code, clock.now()),
    }
    return render(request, "tiers/recognition.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: PortalRequest) -> HttpResponse:
    """Put one title on record by hand."""
    if not may(request.actor, "recognition.add"):
        raise Denied("recognition.add")
    form = RecognitionForm(_posted(request))
    if request.method == "POST" and form.is_valid():
        with refusal_shown_on(form):
            row = services.add(request.actor, form.cleaned_data)
            messages.success(request, f"已登记 {row.ref}。")
            return redirect("recognition", ref=row.ref)
    return render(request, "tiers/recognition_form.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def amend(request: PortalRequest, ref: str) -> HttpResponse:
    """Correct what is on record of one title."""
    row = selectors.recognition_for(request.actor, ref)
    if not may(request.actor, "recognition.amend", row):
        raise Denied("recognition.amend")
    form = RecognitionForm(_posted(request), initial=RecognitionForm.facts_of(row))
    if request.method == "POST" and form.is_valid():
        with refusal_shown_on(form):
            services.amend(row, form.cleaned_data, actor=request.actor)
            messages.success(request, "已更正。")
            return redirect("recognition", ref=ref)
    context = {"form": form, "recognition": row}
    return render(request, "tiers/recognition_form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def factory(request: PortalRequest, ref: str) -> HttpResponse:
    """Say which factory a title belongs to."""
    row = selectors.recognition_for(request.actor, ref)
    if not may(request.actor, "recognition.amend", row):
        raise Denied("recognition.amend")
    form = FactoryForm(_posted(request), recognition=row, initial={"factory": row.factory_id})
    if request.method == "POST" and form.is_valid():
        with refusal_shown_on(form):
            services.set_factory(row, form.cleaned_data["factory"], actor=request.actor)
            messages.success(request, "工厂关联已更新。")
            return redirect("recognition", ref=ref)
    context = {"form": form, "recognition": row}
    return render(request, "tiers/recognition_factory.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def act(request: PortalRequest, ref: str, action: str) -> HttpResponse:
    """Review, restore or revoke a title."""
    row = selectors.recognition_for(request.actor, ref)
    if not may(request.actor, f"recognition.{action}", row):
        raise Denied(f"recognition.{action}")
    kind, service, done = ACTS[action]
    form, transition = kind(_posted(request)), RECOGNITION.find(action)
    if row.state not in transition.sources:
        raise Refused(f"当前状态为“{row.get_state_display()}”，不能{transition.label}。请返回后再看。")
    if request.method == "POST" and form.is_valid():
        with refusal_shown_on(form):
            service(row, actor=request.actor, **form.cleaned_data)
            messages.success(request, done)
            return redirect("recognition", ref=ref)
    context = {"form": form, "recognition": row, "action": action, "label": transition.label}
    return render(request, "tiers/recognition_act.html", context, status=422 if form.errors else 200)
