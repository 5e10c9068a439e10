"""One section of a self-assessment: filled in, saved, and what happens when two people write the same answer."""

from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from portal import audit
from portal.audit import Outcome
from portal.declared import Section, Unreadable, problems, rows_of
from portal.errors import Hidden, Refused, Stale
from portal.views.declared import Filled, clash, drawn, sent, taken
from portal.views.page import PortalRequest
from tiers.answers import notes, prefilled
from tiers.assessment_form import INDICATORS, SCENARIOS
from tiers.models import SelfAssessment
from tiers.selectors.assessments import Paper, assessment_for, file_for, paper
from tiers.services import assessments, evidence


@require_http_methods(["GET", "HEAD", "POST"])
def section(request: PortalRequest, ref: str, key: str) -> HttpResponse:
    """A section to fill in. The page saves by itself; without script its button does."""
    row = assessment_for(request.actor, ref)
    what = paper(row)
    if key not in {s.key for s in what.form.sections}:
        raise Hidden("section", f"{ref}/{key}")
    if request.method == "POST":
        return _saved(request, row, what.form.section(key))
    return render(request, "tiers/section.html", _context(what, key))


def _context(what: Paper, key: str) -> dict[str, Any]:
    section, row, answered = what.form.section(key), what.rows[key], what.answered
    values = dict(row.answers)
    if key == INDICATORS:
        values = prefilled(what.edition, what.sections) | values
    found = problems(section, values, answered.files.get(key, frozenset()))
    scenarios = rows_of(what.sections.get(SCENARIOS, {}), SCENARIOS)
    picks = {rid: cells.get("instance") or cells.get("name") or cells["area"] for rid, cells in scenarios.items()}
    keys = [s.key for s in what.form.sections]
    place = keys.index(key)
    notes_ = notes(what.edition, what.sections, key)
    download = reverse("evidence_file", args=[what.assessment.ref, 0])
    return {
        "assessment": what.assessment,
        "section": section,
        "row": row,
        "blocks": drawn(section, Filled(values, found, what.files, picks, notes_, download)),
        "progress": answered.progress(key),
        "problems": [problem for problem in found if not problem.is_missing],
        "previous": what.form.sections[place - 1] if place else None,
        "next": what.form.sections[place + 1] if place + 1 < len(keys) else None,
    }


def _saved(request: PortalRequest, row: SelfAssessment, section: Section) -> HttpResponse:
    """Save what a browser sent without script, and go on; or show both versions of what clashed."""
    here = reverse("section", args=[row.ref, section.key])
    try:
        version = int(request.POST.get("version", "-1"))
    except ValueError:
        version = -1
    if version < 0:
        raise Refused("页面内容不完整，请返回后重试。")
    changes = taken(request.POST) if "mine" in request.POST else sent(section, request.POST)
    try:
        assessments.save(row, section.key, changes, version=version, actor=request.actor)
    except Stale as stale:
        audit.record("request.refuse", outcome=Outcome.REFUSED, reasons=list(stale.reasons), path=here)
        context = {"assessment": row, "section": section, "stale": stale, "mine": clash(stale, changes)}
        return render(request, "tiers/clash.html", context, status=409)
    except Unreadable as error:
        raise Refused(str(error)) from error
    for field in request.FILES:
        for file in request.FILES.getlist(field):
            evidence.add(row, str(field), file, file.name or "", actor=request.actor)
    messages.success(request, "已保存。")
    following = request.POST.get("then", "")
    return redirect(reverse("section", args=[row.ref, following]) if following.isidentifier() else here)


@require_safe
def evidence_file(request: PortalRequest, ref: str, pk: int) -> FileResponse:
    """A piece of evidence, always to be saved, never shown inside the portal."""
    file = file_for(assessment_for(request.actor, ref), pk)
    return FileResponse(evidence.opened(file.stored), as_attachment=True, filename=file.name)
