"""The first review of one application: the desk, and what is done from it."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from applications.models import Application, Submission
from applications.selectors import applications as gates
from applications.selectors.pages import read_page
from portal import audit
from portal.errors import Denied, Hidden
from portal.rules import may
from portal.views.page import PortalRequest, refusal_shown_on
from review.forms import first_reviews as forms
from review.guards import CHECKLIST
from review.models import ReviewNote
from review.selectors import first_reviews as selectors
from review.services import findings, sign_offs
from review.services import first_reviews as services
from review.views.acts import Act, Back, perform

_ANY = ["GET", "HEAD", "POST"]


def _for_review(request: PortalRequest, ref: str) -> tuple[Application, Submission]:
    """The gate: it was handed in, and lies before the actor's own office. Raises Hidden, Denied."""
    row = gates.application_for(request.actor, ref)
    if not may(request.actor, "first_review.review", row):
        raise Denied("first_review.review")
    current = gates.current_submission(row)
    if current is None:
        raise Hidden("application", ref)
    return row, current


def _back(row: Application) -> Back:
    return Back(f"初审 {row.number}", reverse("first_review", args=[row.ref]))


@require_http_methods(_ANY)
def first_review(request: PortalRequest, ref: str) -> HttpResponse:
    """The submission side by side with what it is checked against; saving, passing, rejecting."""
    row, current = _for_review(request, ref)
    desk = selectors.desk(request.actor, row, current)
    if request.method == "POST":
        form = forms.ReviewForm(request.POST)
        if form.is_valid():
            with refusal_shown_on(form):
                return _decided(request, row, form)
    else:
        form = forms.ReviewForm(initial=_initial(desk))
        audit.record("application.read", row, request.actor, version=current.version)
    context = read_page(row, current) | desk | {"form": form}
    return render(request, "review/first_review.html", context, status=422 if form.errors else 200)


def _initial(desk: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {"edition": desk["edition"]}
    if review := desk["review"]:
        found["opinion"] = review.opinion
        for key, _, _ in CHECKLIST:
            said = review.checklist.get(key, {})
            found |= {f"answer_{key}": said.get("answer", ""), f"note_{key}": said.get("note", "")}
    return found


def _decided(request: PortalRequest, row: Application, form: forms.ReviewForm) -> HttpResponse:
    said = form.cleaned_data
    about = {"checklist": form.checklist(), "opinion": said["opinion"], "edition": said["edition"]}
    match request.POST.get("act"):
        case "pass":
            services.decide(row, passes=True, **about, actor=request.actor)
            messages.success(request, f"{row.enterprise.name}已通过初审。")
        case "reject":
            services.decide(row, passes=False, **about, reason=said["reason"], actor=request.actor)
            messages.success(request, "已作出不予推荐的结论，并已告知企业理由和复核途径。")
        case _:
            services.save(row, **about, actor=request.actor)
            messages.success(request, "已保存。")
    return redirect("first_review", ref=row.ref)


@require_POST
def take(request: PortalRequest, ref: str) -> HttpResponse:
    """Take the review upon oneself."""
    row, _ = _for_review(request, ref)
    services.take(row, edition=None, actor=request.actor)
    messages.success(request, "该申报由您承办初审。")
    return redirect("first_review", ref=ref)


@require_http_methods(_ANY)
def assign(request: PortalRequest, ref: str) -> HttpResponse:
    """Give the review to a colleague."""
    row, _ = _for_review(request, ref)
    act = Act("分配初审", f"{row.enterprise.name}（{row.number}）。分配后通知承办人。", "分配", "已分配。", _back(row))
    form = forms.AssignForm(request.POST or None, people=selectors.colleagues(request.actor))
    return perform(
        request, act, form, lambda said: services.assign(row, said["user"], edition=None, actor=request.actor)
    )


@require_http_methods(_ANY)
def reopen(request: PortalRequest, ref: str) -> HttpResponse:
    """Take a decision back."""
    row, _ = _for_review(request, ref)
    lead = "撤销后该申报恢复待初审；已列入推荐顺序的移出，正在会签的名单须重新送签。"
    act = Act("撤销初审结论", lead, "撤销结论", "已撤销初审结论。", _back(row), is_grave=True)
    edition = selectors.desk_edition(row)
    form = forms.VersionedReasonForm(request.POST or None, initial={"edition": edition})
    return perform(request, act, form, lambda said: services.reopen(row, **said, actor=request.actor))


@require_http_methods(_ANY)
def tie(request: PortalRequest, ref: str) -> HttpResponse:
    """Declare a tie to the applicant."""
    row, _ = _for_review(request, ref)
    lead = f"{row.enterprise.name}。声明留存备查，并通知本单位负责人另行安排。"
    act = Act("声明回避", lead, "声明回避", "已声明回避。", _back(row), is_grave=True)
    form = forms.TieForm(request.POST or None)
    return perform(request, act, form, lambda said: services.declare_tie(row, said["text"], actor=request.actor))


@require_http_methods(_ANY)
def annotate(request: PortalRequest, ref: str) -> HttpResponse:
    """A note on a section or a field."""
    row, current = _for_review(request, ref)
    act = Act(
        "添加批注",
        "批注供本单位审核使用，不向企业公开；退回修改时可据以写明理由。",
        "添加",
        "已添加批注。",
        _back(row),
    )
    place = request.GET.get("at", "")
    form = forms.NoteForm(request.POST or None, submission=current, initial={"place": place})

    def do(said: dict[str, Any]) -> object:
        section, _, key = said["place"].partition(":")
        return findings.annotate(current, section=section, key=key, text=said["text"], actor=request.actor)

    return perform(request, act, form, do)


@require_POST
def strike_note(request: PortalRequest, ref: str, pk: int) -> HttpResponse:
    """Take one's own note back."""
    row, _ = _for_review(request, ref)
    found = ReviewNote.objects.filter(application=row, pk=pk).first()
    if found is None:
        raise Hidden("note", str(pk))
    findings.strike_note(found, actor=request.actor)
    messages.success(request, "已撤销批注。")
    return redirect("first_review", ref=ref)


@require_http_methods(_ANY)
def ask(request: PortalRequest, ref: str) -> HttpResponse:
    """Ask joint departments about this application alone."""
    row, _ = _for_review(request, ref)
    offices = sign_offs.departments(row.city_id, row.round.value.departments)
    lead = f"{row.enterprise.name}（{row.number}）。逾期未答复的显示为“未答复”，不视为同意。"
    act = Act("征求会同部门意见", lead, "发出", "已发出，并已通知各部门。", _back(row))
    initial = {"offices": offices, "due_at": selectors.usual_due(row.round, row.city_id)}
    form = forms.AskForm(request.POST or None, offices=offices, initial=initial)
    return perform(
        request,
        act,
        form,
        lambda said: sign_offs.ask_about(
            row, list(said["offices"]), question=said["question"], due_at=said["due_at"], actor=request.actor
        ),
    )


@require_http_methods(_ANY)
def reconsider(request: PortalRequest, ref: str) -> HttpResponse:
    """The applicant asks that a rejection be looked at again."""
    row = gates.own_application_for(request.actor, ref)
    if not may(request.actor, "application.withdraw", row):
        raise Denied("first_review.reconsider")
    rejection = selectors.rejection_for(row)
    if rejection is None:
        raise Hidden("rejection", ref)
    lead = f"{rejection.office}认为该申报不予推荐：{rejection.reason}"
    back = Back(row.number, reverse("application", args=[ref]))
    act = Act("申请复核", lead, "提交复核申请", "复核申请已提交。", back)
    form = forms.ReconsiderForm(request.POST or None)
    return perform(request, act, form, lambda said: services.reconsider(row, **said, actor=request.actor))
