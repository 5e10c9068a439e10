"""Every move that an application can make; who may make it is in rules.py."""

from applications import guards as g
from applications.states import ApplicationState
from portal.workflow import Transition, Workflow

_S = ApplicationState
_READY = (g.in_time, g.is_current_form, g.is_eligible, g.is_complete, g.is_committed)
APPLICATION = Workflow(
    "application",
    _S,
    (
        Transition("submit", "提交", (_S.DRAFT, _S.RETURNED), _S.SUBMITTED, _READY),
        Transition("withdraw", "撤回", (_S.SUBMITTED,), _S.DRAFT, (g.in_window,)),
        Transition("return", "退回修改", (_S.SUBMITTED,), _S.RETURNED, (g.says_what, g.review_open, g.correct_in_time)),
        # Not mended in time: what was submitted before stands, and the review goes on.
        Transition("lapse", "修改逾期", (_S.RETURNED,), _S.SUBMITTED, (g.correction_over,)),
    ),
)

WORKFLOWS: tuple[Workflow, ...] = (APPLICATION,)
