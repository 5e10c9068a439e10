"""The inbox: finding, filtering, many at once."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from portal.errors import Denied, Refused
from portal.models import User
from portal.rules import may
from portal.views.page import PortalRequest
from review.selectors import inbox as selectors
from review.selectors.city_lists import own_list
from review.selectors.first_reviews import colleagues
from review.services import bulk, views
from tiers.models import Round
from tiers.selectors.rounds import city_until, round_for

FILTERS = ("state", "industry", "q", "only")


@require_safe
def reviews(request: PortalRequest) -> HttpResponse:
    """The rounds that have something for the office; straight to the only one."""
    if not may(request.actor, "first_review.list"):
        raise Denied("first_review.list")
    rounds = selectors.reviewed_rounds(request.actor)
    current = [row for row in rounds if row.state != "finished"]
    if len(current) == 1 and "all" not in request.GET:
        return redirect("inbox", ref=current[0].ref)
    return render(request, "review/reviews.html", {"rounds": rounds})


def round_reviewed(request: PortalRequest, ref: str) -> Round:
    """The gate to a round's inbox. Raises Denied, Hidden."""
    if not may(request.actor, "first_review.list"):
        raise Denied("first_review.list")
    return round_for(request.actor, ref)


@require_safe
def inbox(request: PortalRequest, ref: str) -> HttpResponse:
    """Every application of the office's place in the round."""
    round_ = round_reviewed(request, ref)
    said = {name: request.GET.get(name, "") for name in FILTERS}
    found = selectors.inbox(request.actor, round_, said, request.GET.get("page", 1))
    city = request.actor.stands("city")
    context = {
        "round": round_,
        "inbox": found,
        "page": found.page,
        "said": said,
        "is_filtered": any(said.values()),
        "query": urlencode({name: value for name, value in said.items() if value}),
        "more": selectors.MORE.items(),
        "saved": selectors.saved_views(request.actor),
        "steps": selectors.recent_steps(request.actor, round_),
        "kinds": bulk.KINDS.items(),
        "colleagues": list(colleagues(request.actor)),
        "list": own_list(request.actor, round_),
        "until": city_until(round_, city) if city else round_.unit_until,
        "by_city": city is not None,
    }
    return render(request, "review/inbox.html", context)


@require_POST
def preview(request: PortalRequest, ref: str) -> HttpResponse:
    """What a bulk act would change, and for how many."""
    round_ = round_reviewed(request, ref)
    kind, refs = request.POST.get("kind", ""), request.POST.getlist("pick")
    if kind not in bulk.KINDS:
        raise Refused("请选择要办理的事项。")
    user = _colleague(request) if kind == "assign" else None
    plan = bulk.plan(round_, refs, kind, actor=request.actor, user=user)
    context = {"round": round_, "plan": plan, "label": bulk.KINDS[kind], "user": user}
    return render(request, "review/bulk.html", context)


def _colleague(request: PortalRequest) -> User:
    key = request.POST.get("user", "")
    found = colleagues(request.actor).filter(pk=int(key)).first() if key.isdecimal() and len(key) < 12 else None
    if found is None:
        raise Refused("请选择本单位的在职初审人员。")
    return found


@require_POST
def carry_out(request: PortalRequest, ref: str) -> HttpResponse:
    """Do what was previewed."""
    round_ = round_reviewed(request, ref)
    kind, refs = request.POST.get("kind", ""), request.POST.getlist("pick")
    user = _colleague(request) if kind == "assign" else None
    step = bulk.carry_out(round_, refs, kind, actor=request.actor, user=user)
    messages.success(request, f"{bulk.KINDS[kind]}：已办理{len(step.items)}项。")
    return redirect("inbox", ref=ref)


@require_POST
def undo(request: PortalRequest, ref: str, pk: int) -> HttpResponse:
    """Take a bulk act back."""
    step = selectors.step_for(request.actor, round_reviewed(request, ref), pk)
    bulk.undo(step, actor=request.actor)
    messages.success(request, f"已撤销{bulk.KINDS[step.kind]}（{len(step.items)}项）。")
    return redirect("inbox", ref=ref)


@require_POST
def keep_view(request: PortalRequest, ref: str) -> HttpResponse:
    """Keep the filters under a name."""
    round_reviewed(request, ref)
    query = urlencode({name: request.POST.get(name, "") for name in FILTERS if request.POST.get(name)})
    views.keep(request.POST.get("name", ""), query, actor=request.actor)
    messages.success(request, "已保存为常用筛选。")
    return redirect(f"{reverse('inbox', args=[ref])}?{query}")


@require_POST
def drop_view(request: PortalRequest, ref: str, pk: int) -> HttpResponse:
    """Delete a kept set of filters."""
    round_reviewed(request, ref)
    views.drop(pk, actor=request.actor)
    messages.success(request, "已删除常用筛选。")
    return redirect("inbox", ref=ref)
