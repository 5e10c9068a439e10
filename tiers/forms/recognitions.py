"""What people type about titles: shape and wording only."""

from typing import Any

from django import forms

from portal import clock
from portal.actors import Actor
from portal.forms import CreditCodeField, DayField
from portal.sheets import MOST_BYTES
from tiers.models import Factory, Recognition
from tiers.selectors import recognitions as selectors
from tiers.states import RecognitionState
from tiers.titles import BY_CODE, CHOICES, EARLIEST, misfits

_DIGITS = {"inputmode": "numeric", "class": "input-short"}
_YES_NO = [("", "不清楚或不涉及"), ("yes", "是"), ("no", "否")]


def _this_year() -> int:
    return clock.beijing(clock.now()).year


def _year(label: str, **kwargs: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label, min_value=EARLIEST, max_value=2999, widget=forms.TextInput(attrs=_DIGITS), **kwargs
    )


class RecognitionForm(forms.Form):
    """One title, as its document has it."""

    code = CreditCodeField(label="统一社会信用代码", help_text="据此与在册企业关联；尚未入册的，入册后自动关联。")
    name = forms.CharField(label="企业名称", max_length=100, help_text="按文件原文填写。")
    title = forms.ChoiceField(label="荣誉称号", choices=[("", "请选择"), *CHOICES])
    project = forms.CharField(
        label="项目（工厂）名称", max_length=200, required=False, help_text="按文件原文填写；授予企业的荣誉可留空。"
    )
    year = _year("年度")
    batch = forms.IntegerField(
        label="批次",
        min_value=1,
        max_value=99,
        initial=1,
        widget=forms.TextInput(attrs=_DIGITS),
        help_text="当年只有一批的填1。",
    )
    document = forms.CharField(label="文号", max_length=100, help_text="公布该荣誉的文件文号。")
    selection_year = _year("揭榜年度", required=False, help_text="仅国家智能制造示范工厂填写。")
    passed_acceptance = forms.TypedChoiceField(
        label="是否通过验收",
        choices=_YES_NO,
        required=False,
        coerce=lambda value: value == "yes",
        empty_value=None,
        help_text="仅国家智能制造示范工厂填写。",
    )

    def clean(self) -> dict[str, Any]:
        """What belongs to the title is there, and nothing else."""
        data = super().clean() or {}
        if not self.errors:
            asked = {field: data[field] for field in ("project", "year", "selection_year", "passed_acceptance")}
            for field, sentence in misfits(BY_CODE[data["title"]], **asked, this_year=_this_year()):
                self.add_error(field, sentence)
        return data

    @staticmethod
    def facts_of(row: Recognition) -> dict[str, Any]:
        """What the form begins with when a title is corrected."""
        accepted = {None: "", True: "yes", False: "no"}[row.passed_acceptance]
        return {name: getattr(row, name) for name in RecognitionForm.base_fields} | {"passed_acceptance": accepted}


class RevokeForm(forms.Form):
    """By which document a title is taken away, when and why."""

    document = forms.CharField(label="撤销文号", max_length=100)
    on = DayField(label="撤销日期")
    reason = forms.CharField(
        label="撤销理由", max_length=500, widget=forms.Textarea(attrs={"rows": 3}), help_text="企业将看到该理由。"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].required = True
        self.fields["on"].help_text = "文件落款日期。限制申报的期间自次日起算。"
        self.fields["on"].initial = clock.beijing(clock.now()).date()


class FactoryForm(forms.Form):
    """Which factory a title belongs to."""

    factory = forms.ModelChoiceField(
        Factory.objects.none(),
        label="工厂",
        required=False,
        empty_label="不关联工厂",
        help_text="工厂的“已获层级”随之更新。",
    )

    def __init__(self, *args: Any, recognition: Recognition, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["factory"].help_text = "工厂的“已获层级”随之更新。"
        self.fields["factory"].queryset = selectors.factories_of(recognition)  # type: ignore[attr-defined]


class RecognitionFilterForm(forms.Form):
    """What a list of titles is narrowed to."""

    search = forms.CharField(label="企业、项目或信用代码", max_length=50, required=False)
    title = forms.ChoiceField(label="荣誉称号", required=False, choices=[("", "全部"), *CHOICES])
    year = forms.TypedChoiceField(label="年度", required=False, coerce=int, empty_value=None)
    city = forms.ChoiceField(label="市州", required=False)
    state = forms.ChoiceField(label="状态", required=False, choices=[("", "全部"), *RecognitionState.choices])

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        years = [(str(year), f"{year}年") for year in selectors.years(actor)]
        self.fields["year"].choices = [("", "全部"), *years]  # type: ignore[attr-defined]
        cities = [(city.region_id, city.region.name) for city in selectors.cities(actor)]
        if cities:
            self.fields["city"].choices = [  # type: ignore[attr-defined]
                ("", "全部"),
                *cities,
                (selectors.NO_CITY, "未入册企业"),
            ]
        else:
            del self.fields["city"]


class UploadForm(forms.Form):
    """A list to import."""

    file = forms.FileField(
        label="名单文件",
        max_length=150,
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
        help_text=f"XLSX 或 CSV，不超过 {MOST_BYTES // 1_000_000} MB、5000 行。上传后先预览，确认后才导入。",
    )

    def clean_file(self) -> Any:
        """Not more than can be read in one go."""
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(f"文件超过 {MOST_BYTES // 1_000_000} MB，请拆分后分次导入。")
        return file


class ScenarioUploadForm(UploadForm):
    """A list of scenario names, and where it comes from."""

    source = forms.CharField(label="来源", max_length=150, help_text="发布该清单的文件名称和文号，将随清单一并显示。")
    field_order = ("source", "file")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].label = "清单文件"


class ConfirmForm(forms.Form):
    """Yes to exactly what was shown."""

    seen = forms.CharField(max_length=64, widget=forms.HiddenInput)
