"""What is typed about candidates: filters of the list, and words for accepting one."""

from collections.abc import Sequence
from typing import Any

from django import forms

from review.forms.first_reviews import words
from review.selectors.standings import Line
from review.states import CandidateState


class AcceptForm(forms.Form):
    """受理: with words where something was pointed out."""

    reason = words("核实情况", required=False, help_text="平台没有提示的，可以不填。")


_SELECT = forms.Select(attrs={"class": "form-select"})


class SearchInput(forms.TextInput):
    """A field to search by."""

    input_type = "search"

    def __init__(self) -> None:
        super().__init__(attrs={"class": "form-control"})


class CandidateFilter(forms.Form):
    """Which of the lines are shown; a value that doesn't exist filters nothing."""

    q = forms.CharField(label="单位、项目或受理编号", max_length=60, required=False, widget=SearchInput)
    state = forms.ChoiceField(
        label="受理状态", choices=[("", "全部"), *CandidateState.choices], required=False, widget=_SELECT
    )
    show = forms.ChoiceField(
        label="只看",
        choices=[
            ("", "全部"), ("chosen", "已推荐"), ("free", "未推荐"), ("short", "评分未齐"), ("far", "评分离散"),
            ("warned", "需核实"),
        ],
        required=False,
        widget=_SELECT,
    )  # fmt: skip

    def chosen(self, lines: Sequence[Line]) -> list[Line]:
        """The lines that fit."""
        said: dict[str, Any] = self.cleaned_data if self.is_valid() else {}
        text, state, show = str(said.get("q", "")).strip(), said.get("state", ""), said.get("show", "")
        return [
            line
            for line in lines
            if (not state or line.state == state)
            and (not text or text in line.name or text in line.project or text in line.number)
            and (not show or _shown(line, show))
        ]


def _shown(line: Line, show: str) -> bool:
    match show:
        case "chosen":
            return line.is_chosen
        case "free":
            return not line.is_chosen
        case "short":
            return line.state == CandidateState.ACCEPTED and not line.is_full
        case "far":
            return bool(line.far_off)
        case _:
            return bool(line.warnings)
