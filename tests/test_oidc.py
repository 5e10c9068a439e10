"""Sign-in through a provincial identity provider, with a small real one that speaks OpenID Connect."""

import base64
import hashlib
import json
import runpy
import secrets
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
import pytest
import requests
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount, SocialToken
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import Client
from django.urls import reverse

from portal import walls
from portal.audit import AuditEvent
from portal.models import Membership, User
from tests import factories
from tests.factories import People
from tests.signing_in import code_of, enrol, give_code, is_signed_in

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).resolve().parent.parent
START = "/accounts/oidc/provincial/login/"
CLIENT, SECRET = "portal", "between-us"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
UNFINISHED = "身份认证未完成"


@dataclass
class Provider:
    """The provider's side: whom it signs in, and what it does amiss."""

    issuer: str = ""
    person: dict[str, Any] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)
    fails_at: str = ""

    def answer(self, path: str, query: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """What it says at a path: status and JSON, or the place to go on to."""
        if self.fails_at and path.startswith(self.fails_at):
            return 500, {"error": "server_error"}
        match path:
            case "/.well-known/openid-configuration":
                return 200, self.described()
            case "/authorize":
                return self.authorize(query)
            case "/token":
                return self.token(query)
            case "/userinfo":
                return 200, self.person
            case "/jwks":
                return 200, {
                    "keys": [jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key(), as_dict=True) | {"kid": "1"}]
                }
        return 404, {}

    def described(self) -> dict[str, Any]:
        """The discovery document."""
        places = {"authorization": "authorize", "token": "token", "userinfo": "userinfo"}
        return {
            "issuer": self.issuer,
            "jwks_uri": f"{self.issuer}/jwks",
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
            **{f"{name}_endpoint": f"{self.issuer}/{place}" for name, place in places.items()},
        }

    def authorize(self, query: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """The person consents at once."""
        assert query["client_id"] == CLIENT
        assert "openid" in query["scope"].split()
        assert query["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(8)
        self.codes[code] = f"{query['redirect_uri']} {query['code_challenge']}"
        return 302, {"to": f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}"}

    def token(self, query: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """A code against an access token and a signed ID token; each code works once."""
        proof = base64.urlsafe_b64encode(hashlib.sha256(query["code_verifier"].encode()).digest()).decode().rstrip("=")
        granted = self.codes.pop(query["code"], "") == f"{query['redirect_uri']} {proof}"
        if query["authorization"] != f"{CLIENT}:{SECRET}" or not granted:
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 60, "jti": secrets.token_hex(8)}
        signed = jwt.encode(claims | self.person, KEY, "RS256", headers={"kid": "1"})
        return 200, {"access_token": "opaque", "token_type": "Bearer", "expires_in": 60, "id_token": signed}


class Handler(BaseHTTPRequestHandler):
    """HTTP for the provider."""

    def do_GET(self) -> None:
        """Everything but the token."""
        parts = urlsplit(self.path)
        self._send(*self.server.provider.answer(parts.path, _flat(parts.query)))  # type: ignore[attr-defined]

    def do_POST(self) -> None:
        """The token."""
        said = _flat(self.rfile.read(int(self.headers["Content-Length"])).decode())
        _, _, login = self.headers.get("Authorization", "").partition(" ")
        said["authorization"] = base64.b64decode(login).decode()
        self._send(*self.server.provider.answer(self.path, said))  # type: ignore[attr-defined]

    def _send(self, status: int, said: dict[str, Any]) -> None:
        body = json.dumps(said).encode()
        self.send_response(status)
        if status == 302:
            self.send_header("Location", said["to"])
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Nothing on the terminal."""


def _flat(query: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(query).items()}


@pytest.fixture
def provider(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    """A provider at work, and the portal set up for it as its settings read the environment."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        there = Provider(f"http://127.0.0.1:{server.server_port}")
        server.provider = there  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        _set_up(settings, monkeypatch, there.issuer)
        yield there
        server.shutdown()
        thread.join()


def _set_up(settings: Any, monkeypatch: pytest.MonkeyPatch, issuer: str) -> None:
    with monkeypatch.context() as patch:
        for name, value in {
            "ISSUER": issuer,
            "CLIENT_ID": CLIENT,
            "CLIENT_SECRET": SECRET,
            "NAME": "省统一认证",
        }.items():
            patch.setenv(f"OIDC_{name}", value)
        read = runpy.run_path(str(ROOT / "portal" / "settings.py"))
    settings.SOCIALACCOUNT_PROVIDERS = read["SOCIALACCOUNT_PROVIDERS"]
    settings.CONTENT_SECURITY_POLICY = read["CONTENT_SECURITY_POLICY"]


def _person(email: str, **more: Any) -> dict[str, Any]:
    return {"sub": f"id-{email}", "email": email, "email_verified": True, "name": "省厅用户"} | more


def _there_and_back(browser: Client) -> str:
    """Press the button, sign in there; the address one is sent back to."""
    leave = browser.post(START)
    assert leave.status_code == 302, leave.content.decode()
    back = requests.get(leave.url, allow_redirects=False, timeout=5)
    parts = urlsplit(back.headers["Location"])
    return f"{parts.path}?{parts.query}"


def _sign_in(browser: Client) -> Any:
    return browser.get(_there_and_back(browser))


def _refusals() -> list[str]:
    with walls.system("test"):
        found = AuditEvent.objects.filter(verb="session.open", outcome="refused").order_by("id")
        return [event.data["why"] for event in found]


def test_nothing_of_it_shows_where_none_is_set(client: Client) -> None:
    answer = client.get(reverse("account_login"))
    page = answer.content.decode()
    assert "统一身份认证" not in page
    assert "/oidc/" not in page
    assert "form-action 'self';" in answer["Content-Security-Policy"] + ";"
    assert client.post(START).status_code == 404


def test_the_button_and_the_policy_name_the_provider(client: Client, provider: Provider) -> None:
    answer = client.get(reverse("account_login"))
    assert "通过省统一认证登录" in answer.content.decode()
    assert f"form-action 'self' {provider.issuer}" in answer["Content-Security-Policy"]
    assert client.get(START).status_code == 200, "a link by itself leaves nowhere"


def test_an_existing_account_is_met_by_its_verified_address(client: Client, provider: Provider) -> None:
    user = factories.user()
    provider.person = _person(user.email.upper())
    assert _sign_in(client).url == reverse("home")
    assert client.session["_auth_user_id"] == str(user.pk)
    assert User.objects.filter(email__iexact=user.email).count() == 1
    assert SocialAccount.objects.get().user == user
    assert not SocialToken.objects.exists(), "the provider's tokens are not kept"
    with walls.system("test"):
        assert AuditEvent.objects.get(verb="session.open", actor=user).data["methods"] == ["socialaccount"]
    user.refresh_from_db()
    assert user.check_password(factories.PASSWORD), "the password stays"


def test_it_is_the_same_account_when_the_address_there_changes(client: Client, provider: Provider) -> None:
    user = factories.user()
    provider.person = _person(user.email)
    _sign_in(client)
    provider.person = provider.person | {"email": "moved@test.example"}
    other = Client()
    assert _sign_in(other).url == reverse("home")
    assert other.session["_auth_user_id"] == str(user.pk)


def test_a_newcomer_gets_an_account_without_any_role(client: Client, provider: Provider) -> None:
    provider.person = _person("newcomer@gov.example")
    assert _sign_in(client).url == reverse("home")
    user = User.objects.get(email="newcomer@gov.example")
    assert (user.name, user.has_usable_password()) == ("省厅用户", False)
    assert EmailAddress.objects.get(user=user).verified
    with walls.system("test"):
        assert not Membership.objects.filter(user=user).exists()
        assert AuditEvent.objects.get(verb="account.open").data == {"by": "identity_provider"}
    assert client.get(reverse("people")).status_code == 403
    assert client.get(reverse("me")).status_code == 200


def test_an_address_that_the_provider_itself_does_not_vouch_for_opens_nothing(
    client: Client, provider: Provider
) -> None:
    user = factories.user()
    provider.person = _person(user.email, email_verified=False)
    assert UNFINISHED in _sign_in(client).content.decode()
    assert not is_signed_in(client)
    assert not SocialAccount.objects.exists()
    assert _refusals() == ["email_unverified"]


def test_staff_still_need_their_second_factor(client: Client, people: People, provider: Provider) -> None:
    user = people.city_head_a.user
    assert user
    provider.person = _person(user.email)
    _sign_in(client)
    assert client.get(reverse("people")).url == reverse("mfa_activate_totp")
    secret, browser = enrol(user), Client()
    assert _sign_in(browser).url == reverse("mfa_authenticate")
    assert not is_signed_in(browser)
    give_code(browser, code_of(secret))
    assert browser.get(reverse("people")).status_code == 200


def test_a_shut_account_does_not_get_in(client: Client, provider: Provider) -> None:
    user = factories.user()
    User.objects.filter(pk=user.pk).update(is_active=False)
    provider.person = _person(user.email)
    assert "停用" in client.get(_sign_in(client).url).content.decode()
    assert not is_signed_in(client)
    assert _refusals() == ["disabled"]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"error": "access_denied"}, "已取消登录"),
        ({"error": "server_error", "error_description": "<script>"}, UNFINISHED),
        ({"code": "forged"}, UNFINISHED),
        ({}, UNFINISHED),
    ],
)
def test_what_the_provider_refuses_gets_a_clear_page(
    client: Client, provider: Provider, query: dict[str, str], said: str
) -> None:
    state = _flat(urlsplit(client.post(START).url).query)["state"]
    answer = client.get(f"{START}callback/", query | {"state": state}, follow=True)
    assert said in answer.content.decode()
    assert "<script>" not in answer.content.decode()
    assert not is_signed_in(client)


@pytest.mark.parametrize("state", ["", "forged", "x" * 3000])
def test_a_state_that_is_not_this_browsers_gets_a_clear_page(client: Client, provider: Provider, state: str) -> None:
    """Somebody else's way back, slipped under a victim's browser."""
    provider.person = _person(factories.user().email)
    stolen = _there_and_back(Client())
    assert UNFINISHED in client.get(stolen).content.decode()
    query = _flat(urlsplit(_there_and_back(client)).query) | {"state": state}
    assert UNFINISHED in client.get(f"{START}callback/", query).content.decode()
    assert not is_signed_in(client)
    assert _refusals() == ["identity_provider"] * 2


@pytest.mark.parametrize("place", ["/.well-known", "/token", "/userinfo"])
def test_a_provider_that_breaks_gets_a_clear_page(client: Client, provider: Provider, place: str) -> None:
    provider.person = _person(factories.user().email)
    back = "" if place == "/.well-known" else _there_and_back(client)
    provider.fails_at = place
    answer = client.get(back) if back else client.post(START)
    assert UNFINISHED in answer.content.decode()
    assert answer.status_code in {401, 502}
    assert not is_signed_in(client)
    assert _refusals() == ["identity_provider"]


@pytest.mark.parametrize("claims", [{"aud": "another-portal"}, {"iss": "https://another.example"}, {"exp": 1}])
def test_a_token_for_somebody_else_or_out_of_date_opens_nothing(
    client: Client, provider: Provider, claims: dict[str, Any]
) -> None:
    provider.person = _person(factories.user().email, **claims)
    assert UNFINISHED in _sign_in(client).content.decode()
    assert not is_signed_in(client)


def test_a_provider_that_is_away_gets_a_clear_page(
    client: Client, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    _set_up(settings, monkeypatch, "http://127.0.0.1:1")
    answer = client.post(START)
    assert (answer.status_code, UNFINISHED in answer.content.decode()) == (502, True)
    assert client.get(reverse("account_login")).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize(("page", "status"), [("error", 401), ("cancelled", 200)])
def test_stranger_whose_sign_in_failed_is_told_so(page: str, status: int) -> None:
    answer = Client().get(f"/accounts/3rdparty/login/{page}/")
    assert answer.status_code == status
    assert "登录" in answer.content.decode()
