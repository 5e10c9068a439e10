"""What officers look for among applications."""

from typing import Any

from django import forms
from django.db.models import Q, QuerySet

from applications.models import Application
from applications.selectors.applications import HANDED_IN
from applications.states import ApplicationState
from portal.actors import Actor
from tiers.selectors.rounds import rounds


class ListForm(forms.Form):
    """查询条件."""

    search = forms.CharField(label="企业、工厂或编号", required=False, max_length=100)
    round = forms.ChoiceField(label="批次", required=False)
    state = forms.ChoiceField(
        label="状态",
        required=False,
        choices=[("", "全部"), *((state.value, ApplicationState(state).label) for state in HANDED_IN)],
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = list(rounds(actor).values_list("ref", "name"))
        self.fields["round"].choices = [("", "全部"), *named]  # type: ignore[attr-defined]
        self.is_valid()

    @property
    def is_narrow(self) -> bool:
        """Something is looked for."""
        return any(self.cleaned_data.values())

    def narrowed(self, rows: QuerySet[Application]) -> QuerySet[Application]:
        """The rows that fit."""
        said = self.cleaned_data
        if text := said.get("search"):
            by_name = Q(enterprise__name__icontains=text) | Q(factory__name__icontains=text)
            rows = rows.filter(by_name | Q(number__iexact=text) | Q(ref__iexact=text))
        if said.get("round"):
            rows = rows.filter(round__ref=said["round"])
        return rows.filter(state=said["state"]) if said.get("state") else rows
