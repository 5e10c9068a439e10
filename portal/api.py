"""What every address under /api/v1/ has in common: who asks is whoever is signed in, and refusals are sentences."""

from typing import Any

from django.db import connection, transaction
from drf_spectacular.authentication import SessionScheme
from rest_framework.authentication import SessionAuthentication
from rest_framework.exceptions import APIException, NotAuthenticated, ParseError
from rest_framework.request import Request
from rest_framework.response import Response

from portal.actors import Actor


class PortalSession(SessionAuthentication):
    """The browser's session. Whoever has none is answered 401, so that a page can ask to sign in again."""

    def authenticate_header(self, _request: Request) -> str:
        """What a 401 names."""
        return "Session"


class PortalSessionScheme(SessionScheme):
    """How openapi.yaml describes that session."""

    target_class = "portal.api.PortalSession"


def actor_of(request: Request) -> Actor:
    """Who asks, under which hat."""
    return request._request.actor


def answered(error: Exception, _context: dict[str, Any]) -> Response | None:
    """The framework's own refusals as {"reasons": […]}; ours go on to the middleware, which puts them on record."""
    if not isinstance(error, APIException):
        return None
    if connection.in_atomic_block:
        transaction.set_rollback(True)
    header = getattr(error, "auth_header", None)
    headers = {"WWW-Authenticate": header} if header else {}
    said = {NotAuthenticated: "登录已过期，请重新登录。", ParseError: "请求内容不是有效的 JSON。"}.get(type(error))
    reasons = [said] if said else _sentences(error.detail)
    return Response({"reasons": reasons}, status=error.status_code, headers=headers)


def _sentences(detail: Any) -> list[str]:
    if isinstance(detail, dict):
        return [f"{key}：{text}" for key, value in detail.items() for text in _sentences(value)]
    if isinstance(detail, list):
        return [text for value in detail for text in _sentences(value)]
    return [str(detail)]
