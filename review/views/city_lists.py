"""A city's list: its order and what it lacks; signing, sending; for the unit: receiving, returning, more time."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.errors import Denied, Stale
from portal.rules import may
from portal.selectors.papers import named
from portal.selectors.seals import places_on
from portal.views.page import PortalRequest
from review.forms import city_lists as forms
from review.forms.first_reviews import ReasonForm
from review.models import CityList
from review.selectors import city_lists as selectors
from review.selectors.candidates import sent_back
from review.selectors.first_reviews import usual_due
from review.services import city_lists as services
from review.services import ranking
from review.services.city_lists import Issuing
from review.views.acts import Act, Back, perform
from review.views.inbox import round_reviewed
from review.views.moves import asked_move
from tiers.selectors.rounds import city_until, round_for

_ANY = ["GET", "HEAD", "POST"]


@require_POST
def begin(request: PortalRequest, ref: str) -> HttpResponse:
    """The city's own list in a round."""
    row = services.begin(round_reviewed(request, ref), actor=request.actor)
    return redirect("city_list", ref=row.ref)


def _page(request: PortalRequest, row: CityList, **more: Any) -> dict[str, Any]:
    actor = request.actor
    rows = selectors.order_rows(row)
    issue = row.issues.filter(version=row.issued).first()
    is_own = may(actor, "city_list.order", row)
    return {
        "list": row,
        "rows": rows,
        "coverage": selectors.coverage(rows),
        "issue": issue,
        "sign_offs": selectors.sign_offs_of(issue) if issue else [],
        "papers": named(selectors.papers_of(row)),
        "is_own": is_own,
        "may_order": is_own and selectors.is_movable(row),
        "lacking": selectors.lacking_here(actor, row) if is_own else [],
        "sent_back": sent_back(row),
        "until": city_until(row.round, row.city_id),
        "may": {name: may(actor, f"city_list.{name}", row) for name in ("order", "circulate", "send", "accept")},
    } | more


@require_safe
def city_list(request: PortalRequest, ref: str) -> HttpResponse:
    """The order with what is weighed beside each line, what is lacking, who signed, the papers."""
    return render(request, "review/city_list.html", _page(request, selectors.city_list_for(request.actor, ref)))


@require_POST
def move(request: PortalRequest, ref: str) -> HttpResponse:
    """One step up or down, or to a position: for whoever has no script, and for every keyboard."""
    row = selectors.city_list_for(request.actor, ref)
    asked = asked_move(request.POST)
    try:
        ranking.shift(row, asked.application, **asked.step, version=asked.version, actor=request.actor)
    except Stale as stale:
        page = _page(request, selectors.city_list_for(request.actor, ref), stale=stale)
        return render(request, "review/city_list.html", page, status=409)
    messages.success(request, "顺序已调整。")
    return redirect(f"{reverse('city_list', args=[ref])}#row-{asked.application}")


def _back(row: CityList) -> Back:
    return Back(f"推荐名单 {row.ref}", reverse("city_list", args=[row.ref]))


@require_http_methods(_ANY)
def circulate(request: PortalRequest, ref: str) -> HttpResponse:
    """Freeze the order and have it signed."""
    row = selectors.city_list_for(request.actor, ref)
    if not may(request.actor, "city_list.circulate", row):
        raise Denied("city_list.circulate")
    lead = "送会签后生成推荐汇总表和联合推荐函，由各部门会签、用印。此后名单有变动的，会签作废，须重新送签。"
    act = Act("送会签", lead, "送会签", "已送会签，并已通知各部门。", _back(row))
    initial = {"version": row.version, "contact": request.actor.name, "due_at": usual_due(row.round, row.city_id)}
    form = forms.CirculateForm(request.POST or None, initial=initial)

    def do(said: dict[str, Any]) -> object:
        version = said.pop("version")
        return services.circulate(row, Issuing(**said), version=version, actor=request.actor)

    return perform(request, act, form, do)


@require_http_methods(_ANY)
def take_back(request: PortalRequest, ref: str) -> HttpResponse:
    """Take the list back from being signed."""
    row = selectors.city_list_for(request.actor, ref)
    if not may(request.actor, "city_list.order", row):
        raise Denied("city_list.reopen")
    act = Act(
        "重新编制", "已有的会签意见和用印作废，留存备查。", "重新编制", "名单已恢复编制。", _back(row), is_grave=True
    )
    form = ReasonForm(request.POST or None)
    return perform(request, act, form, lambda said: services.take_back(row, **said, actor=request.actor))


@require_http_methods(_ANY)
def send(request: PortalRequest, ref: str) -> HttpResponse:
    """Send the list up."""
    row = selectors.city_list_for(request.actor, ref)
    if not may(request.actor, "city_list.send", row):
        raise Denied("city_list.send")
    places = {p.key: p.name for paper in selectors.papers_of(row) for p in places_on(paper) if p.stamping is None}
    lead = f"{row.round.name}，共{row.entries.count()}项，第{row.issued}版。报送后名单不能再改动，除非省级退回。"
    act = Act("报送推荐名单", lead, "报送省级", "名单已报送省级。", _back(row), is_grave=True)
    form = forms.SendForm(request.POST or None, places=list(places.items()), initial={"issue": row.issued})
    return perform(request, act, form, lambda said: services.send(row, **said, actor=request.actor))


# -- the unit --------------------------------------------------------------------------------------------------------
@require_safe
def city_lists(request: PortalRequest, ref: str) -> HttpResponse:
    """How far every city of a round is."""
    round_ = round_reviewed(request, ref)
    if not may(request.actor, "city_list.survey", round_):
        raise Denied("city_list.survey")
    lines = selectors.city_lines(round_)
    sent = sum(line.is_sent for line in lines)
    waited_for = [line for line in lines if line.submitted and not line.is_sent]
    context = {"round": round_, "lines": lines, "sent": sent, "waited_for": waited_for}
    return render(request, "review/city_lists.html", context)


@require_POST
def accept(request: PortalRequest, ref: str) -> HttpResponse:
    """The unit has received it."""
    services.accept(selectors.city_list_for(request.actor, ref), actor=request.actor)
    messages.success(request, "已接收推荐名单。")
    return redirect("city_list", ref=ref)


@require_http_methods(_ANY)
def give_back(request: PortalRequest, ref: str) -> HttpResponse:
    """Return it with reasons."""
    row = selectors.city_list_for(request.actor, ref)
    if not may(request.actor, "city_list.return", row):
        raise Denied("city_list.return")
    lead = f"{row.city.region.name}，{row.round.name}。退回后市州重新编制、会签、报送。"
    back = Back("市州推荐名单", reverse("city_lists", args=[row.round.ref]))
    act = Act("退回推荐名单", lead, "退回", "名单已退回，并已通知市州。", back, is_grave=True)
    form = forms.GiveBackForm(request.POST or None)
    return perform(request, act, form, lambda said: services.give_back(row, **said, actor=request.actor))


@require_http_methods(_ANY)
def extend(request: PortalRequest, ref: str, city: str) -> HttpResponse:
    """More time for a city."""
    round_ = round_for(request.actor, ref)
    line = selectors.city_line_for(request.actor, round_, city)
    lead = f"{line.city.region.name}，{round_.name}。延期和理由留存备查；已锁定的名单恢复编制。"
    back = Back("市州推荐名单", reverse("city_lists", args=[ref]))
    act = Act("延长报送时限", lead, "延期", "已延期，并已通知市州。", back)
    form = forms.MoreTimeForm(request.POST or None)
    return perform(request, act, form, lambda said: services.extend(round_, line.city.pk, **said, actor=request.actor))
