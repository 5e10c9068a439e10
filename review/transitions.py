"""Every move of a first review, of a sign-off and of a city's list; who may make it is in rules.py."""

from portal.workflow import Transition, Workflow
from review import guards as g
from review.states import (
    CandidateState,
    DispatchState,
    FirstReviewState,
    ListState,
    ObjectionState,
    PanelState,
    PublicityState,
    SeatState,
    SheetState,
    SignOffState,
    UnitListState,
    VisitState,
)

_F = FirstReviewState
_UNDECIDED, _DECIDED = (_F.OPEN, _F.RECONSIDERING), (_F.PASSED, _F.REJECTED)
FIRST_REVIEW = Workflow(
    "first_review",
    _F,
    (
        Transition("pass", "通过初审", _UNDECIDED, _F.PASSED, (g.is_reviewable, g.is_checked, g.by_another)),
        Transition("reject", "不予推荐", _UNDECIDED, _F.REJECTED, (g.is_reviewable, g.gives_reason, g.by_another)),
        Transition("reopen", "撤销初审结论", _DECIDED, _F.OPEN, (g.is_reviewable, g.gives_reason)),
        Transition("reconsider", "申请复核", (_F.REJECTED,), _F.RECONSIDERING, (g.is_reviewable, g.gives_reason)),
        # A new version was handed in: what was found about the former one is history.
        Transition("renew", "转入新版本", (_F.RECONSIDERING, *_DECIDED), _F.OPEN),
    ),
)

_S = SignOffState
_ANSWERABLE = (_S.ASKED, _S.AGREED, _S.DISAGREED, _S.TO_VERIFY)
SIGN_OFF = Workflow(
    "sign_off",
    _S,
    (
        Transition("agree", "同意", _ANSWERABLE, _S.AGREED, (g.is_answerable,)),
        Transition("disagree", "不同意", _ANSWERABLE, _S.DISAGREED, (g.is_answerable, g.gives_reason)),
        Transition("verify", "需核查", _ANSWERABLE, _S.TO_VERIFY, (g.is_answerable, g.gives_reason)),
        # On paper: recorded by the lead office, with who signed and when.
        Transition("record", "登记纸面会签", (_S.ASKED,), _S.AGREED, (g.is_answerable, g.gives_reason)),
        Transition("void", "作废", _ANSWERABLE, _S.VOID),
    ),
)

_L = ListState
_OPEN = (_L.DRAFTING, _L.RETURNED)
CITY_LIST = Workflow(
    "city_list",
    _L,
    (
        Transition("circulate", "送会签", _OPEN, _L.SIGNING, (g.in_list_time, g.is_listable)),
        Transition("reopen", "重新编制", (_L.SIGNING,), _L.DRAFTING),
        Transition("send", "报送", (_L.SIGNING,), _L.SENT, (g.in_list_time, g.is_sendable)),
        Transition("accept", "接收", (_L.SENT,), _L.ACCEPTED),
        Transition("return", "退回", (_L.SENT, _L.ACCEPTED), _L.RETURNED, (g.gives_reason, g.leaves_time)),
        Transition("lock", "到期锁定", (*_OPEN, _L.SIGNING), _L.LOCKED, (g.list_time_over,)),
        Transition("unlock", "延期解锁", (_L.LOCKED,), _L.DRAFTING, (g.in_list_time,)),
    ),
)

_C = CandidateState
CANDIDATE = Workflow(
    "candidate",
    _C,
    (
        Transition("accept", "受理", (_C.ARRIVED,), _C.ACCEPTED, (g.in_unit_time, g.is_explained)),
        Transition(
            "send_back", "退回市州", (_C.ARRIVED, _C.ACCEPTED), _C.SENT_BACK,
            (g.in_unit_time, g.gives_reason, g.is_unjudged),
        ),
        Transition("answer", "说明后重新报送", (_C.SENT_BACK,), _C.ARRIVED, (g.in_unit_time, g.gives_reason)),
        Transition("refuse", "不予受理", (_C.ARRIVED, _C.SENT_BACK), _C.REFUSED, (g.in_unit_time, g.gives_reason)),
        Transition("restore", "撤销不予受理", (_C.REFUSED,), _C.ARRIVED, (g.in_unit_time, g.gives_reason)),
        # Its list was returned as a whole, or its applicant took it back; and came again.
        Transition("recall", "随名单退回", (_C.ARRIVED, _C.ACCEPTED), _C.SENT_BACK, (g.is_unjudged,)),
        Transition("renew", "重新送达", (_C.SENT_BACK,), _C.ARRIVED),
    ),
)  # fmt: skip

_N = UnitListState
_UNISSUED = (_N.DRAFTING, _N.RETURNED)
UNIT_LIST = Workflow(
    "unit_list",
    _N,
    (
        Transition("circulate", "送会签", _UNISSUED, _N.SIGNING, (g.in_report_time, g.is_listable)),
        Transition("reopen", "重新编制", (_N.SIGNING,), _N.DRAFTING),
        Transition("send", "上报", (_N.SIGNING,), _N.SENT, (g.in_report_time, g.is_sendable)),
        Transition("give_back", "部级要求补正", (_N.SENT,), _N.RETURNED, (g.gives_reason,)),
    ),
)

# -- made public, sent up, decided -----------------------------------------------------------------------------------
_G = PublicityState
PUBLICITY = Workflow(
    "publicity",
    _G,
    (
        Transition("publish", "发布公示", (_G.DRAFT,), _G.PUBLISHED, (g.begins_ahead, g.is_announceable)),
        Transition("withdraw", "撤回公示", (_G.PUBLISHED,), _G.WITHDRAWN, (g.gives_reason,)),
    ),
)

_O = ObjectionState
OBJECTION = Workflow(
    "objection",
    _O,
    (
        Transition("accept", "受理", (_O.LODGED,), _O.HANDLING, (g.leaves_days,)),
        Transition("refuse", "不予受理", (_O.LODGED,), _O.REFUSED, (g.gives_reason,)),
        Transition("uphold", "异议成立", (_O.HANDLING,), _O.UPHELD, (g.gives_finding,)),
        Transition("dismiss", "异议不成立", (_O.HANDLING,), _O.DISMISSED, (g.gives_finding,)),
    ),
)

_D = DispatchState
DISPATCH = Workflow(
    "dispatch",
    _D,
    (
        Transition("receive", "接收", (_D.SENT,), _D.RECEIVED),
        Transition("ask", "要求补正", (_D.RECEIVED,), _D.SUPPLEMENTING, (g.says_what_is_asked, g.leaves_days)),
        # Answered by a new version, which takes its place.
        Transition("supersede", "由新版本代替", (_D.SUPPLEMENTING,), _D.SUPERSEDED),
        Transition("decide", "公布结果", (_D.RECEIVED, _D.SUPPLEMENTING), _D.DECIDED, (g.is_decided_whole,)),
    ),
)

CONCLUDING = (PUBLICITY, OBJECTION, DISPATCH)

# -- experts ---------------------------------------------------------------------------------------------------------
_P = PanelState
PANEL = Workflow(
    "panel",
    _P,
    (
        Transition("start", "开始评分", (_P.FORMING,), _P.SCORING, (g.in_unit_time, g.is_manned)),
        Transition("open", "开放互看", (_P.SCORING,), _P.OPENED, (g.in_unit_time, g.is_scored)),
        Transition("reseal", "恢复独立评分", (_P.OPENED,), _P.SCORING, (g.in_unit_time, g.gives_reason)),
        Transition("close", "结束评审", (_P.OPENED,), _P.CLOSED),
        Transition("resume", "恢复评审", (_P.CLOSED,), _P.OPENED, (g.in_unit_time, g.gives_reason)),
    ),
)

_E = SeatState
SEAT = Workflow(
    "seat",
    _E,
    (
        Transition("consent", "同意", (_E.INVITED,), _E.CONSENTED),
        Transition("decline", "谢绝", (_E.INVITED,), _E.DECLINED),
        Transition("release", "退出", (_E.INVITED, _E.CONSENTED), _E.RELEASED, (g.gives_reason,)),
        Transition("invite", "再次邀请", (_E.DECLINED, _E.RELEASED), _E.INVITED),
    ),
)

_H = SheetState
SHEET = Workflow(
    "sheet",
    _H,
    (
        Transition("declare", "声明无利害关系", (_H.ASSIGNED,), _H.OPEN, (g.is_in_scoring,)),
        Transition("sign", "签署", (_H.OPEN,), _H.SIGNED, (g.is_in_scoring, g.is_complete, g.is_proved)),
        Transition("reopen", "退回重评", (_H.SIGNED,), _H.OPEN, (g.is_in_scoring, g.gives_reason)),
        Transition("recuse", "回避", (_H.ASSIGNED, _H.OPEN, _H.SIGNED), _H.RECUSED, (g.is_running, g.gives_reason)),
        Transition("release", "撤换", (_H.ASSIGNED, _H.OPEN), _H.RELEASED, (g.gives_reason,)),
        Transition("assign", "重新分配", (_H.RELEASED,), _H.ASSIGNED, (g.is_in_scoring, g.gives_reason)),
    ),
)

_V = VisitState
VISIT = Workflow(
    "visit",
    _V,
    (
        Transition("finish", "完成核查", (_V.PLANNED,), _V.DONE, (g.is_concluded,)),
        Transition("cancel", "取消", (_V.PLANNED,), _V.CANCELLED, (g.gives_reason,)),
    ),
)
JUDGING = (PANEL, SEAT, SHEET, VISIT)

WORKFLOWS = (FIRST_REVIEW, SIGN_OFF, CITY_LIST, CANDIDATE, UNIT_LIST, *JUDGING, *CONCLUDING)
