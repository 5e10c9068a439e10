"""What is typed about a visit on site."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms

from review.services.visits import PICTURES
from tiers.forms.rounds import MomentField


class PlanForm(forms.Form):
    """安排现场核查."""

    planned_at = MomentField(label="核查时间（北京时间）")
    place = forms.CharField(label="核查地点", max_length=200)
    team = forms.MultipleChoiceField(
        label="核查组成员", widget=forms.CheckboxSelectMultiple, help_text="与申报单位有利害关系的专家不能参加。"
    )
    indicators = forms.MultipleChoiceField(
        label="重点核查的指标", required=False, widget=forms.CheckboxSelectMultiple,
        help_text="申报的各场景自动列入核查要点。",
    )  # fmt: skip

    def __init__(
        self, *args: Any, team: Iterable[tuple[str, str]], indicators: Iterable[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["team"].choices = list(team)  # type: ignore[attr-defined]
        self.fields["indicators"].choices = list(indicators)  # type: ignore[attr-defined]


class PhotoForm(forms.Form):
    """上传照片."""

    file = forms.FileField(
        label="照片", widget=forms.FileInput(attrs={"accept": PICTURES.accept}), help_text=f"{PICTURES.words}。"
    )
    caption = forms.CharField(label="说明", max_length=120, required=False)


def typed(post: Mapping[str, str], keys: Iterable[str]) -> dict[str, Any]:
    """What the page sends of a record."""
    lines = {key: {"finding": post.get(f"finding:{key}", ""), "note": post.get(f"note:{key}", "")} for key in keys}
    opinion = post.get("opinion", "").replace("\r\n", "\n")
    return {"lines": lines, "conclusion": post.get("conclusion", ""), "opinion": opinion}
