"""Tables to take away."""

from tempfile import TemporaryFile
from urllib.parse import quote

from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal import audit, clock, rehearsal
from portal.errors import Denied, Hidden
from portal.exports import exports as declared
from portal.rules import may
from portal.spreadsheets import write_csv, write_workbook
from portal.views.page import PortalRequest

TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}


@require_safe
def exports(request: PortalRequest) -> HttpResponse:
    """The tables that the visitor may take."""
    found = [
        {"key": key, "export": export, "choices": export.scope.choices(request.actor) if export.scope else ()}
        for key, export in declared().items()
        if may(request.actor, export.permission)
    ]
    if not found:
        raise Denied("export.list")
    return render(request, "portal/exports.html", {"exports": found})


@require_safe
def export(request: PortalRequest, key: str, kind: str) -> FileResponse:
    """A table as a workbook or as CSV; taking it is on record."""
    table = declared().get(key)
    if table is None or kind not in TYPES:
        raise Hidden("export", f"{key}.{kind}"[:40])
    if not may(request.actor, table.permission):
        raise Denied(table.permission)
    about = table.scope.find(request.actor, request.GET.get("of", "")) if table.scope else None
    columns = table.columns(request.actor, about)
    stream = TemporaryFile()  # noqa: SIM115 - the response closes it
    rows = table.rows(request.actor, about)
    if kind == "csv":
        count = write_csv(stream, columns, rows)
    else:
        count = write_workbook(stream, table.name, columns, rows, paper=table.paper)
    audit.record("export.take", about, kind=f"{key}.{kind}", rows=count)
    stream.seek(0)
    name = rehearsal.marked(f"{table.name}-{clock.beijing(clock.now()):%Y%m%d-%H%M}.{kind}")
    response = FileResponse(stream, as_attachment=True, filename=name, content_type=TYPES[kind])
    response["Content-Disposition"] = f"attachment; filename=\"{key}.{kind}\"; filename*=UTF-8''{quote(name)}"
    return response
