"""Every move that a record of the ground floor can make; who may make it is in rules.py."""

from portal.guards import not_expired, says_why
from portal.states import InvitationState, MembershipState, PaperState, RegistrationState
from portal.workflow import Transition, Workflow

_R = RegistrationState
REGISTRATION = Workflow(
    "registration",
    _R,
    (
        Transition("confirm", "确认", (_R.PENDING,), _R.CONFIRMED),
        Transition("refuse", "不予通过", (_R.PENDING,), _R.REFUSED, (says_why,)),
        Transition("withdraw", "撤回", (_R.PENDING,), _R.WITHDRAWN),
    ),
)

_I = InvitationState
INVITATION = Workflow(
    "invitation",
    _I,
    (
        Transition("accept", "接受", (_I.OPEN,), _I.ACCEPTED, (not_expired,)),
        Transition("withdraw", "撤回", (_I.OPEN,), _I.WITHDRAWN),
        Transition("expire", "置为过期", (_I.OPEN,), _I.EXPIRED),
    ),
)

_M = MembershipState
MEMBERSHIP = Workflow(
    "membership",
    _M,
    (
        Transition("disable", "停用", (_M.ACTIVE,), _M.DISABLED, (says_why,)),
        Transition("restore", "恢复", (_M.DISABLED,), _M.ACTIVE),
        Transition("hand_over", "移交", (_M.ACTIVE,), _M.HANDED_OVER),
    ),
)

_P = PaperState
PAPER = Workflow(
    "paper",
    _P,
    (
        Transition("finish", "完成", (_P.MAKING,), _P.MADE),
        Transition("fail", "记为失败", (_P.MAKING,), _P.FAILED),
        Transition("retry", "重新生成", (_P.FAILED,), _P.MAKING),
    ),
)

PACKAGE = Workflow(
    "package",
    _P,
    (
        Transition("finish", "完成", (_P.MAKING,), _P.MADE),
        Transition("fail", "记为失败", (_P.MAKING,), _P.FAILED),
        Transition("retry", "重新打包", (_P.FAILED,), _P.MAKING),
    ),
)

WORKFLOWS = (REGISTRATION, INVITATION, MEMBERSHIP, PAPER, PACKAGE)
