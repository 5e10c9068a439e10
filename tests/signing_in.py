"""Signing in as a browser would: forms, mailed links, second-factor codes."""

import re
import time
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, generate_totp_secret, hotp_value
from allauth.mfa.utils import encrypt
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from portal.models import Mail, User
from tests.factories import PASSWORD

HERE, ELSEWHERE = "10.1.1.1", "10.2.2.2"


def sign_in(client: Client, email: str, password: str = PASSWORD, *, address: str = HERE, **more: Any) -> HttpResponse:
    """Send the sign-in form."""
    said = {"login": email, "password": password, **more}
    return client.post(reverse("account_login"), said, REMOTE_ADDR=address)


def is_signed_in(client: Client) -> bool:
    """Whether the portal knows who asks (it may still send them to set up a second factor)."""
    return not client.get(reverse("me")).get("Location", "").startswith(reverse("account_login"))


def enrol(user: User) -> str:
    """Give somebody a second factor; its secret."""
    secret = generate_totp_secret()
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": encrypt(secret)})
    return secret


def code_of(secret: str, *, periods: int = 0) -> str:
    """What an authenticator shows now, or so many periods of 30 s later."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + periods))


def give_code(client: Client, code: str, *, address: str = HERE) -> HttpResponse:
    """Send the second step's form."""
    return client.post(reverse("mfa_authenticate"), {"code": code}, REMOTE_ADDR=address)


def confirm_password(client: Client, target: str, password: str = PASSWORD) -> HttpResponse:
    """Give the password again, as the portal asks before changes to the second factor."""
    return client.post(f"{reverse('account_reauthenticate')}?next={target}", {"password": password, "next": target})


def link_in(mail: Mail) -> str:
    """The one link in a message."""
    (link,) = re.findall(r"https?://\S+", mail.body)
    return link


def path_in(mail: Mail) -> str:
    """The path of the one link in a message."""
    return "/" + link_in(mail).split("/", 3)[3]


def errors_of(response: HttpResponse) -> list[str]:
    """The sentences a page's form says are wrong."""
    return [sentence for errors in response.context["form"].errors.values() for sentence in errors]
