"""Lists that people upload: template → upload → preview → confirm; titles by units, scenario names by the system's."""

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.errors import Denied
from portal.rules import may
from portal.spreadsheets import form_workbook, workbook
from portal.views.page import PortalRequest, paged, refusal_shown_on
from tiers import scenario_lines, title_lines
from tiers.forms.recognitions import ConfirmForm, ScenarioUploadForm, UploadForm
from tiers.models import Edition, Import
from tiers.selectors import editions, imports
from tiers.selectors.imports import Preview, Verdict
from tiers.services import imports as services
from tiers.views.recognitions import attachment

_ORDER = {"wrong": 0, "new": 1, "known": 2}


def _cells(verdict: Verdict, headings: Sequence[str]) -> list[tuple[str, str, bool]]:
    """Heading, text, and whether something is wrong with it, of each cell of a line."""
    wrong = {fault.heading for fault in verdict.faults}
    return [(heading, verdict.cells.get(heading, ""), heading in wrong) for heading in headings]


def preview_page(
    request: PortalRequest, batch: Import, preview: Preview, form: ConfirmForm, headings: Sequence[str], **where: Any
) -> HttpResponse:
    verdicts = sorted(preview.verdicts, key=lambda verdict: (_ORDER[verdict.status], verdict.number))
    page = paged(request, verdicts, 100)
    context = {
        "batch": batch,
        "preview": preview,
        "form": form,
        "headings": headings,
        "page": page,
        "rows": [(v, _cells(v, headings), [_sentence(fault) for fault in v.faults]) for v in page],
    }
    return render(request, "tiers/import_preview.html", context | where, status=422 if form.errors else 200)


def report(batch: Import, preview: Preview, headings: Sequence[str]) -> HttpResponse:
    """The lines in error as a workbook, each with what to mend."""
    rows = (
        (v.number, *(v.cells.get(heading, "") for heading in headings), "".join(_sentence(f) for f in v.faults))
        for v in preview.wrong
    )
    return attachment(workbook("错误清单", ("行号", *headings, "错误说明"), rows), f"errors-{batch.ref}.xlsx")


def _sentence(fault: Any) -> str:
    return f"{fault.heading}：{fault.sentence}" if fault.heading else str(fault.sentence)


def confirmed(request: PortalRequest, act: Callable[..., Any], batch: Import) -> tuple[ConfirmForm, bool]:
    """Try to take an upload over; the form carries the reasons when it was refused."""
    form = ConfirmForm(request.POST)
    if form.is_valid():
        with refusal_shown_on(form):
            done = act(batch, seen=form.cleaned_data["seen"], actor=request.actor)
            messages.success(request, f"已导入 {done.count} 条。")
            return form, True
    return form, False


# -- titles ---------------------------------------------------------------------------------------------------------
@require_safe
def recognition_template(request: PortalRequest) -> HttpResponse:
    """A workbook to fill in."""
    if not may(request.actor, "recognition.import"):
        raise Denied("recognition.import")
    content = form_workbook("荣誉名单", title_lines.HEADINGS, [title_lines.EXAMPLE], title_lines.ALLOWED)
    return attachment(content, "recognitions-template.xlsx")


@require_http_methods(["GET", "HEAD", "POST"])
def recognition_upload(request: PortalRequest) -> HttpResponse:
    """Upload a list of titles."""
    if not may(request.actor, "recognition.import"):
        raise Denied("recognition.import")
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        with refusal_shown_on(form):
            batch = services.upload_recognitions(file.read(), file.name, actor=request.actor)
            return redirect("recognition_import", ref=batch.ref)
    context = {"form": form, "headings": title_lines.HEADINGS, "allowed": title_lines.ALLOWED}
    return render(request, "tiers/recognition_upload.html", context, status=422 if form.errors else 200)


def _recognition_preview(request: PortalRequest, ref: str, form: ConfirmForm | None = None) -> HttpResponse:
    batch = imports.recognition_import_for(request.actor, ref)
    preview = imports.recognition_preview(batch)
    where = {
        "confirm": reverse("recognition_import_confirm", args=[ref]),
        "report": reverse("recognition_import_errors", args=[ref]),
        "again": reverse("recognition_upload"),
        "back": reverse("recognitions"),
        "crumb": "荣誉称号",
        "has_holders": True,
    }
    form = form or ConfirmForm()
    return preview_page(request, batch, preview, form, title_lines.HEADINGS, **where)


@require_safe
def recognition_import(request: PortalRequest, ref: str) -> HttpResponse:
    """What an uploaded list of titles would do, line by line."""
    return _recognition_preview(request, ref)


@require_POST
def recognition_import_confirm(request: PortalRequest, ref: str) -> HttpResponse:
    """Put the titles of an uploaded list on record."""
    batch = imports.recognition_import_for(request.actor, ref)
    form, is_done = confirmed(request, services.confirm_recognitions, batch)
    return redirect("recognitions") if is_done else _recognition_preview(request, ref, form)


@require_safe
def recognition_import_errors(request: PortalRequest, ref: str) -> HttpResponse:
    """The lines in error, as a workbook."""
    batch = imports.recognition_import_for(request.actor, ref)
    return report(batch, imports.recognition_preview(batch), title_lines.HEADINGS)


# -- scenario names -------------------------------------------------------------------------------------------------
def _edition(request: PortalRequest, code: str) -> Edition:
    if not may(request.actor, "scenarios.import"):
        raise Denied("scenarios.import")
    return editions.edition_for(code)


@require_safe
def scenario_template(request: PortalRequest, code: str) -> HttpResponse:
    """A workbook to fill in."""
    edition = _edition(request, code).value
    allowed = {scenario_lines.AREA: scenario_lines.areas(edition)}
    content = form_workbook("场景清单", scenario_lines.HEADINGS, [scenario_lines.example(edition)], allowed)
    return attachment(content, f"scenarios-{code}-template.xlsx")


@require_http_methods(["GET", "HEAD", "POST"])
def scenario_upload(request: PortalRequest, code: str) -> HttpResponse:
    """Upload a list of scenario names for an edition."""
    edition = _edition(request, code)
    form = ScenarioUploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file, source = form.cleaned_data["file"], form.cleaned_data["source"]
        with refusal_shown_on(form):
            batch = services.upload_scenarios(edition, file.read(), file.name, source=source, actor=request.actor)
            return redirect("scenario_import", code=code, ref=batch.ref)
    context = {"form": form, "edition": edition, "areas": scenario_lines.areas(edition.value)}
    return render(request, "tiers/scenario_upload.html", context, status=422 if form.errors else 200)


def _scenario_preview(request: PortalRequest, code: str, ref: str, form: ConfirmForm | None = None) -> HttpResponse:
    batch = imports.scenario_import_for(request.actor, code, ref)
    preview = imports.scenario_preview(batch)
    where = {
        "confirm": reverse("scenario_import_confirm", args=[code, ref]),
        "report": reverse("scenario_import_errors", args=[code, ref]),
        "again": reverse("scenario_upload", args=[code]),
        "back": reverse("edition", args=[code]),
        "crumb": f"要素条件 {code}",
    }
    form = form or ConfirmForm()
    return preview_page(request, batch, preview, form, scenario_lines.HEADINGS, **where)


@require_safe
def scenario_import(request: PortalRequest, code: str, ref: str) -> HttpResponse:
    """What an uploaded list of scenario names would do, line by line."""
    return _scenario_preview(request, code, ref)


@require_POST
def scenario_import_confirm(request: PortalRequest, code: str, ref: str) -> HttpResponse:
    """Make an uploaded list the one that forms offer."""
    batch = imports.scenario_import_for(request.actor, code, ref)
    form, is_done = confirmed(request, services.confirm_scenarios, batch)
    return redirect("edition", code=code) if is_done else _scenario_preview(request, code, ref, form)


@require_safe
def scenario_import_errors(request: PortalRequest, code: str, ref: str) -> HttpResponse:
    """The lines in error, as a workbook."""
    batch = imports.scenario_import_for(request.actor, code, ref)
    return report(batch, imports.scenario_preview(batch), scenario_lines.HEADINGS)
