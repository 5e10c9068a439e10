"""What may still change in a published round: dates, quota, one applicant's deadline."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from portal import clock
from portal.errors import Denied, Refused
from portal.rules import may
from portal.views.page import PortalRequest, refusal_shown_on
from tiers.forms.rounds import ExtensionForm, MoveDatesForm, QuotaForm
from tiers.models import Round
from tiers.selectors import rounds as selectors
from tiers.services import round_dates as services

EDIT = ["GET", "HEAD", "POST"]


def _running(request: PortalRequest, ref: str, permission: str) -> Round:
    row = selectors.round_for(request.actor, ref)
    if not may(request.actor, permission, row):
        raise Denied(permission)
    return row


@require_http_methods(EDIT)
def dates(request: PortalRequest, ref: str) -> HttpResponse:
    """Move dates, with a reason; everyone concerned is told."""
    row = _running(request, ref, "round.move_dates")
    names = services.movable(row, clock.now())
    if not names:
        raise Refused(f"本批次{row.get_state_display()}，不能办理期限调整；草稿请直接修改期限。")
    form = MoveDatesForm(request.POST or None, initial=selectors.basics(row), round_=row, names=names)
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        with refusal_shown_on(form):
            services.move_dates(row, values, reason=values.pop("reason"), actor=request.actor)
            messages.success(request, "期限已调整，系统将逐一通知相关企业、市州与本单位人员。")
            return redirect("round", ref=ref)
    context = {"round": row, "form": form, "title": "期限调整", "yes": "调整期限"}
    context["lead"] = "调整前后的期限与理由将公布，并发送给相关人员。各项时间均为北京时间。"
    return render(request, "tiers/round_form.html", context, status=422 if form.errors else 200)


@require_http_methods(EDIT)
def quota(request: PortalRequest, ref: str) -> HttpResponse:
    """Change the quota, with a reason."""
    row = _running(request, ref, "round.change_quota")
    form = QuotaForm(request.POST or None, initial={"quota": row.quota})
    if request.method == "POST" and form.is_valid():
        with refusal_shown_on(form):
            services.change_quota(row, **form.cleaned_data, actor=request.actor)
            messages.success(request, "推荐名额已调整，系统将通知各市州与本单位人员。")
            return redirect("round", ref=ref)
    context = {"round": row, "form": form, "title": "名额调整", "yes": "调整名额"}
    context["lead"] = f"目前占用名额的推荐有{selectors.taken(row)}家；名额不能少于该数。"
    return render(request, "tiers/round_form.html", context, status=422 if form.errors else 200)


@require_http_methods(EDIT)
def extend(request: PortalRequest, ref: str) -> HttpResponse:
    """Give one applicant a later deadline, with a reason."""
    row = _running(request, ref, "round.extend")
    form = ExtensionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = dict(form.cleaned_data)
        enterprise = selectors.applicant(request.actor, said.pop("code"))
        if enterprise is None:
            form.add_error("code", "本单位名册中没有该统一社会信用代码的企业，请核对。")
        else:
            with refusal_shown_on(form):
                services.grant_extension(row, enterprise, **said, actor=request.actor)
                messages.success(request, f"已为{enterprise.name}延期，并已通知该企业。")
                return redirect("round", ref=ref)
    context = {"round": row, "form": form, "title": "个别延期", "yes": "批准延期"}
    context["lead"] = "仅为一家企业延长申报截止时间，不影响其他企业。"
    return render(request, "tiers/round_form.html", context, status=422 if form.errors else 200)
