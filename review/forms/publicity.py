"""What officers type of a publicity, and what whoever objects to it says."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from portal.forms import CreditCodeField, LinesField
from review.forms.first_reviews import words
from review.models import Publicity
from review.services.objections import ALLOWED, ALLOWED_ON_PAPER, MOST_FILES, Said
from review.states import ObjectionState
from tiers.forms.rounds import MomentField


class DrawForm(forms.Form):
    """草拟公示."""

    with_outside = forms.BooleanField(label="名单包含不占名额的直接申报项目", required=False)


class PublicityForm(forms.Form):
    """公示: what stands beside its list."""

    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    title = forms.CharField(label="标题", max_length=120)
    basis = words("公示依据", most=500, help_text="正文以此开头，后接“，现将名单予以公示”。")
    begins_at = MomentField(
        label="公示开始（北京时间）",
        required=False,
        help_text="不填即发布时开始；填写以后的时间，到时才公开。",
    )
    workdays = forms.IntegerField(
        label="公示工作日", min_value=1, max_value=60, help_text="公示当日不计入；法定节假日按工作日历扣除。"
    )
    contact = forms.CharField(label="联系人", max_length=30)
    phone = forms.CharField(label="联系电话", max_length=30)
    email = forms.EmailField(label="电子邮箱", required=False)
    address = forms.CharField(label="通信地址", max_length=120, required=False)

    @staticmethod
    def of(row: Publicity) -> dict[str, Any]:
        """What the form shows at first."""
        return {name: getattr(row, name) for name in PublicityForm.base_fields}


class _Files(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files at once; gives (stream, name) of each."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=_Files(attrs={"multiple": True}), **kwargs)

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Each of them is checked as one would be."""
        chosen = data if isinstance(data, list | tuple) else [data] if data else []
        found: list[UploadedFile] = [super(FilesField, self).clean(one, initial) for one in chosen]
        return [(file, file.name or "") for file in found]


class ObjectionForm(forms.Form):
    """异议: whom it is about, who objects and how they are reached, what happened."""

    about = forms.ChoiceField(label="异议所涉单位及项目")
    kind = forms.ChoiceField(
        label="异议人",
        choices=[("person", "个人"), ("organisation", "单位")],
        widget=forms.RadioSelect,
        initial="person",
    )
    name = forms.CharField(
        label="姓名（单位填写全称）",
        max_length=100,
        error_messages={"required": "匿名异议不予受理（见本公示第二段）：请填写真实姓名，单位填写全称。"},
    )
    code = CreditCodeField(label="统一社会信用代码", required=False, help_text="以单位名义提出的填写。")
    person = forms.CharField(label="单位联系人", max_length=30, required=False, help_text="以单位名义提出的填写。")
    phone = forms.CharField(
        label="联系电话", max_length=30, required=False, widget=forms.TextInput(attrs={"inputmode": "tel"})
    )
    email = forms.EmailField(
        label="电子邮箱", required=False, help_text="与联系电话至少填写一项；填写邮箱的，办理进展将发送至该邮箱。"
    )
    facts = LinesField(
        label="事实与理由", max_length=4_000, rows=8, help_text="写明具体事实、时间、依据，不超过4000字。"
    )
    evidence = FilesField(label="证明材料", required=False)

    def __init__(self, *args: Any, publicity: Publicity, on_paper: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lines = [(line["factory"], f"{line['name']}（{line['project']}）") for line in publicity.rows]
        self.fields["about"].choices = [("", "请选择"), *lines]  # type: ignore[attr-defined]
        allowed = ALLOWED_ON_PAPER if on_paper else ALLOWED
        total = "" if on_paper else "，合计不超过 2 MB；更大的材料请按公示的联系方式寄送"
        self.fields["evidence"].help_text = f"{allowed.words}，最多{MOST_FILES}个{total}。"
        self.fields["evidence"].widget.attrs["accept"] = allowed.accept

    @property
    def said(self) -> Said:
        """What the objector says, as the service takes it."""
        named = {
            name: self.cleaned_data[name] for name in ("about", "name", "code", "person", "phone", "email", "facts")
        }
        return Said(**named, is_organisation=self.cleaned_data["kind"] == "organisation")


class LookUpForm(forms.Form):
    """查询异议办理情况."""

    ref = forms.CharField(label="异议编号", max_length=16, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    code = forms.CharField(
        label="查询码", max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off", "class": "code"}),
        help_text="提交异议时给出的12位查询码。",
    )  # fmt: skip


class ObjectionsForm(forms.Form):
    """Which objections to list."""

    state = forms.ChoiceField(label="状态", required=False, choices=[("", "全部"), *ObjectionState.choices])


class AcceptForm(forms.Form):
    """受理异议."""

    due_at = MomentField(label="办结时限（北京时间）")


class AskForm(forms.Form):
    """向企业核实."""

    text = LinesField(
        label="须企业说明的事项", max_length=2_000, rows=6, help_text="以本单位名义表述，不得出现异议人的任何信息。"
    )
    due_at = MomentField(label="答复时限（北京时间）")


class FindingForm(forms.Form):
    """办结异议."""

    finding = LinesField(label="核查结论", max_length=4_000, rows=6, help_text="异议人可凭查询码看到全文。")
    decision = forms.CharField(label="处理文件", max_length=100, required=False, help_text="有文号的填写。")


class AnswerForm(forms.Form):
    """企业书面说明."""

    text = LinesField(label="书面说明", max_length=4_000, rows=8, help_text="只能提交一次，不超过4000字。")
