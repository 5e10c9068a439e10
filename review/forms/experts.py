"""What is typed about experts: profiles, panels, invitations, assignments, declarations, signatures."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms

from portal.account_forms import ProofForm
from portal.credit_code import credit_code_error, normalised
from portal.forms import CreditCodeField, LinesField
from portal.models import Region, User
from review.forms.first_reviews import words
from review.models import Candidate, Expert, TieKind
from review.selectors.experts import bodies, industry_choices
from review.specialities import SPECIALITIES

_MONTH = re.compile(r"(?:19|20)\d{2}-(?:0[1-9]|1[0-2])")
_SPLIT = re.compile(r"[，,;；\t]")
_MOST_BODIES = 10


class BodiesField(LinesField):
    """Organisations, one a line: name, credit code, month in which one left; only the name is needed."""

    def clean(self, value: Any) -> list[dict[str, str]]:
        """As they are kept. Raises ValidationError naming the line."""
        rows = [line.strip() for line in str(super().clean(value)).split("\n") if line.strip()]
        if len(rows) > _MOST_BODIES:
            raise forms.ValidationError(f"最多填写{_MOST_BODIES}个单位。")
        return [self._read(number, line) for number, line in enumerate(rows, start=1)]

    @staticmethod
    def _read(number: int, line: str) -> dict[str, str]:
        name, *rest = [part.strip() for part in _SPLIT.split(line)]
        found = {"name": name[:100]}
        for part in filter(None, rest):
            if _MONTH.fullmatch(part):
                found["until"] = part
            elif (code := normalised(part)) and not credit_code_error(code):
                found["code"] = code
            else:
                raise forms.ValidationError(
                    f"第{number}行的“{part[:30]}”既不是有效的统一社会信用代码，也不是年月（如2023-06）。"
                )
        if not name:
            raise forms.ValidationError(f"第{number}行缺少单位名称。")
        return found


class ProfileForm(forms.Form):
    """专家信息; `is_office`: the unit also decides load and standing."""

    edition = forms.IntegerField(min_value=0, widget=forms.HiddenInput, required=False)
    employer = forms.CharField(label="工作单位", max_length=100)
    employer_code = CreditCodeField(label="工作单位统一社会信用代码", required=False)
    title = forms.CharField(label="职称或职务", max_length=50, required=False)
    phone = forms.CharField(label="联系电话", max_length=30, required=False)
    region = forms.ModelChoiceField(
        Region.objects.none(), label="所在市州", required=False, empty_label="请选择",
        help_text="用于同一市州回避。",
    )  # fmt: skip
    industries = forms.MultipleChoiceField(
        label="熟悉的行业大类",
        help_text="可以选择多项：按住 Ctrl 键（苹果电脑为 Command 键）逐项点选。",
        widget=forms.SelectMultiple(attrs={"size": 8}),
    )
    specialities = forms.MultipleChoiceField(
        label="专长", required=False, choices=list(SPECIALITIES.items()), widget=forms.CheckboxSelectMultiple
    )
    former = BodiesField(
        label="三年内曾任职的单位", required=False, rows=3, max_length=2000,
        help_text="每行一个：单位名称，统一社会信用代码，离任年月。如：某某有限公司，914201…，2023-06",
    )  # fmt: skip
    interests = BodiesField(
        label="持股或担任顾问的企业", required=False, rows=3, max_length=2000,
        help_text="每行一个：单位名称，统一社会信用代码。没有的不填。",
    )  # fmt: skip
    most = forms.IntegerField(label="最多承担评分表（份）", min_value=1, max_value=500, initial=60)
    is_active = forms.BooleanField(label="在库（可被邀请）", required=False, initial=True)

    def __init__(self, *args: Any, is_office: bool, unit: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["industries"].choices = industry_choices()  # type: ignore[attr-defined]
        regions = Region.objects.filter(city__unit=unit).order_by("code")
        self.fields["region"].queryset = regions  # type: ignore[attr-defined]
        if not is_office:
            del self.fields["most"], self.fields["is_active"]


def profile_initial(row: Expert) -> dict[str, Any]:
    """A profile as the form shows it."""
    plain = (
        "edition", "employer", "employer_code", "title", "phone", "region", "industries", "specialities", "most",
        "is_active",
    )  # fmt: skip
    return {name: getattr(row, name) for name in plain} | {
        "former": bodies(row.former),
        "interests": bodies(row.interests),
    }


class NewExpertForm(ProfileForm):
    """加入专家库: somebody who holds the post of an expert."""

    user = forms.ModelChoiceField(User.objects.none(), label="专家", empty_label="请选择")
    field_order = ("user",)

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, is_office=True, **kwargs)
        self.fields["user"].queryset = people  # type: ignore[attr-defined]
        self.fields["user"].help_text = "名单来自“人员管理”中角色为专家且尚未入库的人员；新专家请先发出邀请。"


# -- panels ----------------------------------------------------------------------------------------------------------
class PanelForm(forms.Form):
    """组建专家组."""

    name = forms.CharField(label="名称", max_length=60)
    divisions = forms.MultipleChoiceField(label="评审的行业大类", widget=forms.CheckboxSelectMultiple)
    per = forms.IntegerField(label="每个项目的专家人数", min_value=1, max_value=15, initial=5)
    is_blind = forms.BooleanField(
        label="盲评", required=False,
        help_text="专家看到的申报书遮蔽单位、工厂、人员、地址、代码和联系方式；附件和图片不提供。",
    )  # fmt: skip
    avoids_city = forms.BooleanField(
        label="同一市州回避", required=False, help_text="专家与申报单位同在一个市州的，不分配。"
    )

    def __init__(self, *args: Any, divisions: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["divisions"].choices = divisions  # type: ignore[attr-defined]


def _experts(label: str, rows: Iterable[tuple[str, str]], *, many: bool = False) -> Any:
    if many:
        return forms.MultipleChoiceField(label=label, choices=list(rows), widget=forms.CheckboxSelectMultiple)
    return forms.ChoiceField(label=label, choices=[("", "请选择"), *rows])


class InviteForm(forms.Form):
    """邀请专家."""

    def __init__(self, *args: Any, rows: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["experts"] = _experts("专家", rows, many=True)


class ChairForm(forms.Form):
    """指定组长."""

    def __init__(self, *args: Any, rows: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["expert"] = _experts("组长", rows)


class PairForm(forms.Form):
    """A candidate, an expert, a reason."""

    reason = words("理由")
    field_order = ("candidate", "expert", "reason")

    def __init__(
        self, *args: Any, candidates: Iterable[Candidate], experts: Iterable[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        rows = [(row.number, f"{row.number}　{row.name}") for row in candidates]
        self.fields["candidate"] = forms.ChoiceField(label="参评项目", choices=[("", "请选择"), *rows])
        self.fields["expert"] = _experts("专家", experts)
        self.order_fields(self.field_order)


class SeedForm(forms.Form):
    """抽取种子, which makes an assignment reproducible."""

    seed = forms.CharField(
        label="抽取种子",
        max_length=40,
        help_text="任意文字或数字，记录在案；同一种子对同样的项目和专家得出同样的结果。",
    )


class CarryOutForm(SeedForm):
    """What was shown, to be carried out."""

    digest = forms.RegexField(r"^[0-9a-f]{64}$", widget=forms.HiddenInput)


class AnswerForm(forms.Form):
    """答复邀请."""

    said = forms.ChoiceField(label="答复", widget=forms.RadioSelect, choices=[("yes", "同意参加"), ("no", "谢绝参加")])
    reason = words("说明", required=False, most=300, help_text="谢绝的请简要说明。")


# -- sheets ----------------------------------------------------------------------------------------------------------
class DeclareForm(forms.Form):
    """声明: no tie, before the first page is opened."""

    agreed = forms.BooleanField(
        label="本人与该申报单位不存在应当回避的利害关系，将独立、客观评审，并对评审内容和结果保密。",
        error_messages={"required": "请确认声明；存在利害关系的，请选择回避。"},
    )


class RecuseForm(forms.Form):
    """回避: which tie."""

    tie = forms.ChoiceField(label="回避情形", widget=forms.RadioSelect, choices=TieKind.choices)
    reason = words("具体说明", help_text="供组织评审的部门另行安排专家，不向申报单位公开。")


class SignForm(ProofForm):
    """签署评分表: proved by the second factor and by nothing less."""

    edition = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["password"]
        code = self.fields["code"]
        code.label, code.required = "动态口令", True
        code.help_text = "签署后评分表即封存，不能自行修改。请输入身份验证器当前显示的6位口令。"
        code.is_one_of_two = False  # type: ignore[attr-defined]


def typed(post: Mapping[str, str], codes: Iterable[str]) -> dict[str, Any]:
    """What a page without a script sends of a sheet."""
    scores = {
        code: {"score": post.get(f"score:{code}", ""), "comment": post.get(f"comment:{code}", "")} for code in codes
    }
    return {"scores": scores, "opinion": post.get("opinion", "").replace("\r\n", "\n")}
