"""What the ministry types about what was sent to it, and whoever decides about the results."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from portal import clock
from portal.forms import LinesField
from review.forms.first_reviews import words
from review.outcome_lines import MOST_ADVICE
from review.services.outcomes import Decision
from review.states import Result
from tiers.forms.rounds import MomentField

_CHOICES = [(one.value, one.label) for one in (Result.RECOGNISED, Result.NOT_RECOGNISED)]


class SupplementForm(forms.Form):
    """要求补正: about the whole, about single entries, and until when."""

    due_at = MomentField(label="补正时限（北京时间）")
    text_0 = words("对上报件整体的要求", most=500, required=False)

    def __init__(self, *args: Any, lines: Sequence[Mapping[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._count = len(lines)
        for place, line in enumerate(lines, start=1):
            label = f"{place}. {line['name']}（{line['project']}）"
            self.fields[f"text_{place}"] = words(label, rows=2, most=500, required=False)

    @property
    def asked(self) -> list[dict[str, Any]]:
        """What is asked, for those about whom something is."""
        said = ((place, self.cleaned_data[f"text_{place}"]) for place in range(self._count + 1))
        return [{"position": place, "text": text} for place, text in said if text.strip()]


class DecideForm(forms.Form):
    """公布结果: the document and its day, and each entry's result."""

    document = forms.CharField(label="公布文件的文号", max_length=100)
    on = forms.DateField(label="公布日期", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))

    def __init__(self, *args: Any, lines: Sequence[tuple[str, str]], with_advice: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._lines, self._with_advice = lines, with_advice
        self.fields["on"].initial = clock.beijing(clock.now()).date()
        for place, (_, label) in enumerate(lines, start=1):
            self.fields[f"result_{place}"] = forms.ChoiceField(
                label=f"{place}. {label}", choices=_CHOICES, widget=forms.RadioSelect
            )
            if with_advice:
                self.fields[f"advice_{place}"] = LinesField(
                    label=f"{place}. 国家智能制造专家委员会咨询意见", max_length=MOST_ADVICE, rows=3, required=False
                )

    @property
    def decisions(self) -> list[Decision]:
        """The results as the service takes them."""
        said: dict[str, Any] = self.cleaned_data
        return [
            Decision(
                ref, Result(said[f"result_{place}"]), said["document"], said["on"],
                said[f"advice_{place}"] if self._with_advice else "",
            )
            for place, (ref, _) in enumerate(self._lines, start=1)
        ]  # fmt: skip
