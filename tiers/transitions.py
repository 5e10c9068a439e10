"""Every move that a record of the ladder can make; who may make it is in rules.py."""

from portal.guards import says_why
from portal.workflow import Transition, Workflow
from tiers import guards as g
from tiers.guards import decided_by_now, names_document
from tiers.states import AnnouncementState, FilingState, RecognitionState, RoundState

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

_R = RoundState
_REVIEW = (_R.FIRST_REVIEW, _R.EXPERT_REVIEW)
ROUND = Workflow(
    "round",
    _R,
    (
        Transition("publish", "发布", (_R.DRAFT,), _R.PUBLISHED, (g.is_complete, g.is_ahead)),
        Transition("retract", "退回草拟", (_R.PUBLISHED,), _R.DRAFT, (g.not_opened,)),
        Transition("accept", "开始受理", (_R.PUBLISHED,), _R.ACCEPTING, (g.has_opened,)),
        Transition(
            "begin_first_review", "转入初审", (_R.ACCEPTING,), _R.FIRST_REVIEW, (g.has_cities, g.applicants_done)
        ),
        # A unit without cities goes straight from applications to its experts.
        Transition("begin_review", "转入评审", (_R.ACCEPTING, _R.FIRST_REVIEW), _R.EXPERT_REVIEW, (g.cities_done,)),
        # Back, when a deadline is moved to a later day after it had passed.
        Transition("reopen", "恢复受理", _REVIEW, _R.ACCEPTING, (g.applicants_open,)),
        Transition("return_to_cities", "恢复初审", (_R.EXPERT_REVIEW,), _R.FIRST_REVIEW, (g.cities_open,)),
        Transition("announce", "开始公示", (_R.EXPERT_REVIEW,), _R.PUBLICITY),
        # Straight from the experts where no days of publicity are asked for (2024).
        Transition(
            "report",
            "上报",
            (_R.EXPERT_REVIEW, _R.PUBLICITY),
            _R.REPORTING,
            (g.decided_above, g.publicity_over, g.nothing_lacking),
        ),
        Transition(
            "finish",
            "结束",
            (_R.EXPERT_REVIEW, _R.PUBLICITY, _R.REPORTING),
            _R.FINISHED,
            (g.reported_if_need_be, g.publicity_over, g.nothing_lacking),
        ),
    ),
)

_A = AnnouncementState
ANNOUNCEMENT = Workflow(
    "announcement",
    _A,
    (
        Transition("publish", "发布", (_A.DRAFT,), _A.PUBLISHED),
        Transition("withdraw", "撤回", (_A.PUBLISHED,), _A.WITHDRAWN, (says_why,)),
    ),
)

WORKFLOWS: tuple[Workflow, ...] = (FILING, RECOGNITION, ROUND, ANNOUNCEMENT)
