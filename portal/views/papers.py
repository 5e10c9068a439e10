"""Papers: asked for, waited for, taken; checked page by page, and verified by whoever holds a copy."""

import io
from typing import Any

from allauth.core.internal import ratelimit
from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal import audit, rehearsal
from portal.actors import Actor
from portal.errors import Denied, Refused
from portal.forms import CheckPaperForm, VerifyForm
from portal.models import Paper
from portal.papers import document, read_code
from portal.rules import may
from portal.selectors import checking, seals
from portal.selectors import papers as selectors
from portal.services import papers as services
from portal.states import PaperState
from portal.views.page import PortalRequest, refusal_shown_on

MOST_CHECKED = 100 * 1024**2


@require_POST
def issue(request: PortalRequest, kind: str, key: str) -> HttpResponse:
    """Ask for a paper; it is made once, so whoever asks again is shown the same."""
    return redirect("paper", services.issue(kind, key, actor=request.actor).code)


@require_safe
@never_cache
def paper(request: PortalRequest, code: str) -> HttpResponse:
    """How far a paper is, what it is, and where to take it; the part that changes asks for itself while it is made."""
    row = selectors.paper_for(request.actor, code)
    template = "portal/_paper.html" if request.headers.get("HX-Request") else "portal/paper.html"
    form = document(row.kind)
    context = {"paper": row, "document": form, "standing": selectors.standing_of(row), "about": form.page(row.subject)}
    if row.state == PaperState.MADE:
        context |= {"digest": seals.file_of(row)[1], "size": seals.size_of(row), "places": seals.places_on(row)}
    return render(request, template, context)


@require_POST
def retry(request: PortalRequest, code: str) -> HttpResponse:
    """Have a paper made again that failed."""
    row = services.retry(selectors.paper_for(request.actor, code), actor=request.actor)
    return redirect("paper", row.code)


@require_safe
def file(request: PortalRequest, code: str) -> FileResponse:
    """The paper itself; taking it is on record."""
    row = selectors.paper_for(request.actor, code)
    if row.state != PaperState.MADE:
        raise Refused("文书尚未生成，请稍候在文书页面下载。")
    content = io.BytesIO(seals.content_of(row))
    audit.record("paper.take", row)
    return FileResponse(content, as_attachment=True, filename=file_name(row))


def file_name(row: Paper) -> str:
    """What the file is called where it is kept: kind, number and version."""
    name = document(row.kind).name
    about = f"{row.number}-第{row.version}版" if row.version else row.subject
    return rehearsal.marked(f"{name}-{about}.pdf")


@require_http_methods(["GET", "HEAD", "POST"])
def check(request: PortalRequest) -> HttpResponse:
    """Hold a file, or the codes of a paper copy, against what was issued. What was found goes on record."""
    if not may(request.actor, "paper.check"):
        raise Denied("paper.check")
    is_asked = request.method == "POST"
    form = CheckPaperForm(request.POST if is_asked else None, request.FILES if is_asked else None)
    context: dict[str, Any] = {"form": form}
    if form.is_bound and form.is_valid():
        with refusal_shown_on(form):
            context["checked"] = _checked(request.actor, form.cleaned_data)
            found: checking.Checked = context["checked"]
            audit.record("paper.check", found.paper, said=list(found.sentences))
    return render(request, "portal/check_paper.html", context, status=422 if form.errors else 200)


def _checked(actor: Actor, said: dict[str, Any]) -> checking.Checked:
    if said["file"] is None:
        return checking.check_codes(actor, said["code"], said["pages"])
    if said["file"].size > MOST_CHECKED:
        raise Refused("文件超过100 MB，请录入页码校验码核对。")
    return checking.check_file(actor, said["file"].read(), said["code"])


@login_not_required
@require_safe
@never_cache
def verify(request: PortalRequest, code: str = "") -> HttpResponse:
    """What a check code stands for; anybody may ask, nobody may ask for ever."""
    typed = code or request.GET.get("code", "")
    if not typed:
        return render(request, "portal/verify.html", {"form": VerifyForm()})
    if not ratelimit.consume(request, app="allauth.account", action="verify", limit_get=True):
        return ratelimit.handler429(request)
    found = selectors.verified(typed)
    context = {"form": VerifyForm({"code": typed}), "asked": True, "known": found, "is_code": bool(read_code(typed))}
    return render(request, "portal/verify.html", context, status=200 if found else 404)
