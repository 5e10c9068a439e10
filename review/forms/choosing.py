"""What is typed when choosing: reasons, and numbers of many at once."""

from typing import Any

from django import forms

from portal.errors import Refused
from portal.sheets import read_lines
from review.forms.first_reviews import words

_HEADING = "受理编号"


class RecommendForm(forms.Form):
    """推荐: with a reason where the scores' order is departed from."""

    reason = words("理由", required=False)


class ManyForm(forms.Form):
    """批量推荐: numbers typed, or in the first column of a table."""

    typed = words("受理编号", rows=6, most=20_000, required=False, help_text="每行一个，或用逗号隔开。")
    table = forms.FileField(label="或上传表格", required=False, help_text="XLSX或CSV，只有“受理编号”一列，首行为表头。")
    reason = words("理由", required=False, help_text="不按得分顺序推荐的，须写明理由。")

    def clean(self) -> dict[str, Any]:
        """Numbers from one of the two."""
        said: dict[str, Any] = super().clean() or {}
        said["numbers"] = said.get("typed", "")
        if table := said.get("table"):
            try:
                said["numbers"] += "\n" + "\n".join(_column(table.read()))
            except Refused as error:
                self.add_error("table", str(error))
        if not said["numbers"].strip() and not self.errors:
            self.add_error("typed", "请填写受理编号，或上传表格。")
        return said

    def numbers(self) -> str:
        """All of them, a line each."""
        return str(self.cleaned_data["numbers"])


def _column(content: bytes) -> list[str]:
    return [line.cells[_HEADING].strip() for line in read_lines(content, [_HEADING]) if line.cells[_HEADING].strip()]
