"""The portal's additions to allauth's forms."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm as BaseAuthenticateForm
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
    """The second step of signing in: a failure goes on record, and a code works once in its whole lifetime."""

    def clean_code(self) -> str:
        """The code, when it is right and was not used before."""
        try:
            code: str = super().clean_code()
            # allauth remembers a code for one period, while the tolerance lets it live for three.
            if not cache.add(f"portal.totp.used:{self.user.pk}:{code}", True, timeout=90):
                raise get_adapter().validation_error("incorrect_code")
        except ValidationError:
            why: dict[str, Any] = {"why": "second_factor"}
            audit.record("session.open", self.user, Actor(user=self.user), outcome=Outcome.REFUSED, **why)
            raise
        return code
