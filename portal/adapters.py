"""Where allauth meets the portal: mail through the outbox, sign-ins on record, throttling, encrypted secrets."""

from typing import Any
from urllib.parse import urlsplit, urlunsplit

import requests
import structlog
from allauth.account import app_settings as account_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from portal import audit, clock
from portal.actors import Actor
from portal.audit import Outcome
from portal.models import User
from portal.privacy import masked_email
from portal.services import mail

log = structlog.get_logger(__name__)

PROVIDER_SECONDS = 5


def _public(url: str) -> str:
    """The link at the address people know the portal by, whatever Host the request came with."""
    return settings.PUBLIC_URL + urlunsplit(urlsplit(url)._replace(scheme="", netloc=""))


class AccountAdapter(DefaultAccountAdapter):
    """Sign-in and accounts."""

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Put allauth's message in the outbox instead of sending it while somebody waits."""
        links = {name: _public(str(url)) for name, url in context.items() if name.endswith("_url")}
        message = self.render_mail(template_prefix, email, {"email": email, "site": settings.SITE, **context, **links})
        mail.post(email, message.subject, str(message.body))

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        # Per (account, address): a colleague behind the same address, or a stranger elsewhere, can't lock one out.
        login = str(credentials.get("email", "")).lower()
        return f"{login}|{self.get_client_ip(request)}"

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the attempt, and put a throttled one on record."""
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            self._record_failure(credentials, "throttled")
            raise

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """A wrong password goes on record, without the password and with the address masked."""
        self._record_failure(credentials, "credentials")

    @staticmethod
    def _record_failure(credentials: dict[str, Any], why: str) -> None:
        email = masked_email(str(credentials.get("email", "")))
        audit.record("session.open", outcome=Outcome.REFUSED, why=why, email=email)

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        """Nobody gets in with a shut account, and the attempt goes on record."""
        audit.record("session.open", user, Actor(user=user), outcome=Outcome.REFUSED, why="disabled")
        response: HttpResponse = super().respond_user_inactive(request, user)
        return response

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        """A sign-in goes on record, and the session's time begins to run."""
        request.session["began"] = request.session["seen"] = clock.now().timestamp()
        methods = [m.get("method", "") for m in request.session.get("account_authentication_methods", [])]
        audit.record("session.open", user, Actor(user=user), methods=methods)
        response: HttpResponse = super().post_login(request, user, **kwargs)
        return response

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Who signed in a moment ago and sets up their first second factor isn't asked for the password again."""
        if app == "allauth.mfa" and not Authenticator.objects.filter(user_id=self.request.user.pk).exists():
            signed_in = clock.now().timestamp() - self.request.session.get("began", 0)
            return bool(signed_in >= account_settings.REAUTHENTICATION_TIMEOUT)
        return bool(super().is_reauthentication_required(app=app, **kwargs))

    def logout(self, request: HttpRequest) -> None:
        """A sign-out goes on record."""
        if isinstance(request.user, User):
            audit.record("session.close", request.user, Actor(user=request.user))
        super().logout(request)

    def send_notification_mail(
        self, template_prefix: str, user: Any, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        """Whatever allauth tells the owner of an account by mail (new password, second factor …) goes on record."""
        audit.record(f"account.{template_prefix.rsplit('/', 1)[-1]}", user, Actor(user=user))
        local = {"timestamp": timezone.localtime()}
        super().send_notification_mail(template_prefix, user, local | (context or {}), email)


class MFAAdapter(DefaultMFAAdapter):
    """Second factor."""

    @staticmethod
    def _keys() -> MultiFernet:
        return MultiFernet([Fernet(key) for key in settings.ENCRYPTION_KEYS])

    def encrypt(self, text: str) -> str:
        """Secrets lie in the database encrypted."""
        return self._keys().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """The secret in clear, under whichever of the keys it was written."""
        return self._keys().decrypt(encrypted_text.encode()).decode()


class SocialAdapter(DefaultSocialAccountAdapter):
    """Sign-in through a provincial identity provider."""

    def populate_user(self, request: HttpRequest, sociallogin: Any, data: dict[str, Any]) -> User:
        """A newcomer's account has the name and address that the provider gives."""
        user: User = super().populate_user(request, sociallogin, data)
        user.name = (data.get("name") or f"{data.get('last_name', '')}{data.get('first_name', '')}" or user.email)[:50]
        return user

    def save_user(self, request: HttpRequest, sociallogin: Any, form: Any = None) -> User:
        """A new account goes on record (where a form was filled in, the form sees to it)."""
        user: User = super().save_user(request, sociallogin, form)
        if form is None:
            audit.record("account.open", user, Actor(user=user), by="identity_provider")
        return user

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """The provider vouches for the address, unless it says itself that it does not."""
        claims = sociallogin.account.extra_data
        if any(part.get("email_verified") is False for part in claims.values() if isinstance(part, dict)):
            raise ImmediateHttpResponse(self._unfinished("email_unverified"))

    def on_authentication_error(self, request: HttpRequest, provider: Any, **_kwargs: Any) -> None:
        """What the provider refused, or answered amiss, goes on record."""
        audit.record("session.open", outcome=Outcome.REFUSED, why="identity_provider")

    def get_requests_session(self) -> requests.Session:
        """How the provider is spoken to; a page says so when it does not answer."""
        return _Line(self)

    def _unfinished(self, why: str) -> HttpResponse:
        audit.record("session.open", outcome=Outcome.REFUSED, why=why)
        return render(self.request, "socialaccount/authentication_error.html", status=502)


class _Line(requests.Session):
    """A session with the identity provider that ends in a page, not in an exception."""

    def __init__(self, adapter: SocialAdapter) -> None:
        super().__init__()
        self._adapter = adapter

    def request(self, *args: Any, **kwargs: Any) -> requests.Response:
        """As of requests, with a limit in time."""
        try:
            response = super().request(*args, **{"timeout": PROVIDER_SECONDS, **kwargs})
            response.raise_for_status()
        except requests.RequestException as error:
            log.warning("identity_provider.failed", error=type(error).__name__)
            raise ImmediateHttpResponse(self._adapter._unfinished("identity_provider")) from error
        return response
