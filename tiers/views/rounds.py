"""Rounds: the list, one round, new ones, and what is done to one by a button."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal import clock
from portal.errors import Denied, Hidden
from portal.rules import may
from portal.views.page import PortalRequest, paged, refusal_shown_on
from portal.workflow import available
from tiers.forms.rounds import CloneForm, NewRoundForm
from tiers.models import Round
from tiers.selectors import guidance
from tiers.selectors import rounds as selectors
from tiers.selectors.books import book_serving
from tiers.selectors.calendar import calendar
from tiers.services import round_dates
from tiers.services import rounds as services
from tiers.states import RoundState

# What the page of a round shows of its common questions; the rest is one page further.
SHOWN_QUESTIONS = 5


@require_safe
def rounds(request: PortalRequest) -> HttpResponse:
    """The rounds of my unit."""
    if not may(request.actor, "round.list"):
        raise Denied("round.list")
    now, window = clock.now(), selectors.window_of(request.actor)
    context = {
        "page": paged(request, selectors.rounds(request.actor)),
        "running": selectors.deadlines(request.actor, now),
        "window": window,
        "may_add": may(request.actor, "round.add"),
    }
    return render(request, "tiers/rounds.html", context)


@require_safe
def round_(request: PortalRequest, ref: str) -> HttpResponse:
    """One round: its dates, its terms, what was changed, and what I can do about it."""
    row = selectors.round_for(request.actor, ref)
    return render(request, "tiers/round.html", _about(request, row) | _to_do(request, row))


def _about(request: PortalRequest, row: Round) -> dict[str, Any]:
    """What everybody reads of a round."""
    now = clock.now()
    deadline = next((d for d in selectors.deadlines(request.actor, now) if d.round == row), None)
    return {
        "round": row,
        "terms": row.value,
        "timeline": selectors.timeline(row, now),
        "deadline": deadline,
        "offered": selectors.offered(request.actor, row, deadline),
        "changes": selectors.changes(row),
        "extensions": selectors.extensions(request.actor, row),
        "rules": selectors.rule_lines(row),
        "departments": selectors.department_names(row),
        "book": book_serving(row),
        "questions": guidance.questions(row)[:SHOWN_QUESTIONS],
        "files": guidance.files(row),
        "may_guide": may(request.actor, "guidance.edit", row),
    }


def _to_do(request: PortalRequest, row: Round) -> dict[str, Any]:
    """What the unit's lead office can do about it, and should look at."""
    if not may(request.actor, "round.edit", row):
        return {}
    is_draft = row.state == RoundState.DRAFT
    return {
        "is_lead": True,
        "is_draft": is_draft,
        "lacks": selectors.lacks(row) if is_draft else [],
        "hints": selectors.hints(row, calendar()),
        "acts": [t for t in available(row, request.actor) if t.action in services.ACTS],
        "may_move": bool(round_dates.movable(row, clock.now())),
        "taken": selectors.taken(row),
    }


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: PortalRequest) -> HttpResponse:
    """A new round from a programme as shipped."""
    membership = request.actor.membership
    if not may(request.actor, "round.add") or membership is None or membership.unit is None:
        raise Denied("round.add")
    today, shipped = clock.beijing(clock.now()).date(), selectors.programmes_for(membership.unit)
    initial = {"year": today.year, "batch": 1, "opens_on": today, "edition": selectors.editions().first()}
    initial["programme"] = shipped[0].code if shipped else ""
    form = NewRoundForm(request.POST or None, initial=initial, programmes=shipped)
    if request.method == "POST" and form.is_valid():
        with refusal_shown_on(form):
            made = services.create(unit=membership.unit, actor=request.actor, **form.cleaned_data)
            return _made(request, made)
    context = {"form": form, "sources": selectors.rounds(request.actor)[:5]}
    return render(request, "tiers/round_add.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def clone(request: PortalRequest, ref: str) -> HttpResponse:
    """A new round from this one, its dates shifted."""
    row = selectors.round_for(request.actor, ref)
    if not may(request.actor, "round.edit", row):
        raise Denied("round.add")
    today = clock.beijing(clock.now()).date()
    initial = {"year": today.year, "batch": 1, "opens_on": today, "edition": row.edition}
    form = CloneForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        with refusal_shown_on(form):
            return _made(request, services.clone(row, actor=request.actor, **form.cleaned_data))
    context = {"form": form, "round": row, "title": "沿用本批次新建", "yes": "建立草稿"}
    context["lead"] = f"申报条件、材料、评分表等沿用“{row.name}”，各项期限顺延相同的天数。"
    return render(request, "tiers/round_form.html", context, status=422 if form.errors else 200)


def _made(request: PortalRequest, made: Round) -> HttpResponse:
    messages.success(request, f"已建立草稿：{made.name}。请逐项核对后由负责人发布。")
    return redirect("round", ref=made.ref)


@require_POST
def act(request: PortalRequest, ref: str, action: str) -> HttpResponse:
    """Publish, take back, begin publicity, report, end."""
    row = selectors.round_for(request.actor, ref)
    if action not in services.ACTS:
        raise Hidden("round.act", action)
    services.ACTS[action](row, actor=request.actor)
    messages.success(request, f"“{row.name}”已{Round.workflow.find(action).label}。")
    return redirect("round", ref=ref)


@require_POST
def discard(request: PortalRequest, ref: str) -> HttpResponse:
    """Throw a draft away."""
    row = selectors.round_for(request.actor, ref)
    services.discard(row, actor=request.actor)
    messages.success(request, f"草稿“{row.name}”已删除。")
    return redirect("rounds")
