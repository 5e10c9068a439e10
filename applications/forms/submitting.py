"""The commitments under which an application is handed in."""

from typing import Any

from allauth.mfa.models import Authenticator
from django import forms

from applications.services.submitting import COMMITMENTS, Commitment
from portal import audit
from portal.account_forms import ProofForm
from portal.audit import Outcome


class CommitForm(ProofForm):
    """承诺并提交."""

    version = forms.IntegerField(min_value=1, max_value=10_000, widget=forms.HiddenInput)
    name = forms.CharField(label="企业管理员姓名", max_length=50, help_text="请输入您的姓名，与账户姓名一致。")
    field_order = ("version", *(code for code, _, _ in COMMITMENTS), "name", "password", "code")

    def __init__(self, *args: Any, shut: str | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.shut = shut
        for code, text, clause in COMMITMENTS:
            self.fields[code] = forms.BooleanField(
                label=text, help_text=f"依据：{clause}", error_messages={"required": "请逐项确认承诺后再提交。"}
            )
        if not Authenticator.objects.filter(user=self.user).exists():
            self.fields["code"].widget = forms.HiddenInput()  # nothing they could type
            self.fields["password"].required = True
            self.fields["password"].help_text = "请再次输入本账户的登录密码，以确认由您本人办理。"
        self.order_fields(self.field_order)

    def clean(self) -> dict[str, Any]:
        """Whoever comes too late is told so before their password is weighed, which is dear when all come at once."""
        if self.shut:
            audit.record("request.refuse", outcome=Outcome.REFUSED, reasons=[self.shut])
            raise forms.ValidationError(self.shut)
        return super().clean()

    def clean_name(self) -> str:
        """The name of whoever is signed in."""
        name = str(self.cleaned_data["name"]).strip()
        if name != self.user.name:
            raise forms.ValidationError(f"姓名须与账户姓名“{self.user.name}”一致。")
        return name

    def commitment(self) -> Commitment:
        """What they committed the enterprise to. To be called when the form is valid."""
        agreed = frozenset(code for code, _, _ in COMMITMENTS if self.cleaned_data[code])
        return Commitment(self.cleaned_data["name"], agreed, self.proved_by)
