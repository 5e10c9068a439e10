"""What is written at an application, and how conversations are looked through."""

from functools import reduce
from operator import or_
from typing import Any

from django import forms
from django.db.models import Q, QuerySet

from portal.forms import LinesField
from review.models.messages import MOST_LETTERS


class MessageForm(forms.Form):
    """留言."""

    text = LinesField(label="留言内容", max_length=MOST_LETTERS, rows=5, help_text=f"不超过{MOST_LETTERS}字。")


class ConversationsForm(forms.Form):
    """What to look for among conversations."""

    search = forms.CharField(label="企业、工厂或编号", max_length=50, required=False)
    show = forms.ChoiceField(
        label="范围", required=False, choices=[("", "全部申报"), ("unread", "有未读留言"), ("talked", "有留言往来")]
    )

    @property
    def is_narrow(self) -> bool:
        """Something was asked for."""
        return bool(self.is_valid() and any(self.cleaned_data.values()))

    def narrowed(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """The conversations that were asked for; all when what was asked makes no sense."""
        said = self.cleaned_data if self.is_valid() else {}
        if text := said.get("search"):
            fields = ("enterprise__name", "factory__name", "ref", "number")
            rows = rows.filter(reduce(or_, (Q(**{f"{field}__icontains": text}) for field in fields)))
        match said.get("show"):
            case "unread":
                return rows.filter(unread__gt=0)
            case "talked":
                return rows.filter(last_at__isnull=False)
        return rows
