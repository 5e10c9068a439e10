"""What happens around every request: number and log line, session limits, walls, second factor."""

import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from typing import Any

import structlog
from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.models import Authenticator
from csp.constants import HEADER
from csp.utils import build_policy
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.middleware import get_user
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.shortcuts import redirect
from django.urls import reverse

from portal import audit, clock, walls
from portal.actors import NOBODY, Place
from portal.audit import Outcome
from portal.errors import Hidden, Refused
from portal.selectors import people
from portal.views import health
from portal.views.errors import bad_request, is_api, not_allowed, refused, too_large

log = structlog.get_logger("portal.request")
Next = Callable[[HttpRequest], HttpResponse]


class RequestMiddleware:
    """Gives each request a number that stands in the log, on the record and on the page when something breaks."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer probes at once; number, time and log everything else."""
        if probe := health.PROBES.get(request.path):
            return probe()
        number = uuid.uuid4().hex[:12]
        request.incident = number  # type: ignore[attr-defined]
        structlog.contextvars.bind_contextvars(request_id=number)
        signs = (request.META.get(name) for name in ("REMOTE_ADDR", "HTTP_X_FORWARDED_FOR"))
        address = _address(*signs, settings.ALLAUTH_TRUSTED_PROXY_COUNT)
        token = audit.set_origin(request_id=number, address=address, actor=NOBODY)
        started = time.perf_counter()
        try:
            # PostgreSQL has no NUL in a text, so nothing that is looked for can have one. Forms say so by themselves.
            odd = "\0" in request.path or "%00" in request.META.get("QUERY_STRING", "")
            response = bad_request(request) if odd else self.get_response(request)
            response["X-Request-ID"] = number
            self._log(request, response, time.perf_counter() - started)
            return response
        finally:
            audit.reset_origin(token)
            structlog.contextvars.unbind_contextvars("request_id")

    @staticmethod
    def _log(request: HttpRequest, response: HttpResponse, seconds: float) -> None:
        actor = getattr(request, "actor", NOBODY)
        log.info(
            "request",
            method=request.method,
            path=request.path,
            status=response.status_code,
            ms=round(seconds * 1000, 1),
            user=actor.user.pk if actor.user else None,
            role=actor.role,
        )


@lru_cache(maxsize=1024)
def _address(peer: str | None, forwarded: str | None, _proxies: int) -> str | None:
    """Who asks, as the adapter tells it from all that it looks at; the same few ask again and again."""
    request = HttpRequest()
    request.META = {"REMOTE_ADDR": peer} | ({} if forwarded is None else {"HTTP_X_FORWARDED_FOR": forwarded})
    try:
        return get_adapter(request).get_client_ip(request)
    except PermissionDenied:  # a socket without an address, or a forged chain of proxies
        return None


class ContentPolicyMiddleware:
    """The same Content-Security-Policy for every response: nothing may loosen it, so it is put into words once."""

    def __init__(self, get_response: Next) -> None:
        self.get_response, self.policy = get_response, build_policy()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Say what the browser may load."""
        response = self.get_response(request)
        response[HEADER] = self.policy
        return response


class SessionLimitMiddleware:
    """Ends a session that idled too long or has lasted too long."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Sign the visitor out when a limit has passed, and let the page say so."""
        request.user = get_user(request)  # themselves: what Django lets stand in for them costs at every look
        if request.session.session_key and request.user.is_authenticated and self._is_over(request):
            logout(request)
            messages.info(request, "您已较长时间未操作或登录时间过长，为安全起见已自动退出，请重新登录。")
        return self.get_response(request)

    @staticmethod
    def _is_over(request: HttpRequest) -> bool:
        now, session = clock.now().timestamp(), request.session
        began = session.setdefault("began", now)
        seen = session.get("seen", now)
        if now - seen > settings.SESSION_IDLE_SECONDS or now - began > settings.SESSION_ABSOLUTE_SECONDS:
            return True
        if now - seen > 60 or "seen" not in session:  # not a write a request
            session["seen"] = now
        return False


class ArrivalMiddleware:
    """Takes in what is sent before the transaction opens, so that a slow line holds no place in the database.

    What is more than anything here takes is refused before it is read.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Read a form with files whole; Django keeps what is large on disk."""
        if request.content_type != "multipart/form-data":
            return self.get_response(request)
        most = settings.MOST_SENT if request.user.is_authenticated else settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isdecimal() and int(length) > most:
            return too_large(request, most // 1024**2)
        with suppress(UnreadablePostError):  # the visitor is gone; whoever asks for the form next is told
            _ = request.POST
        return self.get_response(request)


class WallsMiddleware:
    """Opens the request's transaction at the visitor's place, and records what was refused or denied.

    ATOMIC_REQUESTS is the savepoint inside: a view that raises is rolled back, what is recorded here is kept.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        """Work out who asks, under which hat, and give the transaction that place."""
        user = request.user if request.user.is_authenticated else None
        with walls.stand(Place.at_door(user.pk if user else None)):
            request.actor, request.hats = people.actor_for(request.user, request.session.get("hat"))
            if user:
                walls.step(request.actor.place())
            token = audit.set_origin(actor=request.actor)
            try:
                response = self.get_response(request)
                return not_allowed(request, response) if response.status_code == 405 else response
            finally:
                audit.reset_origin(token)

    def process_exception(self, request: Any, exception: Exception) -> HttpResponse | None:
        """Put refusals and denials on record; answer a refusal with its reasons."""
        where = {"path": request.path[:200], "method": request.method}
        match exception:
            case Refused():
                audit.record("request.refuse", outcome=Outcome.REFUSED, reasons=list(exception.reasons), **where)
                return refused(request, exception)
            case Hidden():
                audit.record("request.deny", outcome=Outcome.DENIED, what=exception.what, ref=exception.ref, **where)
            case PermissionDenied():
                audit.record("request.deny", outcome=Outcome.DENIED, what=str(exception)[:200], **where)
        return None


class SecondFactorMiddleware:
    """Staff and experts get no further than setting up, and showing, their second factor until this session has."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Nothing before the view is known."""
        return self.get_response(request)

    def process_view(self, request: Any, view: Any, _args: Any, _kwargs: Any) -> HttpResponse | None:
        """Send whoever needs a second factor and has not shown it to the page where they can."""
        role, name, session = request.actor.role, request.resolver_match.url_name, request.session
        leaving = name == "mfa_deactivate_totp"  # asked again afterwards
        if role is None or not role.needs_second_factor or (session.get("has_second_factor") and not leaving):
            return None
        if is_api(request):  # its views ask for the sign-in themselves, so they count as open to Django
            return JsonResponse({"reasons": ["请先在页面上完成两步验证。"]}, status=403)
        if name in OPEN_PAGES or (name != "home" and not getattr(view, "login_required", True)):
            return None
        elsewhere = self._lead(request)
        session["has_second_factor"] = not (elsewhere or leaving)
        return elsewhere

    @staticmethod
    def _lead(request: Any) -> HttpResponse | None:
        user = request.actor.user
        if not Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists():
            messages.warning(request, "您的角色须启用两步验证后方可使用平台，请先完成设置。")
            return redirect("mfa_activate_totp")
        # One that was set up elsewhere since this session began does not vouch for whoever sits here.
        if not any(step.get("method") == "mfa" for step in get_authentication_records(request, user)):
            return redirect_to_login(request.get_full_path(), reverse("mfa_reauthenticate"))
        return None


# What somebody who has not shown the second factor they need may open all the same.
OPEN_PAGES = frozenset(
    {"display", "hat", "account_logout", "account_reauthenticate"}
    | {"mfa_index", "mfa_activate_totp", "mfa_reauthenticate"}
)
