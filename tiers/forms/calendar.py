"""What the system administrator types about the calendar."""

from typing import Any

from django import forms

from portal.forms import DayField


class SpecialDayForm(forms.Form):
    """A day that is not like its weekday."""

    day = DayField(label="日期")
    name = forms.CharField(label="名称", max_length=40, help_text="如“国庆节”“临时调休”。")
    is_working = forms.TypedChoiceField(
        label="安排",
        choices=[("no", "放假"), ("yes", "上班")],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["day"].required = True
