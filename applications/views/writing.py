"""Writing an application: the task list, a section, the conditions, and what can be taken over."""

import json
from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from applications.models import Application
from applications.selectors import applications as selectors
from applications.selectors.pages import task_list
from applications.selectors.papers import SCREENING, section_of
from applications.services import files as file_services
from applications.services import takeover, writing
from applications.states import ApplicationState
from applications.views.parts import section_page, unlocked
from portal import audit
from portal.audit import Outcome
from portal.declared import Section, Unreadable
from portal.errors import Hidden, Refused, Stale
from portal.views.declared import clash, sent, taken
from portal.views.page import PortalRequest
from tiers.selectors.books import book_for


def tasks(request: PortalRequest, row: Application) -> HttpResponse:
    """The task list of an application, for those who write it."""
    newest = book_for(row.round) if row.state == ApplicationState.DRAFT else row.book
    context = task_list(row, request.actor) | {"newest": newest if newest.pk != row.book_id else None}
    return render(request, "applications/tasks.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def section(request: PortalRequest, ref: str, key: str) -> HttpResponse:
    """A section to fill in. The page saves by itself; without script its button does."""
    row = selectors.own_application_for(request.actor, ref)
    try:
        asked = section_of(row, key)
    except KeyError as error:
        raise Hidden("section", f"{ref}/{key}") from error
    if request.method == "POST":
        return _saved(request, row, asked)
    template = "applications/screening.html" if key == SCREENING else "applications/section.html"
    return render(request, template, section_page(row, key, request.actor))


def _saved(request: PortalRequest, row: Application, section: Section) -> HttpResponse:
    """Save what a browser sent without script, and go on; or show both versions of what clashed."""
    here = reverse("application_section", args=[row.ref, section.key])
    version = request.POST.get("version", "")
    if not version.isdecimal():
        raise Refused("页面内容不完整，请返回后重试。")
    changes = _unlocked(row, section, taken(request.POST) if "mine" in request.POST else sent(section, request.POST))
    try:
        writing.save(row, section.key, changes, version=int(version), actor=request.actor)
    except Stale as stale:
        audit.record("request.refuse", outcome=Outcome.REFUSED, reasons=list(stale.reasons), path=here)
        context = {"application": row, "section": section, "stale": stale, "mine": clash(stale, changes)}
        return render(request, "applications/clash.html", context, status=409)
    except writing.TooLate as late:
        return _late(request, row, section, changes, late)
    except Unreadable as error:
        raise Refused(str(error)) from error
    for field in request.FILES:
        for file in request.FILES.getlist(field):
            file_services.add(row, str(field), file, file.name or "", actor=request.actor)
    messages.success(request, "已保存。")
    following = request.POST.get("then", "")
    return redirect(reverse("application_section", args=[row.ref, following]) if following.isidentifier() else here)


def _unlocked(row: Application, section: Section, changes: dict[str, Any]) -> dict[str, Any]:
    """What may change: a browser without script doesn't send the fields that are locked, which mustn't empty them."""
    fields = unlocked(row, section, selectors.open_correction(row))
    return changes if fields is None else {key: v for key, v in changes.items() if key.partition("[")[0] in fields}


def _late(
    request: PortalRequest, row: Application, section: Section, changes: dict[str, Any], late: writing.TooLate
) -> HttpResponse:
    reason = late.reasons[0]
    audit.record("request.refuse", outcome=Outcome.REFUSED, reasons=[reason], path=request.path)
    kept = writing.keep_late(row, section.key, changes, reason=reason, actor=request.actor)
    context = {"application": row, "section": section, "reason": reason, "kept": kept}
    return render(request, "applications/late.html", context, status=409)


@require_safe
def late_draft(request: PortalRequest, ref: str, pk: int) -> HttpResponse:
    """What came too late, as a text file; it is nobody's but the enterprise's."""
    row = selectors.own_application_for(request.actor, ref)
    kept = selectors.late_draft_for(row, pk)
    response = HttpResponse(_as_text(row, kept), content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="late-{row.ref}-{kept.pk}.txt"'
    return response


def _as_text(row: Application, kept: Any) -> str:
    said = {"申报编号": row.ref, "分节": kept.section, "时间": kept.at.isoformat(), "原因": kept.reason}
    head = "\n".join(f"{label}：{text}" for label, text in said.items())
    return f"逾期内容（不属于申报材料）\n{head}\n\n{json.dumps(kept.answers, ensure_ascii=False, indent=2)}\n"


@require_safe
def attachment(request: PortalRequest, ref: str, pk: int) -> FileResponse:
    """A file of the draft, always to be saved, never shown inside the portal; pictures may be shown in a page."""
    file = selectors.attachment_for(selectors.own_application_for(request.actor, ref), pk)
    return file_response(file)


def file_response(file: Any) -> FileResponse:
    """A file handed out; a picture, which the portal has made anew itself, may stand in a page."""
    is_picture = file.media_type in {"image/png", "image/jpeg"}
    response = FileResponse(file_services.opened(file), as_attachment=not is_picture, filename=file.name)
    response["Content-Type"] = file.media_type
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def sources(request: PortalRequest, ref: str) -> HttpResponse:
    """What is on file and could be taken over, beside what the application says now."""
    row = selectors.own_application_for(request.actor, ref)
    if request.method == "POST":
        keys = [(section, key) for section, _, key in (v.partition(":") for v in request.POST.getlist("take"))]
        count = takeover.take_over(row, keys=keys, actor=request.actor)
        messages.success(request, f"已引用{count}项内容。" if count else "没有选择要引用的内容。")
        return redirect("application_sources", ref=ref)
    found = takeover.offered(row)
    context = {
        "application": row,
        "offers": [offer for offer in found if offer.standing != "same"],
        "same": sum(offer.standing == "same" for offer in found),
    }
    return render(request, "applications/sources.html", context)


@require_POST
def carry_over(request: PortalRequest, ref: str) -> HttpResponse:
    """Move a draft to the newest revision of its form."""
    row = takeover.carry_over(selectors.own_application_for(request.actor, ref), actor=request.actor)
    if row.lost:
        messages.warning(request, f"已转入新格式，有{len(row.lost)}项内容新格式没有对应位置，已列在本页供摘录。")
    else:
        messages.success(request, "已转入新格式，内容全部保留。")
    return redirect("application", ref=ref)
