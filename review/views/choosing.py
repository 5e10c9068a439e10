"""Choosing whom to recommend: the quota split over industries, places given and taken back, each with its reason."""

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.errors import Denied, Refused
from portal.rules import may
from portal.views.page import PortalRequest, refusal_shown_on
from review.forms.choosing import ManyForm, RecommendForm
from review.forms.first_reviews import ReasonForm
from review.models import Candidate
from review.selectors import candidates as seen
from review.selectors import choosing as selectors
from review.selectors.standings import judged
from review.services import choosing as services
from review.views.acts import Act, Back, perform
from review.views.candidates import judged_round

_ANY = ["GET", "HEAD", "POST"]


@require_safe
def choice(request: PortalRequest, ref: str) -> HttpResponse:
    """Each group at its share: who is in, who is just out, what is covered."""
    round_ = judged_round(request, ref)
    page = selectors.choice_page(round_, request.GET.dict())
    return render(request, "review/choice.html", {"round": round_, "page": page})


@require_POST
def share(request: PortalRequest, ref: str) -> HttpResponse:
    """Keep the split."""
    round_ = judged_round(request, ref)
    shares = selectors.shares_said(judged(round_).groups, request.POST.dict())
    if not shares:
        raise Refused("请填写各行业组的名额。")
    services.share(round_, shares, actor=request.actor)
    messages.success(request, "名额分配已保存。")
    return redirect("choice", ref=ref)


@require_POST
def fill(request: PortalRequest, ref: str) -> HttpResponse:
    """Recommend whom the scores would take at the shares that are kept."""
    round_ = judged_round(request, ref)
    made = services.recommend_many(round_, selectors.to_fill(round_), actor=request.actor)
    messages.success(request, f"已按得分顺序推荐{len(made)}项。")
    return redirect("choice", ref=ref)


@require_http_methods(_ANY)
def many(request: PortalRequest, ref: str) -> HttpResponse:
    """Recommend those whose numbers are given, all of them or none."""
    round_ = judged_round(request, ref)
    form = ManyForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        with refusal_shown_on(form):
            rows, strange = selectors.by_numbers(round_, form.numbers())
            if strange:
                raise Refused(f"以下受理编号不在本批次的参评项目中：{'、'.join(strange[:10])}。")
            made = services.recommend_many(round_, rows, reason=form.cleaned_data["reason"], actor=request.actor)
            messages.success(request, f"已推荐{len(made)}项。")
            return redirect("choice", ref=ref)
    act = Act(
        "批量推荐", "按受理编号推荐，全部成功或全部不办理。", "推荐", "", Back("推荐", reverse("choice", args=[ref]))
    )
    context = {"form": form, "act": act, "round": round_}
    return render(request, "review/choice_many.html", context, status=422 if form.errors else 200)


def _act(
    request: PortalRequest, ref: str, said: tuple[str, str, str], do: Callable[..., object],
    form: type[forms.Form] = ReasonForm, is_grave: bool = False,
) -> HttpResponse:  # fmt: skip
    row: Candidate = seen.candidate_for(request.actor, ref)
    if not may(request.actor, "unit_list.choose", row.round):
        raise Denied("unit_list.choose")
    title, lead, done = said
    back = Back("推荐", reverse("choice", args=[row.round.ref]))
    act = Act(title, f"{row.name}，{row.project}（{row.number}）。{lead}", title, done, back, is_grave)
    bound = form(request.POST or None)
    return perform(request, act, bound, lambda typed: do(row, **typed, actor=request.actor))


@require_http_methods(_ANY)
def recommend(request: PortalRequest, ref: str) -> HttpResponse:
    """Give one a place."""
    lead = "按得分顺序推荐的，无需说明理由；不按得分顺序的，须写明理由，理由载入评审纪要。"
    return _act(request, ref, ("推荐", lead, "已推荐。"), services.recommend, RecommendForm)


@require_http_methods(_ANY)
def withdraw(request: PortalRequest, ref: str) -> HttpResponse:
    """Take a place back."""
    said = ("撤回推荐", "撤回的理由留存备查，并载入评审纪要。", "已撤回推荐。")
    return _act(request, ref, said, services.withdraw, is_grave=True)


@require_http_methods(_ANY)
def explain(request: PortalRequest, ref: str) -> HttpResponse:
    """Say why somebody stays recommended out of order."""
    return _act(request, ref, ("补充推荐理由", "理由载入评审纪要。", "已补充理由。"), services.explain)
