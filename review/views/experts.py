"""The unit's pool of experts, and an expert's own profile."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from portal import audit
from portal.errors import Denied
from portal.rules import may
from portal.views.page import PortalRequest, paged, refusal_shown_on
from review.forms import experts as forms
from review.selectors import experts as selectors
from review.services import experts as services
from review.specialities import SPECIALITIES
from review.views.acts import Act, Back, perform

_ANY = ["GET", "HEAD", "POST"]


@require_safe
def experts(request: PortalRequest) -> HttpResponse:
    """The pool, narrowed down."""
    if not may(request.actor, "expert.list"):
        raise Denied("expert.list")
    said = {name: request.GET.get(name, "")[:60] for name in ("text", "industry", "speciality", "state")}
    rows = selectors.found(request.actor, **said)
    context = {
        "page": paged(request, rows),
        "said": said,
        "is_filtered": any(said.values()),
        "industries": selectors.industry_choices(),
        "specialities": SPECIALITIES.items(),
        "waiting": selectors.without_profile(request.actor).count(),
    }
    return render(request, "review/experts.html", context)


def _back() -> Back:
    return Back("专家库", reverse("experts"))


@require_http_methods(_ANY)
def add(request: PortalRequest) -> HttpResponse:
    """Take somebody into the pool."""
    if not may(request.actor, "expert.list"):
        raise Denied("expert.keep")
    people = selectors.without_profile(request.actor)
    form = forms.NewExpertForm(request.POST or None, people=people, unit=request.actor.stands("unit"))
    lead = "单位、曾任职单位和持股情况用于核对利害关系，请如实填写。"
    act = Act("加入专家库", lead, "加入专家库", "已加入专家库。", _back())
    return perform(request, act, form, lambda said: services.add(said.pop("user"), said, actor=request.actor))


@require_http_methods(_ANY)
def expert(request: PortalRequest, ref: str) -> HttpResponse:
    """One profile, read on record; the unit may change it."""
    row = selectors.expert_for(request.actor, ref)
    initial = forms.profile_initial(row)
    form = forms.ProfileForm(request.POST or None, initial=initial, is_office=True, unit=row.unit_id)
    if request.method != "POST":
        audit.record("expert.read", row, request.actor)
    act = Act(row.user.name, f"{row.employer}。专家编号 {row.ref}。", "保存", "专家信息已更新。", _back())
    return perform(request, act, form, lambda said: services.keep(row, **_split(said), actor=request.actor))


def _split(said: dict[str, Any]) -> dict[str, Any]:
    edition = said.pop("edition", None)
    return {"said": said, "edition": edition or 0}


@require_http_methods(_ANY)
def own_profile(request: PortalRequest) -> HttpResponse:
    """An expert's own profile, which they keep themselves."""
    if not may(request.actor, "expert.own"):
        raise Denied("expert.own")
    row = selectors.own_profile(request.actor)
    initial = forms.profile_initial(row) if row else {}
    form = forms.ProfileForm(request.POST or None, initial=initial, is_office=False, unit=request.actor.stands("unit"))
    if request.method == "POST" and form.is_valid():
        with refusal_shown_on(form):
            said = _split(dict(form.cleaned_data))
            if row is None:
                services.add(request.actor.person, said["said"], actor=request.actor)
            else:
                services.keep(row, **said, actor=request.actor)
            messages.success(request, "专家信息已保存。")
            return redirect("sheets")
    context = {"form": form, "row": row}
    return render(request, "review/expert_profile.html", context, status=422 if form.errors else 200)
