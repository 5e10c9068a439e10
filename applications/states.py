"""The states that an application goes through, by their internal and their public name."""

from django.db.models import TextChoices


class ApplicationState(TextChoices):
    """An application, from the first line to the list that goes up."""

    DRAFT = "draft", "填报中"
    SUBMITTED = "submitted", "待审核"
    RETURNED = "returned", "退回修改"

    @property
    def public_label(self) -> str:
        """What the applicant reads: where the case lies, never how it stands in a review."""
        return PUBLIC[self]


_S = ApplicationState
PUBLIC = {_S.DRAFT: "填报中", _S.SUBMITTED: "已提交", _S.RETURNED: "退回修改"}


class Track(TextChoices):
    """Which way an application goes: through city and province, or directly and outside the quota (82号 二(三)4)."""

    REGULAR = "regular", "推荐申报"
    DIRECT = "direct", "直接申报（不占指标）"
