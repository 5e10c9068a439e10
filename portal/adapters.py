"""Where allauth meets the portal: mail through the outbox, sign-ins on record, throttling, encrypted secrets."""

from typing import Any
from urllib.parse import urlsplit, urlunsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from portal import audit
from portal.actors import Actor
from portal.audit import Outcome
from portal.models import User
from portal.privacy import masked_email
from portal.services import mail


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
        except Exception:
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
        """A sign-in goes on record."""
        methods = [m.get("method", "") for m in request.session.get("account_authentication_methods", [])]
        audit.record("session.open", user, Actor(user=user), methods=methods)
        response: HttpResponse = super().post_login(request, user, **kwargs)
        return response

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
        user.name = data.get("name") or f"{data.get('last_name', '')}{data.get('first_name', '')}" or user.email
        return user
