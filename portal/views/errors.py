"""Pages for what went wrong; each says what its reader can do next."""

import sys
from collections.abc import Sequence
from typing import Any

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from portal.errors import Refused

log = structlog.get_logger(__name__)


def is_api(request: HttpRequest) -> bool:
    """Whether a program asks, which reads JSON."""
    return request.path.startswith("/api/")


# What a program is told where a page would say more.
_SENTENCES = {
    400: "请求格式有误。",
    403: "您没有办理此事项的权限。",
    404: "所请求的内容不存在，或不在您的权限范围内。",
    405: "不支持该请求方式。",
    500: "平台出现故障，请稍后重试。",
    503: "平台暂时无法服务，请稍后重试。",
}


def _json(request: HttpRequest, status: int, reasons: Sequence[str] = ()) -> HttpResponse:
    said = list(reasons) or [_SENTENCES[status]]
    return JsonResponse({"reasons": said, "incident": getattr(request, "incident", "")}, status=status)


def _page(request: HttpRequest, status: int, **context: Any) -> HttpResponse:
    if is_api(request):
        return _json(request, status, context.get("reasons", ()))
    context["incident"] = getattr(request, "incident", "")
    return render(request, f"{status}.html", context, status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400."""
    return _bare(request, "400.html", 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: they may see the thing, but the act isn't theirs."""
    return _page(request, 403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: absent or forbidden; the two look alike."""
    if not hasattr(request, "actor"):  # refused before anybody's place was known
        return _bare(request, "404.html", 404)
    return _page(request, 404)


def not_allowed(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    """405: somebody followed a link to what only a button does; Django's own answer is an empty page."""
    page = _page(request, 405)
    page["Allow"] = answer["Allow"]
    return page


def refused(request: HttpRequest, refusal: Refused) -> HttpResponse:
    """409: the rules don't allow it now, and here is why."""
    return _page(request, 409, reasons=refusal.reasons)


def too_large(request: HttpRequest, most: int) -> HttpResponse:
    """413: more than the portal reads, told before anybody's place is known; `most` in MB."""
    reasons = [f"发送的内容超过 {most} MB，未接收。请压缩或拆分文件后再上传。"]
    if is_api(request):
        return _json(request, 413, reasons)
    context = {"incident": getattr(request, "incident", ""), "reasons": reasons}
    return HttpResponse(render_to_string("413.html", context), status=413)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form from a page that was open too long, or sent from elsewhere."""
    if is_api(request):
        return _json(request, 403, ["页面已过期，请刷新后重试。"])
    context = {"incident": getattr(request, "incident", "")}
    return render(request, "403_csrf.html", context, status=403)


def broken(request: HttpRequest) -> HttpResponse:
    """500, or 503 when the database is away; rendered without database, session or context processors."""
    error = sys.exc_info()[1]
    log.exception("request.broken", path=request.path)
    if isinstance(error, OperationalError | InterfaceError):
        return _bare(request, "503.html", 503)
    return _bare(request, "500.html", 500)


def _bare(request: HttpRequest, template: str, status: int) -> HttpResponse:
    if is_api(request):
        return _json(request, status)
    context = {"incident": getattr(request, "incident", ""), "is_rehearsal": settings.IS_REHEARSAL}
    return HttpResponse(render_to_string(template, context), status=status)
