"""Every move that a record of the ladder can make; who may make it is in rules.py."""

from portal.guards import says_why
from portal.workflow import Transition, Workflow
from tiers.guards import decided_by_now, names_document
from tiers.states import FilingState, RecognitionState

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

_S = RecognitionState
RECOGNITION = Workflow(
    "recognition",
    _S,
    (
        Transition("review", "复核", (_S.VALID,), _S.UNDER_REVIEW, (says_why,)),
        Transition("restore", "恢复", (_S.UNDER_REVIEW,), _S.VALID, (says_why,)),
        Transition(
            "revoke", "撤销", (_S.VALID, _S.UNDER_REVIEW), _S.REVOKED, (says_why, names_document, decided_by_now)
        ),
    ),
)

WORKFLOWS: tuple[Workflow, ...] = (FILING, RECOGNITION)
