"""Conditions of an application's moves: each gives a reason, or None when it is satisfied."""

from datetime import datetime
from typing import Any

from applications.states import ApplicationState, Track
from tiers.rounds import Window, closed_reason, said
from tiers.selectors.rounds import city_extension_of, city_until, extension_of


def writing_closed(application: Any, at: datetime, until: datetime | None = None) -> str | None:
    """Why nothing may be written any more at an instant: the window, or the time set for a correction, is over.

    `until`: an own deadline granted to the enterprise, where the caller has looked for it already.
    """
    if application.state == ApplicationState.RETURNED:
        last = application.correct_until
        return None if at <= last else f"修改时限已于{said(last)}（北京时间）届满，不能再修改。"
    return window_closed(application, at, until)


def window_closed(application: Any, at: datetime, until: datetime | None = None) -> str | None:
    """Why the applicants' window is closed for this one; an own deadline granted to the enterprise counts."""
    round_ = application.round
    reason = closed_reason(round_.windows, Window.ENTERPRISE, at)
    if reason is None or at < round_.opens_at:
        return reason
    own = until or extension_of(round_, application.enterprise_id)
    return closed_reason(round_.windows, Window.ENTERPRISE, at, own)


def review_window(application: Any) -> Window:
    """Whose time runs for the review: the city's where the round has that step and the application goes through it."""
    by_city = application.track == Track.REGULAR and application.city_id and application.round.city_until
    return Window.CITY if by_city else Window.UNIT


def review_until(application: Any) -> datetime | None:
    """The last instant of the reviewer's own window."""
    if review_window(application) is Window.CITY:
        return city_until(application.round, application.city_id)
    return application.round.windows.until(Window.UNIT)


def in_time(application: Any, *, at: datetime, **_: Any) -> str | None:
    """What is written may still be written, and submitted."""
    return writing_closed(application, at)


def in_window(application: Any, *, at: datetime, **_: Any) -> str | None:
    """The applicants' window is open (82号 二(二)3)."""
    reason = window_closed(application, at)
    return reason and f"{reason}已提交的申报不能再撤回。"


def is_eligible(_application: Any, *, ineligible: int = 0, **_: Any) -> str | None:
    """No condition of the round stands against it (82号 二(一))."""
    return f"申报条件尚有{ineligible}条不符合或待说明，请在“申报条件”中逐条核对。" if ineligible else None


def is_complete(_application: Any, *, unfinished: int = 0, **_: Any) -> str | None:
    """Nothing is missing, nothing contradicts itself (82号 二(二)1)."""
    return f"检查发现{unfinished}处须补充或更正，请在“检查”页面逐项处理后再提交。" if unfinished else None


def is_committed(_application: Any, *, commitment: str = "", **_: Any) -> str | None:
    """The enterprise has made its commitments, by name and with proof of who it is (82号 二(二)1)."""
    return None if commitment else "请由企业管理员逐项确认承诺、填写姓名并再次验证身份。"


def is_current_form(application: Any, *, newest: int | None = None, **_: Any) -> str | None:
    """It is written under the newest revision of its form; what is returned is mended in the form it was sent in."""
    if newest is None or newest == application.book_id or application.state == ApplicationState.RETURNED:
        return None
    return "申报书格式已有更新，请先在任务列表中转入新格式，核对后再提交。"


def says_what(_application: Any, *, items: Any = (), **_: Any) -> str | None:
    """A return names at least one section or field, each with its reason."""
    if not items:
        return "请至少选择一处须修改的内容，并逐处写明理由。"
    return None if all(str(item.get("reason", "")).strip() for item in items) else "请为每一处须修改的内容写明理由。"


def review_open(application: Any, *, at: datetime, **_: Any) -> str | None:
    """The reviewer's own window is open; what the unit granted to a city counts."""
    window = review_window(application)
    own = city_extension_of(application.round, application.city_id) if window is Window.CITY else None
    return closed_reason(application.round.windows, window, at, own)


def correct_in_time(application: Any, *, at: datetime, until: datetime | None = None, **_: Any) -> str | None:
    """The time for the correction lies ahead, and not past the round's next deadline."""
    if until is None or until <= at:
        return "请填写修改时限，且须晚于现在。"
    last = review_until(application)
    if last and until > last:
        return f"修改时限不能晚于本批次下一环节的截止时间（{said(last)}）；确有需要的，由推荐单位另行延长。"
    return None


def correction_over(application: Any, *, at: datetime, **_: Any) -> str | None:
    """The time for the correction is over."""
    until = application.correct_until
    return None if until is None or at > until else f"修改时限尚未届满（{said(until)}）。"
