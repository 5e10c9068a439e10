"""A round's panels: drawing, inviting, assigning, starting, reading what was signed; the chair opens."""

import secrets
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal import walls
from portal.errors import Denied, Hidden, Refused
from portal.rules import may
from portal.views.page import PortalRequest, refusal_shown_on
from review.forms import experts as forms
from review.forms.first_reviews import ReasonForm
from review.models import Panel
from review.selectors import assignments as planning
from review.selectors import panels as selectors
from review.selectors import sheets as sheet_selectors
from review.services import assignments
from review.services import panels as services
from review.services.panels import Drawing
from review.views.acts import Act, Back, perform
from tiers.models import Round
from tiers.selectors.rounds import round_for

_ANY = ["GET", "HEAD", "POST"]


def _round(request: PortalRequest, ref: str) -> Round:
    if not may(request.actor, "panel.list"):
        raise Denied("panel.draw")
    round_ = round_for(request.actor, ref)
    if not may(request.actor, "panel.draw", round_):
        raise Hidden("round", ref)
    return round_


def _back(panel: Panel) -> Back:
    return Back(panel.name, reverse("panel", args=[panel.ref]))


@require_safe
def panels(request: PortalRequest, ref: str) -> HttpResponse:
    """The panels of a round with how far they are, and industries that none has yet."""
    round_ = _round(request, ref)
    divisions = selectors.divisions_of(round_)
    context = {
        "round": round_,
        "panels": selectors.with_progress(selectors.panels(request.actor).filter(round=round_)),
        "divisions": divisions,
        "left": [row for row in divisions if not row.panel],
        "groups": selectors.suggestions(divisions),
    }
    return render(request, "review/panels.html", context)


def _drawing(said: dict[str, Any]) -> Drawing:
    return Drawing(said["name"], tuple(said["divisions"]), said["per"], said["is_blind"], said["avoids_city"])


def _choices(round_: Round, panel: Panel | None = None) -> list[tuple[str, str]]:
    name = panel.name if panel else ""
    rows = selectors.divisions_of(round_)
    return [(r.code, f"{r.code} {r.name}（{r.count}项）") for r in rows if r.panel in ("", name)]


@require_http_methods(_ANY)
def draw(request: PortalRequest, ref: str) -> HttpResponse:
    """A new panel; the address may bring a suggested group."""
    round_ = _round(request, ref)
    initial = {"name": request.GET.get("name", "")[:60], "divisions": request.GET.getlist("division")}
    form = forms.PanelForm(request.POST or None, divisions=_choices(round_), initial=initial)
    lead = f"{round_.name}。每个行业大类只能由一个专家组评审。"
    back = Back("专家组", reverse("panels", args=[ref]))
    act = Act("组建专家组", lead, "组建", "已组建专家组，请邀请专家。", back)
    return perform(request, act, form, lambda said: services.draw(round_, _drawing(said), actor=request.actor))


@require_http_methods(_ANY)
def amend(request: PortalRequest, ref: str) -> HttpResponse:
    """Change it while nothing has been given out."""
    row = selectors.panel_for(request.actor, ref)
    initial = {name: getattr(row, name) for name in ("name", "per", "is_blind", "avoids_city")}
    initial["divisions"] = [division.division for division in row.divisions.all()]
    form = forms.PanelForm(request.POST or None, divisions=_choices(row.round, row), initial=initial)
    act = Act("调整专家组", "分配评分表之前可以调整。", "保存", "专家组已调整。", _back(row))
    return perform(request, act, form, lambda said: services.amend(row, _drawing(said), actor=request.actor))


@require_safe
def panel(request: PortalRequest, ref: str) -> HttpResponse:
    """Who sits on it, what they judge, what is signed, what comes next."""
    row = selectors.panel_for(request.actor, ref)
    context = {
        "panel": row,
        "sittings": selectors.sittings(row),
        "rows": sheet_selectors.sheets_of(row),
        "lacking": selectors.lacking_to_start(row) if row.state == "forming" else [],
        "progress": selectors.progress(row),
        "waivers": selectors.waivers_of(row),
        "is_head": may(request.actor, "waiver.grant", row),
    }
    return render(request, "review/panel.html", context)


@require_http_methods(_ANY)
def invite(request: PortalRequest, ref: str) -> HttpResponse:
    """Ask experts of the pool."""
    row = selectors.panel_for(request.actor, ref)
    rows = selectors.invitable(request.actor, row)
    named = {e.ref: e for e, _ in rows}
    labels = [(e.ref, f"{e.user.name}　{e.employer}{'　（行业相符）' if fits else ''}") for e, fits in rows]
    form = forms.InviteForm(request.POST or None, rows=labels)
    lead = f"{row.name}。邀请发出后由专家本人在平台答复；熟悉本组行业的列在前面。"
    act = Act("邀请专家", lead, "发出邀请", "邀请已发出。", _back(row))

    def do(said: dict[str, Any]) -> object:
        return services.invite(row, [named[ref] for ref in said["experts"]], actor=request.actor)

    return perform(request, act, form, do)


@require_http_methods(_ANY)
def name_chair(request: PortalRequest, ref: str) -> HttpResponse:
    """Who leads it."""
    row = selectors.panel_for(request.actor, ref)
    named = {expert.ref: expert for expert in planning.seated(row)}
    labels = [(key, f"{expert.user.name}　{expert.employer}") for key, expert in named.items()]
    form = forms.ChairForm(request.POST or None, rows=labels, initial={"expert": row.chair and row.chair.ref})
    act = Act("指定组长", "组长主持评审，在全部评分表签署后开放组内互看。", "指定", "已指定组长。", _back(row))
    return perform(
        request, act, form, lambda said: services.name_chair(row, named[said["expert"]], actor=request.actor)
    )


# -- giving out ------------------------------------------------------------------------------------------------------
@require_http_methods(_ANY)
def assign(request: PortalRequest, ref: str) -> HttpResponse:
    """What a seed gives, shown before it is carried out."""
    row = selectors.panel_for(request.actor, ref)
    form = forms.CarryOutForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusal_shown_on(form):
            made = assignments.carry_out(row, **form.cleaned_data, actor=request.actor)
            messages.success(request, f"已分配{len(made)}份评分表。")
            return redirect("panel", ref=ref)
    seed = (request.POST.get("seed") or request.GET.get("seed") or secrets.token_hex(4))[:40]
    found = planning.plan(row, seed)
    context = {"panel": row, "plan": found, "form": form, "seed": seed}
    return render(request, "review/panel_assign.html", context, status=422 if form.errors else 200)


def _pair(request: PortalRequest, row: Panel) -> tuple[Any, dict[str, Any], dict[str, Any]]:
    candidates = {c.number: c for c in selectors.candidates_of(row).order_by("number")}
    experts = {expert.ref: expert for expert in planning.seated(row)}
    labels = [(key, f"{expert.user.name}　{expert.employer}") for key, expert in experts.items()]
    initial = {name: request.GET.get(name, "") for name in ("candidate", "expert")}
    form = forms.PairForm(request.POST or None, candidates=candidates.values(), experts=labels, initial=initial)
    return form, candidates, experts


@require_http_methods(_ANY)
def give(request: PortalRequest, ref: str) -> HttpResponse:
    """One more sheet by hand."""
    row = selectors.panel_for(request.actor, ref)
    form, candidates, experts = _pair(request, row)
    act = Act("手工分配", "用于回避、撤换后的补充；理由留存备查。", "分配", "已分配。", _back(row))

    def do(said: dict[str, Any]) -> object:
        pair = candidates[said["candidate"]], experts[said["expert"]]
        return assignments.give(row, *pair, reason=said["reason"], actor=request.actor)

    return perform(request, act, form, do)


@require_http_methods(_ANY)
def waive(request: PortalRequest, ref: str) -> HttpResponse:
    """The head waives a tie that was found."""
    row = selectors.panel_for(request.actor, ref)
    if not may(request.actor, "waiver.grant", row):
        raise Denied("waiver.grant")
    form, candidates, experts = _pair(request, row)
    lead = "平台发现的利害关系只能由负责人豁免；理由留存备查，并可在专家组页面查阅。专家自行声明的回避不能豁免。"
    act = Act("豁免回避", lead, "豁免", "已豁免。", _back(row), is_grave=True)

    def do(said: dict[str, Any]) -> object:
        pair = candidates[said["candidate"]], experts[said["expert"]]
        return assignments.waive(row, *pair, reason=said["reason"], actor=request.actor)

    return perform(request, act, form, do)


# -- its course ------------------------------------------------------------------------------------------------------
@require_POST
def start(request: PortalRequest, ref: str) -> HttpResponse:
    """Experts may begin."""
    services.start(selectors.panel_for(request.actor, ref), actor=request.actor)
    messages.success(request, "已开始评分，并已通知专家。")
    return redirect("panel", ref=ref)


_COURSE = {
    "reseal": ("恢复独立评分", "恢复后专家不再看到他人评分，可以退回重评；完成后由组长重新开放。", services.reseal),
    "resume": ("恢复评审", "恢复后专家可再次查阅所评申报书。", services.resume),
}


@require_http_methods(_ANY)
def course(request: PortalRequest, ref: str, step: str) -> HttpResponse:
    """A step back, with its reason."""
    row = selectors.panel_for(request.actor, ref)
    title, lead, service = _COURSE[step]
    act = Act(title, lead, title, f"已{title}。", _back(row), is_grave=True)
    form = ReasonForm(request.POST or None)
    return perform(request, act, form, lambda said: service(row, **said, actor=request.actor))


@require_POST
def close(request: PortalRequest, ref: str) -> HttpResponse:
    """It has done its work."""
    services.close(selectors.panel_for(request.actor, ref), actor=request.actor)
    messages.success(request, "评审组已结束评审，申报书的查阅授权已收回。")
    return redirect("panel", ref=ref)


# -- the panel's own people ------------------------------------------------------------------------------------------
@require_http_methods(_ANY)
def open_up(request: PortalRequest, ref: str) -> HttpResponse:
    """The chair sees how many are signed, and lets everybody see them once all are."""
    row = selectors.seated_panel_for(request.actor, ref)
    if not may(request.actor, "panel.open", row):
        raise Denied("panel.open")
    if request.method == "POST":
        services.open_up(row, actor=request.actor)
        messages.success(request, "已开放互看。")
        return redirect("panel_scores", ref=ref)
    with walls.system("组长查看评审进度"):
        found = selectors.progress(row)
    return render(request, "review/panel_open.html", {"panel": row, "progress": found})


@require_safe
def scores(request: PortalRequest, ref: str) -> HttpResponse:
    """Signed sheets side by side, once the chair has opened the panel."""
    row = selectors.seated_panel_for(request.actor, ref)
    if row.state != "opened":
        raise Refused("全部评分表签署并由组长开放互看之后，方可查看他人评分和平均分。")
    return render(request, "review/panel_scores.html", {"panel": row, "rows": sheet_selectors.compared(row)})


@require_http_methods(_ANY)
def answer(request: PortalRequest, pk: int) -> HttpResponse:
    """An expert says whether they come."""
    seat = selectors.seat_for(request.actor, pk)
    if not may(request.actor, "seat.consent", seat):
        raise Denied("seat.consent")
    back = Back("专家评审", reverse("sheets"))
    act = Act("答复邀请", f"{seat.panel.round.name}，{seat.panel.name}。", "答复", "已答复。", back)
    form = forms.AnswerForm(request.POST or None)
    return perform(
        request, act, form,
        lambda said: services.answer(seat, comes=said["said"] == "yes", reason=said["reason"], actor=request.actor),
    )  # fmt: skip


@require_http_methods(_ANY)
def release(request: PortalRequest, pk: int) -> HttpResponse:
    """Take somebody off the panel."""
    seat = selectors.seat_for(request.actor, pk)
    if not may(request.actor, "seat.release", seat):
        raise Denied("seat.release")
    lead = f"{seat.user.name}，{seat.panel.name}。未签署的评分表随之撤换，已签署的保留。"
    act = Act("专家退出", lead, "确认退出", "已办理退出。", _back(seat.panel), is_grave=True)
    form = ReasonForm(request.POST or None)
    return perform(request, act, form, lambda said: services.release_seat(seat, **said, actor=request.actor))
