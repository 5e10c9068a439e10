"""Self-assessments: begun, listed by section, aimed, made current, taken away."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.errors import Denied
from portal.rules import may
from portal.views.page import PortalRequest, refusal_shown_on
from tiers.forms.assessments import AmendForm, BeginForm
from tiers.selectors import assessments as selectors
from tiers.selectors.editions import current_editions, edition_for
from tiers.selectors.factories import factory_for
from tiers.selectors.filings import standing
from tiers.services import assessments as services
from tiers.services.filings import obstacles


@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: PortalRequest, ref: str) -> HttpResponse:
    """Begin a self-assessment of a factory."""
    factory = factory_for(request.actor, ref)
    if not may(request.actor, "assessment.edit", factory):
        raise Denied("assessment.edit")
    copies = list(selectors.of_factory(request.actor, factory))
    form = BeginForm(request.POST or None, editions=current_editions(), copies=copies)
    if request.method == "POST" and form.is_valid():
        with refusal_shown_on(form):
            row = services.begin(factory, **_begun(form.cleaned_data, copies), actor=request.actor)
            messages.success(request, "自评已建立，可从任意一节开始填写，内容自动保存。")
            return redirect("assessment", ref=row.ref)
    context = {"form": form, "factory": factory, "copies": copies}
    return render(request, "tiers/begin.html", context, status=422 if form.errors else 200)


def _begun(said: dict[str, Any], copies: list[Any]) -> dict[str, Any]:
    copy = next((row for row in copies if row.ref == said["copy"]), None)
    return said | {"edition": edition_for(said["edition"]), "copy": copy}


@require_safe
def assessment(request: PortalRequest, ref: str) -> HttpResponse:
    """The task list: every section, how far it is, who saved it last, and where the factory stands by now."""
    row = selectors.assessment_for(request.actor, ref)
    paper = selectors.paper(row)
    answered = paper.answered
    progress = {section.key: answered.progress(section.key) for section in paper.form.sections}
    tasks = [(section, paper.rows[section.key], progress[section.key]) for section in paper.form.sections]
    asked, done = sum(p.asked for p in progress.values()), sum(p.answered for p in progress.values())
    context = {
        "assessment": row,
        "tasks": tasks,
        "percent": done * 100 // asked if asked else 100,
        "aim": paper.edition.tier(row.aim),
        "verdict": paper.verdict,
        "obstacles": obstacles(paper),
        "standing": standing(row),
    }
    return render(request, "tiers/assessment.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def assessment_amend(request: PortalRequest, ref: str) -> HttpResponse:
    """Rename an assessment, or aim it at another tier."""
    row = selectors.assessment_for(request.actor, ref)
    form = AmendForm(request.POST or None, instance=row)
    if request.method == "POST" and form.is_valid():
        with refusal_shown_on(form):
            services.amend(row, **form.cleaned_data, actor=request.actor)
            messages.success(request, "自评方案已调整。")
            return redirect("assessment", ref=ref)
    context = {"form": form, "assessment": row}
    return render(request, "tiers/assessment_amend.html", context, status=422 if form.errors else 200)


@require_POST
def make_current(request: PortalRequest, ref: str) -> HttpResponse:
    """Let this assessment speak for its factory in its year."""
    row = services.make_current(selectors.assessment_for(request.actor, ref), actor=request.actor)
    messages.success(request, f"“{row.name}”已设为{row.year}年度的当前方案。")
    return redirect("assessment", ref=ref)


@require_POST
def discard(request: PortalRequest, ref: str) -> HttpResponse:
    """Delete a draft that nothing stands on."""
    row = selectors.assessment_for(request.actor, ref)
    services.discard(row, actor=request.actor)
    messages.success(request, f"自评方案“{row.name}”已删除。")
    return redirect("factory", ref=row.factory.ref)
