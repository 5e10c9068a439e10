"""Candidates: all of a round with how they stand, one of them, and what is decided about it."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.errors import Denied
from portal.rules import may
from portal.views.page import PortalRequest
from review.forms.candidates import AcceptForm, CandidateFilter
from review.forms.first_reviews import ReasonForm
from review.models import Candidate
from review.selectors import candidates as selectors
from review.selectors import standings
from review.services import candidates as services
from review.views.acts import Act, Back, perform
from tiers.models import Round
from tiers.selectors.rounds import round_for

_ANY = ["GET", "HEAD", "POST"]


def judged_round(request: PortalRequest, ref: str) -> Round:
    """A round of the actor's own unit. Raises Hidden, Denied for whoever sees the round and doesn't judge in it."""
    round_ = round_for(request.actor, ref)
    if not may(request.actor, "unit_list.choose", round_):
        raise Denied("candidate.list")
    return round_


@require_safe
def candidates(request: PortalRequest, ref: str) -> HttpResponse:
    """All of a round, with scores and places."""
    round_ = judged_round(request, ref)
    form = CandidateFilter(request.GET)
    board = standings.board(round_)
    context = {"round": round_, "board": board, "filter": form, "lines": form.chosen(board.lines)}
    return render(request, "review/candidates.html", context)


@require_safe
def candidate(request: PortalRequest, ref: str) -> HttpResponse:
    """One candidate: whose it is, what is pointed out, its sheets and visits, what can be done."""
    row = selectors.candidate_for(request.actor, ref)
    return render(request, "review/candidate.html", standings.candidate_page(request.actor, row))


def _back(row: Candidate) -> Back:
    return Back(f"{row.name}（{row.number}）", reverse("candidate", args=[row.application.ref]))


def _act(
    request: PortalRequest, ref: str, name: str, said: tuple[str, str, str], do: Callable[..., object],
    form: type[forms.Form] = ReasonForm, is_grave: bool = True,
) -> HttpResponse:  # fmt: skip
    row = selectors.candidate_for(request.actor, ref)
    if not may(request.actor, f"candidate.{name}", row):
        raise Denied(f"candidate.{name}")
    title, lead, done = said
    act = Act(title, f"{row.name}，{row.project}。{lead}", title, done, _back(row), is_grave)

    def act_on(said: dict[str, Any]) -> object:
        return do(row, **said, actor=request.actor)

    return perform(request, act, form(request.POST or None), act_on)


@require_http_methods(_ANY)
def accept(request: PortalRequest, ref: str) -> HttpResponse:
    """Take it in."""
    said = ("受理", "受理后进入专家评审。平台提示了需核实情形的，请写明核实情况。", "已受理。")
    return _act(request, ref, "accept", said, services.accept, AcceptForm, is_grave=False)


@require_http_methods(_ANY)
def send_back(request: PortalRequest, ref: str) -> HttpResponse:
    """Back to its city."""
    lead = "市州将看到理由，可以说明后重新报送。需要企业修改申报书的，请退回整份名单。"
    return _act(request, ref, "send_back", ("退回市州", lead, "已退回，并已通知市州。"), services.send_back)


@require_http_methods(_ANY)
def refuse(request: PortalRequest, ref: str) -> HttpResponse:
    """Not taken in."""
    lead = "企业和市州将看到理由全文。"
    return _act(request, ref, "refuse", ("不予受理", lead, "已不予受理，并已通知企业和市州。"), services.refuse)


@require_http_methods(_ANY)
def restore(request: PortalRequest, ref: str) -> HttpResponse:
    """Take a refusal back."""
    said = ("撤销不予受理", "恢复为待受理。", "已恢复为待受理。")
    return _act(request, ref, "restore", said, services.restore, is_grave=False)


@require_http_methods(_ANY)
def answer(request: PortalRequest, ref: str) -> HttpResponse:
    """Its city explains."""
    said = ("说明后重新报送", "省级将看到说明全文；申报内容和推荐顺序不变。", "已重新报送，并已通知省级。")
    return _act(request, ref, "answer", said, services.answer, is_grave=False)


@require_POST
def accept_all(request: PortalRequest, ref: str) -> HttpResponse:
    """Accept whatever nothing is pointed out about."""
    done, left = services.accept_all(judged_round(request, ref), actor=request.actor)
    rest = f"；另有{left}项存在需核实的情形，请逐项办理" if left else ""
    messages.success(request, f"已受理{done}项{rest}。")
    return redirect("candidates", ref=ref)
