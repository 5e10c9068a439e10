"""What people type: shape and wording only; whether it may be done is asked of the services."""

from datetime import date
from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator

from portal.actors import Actor
from portal.audit import Outcome
from portal.credit_code import credit_code_error, normalised
from portal.models import Enterprise, Membership, Office, OfficeLevel, Region, Registration
from portal.roles import ROLES, Level, Role
from portal.selectors import people
from portal.verbs import all_verbs

_TEL = forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"})


class CreditCodeField(forms.CharField):
    """A 统一社会信用代码: spaces, small letters and full-width characters are folded before it is checked."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false", "class": "code"}
        kwargs.setdefault("widget", forms.TextInput(attrs=attrs))
        # Room for the spaces that come with a pasted code; the check counts what is left.
        super().__init__(max_length=40, **kwargs)

    def clean(self, value: Any) -> str:
        """The code as it is stored. Raises ValidationError with a sentence."""
        code = normalised(super().clean(value))
        if code and (error := credit_code_error(code)):
            raise ValidationError(error)
        return code


class LinesField(forms.CharField):
    """A text of several lines: a line's end is one letter here as in the browser, so both count the same."""

    def __init__(self, *, rows: int = 6, **kwargs: Any) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": rows}), **kwargs)

    def to_python(self, value: Any) -> str:
        """The text with plain line ends."""
        return super().to_python(str(value or "").replace("\r\n", "\n").replace("\r", "\n")) or ""


class RegistrationForm(forms.ModelForm):
    """企业登记."""

    code = CreditCodeField(label="统一社会信用代码", help_text="18位，见营业执照。字母 I、O、S、V、Z 不会出现。")
    branch_of_code = CreditCodeField(
        label="所属法人统一社会信用代码", required=False, help_text="仅石油石化、有色金属等行业的法人分支机构填写。"
    )
    nature = forms.ChoiceField(label="企业性质")
    is_above_scale = forms.TypedChoiceField(
        label="是否规模以上工业企业",
        choices=[("yes", "是"), ("no", "否")],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        help_text="申报智能工厂须为规模以上工业企业；登记本身不受此限制。",
    )

    class Meta:
        model = Registration
        fields = (
            "code",
            "name",
            "region",
            "address",
            "industry",
            "nature",
            "is_above_scale",
            "legal_representative",
            "contact_name",
            "contact_phone",
            "contact_email",
            "group",
            "branch_of_code",
            "branch_of_name",
        )
        widgets = {"contact_phone": _TEL}
        help_texts = {
            "name": "与营业执照完全一致。",
            "region": "按营业执照住所选择，登记申请将由该市州确认。",
            "group": "仅中央企业所属单位选择：中央企业由所属集团组织，不经市州。",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        natures = Registration._meta.get_field("nature").choices or []
        self.fields["nature"].choices = [("", "请选择"), *natures]  # type: ignore[attr-defined]
        self.fields["region"] = RegionField(label="注册地", help_text=self.Meta.help_texts["region"])
        self.fields["industry"].empty_label = "请选择"  # type: ignore[attr-defined]
        self.fields["group"].queryset = people.central_groups()  # type: ignore[attr-defined]
        self.fields["group"].empty_label = "不属于中央企业"  # type: ignore[attr-defined]
        self.order_fields(self.Meta.fields)

    def clean(self) -> dict[str, Any]:
        """Both facts about the legal person of a branch, or neither."""
        data = super().clean() or {}
        code, name = data.get("branch_of_code", ""), data.get("branch_of_name", "")
        if bool(code) != bool(name) and "branch_of_code" not in self.errors:
            self.add_error("branch_of_name" if code else "branch_of_code", "所属法人的名称与代码须同时填写。")
        if code and code == data.get("code"):
            self.add_error("branch_of_code", "所属法人的代码不能与本单位相同。")
        return data

    def _post_clean(self) -> None:
        """Don't build the model here: unit and city are worked out by the service."""


class RegionField(forms.ModelChoiceField):
    """A place of registration: cities under their province where the portal keeps cities, else the unit's region."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Region.objects.all(), empty_label="请选择", **kwargs)
        regions = Region.objects.select_related("parent", "city")
        cities: dict[str, list[tuple[str, str]]] = {}
        for region in regions:
            if hasattr(region, "city") and region.parent:
                cities.setdefault(region.parent.name, []).append((region.code, region.name))
        others = [(r.code, r.name) for r in regions if not hasattr(r, "city") and r.name not in cities]
        self.choices = [("", "请选择"), *cities.items(), ("其他地区", others)]


class EnterpriseForm(forms.ModelForm):
    """What may be amended on the register; the fields that aren't this actor's to change are not shown."""

    class Meta:
        model = Enterprise
        fields = (
            "name", "address", "industry", "nature", "is_above_scale", "legal_representative", "contact_name",
            "contact_phone", "contact_email",
        )  # fmt: skip
        widgets = {"contact_phone": _TEL}
        help_texts = {"name": "企业更名后，由登记机关所在市州（或所属集团）按新营业执照更正。"}

    def __init__(self, *args: Any, fields: tuple[str, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in set(self.fields) - set(fields):
            del self.fields[name]

    def _post_clean(self) -> None:
        """The service writes; the row at hand stays as it is."""


class GroupForm(forms.Form):
    """A group of 中央企业 that takes part."""

    code = forms.SlugField(label="代号", max_length=12, help_text="字母和数字，如集团简称的拼音首字母，确定后不改。")
    name = forms.CharField(label="集团名称", max_length=60)
    office = forms.CharField(label="牵头部门名称", max_length=80, help_text="集团内负责组织申报的部门。")


class OfficeForm(forms.Form):
    """An office's name."""

    name = forms.CharField(label="机构名称", max_length=80)


class ReasonForm(forms.Form):
    """A reason that its addressee will read."""

    reason = forms.CharField(label="理由", max_length=500, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, label: str = "", required: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = required
        if label:
            self.fields["reason"].label = label


class InvitationForm(forms.Form):
    """Whom to invite to which post."""

    name = forms.CharField(label="姓名", max_length=50)
    email = forms.EmailField(label="电子邮箱", help_text="邀请链接将发送到该邮箱，7天内有效。")
    role = forms.ChoiceField(label="角色", widget=forms.RadioSelect)
    office = forms.ModelChoiceField(Office.objects.none(), label="所在机构", required=False, empty_label="请选择")

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles = ROLES[actor.role].appoints if actor.role else ()
        unit = actor.membership.unit if actor.membership else None
        in_group = unit is not None and unit.kind == "central_group"
        self.fields["role"].choices = [  # type: ignore[attr-defined]
            (role.value, (ROLES[role].in_group if in_group else "") or role.label)
            for role in roles
            if not (in_group and role.level is Level.CITY)
        ]
        if all(role.level in {Level.ENTERPRISE, Level.EXPERT} for role in roles):
            del self.fields["office"]
        else:
            self.fields["office"].queryset = people.offices_to_staff(actor)  # type: ignore[attr-defined]
            self.fields["office"].help_text = "专家无需选择机构。" if Role.EXPERT in roles else ""

    def clean(self) -> dict[str, Any]:
        """A role at an office needs the office, at its own level."""
        data = super().clean() or {}
        role, office = data.get("role"), data.get("office")
        if role and "office" in self.fields and Role(role).level is not Level.EXPERT:
            if office is None:
                self.add_error("office", "请选择所在机构。")
            elif office.level != Role(role).level.value:
                self.add_error(
                    "office", f"“{Role(role).label}”须在{OfficeLevel(Role(role).level.value).label}机构任职。"
                )
        return data


class HandOverForm(forms.Form):
    """To which colleague a post goes."""

    to = forms.ModelChoiceField(Membership.objects.none(), label="移交给", empty_label="请选择同事")

    def __init__(self, *args: Any, membership: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = people.successors(membership)  # type: ignore[attr-defined]


class NewcomerForm(forms.Form):
    """An invited person's first account."""

    name = forms.CharField(label="姓名", max_length=50, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    password1 = forms.CharField(
        label="设置密码", strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )
    password2 = forms.CharField(
        label="再次输入密码", strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def clean(self) -> dict[str, Any]:
        """Both passwords alike, and good enough for the policy."""
        data = super().clean() or {}
        first, second = data.get("password1"), data.get("password2")
        if first and second and first != second:
            self.add_error("password2", "两次输入的密码不一致。")
        elif first:
            try:
                validate_password(first)
            except ValidationError as error:
                self.add_error("password1", error)
        return data


class DayField(forms.DateField):
    """A day to look from or to; the ends of the calendar are nobody's day."""

    def __init__(self, **kwargs: Any) -> None:
        within = [MinValueValidator(date(2000, 1, 1)), MaxValueValidator(date(2999, 12, 31))]
        widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})  # the one form browsers take
        super().__init__(required=False, widget=widget, validators=within, **kwargs)


def _verbs() -> list[tuple[str, str]]:
    return [("", "全部"), *all_verbs().items()]


class RecordFilterForm(forms.Form):
    """What the auditor looks for; days are Beijing days."""

    since = DayField(label="起始日期")
    until = DayField(label="截止日期")
    who = forms.CharField(label="人员或机构", max_length=50, required=False)
    verb = forms.ChoiceField(label="行为", required=False, choices=_verbs)
    subject = forms.CharField(label="对象", max_length=100, required=False)
    outcome = forms.ChoiceField(label="结果", required=False, choices=[("", "全部"), *Outcome.choices])


class SealForm(forms.Form):
    """印章图片."""

    file = forms.FileField(
        label="印章图片",
        max_length=150,
        widget=forms.FileInput(attrs={"accept": ".png,.jpg,.jpeg"}),
        help_text="PNG 或 JPG，不超过5 MB。在白纸上清晰盖章，以 300 dpi 以上扫描，裁剪为仅含一枚印章；白色背景自动去除",
    )


class VerifyForm(forms.Form):
    """核验文书."""

    code = forms.CharField(
        label="核验码",
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "class": "code"}),
        help_text="12位，印在文书每页页脚和二维码旁，例如 K7QD-3MPX-9RTW；不区分大小写。",
    )


class CheckPaperForm(forms.Form):
    """核对纸质件或文件."""

    file = forms.FileField(label="PDF文件", required=False, help_text="不超过100 MB。")
    code = forms.CharField(
        label="核验码",
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "class": "code"}),
        help_text="12位，印在每页页脚。上传平台出具的原文件时可以不填。",
    )
    pages = forms.CharField(
        label="页码校验码",
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 6, "autocapitalize": "characters", "class": "code"}),
        help_text="核对纸质件时，按页序录入每页页脚的6位校验码，用空格或换行分隔。",
    )

    def clean(self) -> dict[str, Any]:
        """One of the two ways."""
        said: dict[str, Any] = super().clean() or {}
        if not self.errors and not said["file"] and not (said["code"] and said["pages"]):
            raise ValidationError("请上传PDF文件，或录入核验码和各页的页码校验码。")
        return said
