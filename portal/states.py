"""The states that records of the ground floor go through."""

from django.db.models import TextChoices


class RegistrationState(TextChoices):
    """An enterprise's (or a colleague's) request to be let in."""

    PENDING = "pending", "待确认"
    CONFIRMED = "confirmed", "已确认"
    REFUSED = "refused", "未通过"
    WITHDRAWN = "withdrawn", "已撤回"


class InvitationState(TextChoices):
    """An invitation sent by e-mail."""

    OPEN = "open", "待接受"
    ACCEPTED = "accepted", "已接受"
    WITHDRAWN = "withdrawn", "已撤回"
    EXPIRED = "expired", "已过期"


class MembershipState(TextChoices):
    """A person's role in an organisation."""

    ACTIVE = "active", "有效"
    DISABLED = "disabled", "已停用"
    HANDED_OVER = "handed_over", "已移交"


class PaperState(TextChoices):
    """A paper on its way from the worker."""

    MAKING = "making", "正在生成"
    MADE = "made", "已生成"
    FAILED = "failed", "生成失败"
