"""Every move that a record of the ladder can make; who may make it is in rules.py."""

from portal.guards import says_why
from portal.workflow import Transition, Workflow
from tiers.states import FilingState

_F = FilingState
FILING = Workflow(
    "filing",
    _F,
    (
        Transition("confirm", "确认备案", (_F.FILED,), _F.CONFIRMED),
        Transition("return", "退回", (_F.FILED,), _F.RETURNED, (says_why,)),
        Transition("withdraw", "撤回", (_F.FILED,), _F.WITHDRAWN),
    ),
)

WORKFLOWS: tuple[Workflow, ...] = (FILING,)
