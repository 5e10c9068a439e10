"""公示: read by everybody without signing in; drawn up, published and withdrawn by its unit."""

import io
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal import clock
from portal.errors import Denied, Refused
from portal.rules import may
from portal.views.page import PortalRequest, paged, refusal_shown_on
from review.forms.first_reviews import ReasonForm
from review.forms.publicity import DrawForm, PublicityForm
from review.models import Publicity
from review.selectors import publicity as selectors
from review.selectors.publicity import Run
from review.services import publicity as services
from review.states import PublicityState
from review.views.acts import Act, Back, perform
from tiers.selectors.rounds import round_for

_ANY = ["GET", "HEAD", "POST"]


@login_not_required
@require_safe
@never_cache
def publicity(request: PortalRequest) -> HttpResponse:
    """What is public now and what was; above it my own unit's drafts, and what is still to begin."""
    now = clock.now()
    page = paged(request, selectors.shown(now), 20)
    waiting = [row for row in selectors.own(request.actor) if selectors.run_of(row, now) in {Run.DRAFT, Run.AHEAD}]
    context = {
        "page": page,
        "rows": [(row, selectors.run_of(row, now)) for row in page],
        "waiting": [(row, selectors.run_of(row, now)) for row in waiting],
        "may_list": may(request.actor, "objection.list"),
    }
    return render(request, "review/publicity_list.html", context)


@login_not_required
@require_safe
@never_cache
def publicity_page(request: PortalRequest, ref: str) -> HttpResponse:
    """One publicity at its own address; after its end it stays, without whom to turn to."""
    row, now, actor = selectors.publicity_for(request.actor, ref), clock.now(), request.actor
    run, is_own = selectors.run_of(row, now), may(actor, "publicity.edit", row)
    context = {
        "row": row,
        "run": run,
        "is_own": is_own,
        "is_shown": is_own or run is not Run.WITHDRAWN,
        "may_publish": may(actor, "publicity.publish", row),
        "lacking": selectors.lacking_to_publish(row, row.round) if is_own and run is Run.DRAFT else [],
        "objections": row.objections.count() if is_own else 0,
        "has_file": selectors.notice_file(actor, row) is not None,
        "clause": row.round.value.publicity_clause,
    }
    return render(request, "review/publicity.html", context)


@login_not_required
@require_safe
@never_cache
def file(request: PortalRequest, ref: str) -> HttpResponseBase:
    """The paper of what stands on the page, for whoever reads the page."""
    row = selectors.publicity_for(request.actor, ref)
    name, content = services.taken(row, actor=request.actor)
    return FileResponse(io.BytesIO(content), as_attachment=True, filename=name)


@require_http_methods(_ANY)
def draw(request: PortalRequest, ref: str) -> HttpResponse:
    """A draft from the round's recommendations; where there is one already, that."""
    round_ = round_for(request.actor, ref)
    if not may(request.actor, "publicity.draw", round_):
        raise Denied("publicity.draw")
    if request.method != "POST" and (draft := selectors.draft_of(round_)):
        return redirect("publicity_page", ref=draft.ref)
    form = DrawForm(request.POST if request.method == "POST" else None)
    lines = selectors.drawn(round_, with_outside=True)
    if form.is_bound and form.is_valid():
        with refusal_shown_on(form):
            made = services.draw(round_, **form.cleaned_data, actor=request.actor)
            messages.success(request, "公示草稿已生成，请核对并补充联系方式，由负责人发布。")
            return redirect("publicity_edit", ref=made.ref)
    context = {"form": form, "round": round_, "lines": lines}
    return render(request, "review/publicity_draw.html", context, status=422 if form.errors else 200)


def _own(request: PortalRequest, ref: str) -> Publicity:
    return selectors.own_publicity_for(request.actor, ref)


@require_http_methods(_ANY)
def edit(request: PortalRequest, ref: str) -> HttpResponse:
    """What stands beside the list."""
    row = _own(request, ref)
    if row.state != PublicityState.DRAFT:
        raise Refused("公示已发布，内容不能再修改；需要更正的，撤回后另行公示。")
    form = PublicityForm(request.POST or None, initial=PublicityForm.of(row))
    if form.is_bound and form.is_valid():
        values: dict[str, Any] = dict(form.cleaned_data)
        with refusal_shown_on(form):
            services.edit(row, values, version=values.pop("version"), actor=request.actor)
            messages.success(request, "公示草稿已保存。")
            return redirect("publicity_page", ref=ref)
    return render(request, "review/publicity_edit.html", {"form": form, "row": row}, status=422 if form.errors else 200)


@require_POST
def redraw(request: PortalRequest, ref: str) -> HttpResponse:
    """The list anew, as the recommendations are now."""
    row = _own(request, ref)
    services.redraw(row, with_outside=request.POST.get("with_outside") == "yes", actor=request.actor)
    messages.success(request, "名单已按当前推荐重新生成。")
    return redirect("publicity_page", ref=ref)


@require_POST
def discard(request: PortalRequest, ref: str) -> HttpResponse:
    """Throw a draft away."""
    services.discard(_own(request, ref), actor=request.actor)
    messages.success(request, "公示草稿已删除。")
    return redirect("publicity")


@require_POST
def publish(request: PortalRequest, ref: str) -> HttpResponse:
    """Make it known."""
    row = services.publish(_own(request, ref), actor=request.actor)
    is_ahead = selectors.run_of(row, clock.now()) is Run.AHEAD
    messages.success(request, "公示已发布，到开始时间即公开。" if is_ahead else "公示已发布。")
    return redirect("publicity_page", ref=ref)


@require_http_methods(_ANY)
def withdraw(request: PortalRequest, ref: str) -> HttpResponse:
    """Take it back, with a reason that everybody reads."""
    row = _own(request, ref)
    if not may(request.actor, "publicity.withdraw", row):
        raise Denied("publicity.withdraw")
    lead = f"{row.title}。撤回后页面只显示撤回的时间和理由；名单须另行公示，期满后才能办理下一步。"
    back = Back(row.ref, reverse("publicity_page", args=[ref]))
    act = Act("撤回公示", lead, "撤回公示", "公示已撤回。", back, is_grave=True)
    form = ReasonForm(request.POST or None)
    return perform(request, act, form, lambda said: services.withdraw(row, **said, actor=request.actor))
