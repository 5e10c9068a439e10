"""Editing a draft, part by part; each part is saved by itself, and may be half done until publication."""

from typing import Any

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from portal.errors import Denied, Hidden, Refused
from portal.rules import may
from portal.views.page import PortalRequest, refusal_shown_on
from tiers.forms.round_rows import ROWS, AddRuleForm, AggregationForm, RuleRows, new_rule
from tiers.forms.rounds import BasicsForm, GeneralForm
from tiers.models import Round
from tiers.selectors import rounds as selectors
from tiers.services import rounds as services
from tiers.states import RoundState
from tiers.terms import weight_reason

EDIT = ["GET", "HEAD", "POST"]
TITLES = {"limit": "填报限制", "attachment": "申报材料", "criterion": "评分表", "column": "推荐汇总表栏目"}
LEADS = {
    "limit": "在线填报时字数与数量的上限。",
    "attachment": "随申报书上传的材料。",
    "criterion": "专家逐项评分所用；各项权重之和须为100。",
    "column": "推荐汇总表由系统按这些栏目生成。",
}


def _draft(request: PortalRequest, ref: str) -> Round:
    """The gate to a draft that I may edit."""
    row = selectors.round_for(request.actor, ref)
    if not may(request.actor, "round.edit", row):
        raise Denied("round.edit")
    if row.state != RoundState.DRAFT:
        raise Refused("该批次已发布，申报规则不能再修改；期限与名额请通过“期限调整”“名额调整”办理。")
    return row


def _version(request: PortalRequest) -> int:
    """The version that the editor saw; nonsense is no version."""
    typed = request.POST.get("version", "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 9 else 0


def _saved(request: PortalRequest, row: Round, what: str) -> HttpResponse:
    messages.success(request, f"“{what}”已保存。")
    return redirect("round", ref=row.ref)


def _page(request: PortalRequest, row: Round, form: BaseForm, **context: Any) -> HttpResponse:
    shown = {"round": row, "form": form, "versioned": True, "yes": "保存"} | context
    return render(request, "tiers/round_form.html", shown, status=422 if form.errors else 200)


@require_http_methods(EDIT)
def basics(request: PortalRequest, ref: str) -> HttpResponse:
    """Name, conditions, dates, quota."""
    row = _draft(request, ref)
    form = BasicsForm(request.POST or None, initial=selectors.basics(row), round_=row)
    if request.method == "POST" and form.is_valid():
        with refusal_shown_on(form):
            services.edit_basics(row, form.cleaned_data, version=_version(request), actor=request.actor)
            return _saved(request, row, "名称、期限与名额")
    return _page(request, row, form, title="名称、期限与名额", lead="各项时间均为北京时间，精确到秒。")


@require_http_methods(EDIT)
def general(request: PortalRequest, ref: str) -> HttpResponse:
    """Documents, departments, who decides, the direct way."""
    row = _draft(request, ref)
    form = GeneralForm(request.POST or None, initial=GeneralForm.of(row))
    if request.method == "POST" and form.is_valid():
        with refusal_shown_on(form):
            changes = form.changes()
            if changes["direct"] is None and "direct" not in row.terms:
                del changes["direct"]
            services.edit_terms(row, changes, version=_version(request), actor=request.actor)
            return _saved(request, row, "依据与参与部门")
    return _page(request, row, form, title="依据与参与部门", lead="依据文件、参与部门、最终认定与直接申报。")


@require_http_methods(EDIT)
def rows(request: PortalRequest, ref: str, part: str) -> HttpResponse:
    """Limits, attachments, the score sheet, columns: one list of rows each."""
    row = _draft(request, ref)
    if part not in ROWS:
        raise Hidden("round.part", part)
    known = row.terms.get(part, [])
    forms = ROWS[part](request.POST or None, initial=known, prefix="rows")
    beside = _beside(request, row, part)
    if request.method == "POST" and forms.is_valid() and (beside is None or beside.is_valid()):
        with refusal_shown_on(_first(forms)):
            changes = {part: forms.rows(part)} | ({"aggregation": beside.cleaned_data} if beside else {})
            made = services.edit_terms(row, changes, version=_version(request), actor=request.actor)
            if part == "criterion" and (reason := weight_reason(made.value)):
                messages.warning(request, f"已保存，但{reason}")
            return _saved(request, row, TITLES[part])
    context = {"round": row, "rows": forms, "part": part, "title": TITLES[part], "lead": LEADS[part], "beside": beside}
    status = 422 if forms.total_error_count() or (beside and beside.errors) else 200
    return render(request, "tiers/round_rows.html", context, status=status)


def _beside(request: PortalRequest, row: Round, part: str) -> AggregationForm | None:
    """How scores are put together stands beside the score sheet."""
    if part != "criterion":
        return None
    return AggregationForm(request.POST or None, initial=row.terms["aggregation"], prefix="aggregation")


def _first(forms: Any) -> BaseForm:
    """The form on which a refusal of the whole list is shown."""
    found: BaseForm = forms.forms[0] if forms.forms else forms.empty_form
    return found


@require_http_methods(EDIT)
def rules(request: PortalRequest, ref: str) -> HttpResponse:
    """Rules of eligibility; each kind with what it compares with."""
    row = _draft(request, ref)
    forms = RuleRows(request.POST or None, initial=row.terms.get("rule", []), prefix="rows")
    adding = AddRuleForm({"add": request.POST.get("kind")} if "add" in request.POST else None)
    if request.method == "POST" and forms.is_valid() and (not adding.is_bound or adding.is_valid()):
        with refusal_shown_on(_first(forms)):
            found = forms.rows("rule")
            if adding.is_bound:
                found.append(new_rule(found, adding.cleaned_data["add"]))
            services.edit_terms(row, {"rule": found}, version=_version(request), actor=request.actor)
            if not adding.is_bound:
                return _saved(request, row, "申报条件")
            messages.success(request, "已保存，并在最后增加一条，请填写其条文与依据。")
            return redirect("round_rules", ref=ref)
    context = {"round": row, "rows": forms, "title": "申报条件", "adding": adding}
    context["lead"] = "逐条写明条文、依据与效力；系统按条件类型对照企业情况。"
    return render(request, "tiers/round_rows.html", context, status=422 if forms.total_error_count() else 200)
