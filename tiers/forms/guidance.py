"""What officers type for guidance: questions, files, announcements; and what readers look for."""

from typing import Any

from django import forms

from portal.actors import Actor
from portal.forms import LinesField
from tiers.models import Round
from tiers.selectors.announcements import issuers
from tiers.selectors.rounds import rounds
from tiers.services.downloads import ALLOWED, MOST_FILES
from tiers.states import RoundState

_FILE: dict[str, Any] = {
    "max_length": 150,
    "widget": forms.FileInput(attrs={"accept": ALLOWED.accept}),
    "help_text": f"{ALLOWED.words}，最多{MOST_FILES}个；文件中不能含有宏、脚本等活动内容。",
}


class SearchForm(forms.Form):
    """Words to look for."""

    search = forms.CharField(label="查找", max_length=50, required=False)

    @property
    def wanted(self) -> dict[str, str]:
        """What was asked for; nothing when it makes no sense."""
        return self.cleaned_data if self.is_valid() else {}


class QuestionForm(forms.Form):
    """常见问题."""

    text = forms.CharField(label="问题", max_length=200)
    answer = LinesField(label="答复", max_length=4_000, rows=8, help_text="不超过4000字；空一行另起一段。")


class RoundFileForm(forms.Form):
    """资料下载."""

    title = forms.CharField(label="资料名称", max_length=100, help_text="如“真实性承诺书模板”。")
    note = forms.CharField(label="说明", max_length=300, required=False, help_text="何时使用、如何填写。")
    file = forms.FileField(label="文件", **_FILE)


class AnnouncementForm(forms.Form):
    """公告."""

    title = forms.CharField(label="标题", max_length=120)
    text = LinesField(label="正文", max_length=20_000, rows=14, help_text="不超过20000字；空一行另起一段。")
    round = forms.ModelChoiceField(Round.objects.none(), label="相关批次", required=False, empty_label="不限批次")
    is_pinned = forms.BooleanField(label="发布后置顶", required=False)
    file = forms.FileField(label="附件", required=False, **_FILE)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if actor.stands("unit"):
            own = rounds(actor).exclude(state=RoundState.DRAFT)
            self.fields["round"].queryset = own  # type: ignore[attr-defined]
            self.fields["round"].label_from_instance = lambda round_: round_.name  # type: ignore[attr-defined]
        else:
            del self.fields["round"]

    @property
    def said(self) -> dict[str, Any]:
        """What the announcement is to say, as the service takes it."""
        named = {name: self.cleaned_data[name] for name in ("title", "text", "is_pinned")}
        return named | {"round_": self.cleaned_data.get("round")}


class AnnouncementsForm(SearchForm):
    """Which announcements to look for."""

    unit = forms.ChoiceField(label="发布单位", required=False)
    field_order = ("unit", "search")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].choices = [("", "全部"), *issuers()]  # type: ignore[attr-defined]
