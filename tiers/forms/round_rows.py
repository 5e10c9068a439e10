"""The lists of a round's terms as rows of forms: rules, limits, attachments, the score sheet, columns."""

from decimal import Decimal
from typing import Any

from django import forms
from django.forms.formsets import DELETION_FIELD_NAME, ORDERING_FIELD_NAME

from portal.models import Industry
from tiers.editions import Force
from tiers.eligibility import RULE_KINDS
from tiers.terms import COLUMNS, FORMATS, Method, Ties

MOST_ROWS = 60
_LONG = {"rows": 2}
_FORCES = [(Force.REQUIRED.value, "必须满足"), (Force.IN_PRINCIPLE.value, "原则上（不满足时须说明）")]


class RowForm(forms.Form):
    """One row; its code is given by the portal and stays."""

    code: forms.Field = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)
    clause = forms.CharField(label="依据", max_length=100)
    unverified = forms.BooleanField(label="来源未经核实", required=False)

    def row(self) -> dict[str, Any]:
        """The row as the terms keep it; what is empty is left out."""
        kept = {key: value for key, value in self.cleaned_data.items() if key not in {"ORDER", "DELETE"}}
        return {key: value for key, value in kept.items() if value not in ("", None)}


class LimitForm(RowForm):
    """How long or how many."""

    name = forms.CharField(label="项目", max_length=60)
    most = forms.IntegerField(label="上限", min_value=1, max_value=1_000_000)
    unit = forms.CharField(label="单位", max_length=10)
    field_order = ("name", "most", "unit", "clause", "unverified")


class AttachmentForm(RowForm):
    """A file that comes with an application."""

    name = forms.CharField(label="材料名称", max_length=60)
    required = forms.BooleanField(label="必须提交", required=False)
    formats = forms.MultipleChoiceField(
        label="格式", choices=[(name, name.upper()) for name in FORMATS], widget=forms.CheckboxSelectMultiple
    )
    most_mb = forms.IntegerField(label="单个文件上限（MB）", min_value=1, max_value=2000)
    most = forms.IntegerField(label="文件个数上限", min_value=1, max_value=100)
    help = forms.CharField(label="说明", max_length=200, required=False)
    field_order = ("name", "required", "formats", "most_mb", "most", "help", "clause", "unverified")


class CriterionForm(RowForm):
    """One line of the score sheet."""

    name = forms.CharField(label="评分项", max_length=60)
    weight = forms.DecimalField(
        label="权重", min_value=Decimal("0.1"), max_value=100, max_digits=5, decimal_places=2,
        widget=forms.NumberInput(attrs={"data-sum": "weight", "step": "0.1"}),
    )  # fmt: skip
    help = forms.CharField(label="评分说明", max_length=500, required=False, widget=forms.Textarea(attrs=_LONG))
    field_order = ("name", "weight", "help", "clause", "unverified")

    def row(self) -> dict[str, Any]:
        """The row, with its weight as JSON keeps it."""
        kept = super().row()
        return kept | {"weight": int(kept["weight"]) if kept["weight"] % 1 == 0 else float(kept["weight"])}


class ColumnForm(RowForm):
    """A column of the summary table; what it holds is chosen, what it is called is written."""

    code = forms.ChoiceField(label="内容", choices=[("", "请选择"), *COLUMNS.items()])
    name = forms.CharField(label="栏目名称", max_length=40)
    field_order = ("code", "name", "clause", "unverified")


class RuleForm(RowForm):
    """A rule of eligibility: the notice's sentence, how hard it is, and what its kind compares with."""

    kind = forms.ChoiceField(widget=forms.HiddenInput, choices=[(code, k.label) for code, k in RULE_KINDS.items()])
    text = forms.CharField(label="条文", max_length=500, widget=forms.Textarea(attrs=_LONG))
    force = forms.ChoiceField(label="效力", choices=_FORCES)
    field_order = ("code", "kind", "text", "clause", "force", "value", "unverified")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = dict(self.initial)
        typed = self.data.get(self.add_prefix("kind")) if self.is_bound else self.initial.get("kind")
        self.rule_kind = RULE_KINDS.get(typed or "") or RULE_KINDS["statement"]
        if parameter := self.rule_kind.parameter:
            self.fields["value"] = self._value_field()
            if not self.is_bound:
                self.initial["value"] = self.initial.get(parameter.key)
        self.initial.setdefault("force", Force.REQUIRED.value)
        self.order_fields(self.field_order)

    def _value_field(self) -> forms.Field:
        parameter = self.rule_kind.parameter
        if parameter is None:
            raise ValueError("this kind of rule compares with nothing")
        if parameter.key == "branch_industries":
            return forms.MultipleChoiceField(
                label="允许分支机构申报的行业", choices=[(i.code, str(i)) for i in Industry.objects.all()],
                required=False, widget=forms.SelectMultiple(attrs={"size": 8, "class": "form-select"}),
                help_text="按住 Ctrl 键可选择多项；不选即不允许分支机构申报。",
            )  # fmt: skip
        choices = [(str(value), name) for value, name in (parameter.choices or {}).items()]
        if parameter.takes_many:
            return forms.MultipleChoiceField(
                label=parameter.label, choices=choices, widget=forms.CheckboxSelectMultiple
            )
        coerce: Any = type(parameter.default)
        return forms.TypedChoiceField(label=parameter.label, choices=choices, coerce=coerce)

    def row(self) -> dict[str, Any]:
        """The row, its value under the name that its kind gives it."""
        kept = super().row()
        value = kept.pop("value", [])
        return kept | ({self.rule_kind.parameter.key: value} if self.rule_kind.parameter else {})


class _Rows(forms.BaseFormSet):
    """Rows in their order, without those that are taken out; a new row gets a code of its own."""

    def add_fields(self, form: Any, index: int | None) -> None:
        """Django's own, in our words."""
        super().add_fields(form, index)
        if ORDERING_FIELD_NAME in form.fields:
            form.fields[ORDERING_FIELD_NAME].label = "顺序"
        if DELETION_FIELD_NAME in form.fields:
            form.fields[DELETION_FIELD_NAME].label = "删除此项"

    def rows(self, stem: str) -> list[dict[str, Any]]:
        """The rows as the terms keep them."""
        found = [form.row() for form in self.ordered_forms if form.has_changed() or form.initial]
        taken = {row.get("code") for row in found}
        fresh = (f"{stem}_{number}" for number in range(1, 1000) if f"{stem}_{number}" not in taken)
        return [row if row.get("code") else {"code": next(fresh)} | row for row in found]


class _Columns(_Rows):
    """No column holds what another holds already."""

    def clean(self) -> None:
        """Raises ValidationError with a sentence."""
        chosen = [form.cleaned_data.get("code") for form in self.forms if form not in self.deleted_forms]
        if twice := {code for code in chosen if code and chosen.count(code) > 1}:
            names = "、".join(sorted(COLUMNS[code] for code in twice))
            raise forms.ValidationError(f"“{names}”只能用于一个栏目，请删除重复的栏目。")


def _rows(form: type[RowForm], base: type[_Rows] = _Rows, extra: int = 1) -> Any:
    return forms.formset_factory(
        form, formset=base, extra=extra, can_delete=True, can_order=True, max_num=MOST_ROWS, absolute_max=MOST_ROWS
    )


RuleRows = _rows(RuleForm, extra=0)
# The part of a round's terms → its rows. Addresses name the part.
ROWS: dict[str, Any] = {
    "limit": _rows(LimitForm),
    "attachment": _rows(AttachmentForm),
    "criterion": _rows(CriterionForm),
    "column": _rows(ColumnForm, _Columns),
}


class AddRuleForm(forms.Form):
    """Which kind of rule is added."""

    add = forms.ChoiceField(label="条件类型", choices=[(code, kind.label) for code, kind in RULE_KINDS.items()])


def new_rule(rows: list[dict[str, Any]], kind: str) -> dict[str, Any]:
    """A rule of that kind to be filled in, beside these."""
    taken = {row["code"] for row in rows}
    code = next(f"{kind}_{number}" for number in range(1, MOST_ROWS + 2) if f"{kind}_{number}" not in taken)
    parameter, label = RULE_KINDS[kind].parameter, RULE_KINDS[kind].label
    row = {"code": code, "kind": kind, "text": label, "clause": "待填写", "unverified": True}
    return row | ({parameter.key: parameter.default} if parameter else {})


class AggregationForm(forms.Form):
    """How the experts' scores become one."""

    method = forms.ChoiceField(label="汇总方法", choices=[(m.value, m.label) for m in Method])
    trim_from = forms.IntegerField(
        label="去高去低的最少份数", min_value=3, max_value=50, help_text="有效评分不足该数时，按算术平均。"
    )
    least_sheets = forms.IntegerField(label="最少有效评分份数", min_value=1, max_value=50)
    decimals = forms.IntegerField(label="保留小数位", min_value=0, max_value=4)
    ties = forms.ChoiceField(label="同分处理", choices=[(t.value, t.label) for t in Ties], initial=Ties.OFFICER)
    clause = forms.CharField(label="依据", max_length=100)
    unverified = forms.BooleanField(label="来源未经核实", required=False)
