"""A unit's list: its order and what it lacks; signing, sending."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.errors import Denied, Refused, Stale
from portal.rules import may
from portal.selectors.papers import named
from portal.selectors.seals import places_on
from portal.views.page import PortalRequest
from review.forms import city_lists as forms
from review.forms.first_reviews import ReasonForm
from review.selectors import unit_lists as selectors
from review.selectors.first_reviews import usual_due
from review.services import choosing
from review.services import unit_lists as services
from review.services.city_lists import Issuing
from review.states import UnitListState
from review.views.acts import Act, Back, perform
from review.views.candidates import judged_round
from review.views.moves import asked_move
from tiers.models import Round

_ANY = ["GET", "HEAD", "POST"]
_NOTHING = "名单中还没有推荐的项目，请先推荐。"


def _page(request: PortalRequest, round_: Round, **more: Any) -> dict[str, Any]:
    actor, row = request.actor, selectors.unit_list_of(round_)
    issue = row.issues.filter(version=row.issued).first() if row else None
    return {
        "round": round_,
        "list": row,
        "rows": selectors.recommended(round_),
        "issue": issue,
        "sign_offs": selectors.sign_offs_of(issue) if issue else [],
        "papers": named(selectors.papers_of(row)) if row else [],
        "lacking": selectors.lacking_here(actor, row) if row else [],
        "may_order": row is not None and row.state != UnitListState.SENT,
        "may_send": row is not None and may(actor, "unit_list.send", row),
    } | more


@require_safe
def unit_list(request: PortalRequest, ref: str) -> HttpResponse:
    """The order, what is lacking, who signed, the papers."""
    return render(request, "review/unit_list.html", _page(request, judged_round(request, ref)))


@require_POST
def move(request: PortalRequest, ref: str) -> HttpResponse:
    """One step up or down, or to a position: for whoever has no script, and for every keyboard."""
    round_ = judged_round(request, ref)
    asked = asked_move(request.POST)
    try:
        choosing.shift(round_, asked.application, **asked.step, version=asked.version, actor=request.actor)
    except Stale as stale:
        return render(request, "review/unit_list.html", _page(request, round_, stale=stale), status=409)
    messages.success(request, "顺序已调整。")
    return redirect(f"{reverse('unit_list', args=[ref])}#row-{asked.application}")


def _back(round_: Round) -> Back:
    return Back("上报名单", reverse("unit_list", args=[round_.ref]))


@require_http_methods(_ANY)
def circulate(request: PortalRequest, ref: str) -> HttpResponse:
    """Freeze the list and have it signed."""
    round_ = judged_round(request, ref)
    row = selectors.unit_list_of(round_)
    if row is None:
        raise Refused(_NOTHING)
    lead = "送会签后生成推荐汇总表、推荐函和各组评审意见，由各部门会签、用印。此后名单有变动的，会签作废，须重新送签。"
    act = Act("送会签", lead, "送会签", "已送会签，并已通知各部门。", _back(round_))
    initial = {"version": row.version, "contact": request.actor.name, "due_at": usual_due(round_, None)}
    form = forms.CirculateForm(request.POST or None, initial=initial)

    def do(said: dict[str, Any]) -> object:
        version = said.pop("version")
        return services.circulate(round_, Issuing(**said), version=version, actor=request.actor)

    return perform(request, act, form, do)


@require_http_methods(_ANY)
def take_back(request: PortalRequest, ref: str) -> HttpResponse:
    """Take the list back from being signed."""
    round_ = judged_round(request, ref)
    lead = "已有的会签意见和用印作废，留存备查。"
    act = Act("重新编制", lead, "重新编制", "名单已恢复编制。", _back(round_), is_grave=True)
    form = ReasonForm(request.POST or None)
    return perform(request, act, form, lambda said: services.take_back(round_, **said, actor=request.actor))


@require_http_methods(_ANY)
def send(request: PortalRequest, ref: str) -> HttpResponse:
    """Send the list to the ministry."""
    round_ = judged_round(request, ref)
    row = selectors.unit_list_of(round_)
    if row is None:
        raise Refused(_NOTHING)
    if not may(request.actor, "unit_list.send", row):
        raise Denied("unit_list.send")
    places = {
        place.key: place.name
        for paper in selectors.papers_of(row)
        for place in places_on(paper)
        if place.stamping is None
    }
    lead = f"{round_.name}，第{row.issued}版。上报后名单不能再改动，除非部级要求补正。"
    act = Act("上报推荐名单", lead, "上报", "推荐名单已上报。", _back(round_), is_grave=True)
    form = forms.SendForm(request.POST or None, places=list(places.items()), initial={"issue": row.issued})
    return perform(request, act, form, lambda said: services.send(round_, **said, actor=request.actor))
