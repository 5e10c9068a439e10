"""Returning an application, and giving more time to mend it."""

from typing import Any

from django import forms

from applications.services.course import Item
from portal.declared import Form
from tiers.forms.rounds import MomentField


class ReturnForm(forms.Form):
    """退回修改: a tick and a reason for each section and field; the reason alone ticks, too."""

    until = MomentField(label="修改时限（北京时间）")
    opinion = forms.CharField(
        label="总体意见", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, book: Form, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.book = book
        for section in book.sections:
            for key in ("", *section.fields):
                self.fields[f"reason:{section.key}:{key}"] = forms.CharField(
                    label="退回理由", required=False, max_length=500, widget=forms.TextInput
                )

    def items(self) -> list[Item]:
        """What was named, each with its reason."""
        found = []
        for name, reason in self.cleaned_data.items():
            if name.startswith("reason:") and reason.strip():
                _, section, key = name.split(":", 2)
                found.append(Item(section, key, reason))
        return found

    def rows(self) -> list[dict[str, Any]]:
        """The sections with the bound fields of their reasons, for the page."""
        return [
            {
                "section": section,
                "whole": self[f"reason:{section.key}:"],
                "fields": [(asked, self[f"reason:{section.key}:{key}"]) for key, asked in section.fields.items()],
                "is_named": any(self[f"reason:{section.key}:{key}"].value() for key in section.fields),
            }
            for section in self.book.sections
        ]


class ExtendForm(forms.Form):
    """延长修改时限."""

    until = MomentField(label="新的修改时限（北京时间）")
    reason = forms.CharField(label="理由", max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
