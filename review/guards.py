"""Conditions of the review's moves: each gives a reason, or None when it is satisfied."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from applications.guards import review_open
from applications.states import ApplicationState
from review.states import GONE_UP, FirstReviewState, ListState, PanelState, UnitListState
from tiers.rounds import Window, closed_reason, said
from tiers.selectors.rounds import city_extension_of
from tiers.states import RoundState

# What a reviewer answers before an application may pass (82号 二(三)1: 真实性、完整性; what the notice asks beside).
CHECKLIST = (
    ("eligible", "申报条件", "逐条核对申报条件，证明材料与核对结果相符。"),
    ("complete", "完整性", "申报书各部分和附件齐全，内容充分。"),
    ("consistent", "一致性", "前后内容、数据与附件一致，平台提示的疑点已核实。"),
    ("true", "真实性", "主要事实、数据和成效真实可信，必要时已作核实。"),
)
ANSWERS = {"yes": "符合", "no": "不符合"}


def is_reviewable(review: Any, *, at: datetime, **_: Any) -> str | None:
    """The application lies there to be reviewed, in the version that was looked at, and there is time."""
    application = review.application
    if application.state != ApplicationState.SUBMITTED:
        return "该申报当前不在审核中（已撤回或退回修改），不能办理初审。"
    if review.version != application.version:
        return f"企业已提交第{application.version}版，请按新版本审核。"
    return review_open(application, at=at)


def list_fixed(city_list: Any) -> str | None:
    """Why what stands on a city's list can't change now, or None; None too when there is no list yet."""
    if city_list is None or city_list.state not in {*GONE_UP, ListState.LOCKED}:
        return None
    if city_list.state == ListState.LOCKED:
        return "推荐名单已到期锁定，不能再改动；确需补报的，由省级主管部门延期后办理。"
    return "推荐名单已报送省级，不能再改动；确需调整的，由省级退回后办理。"


def is_checked(_review: Any, *, checklist: Any = None, **_: Any) -> str | None:
    """Every point of the checklist is found to be in order."""
    answers = checklist or {}
    missing = [label for key, label, _ in CHECKLIST if answers.get(key, {}).get("answer") != "yes"]
    return f"审核要点尚未全部核对为“符合”：{'、'.join(missing)}。" if missing else None


def gives_reason(_row: Any, *, reason: str = "", **_: Any) -> str | None:
    """There is a reason, in words."""
    return None if reason.strip() else "请写明理由。"


def by_another(review: Any, *, actor: Any, **_: Any) -> str | None:
    """What is reconsidered is decided by somebody else than the first time."""
    if review.state == FirstReviewState.RECONSIDERING and review.decided_by_id == getattr(actor.user, "pk", None):
        return "复核须由原初审人以外的人员办理。"
    return None


def is_answerable(sign_off: Any, *, at: datetime, **_: Any) -> str | None:
    """What was asked is still open: the list has not gone up, and its time has not run out."""
    if sign_off.unit_issue_id is not None:
        return _unit_answerable(sign_off.unit_issue, at)
    if sign_off.issue_id is None:
        return review_open(sign_off.application, at=at)
    city_list = sign_off.issue.city_list
    if city_list.state != ListState.SIGNING or city_list.issued != sign_off.issue.version:
        return "该名单已不在会签中，意见不能再修改。"
    return in_list_time(city_list, at=at)


def _unit_answerable(issue: Any, at: datetime) -> str | None:
    unit_list = issue.unit_list
    if unit_list.state != UnitListState.SIGNING or unit_list.issued != issue.version:
        return "该名单已不在会签中，意见不能再修改。"
    return in_report_time(unit_list, at=at)


def in_list_time(city_list: Any, *, at: datetime, **_: Any) -> str | None:
    """The city's time has not run out, one granted to it by the unit counted (82号 二(三)3)."""
    round_ = city_list.round
    return closed_reason(round_.windows, Window.CITY, at, city_extension_of(round_, city_list.city_id))


def list_time_over(city_list: Any, *, at: datetime, **_: Any) -> str | None:
    """The city's time has run out."""
    return None if in_list_time(city_list, at=at) else "报送时间尚未截止，不能锁定。"


def is_listable(_city_list: Any, *, lacking: Sequence[str] = (), **_: Any) -> Sequence[str]:
    """There is an order, and everything before it is decided."""
    return lacking


def is_sendable(_city_list: Any, *, lacking: Sequence[str] = (), **_: Any) -> Sequence[str]:
    """All is decided, signed, arrived on paper and sealed."""
    return lacking


def leaves_time(city_list: Any, *, at: datetime, until: datetime | None = None, **_: Any) -> str | None:
    """Whoever gets a list back has time to send it again: the window's, or what is granted with the return."""
    shut = in_list_time(city_list, at=at)
    if until is None:
        return f"{shut}退回的同时请给予新的报送时限。" if shut else None
    if until <= at:
        return "新的报送时限须晚于现在。"
    last = city_list.round.unit_until
    return f"新的报送时限不能晚于审核推荐截止时间（{said(last)}）。" if until > last else None


# -- the unit --------------------------------------------------------------------------------------------------------
def in_unit_time(row: Any, *, at: datetime, **_: Any) -> str | None:
    """The round is still being judged, and the unit's own time has not run out (399号 二(二)3)."""
    if row.round.state in {RoundState.REPORTING, RoundState.FINISHED}:
        return f"本批次{row.round.get_state_display()}，受理、评分和核查的内容不能再变动。"
    return closed_reason(row.round.windows, Window.UNIT, at)


def in_report_time(unit_list: Any, *, at: datetime, **_: Any) -> str | None:
    """The unit's own time has not run out, or the ministry gave it more to supplement what it sent."""
    until = unit_list.supplement_until
    if until is None:
        return in_unit_time(unit_list, at=at)
    if unit_list.round.state == RoundState.FINISHED:
        return "本批次已结束，不能再上报。"
    if at <= unit_list.round.unit_until:
        return None
    return None if at <= until else f"部级补正时限已于{said(until)}（北京时间）截止，请与部级联系。"


def is_explained(_candidate: Any, *, warnings: Sequence[str] = (), reason: str = "", **_: Any) -> str | None:
    """What the portal pointed out has been looked at, in words."""
    if not warnings or reason.strip():
        return None
    return f"存在需核实的情形：{'；'.join(warnings)}。予以受理的，请写明核实情况。"


def is_unjudged(_candidate: Any, *, judged: Sequence[str] = (), **_: Any) -> Sequence[str]:
    """Nobody has begun to judge it: no sheet, no visit, no place."""
    return judged


# -- made public, sent up, decided -----------------------------------------------------------------------------------
def begins_ahead(publicity: Any, *, at: datetime, **_: Any) -> str | None:
    """What is published begins now or later: nobody is told that days have passed on which nobody could read it."""
    return (
        None if publicity.begins_at is None or publicity.begins_at >= at else "公示开始时间已过，请调整为现在或以后。"
    )


def is_announceable(_publicity: Any, *, lacking: Sequence[str] = (), **_: Any) -> Sequence[str]:
    """The round is judged, and the list says what the recommendations say now."""
    return lacking


def leaves_days(_row: Any, *, at: datetime, due_at: datetime | None = None, **_: Any) -> str | None:
    """Whoever has to act is given time."""
    return None if due_at is not None and due_at > at else "办理时限须晚于现在。"


def gives_finding(_objection: Any, *, finding: str = "", **_: Any) -> str | None:
    """What was found is said in words."""
    return None if finding.strip() else "请写明核查结论。"


def says_what_is_asked(_dispatch: Any, *, asked: Sequence[Any] = (), **_: Any) -> str | None:
    """At least one entry, or the whole, is asked about in words."""
    return None if asked else "请写明需要补正的内容。"


def is_decided_whole(_dispatch: Any, *, undecided: Sequence[str] = (), **_: Any) -> str | None:
    """Every entry has its result."""
    return f"以下项目尚无结果：{'、'.join(undecided)}。" if undecided else None


# -- experts ---------------------------------------------------------------------------------------------------------
def is_manned(_panel: Any, *, lacking: Sequence[str] = (), **_: Any) -> Sequence[str]:
    """There is a chair, there are experts who consented, and everybody is given what they judge."""
    return lacking


def is_scored(_panel: Any, *, lacking: Sequence[str] = (), **_: Any) -> Sequence[str]:
    """Every sheet of the panel is signed."""
    return lacking


def is_in_scoring(sheet: Any, *, at: datetime, **_: Any) -> str | None:
    """Its panel is scoring, each for themselves, and the unit's time has not run out."""
    if sheet.panel.state == PanelState.FORMING:
        return "该评审组尚未开始评分。"
    if sheet.panel.state != PanelState.SCORING:
        return "该评审组已开放互看或已结束，评分表不能再变动；确需变动的，由省级经办先恢复独立评分。"
    return in_unit_time(sheet.panel, at=at)


def is_running(sheet: Any, **_: Any) -> str | None:
    """Its panel has not done its work yet."""
    return "该评审组已结束评审。" if sheet.panel.state == PanelState.CLOSED else None


def is_complete(_sheet: Any, *, lacking: Sequence[str] = (), **_: Any) -> Sequence[str]:
    """Every line is scored within its bounds, the extremes are explained, there is an opinion."""
    return lacking


def is_proved(_sheet: Any, *, proved_by: str = "", **_: Any) -> str | None:
    """Whoever signs has shown their second factor again."""
    return None if proved_by == "second_factor" else "签署评分表须再次验证动态口令。"


def is_concluded(_visit: Any, *, lacking: Sequence[str] = (), **_: Any) -> Sequence[str]:
    """Every line of the checklist has a finding, and the visit a conclusion."""
    return lacking
