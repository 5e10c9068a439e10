"""One application: the task list for those who write it, what was handed in for those who review it."""

from typing import Any

from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from applications.models import Application, Submission
from applications.selectors import applications as selectors
from applications.selectors.pages import changes_between, offered, read_page
from applications.views.writing import file_response, tasks
from portal import audit
from portal.errors import Hidden
from portal.roles import Level
from portal.rules import may
from portal.views.page import PortalRequest
from portal.workflow import available


@require_safe
def application(request: PortalRequest, ref: str) -> HttpResponse:
    """An application as its reader may see it."""
    row = selectors.application_for(request.actor, ref)
    if may(request.actor, "application.write", row):
        return tasks(request, row)
    current = selectors.current_submission(row)
    if current is None:
        raise Hidden("application", ref)
    return _read(request, row, current)


@require_safe
def submission(request: PortalRequest, ref: str, version: int) -> HttpResponse:
    """One version, as it was handed in."""
    row = selectors.application_for(request.actor, ref)
    return _read(request, row, selectors.submission_for(row, version))


def _read(request: PortalRequest, row: Application, found: Submission) -> HttpResponse:
    is_own = _note_reading(request, row, version=found.version)
    context = read_page(row, found) | {
        "timeline": selectors.timeline(request.actor, row),
        "actions": {transition.action for transition in available(row, request.actor)},
        "may_extend": not is_own and may(request.actor, "application.extend", row),
        "is_own": is_own,
        "offered": offered(request.actor, row),
    }
    return render(request, "applications/submission.html", context)


def _note_reading(request: PortalRequest, row: Application, **data: Any) -> bool:
    """Whether it is the applicant who reads; anybody else goes on record, for there is personal data in it."""
    is_own = request.actor.role is not None and request.actor.role.level is Level.ENTERPRISE
    if not is_own:
        audit.record("application.read", row, request.actor, **data)
    return is_own


@require_safe
def changes(request: PortalRequest, ref: str, version: int) -> HttpResponse:
    """What a version changed against the one before, field by field."""
    row = selectors.application_for(request.actor, ref)
    if version < 2:
        raise Hidden("submission", f"{ref}/{version}")
    after, before = selectors.submission_for(row, version), selectors.submission_for(row, version - 1)
    context = {"application": row, "before": before, "after": after, "changes": changes_between(before, after)}
    context["correction"] = row.corrections.filter(version=version - 1).first()
    return render(request, "applications/changes.html", context)


@require_safe
def submitted_file(request: PortalRequest, ref: str, version: int, pk: int) -> FileResponse:
    """A file that was handed in with a version."""
    row = selectors.application_for(request.actor, ref)
    file = selectors.submitted_file_for(selectors.submission_for(row, version), pk)
    _note_reading(request, row, version=version, name=file.name)
    return file_response(file)


@require_safe
def document(request: PortalRequest, ref: str, version: int) -> HttpResponse:
    """The one text that a version's digest is made from, for whoever wants to check it."""
    row = selectors.application_for(request.actor, ref)
    found = selectors.submission_for(row, version)
    _note_reading(request, row, version=version, name=f"{found.number}-v{found.version}.json")
    response = HttpResponse(found.text, content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{found.number}-v{found.version}.json"'
    return response
