"""The record, for the auditor."""

import json
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from portal import audit, clock
from portal.audit import AuditEvent
from portal.errors import Denied
from portal.forms import RecordFilterForm
from portal.rules import may
from portal.selectors import record as selectors
from portal.services import record as services
from portal.spreadsheets import workbook
from portal.verbs import details, verb_label
from portal.views.page import PortalRequest, paged

MOST_EXPORTED = 50_000
HEADINGS = (
    "编号", "时间（北京时间）", "时区偏移（分钟）", "人员", "角色", "所在机构", "来源地址", "行为", "行为说明",
    "对象类型", "对象编号", "对象", "结果", "详情", "请求编号",
)  # fmt: skip


def _filtered(request: PortalRequest) -> tuple[RecordFilterForm, QuerySet[AuditEvent]]:
    if not may(request.actor, "record.read"):
        raise Denied("record.read")
    form = RecordFilterForm(request.GET or None)
    wanted: dict[str, Any] = form.cleaned_data if form.is_valid() else {}
    return form, selectors.events(request.actor, **wanted)


@require_safe
def record(request: PortalRequest) -> HttpResponse:
    """Events with filters, and the head of the chain."""
    form, rows = _filtered(request)
    page = paged(request, rows)
    for event in page:
        event.verb_label, event.details = verb_label(event.verb), details(event.data, event.verb)
    context = {"form": form, "page": page, "head": selectors.last_block()}
    return render(request, "portal/record.html", context)


@require_safe
def export(request: PortalRequest) -> HttpResponse:
    """The filtered events as a workbook; taking it is itself on record."""
    _, rows = _filtered(request)
    events = rows[:MOST_EXPORTED].iterator(2_000)
    content = workbook("审计记录", HEADINGS, map(_line, events))
    audit.record("record.export", filters=request.GET.dict())
    response = HttpResponse(content, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    response["Content-Disposition"] = f'attachment; filename="record-{clock.beijing(clock.now()):%Y%m%d-%H%M}.xlsx"'
    return response


def _details(event: AuditEvent) -> str:
    return json.dumps(event.data, ensure_ascii=False) if event.data else ""


def _line(event: AuditEvent) -> tuple[Any, ...]:
    at = clock.beijing(event.at)
    return (
        str(event.id), f"{at:%Y-%m-%d %H:%M:%S.%f}", event.utc_offset, event.actor_name, event.role,
        event.organisation, event.address, event.verb, verb_label(event.verb), event.subject_type,
        event.subject_id, event.subject_label, event.get_outcome_display(), _details(event), event.request_id,
    )  # fmt: skip


@require_POST
def verify(request: PortalRequest) -> HttpResponse:
    """Seal what waits, then walk the whole chain."""
    if not may(request.actor, "record.read"):
        raise Denied("record.read")
    services.seal()
    verdict = services.verify()
    audit.record("record.verify", blocks=verdict.blocks, events=verdict.events, faults=verdict.faults[:20])
    return render(request, "portal/verdict.html", {"verdict": verdict})
