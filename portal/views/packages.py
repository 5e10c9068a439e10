"""Packages of papers: asked for, waited for, taken."""

from django.core.files.storage import default_storage
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal import audit
from portal.errors import Denied, Hidden, Refused
from portal.packages import bundles
from portal.rules import may
from portal.selectors import packages as selectors
from portal.services import packages as services
from portal.states import PaperState
from portal.views.page import PortalRequest, paged
from portal.views.ranges import file_in_pieces


@require_http_methods(["GET", "HEAD", "POST"])
def packages(request: PortalRequest) -> HttpResponse:
    """The office's packages, and asking for another."""
    if not may(request.actor, "package.list"):
        raise Denied("package.list")
    if request.method == "POST":
        kind = request.POST.get("kind", "")
        if kind not in bundles():
            raise Hidden("bundle", kind[:40])
        return redirect("package", services.begin(kind, request.POST.get("of", ""), actor=request.actor).ref)
    context = {"page": paged(request, selectors.packages(request.actor)), "offers": selectors.offers(request.actor)}
    return render(request, "portal/packages.html", context)


@require_safe
@never_cache
def package(request: PortalRequest, ref: str) -> HttpResponse:
    """How far a package is, what is in it, and where to take it."""
    row = selectors.package_for(request.actor, ref)
    template = "portal/_package.html" if request.headers.get("HX-Request") else "portal/package.html"
    items = row.items.select_related("paper")
    return render(request, template, {"package": row, "bundle": bundles()[row.kind], "items": items})


@require_POST
def retry(request: PortalRequest, ref: str) -> HttpResponse:
    """Try a package again that failed."""
    return redirect("package", services.retry(selectors.package_for(request.actor, ref), actor=request.actor).ref)


@require_safe
def file(request: PortalRequest, ref: str) -> HttpResponseBase:
    """The package, whole or in pieces; taking it is on record once."""
    row = selectors.package_for(request.actor, ref)
    if row.state != PaperState.MADE:
        raise Refused("文书包尚未就绪，请稍候在文书包页面下载。")
    asked = request.headers.get("Range", "")
    if not asked:
        audit.record("package.take", row)
    name = f"{bundles()[row.kind].name}-{row.about}-{row.ref}.zip"
    condition = request.headers.get("If-Range", "")
    content = default_storage.open(row.stored)
    return file_in_pieces(asked, condition, content, size=row.size, digest=row.digest, name=name)
