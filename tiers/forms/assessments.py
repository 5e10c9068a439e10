"""What is chosen when an assessment is begun, aimed or filed."""

from typing import Any

from django import forms

from portal import clock
from tiers.models import Edition, SelfAssessment
from tiers.names import TIERS


class BeginForm(forms.Form):
    """新建自评."""

    year = forms.TypedChoiceField(label="年度", coerce=int)
    edition = forms.TypedChoiceField(label="要素条件版本")
    aim = forms.ChoiceField(
        label="对标层级", choices=TIERS, initial="advanced", help_text="只需填写该层级及以下各层级的要素。"
    )
    name = forms.CharField(
        label="方案名称", max_length=50, initial="方案一", help_text="同一年度可建多个方案进行比较。"
    )
    copy = forms.ChoiceField(
        label="复制已有自评", required=False, help_text="复制各项答案和证明材料，再按今年情况修改。"
    )

    def __init__(self, *args: Any, editions: list[Edition], copies: list[SelfAssessment], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        this_year = clock.beijing(clock.now()).year
        choices = {
            "year": [(year, f"{year}年度") for year in range(this_year + 1, this_year - 4, -1)],
            "edition": [(e.code, e.name) for e in editions],
            "copy": [("", "不复制，从空白开始"), *((c.ref, f"{c.year}年度 {c.name}（{c.ref}）") for c in copies)],
        }
        for name, options in choices.items():
            self.fields[name].choices = options  # type: ignore[attr-defined]
        self.initial.update({"year": this_year, "aim": "advanced", "name": "方案一"})
        self.fields["copy"].initial = copies[0].ref if copies else ""


class AmendForm(forms.ModelForm):
    """方案名称与对标层级."""

    aim = forms.ChoiceField(label="对标层级", choices=TIERS, help_text="调低层级不会删除已填写的内容。")

    class Meta:
        model = SelfAssessment
        fields = ("name", "aim")


class FileForm(forms.Form):
    """提交备案."""

    is_true = forms.BooleanField(
        label="本企业承诺：所填内容真实、准确，不涉及国家秘密和商业秘密，并对其真实性负责。",
        error_messages={"required": "请先勾选真实性承诺。"},
    )


class ReturnForm(forms.Form):
    """退回备案."""

    reason = forms.CharField(
        label="退回理由", max_length=500, widget=forms.Textarea(attrs={"rows": 3}), help_text="企业将看到该理由。"
    )
