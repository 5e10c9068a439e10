"""What a reviewer types: the checklist, an opinion, a decision; notes, facts, questions, ties."""

from collections.abc import Sequence
from typing import Any

from django import forms

from applications.models import Submission
from applications.selectors.papers import submitted_form
from portal.models import Office, User
from review.guards import ANSWERS, CHECKLIST
from review.models import FindingKind
from tiers.forms.rounds import MomentField


def words(label: str, *, rows: int = 3, most: int = 500, **kwargs: Any) -> forms.CharField:
    """A field for a few sentences."""
    return forms.CharField(label=label, max_length=most, widget=forms.Textarea(attrs={"rows": rows}), **kwargs)


class ReviewForm(forms.Form):
    """初审: each point of the checklist, the opinion, and, for a rejection, its reason."""

    edition = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    opinion = words("初审意见", most=2000, required=False, help_text="供本单位和省级审核参考，不向企业公开。")
    reason = words("不予推荐的理由", most=1000, required=False, help_text="只在不予推荐时填写，企业将看到全文。")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for key, label, help_ in CHECKLIST:
            self.fields[f"answer_{key}"] = forms.ChoiceField(
                label=label, help_text=help_, required=False, choices=list(ANSWERS.items()), widget=forms.RadioSelect
            )
            self.fields[f"note_{key}"] = forms.CharField(label=f"{label}：说明", required=False, max_length=500)

    def checklist(self) -> dict[str, dict[str, str]]:
        """What was answered, by point."""
        said = self.cleaned_data
        return {key: {"answer": said[f"answer_{key}"], "note": said[f"note_{key}"]} for key, _, _ in CHECKLIST}

    def points(self) -> list[tuple[Any, Any]]:
        """The bound fields of each point: its answer and its note."""
        return [(self[f"answer_{key}"], self[f"note_{key}"]) for key, _, _ in CHECKLIST]


class ReasonForm(forms.Form):
    """An act that needs nothing but its reason."""

    reason = words("理由")


class VersionedReasonForm(ReasonForm):
    """The same, about what its reader saw."""

    edition = forms.IntegerField(min_value=0, widget=forms.HiddenInput)


class TieForm(forms.Form):
    """声明回避."""

    text = words(
        "与申报单位的关系",
        most=300,
        help_text="如近三年曾任职、参与其项目、近亲属任职等。声明后不能再参与该申报的初审。",
    )


class NoteForm(forms.Form):
    """批注: where, and what."""

    place = forms.ChoiceField(label="位置")
    text = words("批注", most=1000)

    def __init__(self, *args: Any, submission: Submission, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: list[Any] = []
        for section in submitted_form(submission).sections:
            fields = [(f"{section.key}:{key}", asked.label) for key, asked in section.fields.items()]
            choices.append((section.title, [(f"{section.key}:", "全节"), *fields]))
        self.fields["place"].choices = choices  # type: ignore[attr-defined]


class FindingForm(forms.Form):
    """登记核查事实."""

    kind = forms.ChoiceField(label="类别", choices=FindingKind)
    text = words("事实")
    source = forms.CharField(label="来源", max_length=200, help_text="处罚决定书文号、公示平台或业务台账的名称。")
    happened_on = forms.DateField(
        label="发生日期", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    is_adverse = forms.BooleanField(label="不利于申报", required=False, initial=True)


class AskForm(forms.Form):
    """征求会同部门意见: whom, what, by when."""

    offices = forms.ModelMultipleChoiceField(
        label="会同部门", queryset=Office.objects.none(), widget=forms.CheckboxSelectMultiple
    )
    question = words(
        "征求意见的事项",
        initial="请核查申报单位近三年有无本部门掌握的违法违规、事故或失信情况，并提出是否同意推荐的意见。",
    )
    due_at = MomentField(label="答复时限（北京时间）")

    def __init__(self, *args: Any, offices: Sequence[Office], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["offices"].queryset = Office.objects.filter(pk__in=[o.pk for o in offices])  # type: ignore[attr-defined]


class AssignForm(forms.Form):
    """分配初审."""

    user = forms.ModelChoiceField(label="初审人员", queryset=User.objects.none())

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = people  # type: ignore[attr-defined]
        self.fields["user"].label_from_instance = lambda user: user.name  # type: ignore[attr-defined]


class ReconsiderForm(forms.Form):
    """申请复核."""

    reason = words("申请复核的理由", rows=6, most=2000, help_text="每项申报只能申请一次，由原初审人以外的人员办理。")
