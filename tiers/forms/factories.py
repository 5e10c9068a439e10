"""What is typed about factories, and what a list of them is searched by."""

from datetime import date
from typing import Any
from unicodedata import normalize

from django import forms
from django.core.exceptions import ValidationError

from portal import clock
from portal.forms import RegionField
from portal.models import City, Industry
from tiers.models import Factory
from tiers.names import TIERS


class FactoryForm(forms.ModelForm):
    """工厂信息."""

    class Meta:
        model = Factory
        fields = ("name", "region", "address", "industry", "industry_class", "started_on", "is_closed")
        widgets = {"started_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}
        help_texts = {
            "name": "能与本企业其他工厂相区别的名称。",
            "industry_class": "GB/T 4754-2017 的三位中类代码，如 341；不清楚可不填。",
            "is_closed": "停产、搬迁或转让的工厂勾选，不再用于自评和申报。",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["region"] = RegionField(label="工厂所在地", help_text="按工厂实际地址选择，可与注册地不同。")
        self.fields["industry"].empty_label = "请选择"  # type: ignore[attr-defined]
        if not self.instance.pk:
            del self.fields["is_closed"]
        self.order_fields(self.Meta.fields)

    def clean_industry_class(self) -> str:
        """Full-width digits are digits."""
        return normalize("NFKC", self.cleaned_data["industry_class"])

    def clean_started_on(self) -> date:
        """A factory that is assessed has begun to produce."""
        day: date = self.cleaned_data["started_on"]
        if day > clock.beijing(clock.now()).date():
            raise ValidationError("投产时间不能晚于今天。")
        return day

    def clean(self) -> dict[str, Any]:
        """The 中类 lies in its 大类."""
        said = super().clean() or {}
        industry, kind = said.get("industry"), said.get("industry_class")
        if industry and kind and not kind.startswith(industry.code[1:]):
            self.add_error("industry_class", f"中类代码应属于所选大类 {industry}，以 {industry.code[1:]} 开头。")
        return said


class FactoryFilterForm(forms.Form):
    """What officials look for."""

    search = forms.CharField(label="工厂、企业名称或信用代码", max_length=50, required=False)
    city = forms.ChoiceField(label="市州", required=False)
    industry = forms.ModelChoiceField(Industry.objects.all(), label="行业", required=False, empty_label="全部行业")
    held = forms.ChoiceField(label="已获层级", required=False, choices=[("", "全部"), *TIERS])
    reached = forms.ChoiceField(label="自评层级", required=False, choices=[("", "全部"), *TIERS])

    def __init__(self, *args: Any, unit: int | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if unit is None:
            del self.fields["city"]
            return
        cities = City.objects.filter(unit_id=unit).select_related("region")
        self.fields["city"].choices = [  # type: ignore[attr-defined]
            ("", "全部市州"),
            *((c.region_id, c.region.name) for c in cities),
        ]

    @property
    def wanted(self) -> dict[str, str]:
        """The filters that hold; what is not valid filters nothing."""
        self.is_valid()
        said = {name: value for name, value in self.cleaned_data.items() if value}
        if "industry" in said:
            said["industry"] = said["industry"].pk
        return said
