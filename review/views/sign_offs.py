"""What a joint department is asked to sign; and what the lead office does with the answer."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from portal.errors import Denied
from portal.rules import may
from portal.selectors.papers import named
from portal.views.page import PortalRequest, refusal_shown_on
from review.forms import city_lists as forms
from review.models import SignOff
from review.selectors import city_lists, first_reviews, unit_lists
from review.selectors import sign_offs as selectors
from review.services import sign_offs as services
from review.states import SignOffState
from review.views.acts import Act, Back, perform

_ANY = ["GET", "HEAD", "POST"]


@require_safe
def sign_offs(request: PortalRequest) -> HttpResponse:
    """Everything the department was asked, what waits first."""
    if not may(request.actor, "sign_off.list"):
        raise Denied("sign_off.list")
    rows = list(selectors.sign_offs(request.actor))
    waiting = selectors.waiting(rows)
    context = {
        "waiting": waiting,
        "answered": [row for row in rows if row.state != SignOffState.ASKED],
        "missed": [row for row in rows if row.state == SignOffState.ASKED and row not in waiting],
    }
    return render(request, "review/sign_offs.html", context)


@require_http_methods(_ANY)
def sign_off(request: PortalRequest, pk: int) -> HttpResponse:
    """One of them: what it is about, and the answer."""
    row = selectors.sign_off_for(request.actor, pk)
    is_asked = may(request.actor, "sign_off.agree", row)
    form = forms.AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusal_shown_on(form):
            row = services.answer(row, **form.cleaned_data, actor=request.actor)
            form = forms.AnswerForm()
    context: dict[str, Any] = {"sign_off": row, "form": form, "is_asked": is_asked, "shut": selectors.shut(row)}
    if row.issue is not None:
        context |= {
            "rows": city_lists.order_rows(row.issue.city_list),
            "papers": named(city_lists.papers_of(row.issue.city_list)),
        }
    elif row.unit_issue is not None:
        context |= {
            "entries": row.unit_issue.document["entries"],
            "papers": named(unit_lists.papers_of(row.unit_issue.unit_list)),
        }
    elif row.application is not None:
        context |= {"application": row.application, "findings": first_reviews.findings(row.application)}
    return render(request, "review/sign_off.html", context, status=422 if form.errors else 200)


def _back(row: SignOff) -> Back:
    if row.issue is not None:
        return Back("推荐名单", reverse("city_list", args=[row.issue.city_list.ref]))
    if row.unit_issue is not None:
        return Back("上报名单", reverse("unit_list", args=[row.unit_issue.unit_list.round.ref]))
    about = row.application.ref if row.application else ""
    return Back("初审", reverse("first_review", args=[about]))


@require_http_methods(_ANY)
def record(request: PortalRequest, pk: int) -> HttpResponse:
    """A department signed in ink."""
    row = selectors.sign_off_for(request.actor, pk)
    if not may(request.actor, "sign_off.record", row):
        raise Denied("sign_off.record")
    lead = f"{row.office.name}已在纸质件上会签的，登记签署人和日期。未答复的不得登记为同意。"
    act = Act("登记纸面会签", lead, "登记", "已登记。", _back(row))
    form = forms.OnPaperForm(request.POST or None)
    return perform(request, act, form, lambda said: services.record_on_paper(row, **said, actor=request.actor))


@require_http_methods(_ANY)
def resolve(request: PortalRequest, pk: int) -> HttpResponse:
    """What the lead office makes of an objection."""
    row = selectors.sign_off_for(request.actor, pk)
    if not may(request.actor, "sign_off.resolve", row):
        raise Denied("sign_off.resolve")
    act = Act(
        "处理会签意见", f"{row.office.name}：{row.get_state_display()}。{row.reason}", "保存", "已保存。", _back(row)
    )
    form = forms.ResolutionForm(request.POST or None)
    return perform(request, act, form, lambda said: services.resolve(row, **said, actor=request.actor))
