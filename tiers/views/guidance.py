"""A round's guidance: common questions and files for download, read by all, kept up by those who run the round."""

from django.contrib import messages
from django.forms import BaseForm
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.forms import ReasonForm
from portal.rules import may
from portal.views.page import PortalRequest, refusal_shown_on
from tiers.forms.guidance import QuestionForm, RoundFileForm, SearchForm
from tiers.models import Round
from tiers.selectors import guidance as selectors
from tiers.selectors.rounds import round_for
from tiers.services import downloads
from tiers.services import guidance as services

EDIT = ["GET", "HEAD", "POST"]


@require_safe
def guidance(request: PortalRequest, ref: str) -> HttpResponse:
    """What applicants ask, with answers, and what they can download."""
    row = round_for(request.actor, ref)
    form, may_edit = SearchForm(request.GET), may(request.actor, "guidance.edit", row)
    search = form.wanted.get("search", "")
    context = {
        "round": row,
        "form": form,
        "search": search,
        "questions": selectors.questions(row, search),
        "files": selectors.files(row),
        "may_edit": may_edit,
        "withdrawn": selectors.withdrawn_questions(row) if may_edit else [],
    }
    return render(request, "tiers/guidance.html", context)


def _form(request: PortalRequest, row: Round, form: BaseForm, **said: str) -> HttpResponse:
    context = {"round": row, "form": form} | said
    return render(request, "tiers/guidance_form.html", context, status=422 if form.errors else 200)


@require_http_methods(EDIT)
def question_add(request: PortalRequest, ref: str) -> HttpResponse:
    """A further question."""
    row = selectors.guided_round_for(request.actor, ref)
    form = QuestionForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        with refusal_shown_on(form):
            said = form.cleaned_data
            services.add_question(row, question=said["text"], answer=said["answer"], actor=request.actor)
            messages.success(request, "已新增常见问题。")
            return redirect("guidance", ref=ref)
    return _form(request, row, form, title="新增常见问题", lead="保存后立即对能看到本批次的用户公开。", yes="保存")


@require_http_methods(EDIT)
def question_edit(request: PortalRequest, ref: str, pk: int) -> HttpResponse:
    """Put a question or its answer differently."""
    row = selectors.guided_round_for(request.actor, ref)
    found = selectors.question_for(row, pk)
    initial = {"text": found.question, "answer": found.answer}
    form = QuestionForm(request.POST if request.method == "POST" else None, initial=initial)
    version = request.POST.get("version", "")
    if form.is_bound and form.is_valid():
        with refusal_shown_on(form):
            seen = int(version) if version.isascii() and version.isdigit() and len(version) < 9 else 0
            services.edit_question(found, version=seen, **form.cleaned_data, actor=request.actor)
            messages.success(request, "已保存。")
            return redirect("guidance", ref=ref)
    seen_version = version[:9] if form.is_bound else str(found.version)
    lead = "修改前后的内容记录在案。"
    return _form(request, row, form, title="修改常见问题", lead=lead, yes="保存", version=seen_version)


@require_POST
def question_move(request: PortalRequest, ref: str, pk: int) -> HttpResponse:
    """One place up or down."""
    row = selectors.guided_round_for(request.actor, ref)
    up = request.POST.get("to") != "down"
    services.move_question(selectors.question_for(row, pk), up=up, actor=request.actor)
    messages.success(request, "已上移。" if up else "已下移。")
    return redirect("guidance", ref=ref)


@require_http_methods(EDIT)
def question_withdraw(request: PortalRequest, ref: str, pk: int) -> HttpResponse:
    """Show a question no longer."""
    row = selectors.guided_round_for(request.actor, ref)
    found = selectors.question_for(row, pk)
    form = ReasonForm(request.POST if request.method == "POST" else None, label="撤下理由")
    if form.is_bound and form.is_valid():
        with refusal_shown_on(form):
            services.withdraw_question(found, reason=form.cleaned_data["reason"], actor=request.actor)
            messages.success(request, "已撤下。")
            return redirect("guidance", ref=ref)
    lead = f"“{found.question}”将不再显示，原文与理由留存备查。"
    return _form(request, row, form, title="撤下常见问题", lead=lead, yes="撤下")


@require_http_methods(EDIT)
def file_add(request: PortalRequest, ref: str) -> HttpResponse:
    """Offer a file for download."""
    row = selectors.guided_round_for(request.actor, ref)
    form = RoundFileForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    if form.is_bound and form.is_valid():
        with refusal_shown_on(form):
            said = form.cleaned_data
            stream = said.pop("file")
            services.add_file(row, stream=stream, name=stream.name, **said, actor=request.actor)
            messages.success(request, "资料已上传。")
            return redirect("guidance", ref=ref)
    lead = "供申报单位下载的模板、样例等，上传后立即公开。"
    return _form(request, row, form, title="上传资料", lead=lead, yes="上传")


@require_safe
def file(request: PortalRequest, ref: str, pk: int) -> FileResponse:
    """A file, always to be saved, never shown inside the portal."""
    found = selectors.file_for(round_for(request.actor, ref), pk)
    return FileResponse(downloads.opened(found), as_attachment=True, filename=found.name)


@require_POST
def file_remove(request: PortalRequest, ref: str, pk: int) -> HttpResponse:
    """Offer a file no longer."""
    row = selectors.guided_round_for(request.actor, ref)
    found = selectors.file_for(row, pk)
    services.remove_file(found, actor=request.actor)
    messages.success(request, f"“{found.title}”已移除。")
    return redirect("guidance", ref=ref)
