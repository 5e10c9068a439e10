"""The portal's additions to allauth's forms."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import record_authentication
from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm as BaseAuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as BaseReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from portal import audit
from portal.actors import Actor
from portal.audit import Outcome
from portal.models import User


class SignupForm(forms.Form):
    """What opening an account asks beyond address and password."""

    name = forms.CharField(
        label="姓名",
        max_length=50,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        help_text="请填写真实姓名。",
    )
    field_order = ("name", "email", "password1", "password2")

    def signup(self, request: HttpRequest, user: User) -> None:
        """Keep the name; allauth saves the rest."""
        user.name = self.cleaned_data["name"]
        user.save(update_fields=["name"])
        audit.record("account.open", user, Actor(user=user), by="signup")


class AuthenticateForm(BaseAuthenticateForm):
    """The second step of signing in."""

    def clean_code(self) -> str:
        """The code, when it is right and was not used before."""
        with _failure_on_record(self.user):
            _not_used(self.user, self.cleaned_data["code"])
            return _used_up(self.user, super().clean_code())


class ReauthenticateForm(BaseReauthenticateForm):
    """Showing the second factor again, in a session that is open."""

    def clean_code(self) -> str:
        """The code, when it is right and was not used before."""
        with _failure_on_record(self.user):
            _not_used(self.user, self.cleaned_data["code"])
            return _used_up(self.user, super().clean_code())


class ActivateForm(ActivateTOTPForm):
    """Setting up a second factor; the first code counts as this session's proof of it."""

    def clean_code(self) -> str:
        """The code, when it is right."""
        code = _used_up(self.user, super().clean_code())
        record_authentication(context.request, self.user, "mfa", type="totp", reauthenticated=True)
        return code


class ProofForm(forms.Form):
    """Proving again who one is, beside an act that binds: by password, or by a code of the second factor.

    `user` is whoever is signed in; `proved_by` says how, once the form is valid. Attempts are counted as at sign-in.
    """

    password = forms.CharField(
        label="登录密码",
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    code = forms.CharField(
        label="或动态口令",
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
        help_text="密码与动态口令填写其一即可。",
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.proved_by = ""
        for name in ("password", "code"):
            self.fields[name].is_one_of_two = True  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Asked only when all the rest is right, so that a forgotten tick doesn't use up a code."""
        said: dict[str, Any] = super().clean() or {}
        if not self.errors:
            if said["code"]:
                self._prove_by_code(said["code"])
            elif said["password"]:
                self._prove_by_password(said["password"])
            else:
                self.add_error("password", "请再次输入登录密码，或填写动态口令。")
        return said

    def _prove_by_code(self, code: str) -> None:
        proof = ReauthenticateForm({"code": code}, user=self.user)
        if proof.is_valid():
            self.proved_by = "second_factor"
        else:
            self.add_error("code", proof.errors["code"][0])

    def _prove_by_password(self, password: str) -> None:
        try:
            is_right = get_adapter().reauthenticate(self.user, password)
        except ValidationError as error:  # too many attempts
            self.add_error("password", error)
            return
        if is_right:
            self.proved_by = "password"
        else:
            self.add_error("password", "密码不正确，请重新输入。")


class StampForm(ProofForm):
    """Putting a seal on a paper: proved by the second factor and by nothing less."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["password"]
        code = self.fields["code"]
        code.label, code.required = "动态口令", True
        code.help_text = "用印视同本单位盖章，请输入身份验证器当前显示的6位口令。"
        code.is_one_of_two = False  # type: ignore[attr-defined]


USED = "该口令已使用过。动态口令每30秒更换一次，请等待下一个；恢复码每个只能使用一次。"


def _mark(user: User, code: str) -> str:
    """Where it is kept that a code was used: without the spaces and in the letters it may have been typed with."""
    return f"portal.totp.used:{user.pk}:{''.join(letter for letter in code if letter.isalnum()).lower()}"


def _not_used(user: User, code: str) -> None:
    """Raise ValidationError when the code was used before: allauth would only call it wrong."""
    if cache.get(_mark(user, code)):
        raise ValidationError(USED)


def _used_up(user: User, code: str) -> str:
    """The code, which from now on is worth nothing. Raises ValidationError when it was used meanwhile.

    allauth remembers a code for one period of 30 s, while the tolerance lets it live for three.
    """
    if not cache.add(_mark(user, code), True, timeout=120):
        raise ValidationError(USED)
    return code


@contextmanager
def _failure_on_record(user: User) -> Iterator[None]:
    try:
        yield
    except ValidationError:
        audit.record("session.open", user, Actor(user=user), outcome=Outcome.REFUSED, why="second_factor")
        raise
