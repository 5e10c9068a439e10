"""What officers type about a city's list, and departments about what they are asked to sign."""

from collections.abc import Sequence
from typing import Any

from django import forms

from portal import clock
from review.forms.first_reviews import words
from tiers.forms.rounds import MomentField


def _day(label: str) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))


class CirculateForm(forms.Form):
    """送会签: what stands in the letter, and by when departments answer."""

    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    number = forms.CharField(
        label="发文字号", required=False, max_length=40, help_text="尚未编号的可以不填，在纸面上填写。"
    )
    on = _day("落款日期")
    contact = forms.CharField(label="联系人", max_length=30)
    phone = forms.CharField(label="联系电话", max_length=30)
    due_at = MomentField(label="会签答复时限（北京时间）")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = clock.beijing(clock.now()).date()


class SendForm(forms.Form):
    """报送: which issue, and which seals are put on paper."""

    issue = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    ink = forms.MultipleChoiceField(
        label="以下单位在纸质件上用印", required=False, widget=forms.CheckboxSelectMultiple,
        help_text="已在平台用印的不必勾选。纸质件须全部用印后报送省级。",
    )  # fmt: skip

    def __init__(self, *args: Any, places: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ink"].choices = places  # type: ignore[attr-defined]


class MoreTimeForm(forms.Form):
    """延期."""

    until = MomentField(label="新的报送时限（北京时间）")
    reason = words("理由")


class GiveBackForm(forms.Form):
    """退回名单."""

    reason = words("退回理由", rows=4, most=1000)
    until = MomentField(label="新的报送时限（北京时间）", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["until"].help_text = "市州报送时限未到的可以不填；已过的须给予新的时限。"


class AnswerForm(forms.Form):
    """会签意见."""

    said = forms.ChoiceField(
        label="会签意见", widget=forms.RadioSelect,
        choices=[("agree", "同意"), ("disagree", "不同意"), ("verify", "需核查")],
    )  # fmt: skip
    reason = words("理由", required=False, help_text="不同意、需核查的须写明理由。")


class OnPaperForm(forms.Form):
    """登记纸面会签."""

    signed_by = forms.CharField(label="签署人", max_length=60, help_text="姓名和职务。")
    signed_on = _day("签署日期")


class ResolutionForm(forms.Form):
    """处理会签意见."""

    resolution = words("处理意见", help_text="对不同意或需核查的意见如何核实、处理，随名单留存备查。")
