"""What officers type about rounds: shape and wording only; whether it may be done is asked of the services."""

from datetime import datetime
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator

from portal import clock
from portal.forms import CreditCodeField, DayField
from portal.models import Department
from tiers.models import Edition, Round
from tiers.rounds import LABELS
from tiers.selectors.rounds import editions
from tiers.services.round_dates import MOVABLE
from tiers.terms import DISCLOSURES, TITLES, Decider, Programme

_HELP = {
    "opens_at": "自该时刻起接收申报。",
    "enterprise_until": "含该时刻；“11月22日前”即填 11月22日 23:59:59。超过一刻即不再接收。",
    "city_until": "市州初审、排序并报送省级的期限。",
    "unit_until": "评审、公示并推荐（认定）的期限。",
    "ministry_until": "国家通知写明时填写。",
}
_REASON: dict[str, Any] = {"max_length": 500, "widget": forms.Textarea(attrs={"rows": 3})}


class MomentField(forms.DateTimeField):
    """An instant on Beijing's clock, to the second; the ends of the calendar are nobody's deadline."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateTimeInput(attrs={"type": "datetime-local", "step": "1"}, format="%Y-%m-%dT%H:%M:%S")
        first, last = (datetime(year, 1, 2, tzinfo=clock.BEIJING) for year in (2000, 2999))
        super().__init__(widget=widget, validators=[MinValueValidator(first), MaxValueValidator(last)], **kwargs)


class _NewForm(forms.Form):
    """Which round a draft is to become."""

    year = forms.IntegerField(label="年度", min_value=2000, max_value=2999)
    batch = forms.IntegerField(label="批次", min_value=1, max_value=99, help_text="同一年度、同一层级内的顺序号。")
    edition = forms.ModelChoiceField(Edition.objects.none(), label="要素条件版本", empty_label="请选择")
    opens_on = DayField(label="开始受理日期", help_text="其余期限随之顺延相同的天数，建立后可逐项调整。")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["edition"].queryset = editions()  # type: ignore[attr-defined]
        self.fields["edition"].label_from_instance = lambda edition: edition.name  # type: ignore[attr-defined]
        self.fields["opens_on"].required = True


class NewRoundForm(_NewForm):
    """A round from a programme as shipped."""

    programme = forms.ChoiceField(label="申报规则", widget=forms.RadioSelect)
    field_order = ("programme", "year", "batch", "edition", "opens_on")

    def __init__(self, *args: Any, programmes: list[Programme], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._programmes = {programme.code: programme for programme in programmes}
        self.fields["programme"].choices = [  # type: ignore[attr-defined]
            (p.code, f"{p.name}（{'、'.join(p.terms.sources)}）") for p in programmes
        ]

    def clean_programme(self) -> Programme:
        """The programme itself."""
        return self._programmes[self.cleaned_data["programme"]]


class CloneForm(_NewForm):
    """A round from an earlier one."""


def _dates(form: forms.Form, names: tuple[str, ...], *, cities: bool) -> None:
    for name in names:
        if name in LABELS and (name != "city_until" or cities):
            needed = name != "ministry_until"
            form.fields[name] = MomentField(label=LABELS[name], help_text=_HELP[name], required=needed)


class BasicsForm(forms.Form):
    """A draft's name, conditions, dates and quota."""

    name = forms.CharField(label="名称", max_length=120)
    edition = forms.ModelChoiceField(Edition.objects.none(), label="要素条件版本", empty_label="请选择")
    quota = forms.IntegerField(
        label="推荐名额", min_value=1, max_value=9999, required=False, help_text="不填即不设名额。"
    )
    publicity_days = forms.IntegerField(
        label="公示工作日", min_value=0, max_value=60, help_text="公示当日不计入；法定节假日按工作日历扣除。"
    )

    def __init__(self, *args: Any, round_: Round, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = Edition.objects.filter(pk=round_.edition_id) | Edition.objects.filter(
            pk__in=list(editions().values_list("pk", flat=True))
        )
        self.fields["edition"].queryset = known  # type: ignore[attr-defined]
        self.fields["edition"].label_from_instance = lambda edition: edition.name  # type: ignore[attr-defined]
        _dates(self, tuple(LABELS), cities=round_.city_until is not None)

    def clean(self) -> dict[str, Any]:
        """A unit without cities has no date for them."""
        return {"city_until": None} | (super().clean() or {})


class MoveDatesForm(forms.Form):
    """The dates that can still be moved, and why."""

    reason = forms.CharField(label="调整理由", help_text="与调整内容一并公布，并发送给相关人员。", **_REASON)

    def __init__(self, *args: Any, round_: Round, names: tuple[str, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _dates(self, names, cities=round_.city_until is not None)
        if "publicity_days" in names:
            self.fields["publicity_days"] = forms.IntegerField(label="公示工作日", min_value=0, max_value=60)
        self.order_fields([*MOVABLE["published"], "reason"])


class QuotaForm(forms.Form):
    """Another quota, and why."""

    quota = forms.IntegerField(
        label="推荐名额", min_value=1, max_value=9999, required=False, help_text="不填即不设名额。"
    )
    reason = forms.CharField(label="调整理由", **_REASON)


class ExtensionForm(forms.Form):
    """One applicant's own deadline, and why."""

    code = CreditCodeField(label="企业的统一社会信用代码", help_text="可在“在册企业”中按名称查到。")
    until = MomentField(label="延至", help_text="含该时刻，仅适用于该企业。")
    reason = forms.CharField(label="延期理由", help_text="该企业将看到此理由。", **_REASON)


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


_SAID = ("departments_clause", "decider_clause", "publicity_clause", "disclosure")


class GeneralForm(forms.Form):
    """Who takes part, who decides, on which documents; and who goes the direct way."""

    sources = forms.CharField(
        label="依据文件", help_text="每行一个文号。", max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )
    departments = forms.MultipleChoiceField(
        label="参与部门", choices=Department.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    departments_clause = forms.CharField(label="参与部门的依据", max_length=100)
    decider = forms.ChoiceField(
        label="最终认定", choices=[(d.value, d.label) for d in Decider], widget=forms.RadioSelect
    )
    decider_clause = forms.CharField(label="最终认定的依据", max_length=100)
    publicity_clause = forms.CharField(label="公示的依据", max_length=100)
    disclosure = forms.ChoiceField(
        label="评审得分告知",
        choices=list(DISCLOSURES.items()),
        widget=forms.RadioSelect,
        help_text="结果公布后，未列入推荐或未获认定的企业可以知道什么；任何情况下不透露专家姓名。",
    )
    notes = forms.CharField(
        label="其他要求", help_text="每行一条。", required=False, max_length=3000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )  # fmt: skip
    direct_title = forms.ChoiceField(
        label="直接申报（不占名额）的称号", choices=[("", "不设直接申报"), *TITLES.items()], required=False
    )
    direct_from_year = forms.IntegerField(label="称号年度自", min_value=2000, max_value=2999, required=False)
    direct_to_year = forms.IntegerField(label="称号年度至", min_value=2000, max_value=2999, required=False)
    direct_text = forms.CharField(
        label="直接申报的条文", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    direct_clause = forms.CharField(label="直接申报的依据", max_length=100, required=False)

    @staticmethod
    def of(round_: Round) -> dict[str, Any]:
        """What the form shows at first."""
        value = round_.value
        shown = {
            "sources": "\n".join(value.sources),
            "notes": "\n".join(value.notes),
            "departments": list(value.departments),
            "decider": value.decider.value,
        } | {name: getattr(value, name) for name in _SAID}
        if value.direct:
            shown |= {f"direct_{name}": part for name, part in vars(value.direct).items()}
        return shown

    def clean(self) -> dict[str, Any]:
        """The direct way is described whole or not at all."""
        data = super().clean() or {}
        if data.get("direct_title"):
            for name in ("direct_from_year", "direct_to_year", "direct_text", "direct_clause"):
                if not data.get(name) and name not in self.errors:
                    self.add_error(name, "设直接申报时，请填写此项。")
            first, last = data.get("direct_from_year"), data.get("direct_to_year")
            if first and last and first > last:
                self.add_error("direct_to_year", "称号年度的起止顺序有误。")
        return data

    def changes(self) -> dict[str, Any]:
        """What it changes in a draft's terms."""
        data = self.cleaned_data
        terms = {name: data[name] for name in ("departments", "departments_clause", "decider", "decider_clause")}
        # What an officer has looked at and put differently is theirs; what came back as it was stays as it was.
        kept = self.initial.get("disclosure") == data["disclosure"]
        terms |= {"disclosure": data["disclosure"]} | ({} if kept else {"disclosure_unverified": False})
        terms |= {"sources": _lines(data["sources"]), "notes": _lines(data["notes"])}
        direct = {name: data[f"direct_{name}"] for name in ("title", "from_year", "to_year", "text", "clause")}
        return {
            "terms": terms | {"publicity_clause": data["publicity_clause"]},
            "direct": direct if direct["title"] else None,
        }
