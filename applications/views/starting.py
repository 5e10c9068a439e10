"""The list of applications, the question whether one may apply, and beginning."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from applications import screening
from applications.forms.starting import ListForm
from applications.selectors import applications as selectors
from applications.selectors.screening import channel, facts
from applications.services import beginning, takeover
from portal import clock
from portal.actors import Actor
from portal.declared import Values
from portal.errors import Denied, Hidden
from portal.roles import Level
from portal.rules import may
from portal.views.declared import Filled, drawn, sent
from portal.views.page import PortalRequest, paged
from tiers.models import Factory, Round
from tiers.selectors.factories import factories
from tiers.selectors.rounds import deadlines, round_for, shown_round_for


@require_safe
def applications(request: PortalRequest) -> HttpResponse:
    """The applications of my enterprise; or those handed in to my office."""
    actor = request.actor
    if not may(actor, "application.list"):
        raise Denied("application.list")
    rows = selectors.applications(actor)
    if actor.role and actor.role.level is Level.ENTERPRISE:
        return render(request, "applications/own.html", _own(actor) | {"applications": list(rows)})
    form = ListForm(request.GET, actor=actor)
    context = {"form": form, "page": paged(request, form.narrowed(rows)), "wanted": form.is_narrow}
    return render(request, "applications/list.html", context)


def _own(actor: Actor) -> dict[str, Any]:
    """What an enterprise could begin now: the rounds that are open for it."""
    return {"running": deadlines(actor, clock.now()), "factories": factories(actor).filter(is_closed=False).exists()}


@require_http_methods(["GET", "HEAD", "POST"])
def apply(request: PortalRequest, ref: str) -> HttpResponse:
    """May this factory apply in this round: what is known, what is asked; and if so, begin."""
    if not may(request.actor, "application.begin", request.actor.membership):
        raise Denied("application.begin")
    round_ = shown_round_for(ref)
    enterprise = request.actor.membership.enterprise if request.actor.membership else None
    if enterprise and (elsewhere := channel(enterprise, round_)):
        return render(request, "applications/channel.html", {"round": round_, "channel": elsewhere})
    round_ = round_for(request.actor, ref)
    own = list(selectors.factories_to_apply(request.actor, round_))
    factory = _chosen(own, request.POST.get("factory") or request.GET.get("factory", ""))
    if request.method == "POST" and factory:
        return _begun(request, round_, factory)
    context = {"round": round_, "factories": own, "factory": factory} | _may_we(round_, factory, {})
    context["begun"] = selectors.of_round(request.actor, round_)
    return render(request, "applications/apply.html", context)


def _chosen(own: list[Factory], ref: str) -> Factory | None:
    """The factory that was asked for; without a choice the only one there is. Raises Hidden."""
    if not ref:
        return own[0] if len(own) == 1 else None
    found = next((factory for factory in own if factory.ref == ref), None)
    if found is None:
        raise Hidden("factory", ref[:40])
    return found


def _may_we(round_: Round, factory: Factory | None, answers: Values) -> dict[str, Any]:
    """The conditions as they stand, with the questions drawn; and the direct way where it is open."""
    if factory is None:
        return {}
    now, terms = clock.now(), round_.value
    known = facts(round_, factory, now)
    blocks = drawn(screening.section(terms), Filled(answers))
    lines = screening.with_fields(screening.lines(terms, known, answers), blocks)
    return {
        "lines": lines,
        "outcome": screening.summary(lines),
        "offer": screening.offer(terms, known),
        "closed": beginning.round_closed(round_, factory.enterprise_id, now),
    }


def _begun(request: PortalRequest, round_: Round, factory: Factory) -> HttpResponse:
    said = {key: value for key, value in sent(screening.section(round_.value), request.POST).items() if value}
    direct = request.POST.get("direct") == "yes"
    row = beginning.begin(round_, factory, answers=said, direct=direct, actor=request.actor)
    taken = takeover.take_over(row, actor=request.actor)
    messages.success(request, f"申报已建立。已从企业登记、工厂信息和自评引用{taken}项内容，请逐节核对、补充。")
    return redirect("application", ref=row.ref)


@require_POST
def discard(request: PortalRequest, ref: str) -> HttpResponse:
    """Delete a draft that was never submitted."""
    row = selectors.application_for(request.actor, ref)
    beginning.discard(row, actor=request.actor)
    messages.success(request, f"{row.factory.name}的申报草稿已删除。")
    return redirect("applications")
