"""What officers type when paper arrives."""

from typing import Any

from django import forms

from portal import clock
from portal.papers import read_code


class CopiesForm(forms.Form):
    """纸质件登记: the day, and either rows ticked in the table or codes read from the covers."""

    arrived_on = forms.DateField(label="收到日期", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    count = forms.IntegerField(label="份数", min_value=1, max_value=50, initial=2, help_text="每项申报收到的份数。")
    codes = forms.CharField(
        label="按核验码登记",
        required=False,
        max_length=5_000,
        widget=forms.Textarea(attrs={"rows": 4, "autocapitalize": "characters", "class": "code"}),
        help_text="逐行录入或用扫码枪扫描封面上的核验码，按纸面印有的版本登记；也可以不填，在下表勾选。",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["arrived_on"].initial = clock.beijing(clock.now()).date()

    def clean_codes(self) -> list[str]:
        """Each code once: both copies of a book bear the same. Raises ValidationError naming the bad ones."""
        lines = [line.strip() for line in self.cleaned_data["codes"].splitlines() if line.strip()]
        found = {line: read_code(line) for line in lines}
        if bad := [line[:40] for line, code in found.items() if code is None]:
            raise forms.ValidationError(f"不是有效的核验码：{'、'.join(bad[:5])}。")
        return list(dict.fromkeys(code for code in found.values() if code))


class StrikeForm(forms.Form):
    """撤销登记."""

    reason = forms.CharField(label="撤销理由", max_length=300)
