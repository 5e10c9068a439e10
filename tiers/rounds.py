"""Windows and quotas of a round: each rule gives a reason, or None; and what falls due at an instant.

A window is open while opens_at <= at <= until: the stored instant is the last that still counts. "11月22日前" is read
as up to and including 2024-11-22 23:59:59 Asia/Shanghai; one microsecond later is too late (82号 二(二)3).
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from portal import clock
from tiers.states import RoundState as S
from tiers.workdays import Calendar, is_working, latest_start, weekday


class Window(StrEnum):
    """Whose time runs: each floor acts from the round's opening until its own deadline."""

    ENTERPRISE = "enterprise"
    CITY = "city"
    UNIT = "unit"

    @property
    def label(self) -> str:
        """What ends with it."""
        return {"enterprise": "企业申报", "city": "市州初审报送", "unit": "审核推荐"}[self]


@dataclass(frozen=True)
class Windows:
    """The dates of a round. `city_until` is None for a unit without cities, `ministry_until` when not announced."""

    opens_at: datetime
    enterprise_until: datetime
    city_until: datetime | None
    unit_until: datetime
    ministry_until: datetime | None = None

    def until(self, window: Window) -> datetime | None:
        """The window's last instant."""
        return {
            Window.ENTERPRISE: self.enterprise_until,
            Window.CITY: self.city_until,
            Window.UNIT: self.unit_until,
        }[window]

    def shifted(self, days: int) -> "Windows":
        """The same times of day, so many days later: Beijing's clock is never put forward or back."""
        values = {f.name: getattr(self, f.name) for f in fields(self)}
        return Windows(**{name: at and at + timedelta(days=days) for name, at in values.items()})


LABELS = {
    "opens_at": "开始受理",
    "enterprise_until": "企业申报截止",
    "city_until": "市州报送截止",
    "unit_until": "审核推荐截止",
    "ministry_until": "国家评审截止",
}


def said(at: datetime) -> str:
    """An instant in words, on Beijing's clock; the second stands there, because the deadline turns on it."""
    local = clock.beijing(at)
    return f"{local.year}年{local.month}月{local.day}日 {local:%H:%M:%S}"


def order_reasons(windows: Windows) -> list[str]:
    """One sentence for each window that ends before the one it waits for; the database holds the same."""
    steps = [(name, at) for name in LABELS if (at := getattr(windows, name)) is not None]
    reasons = []
    for (first, before), (second, after) in pairwise(steps):
        if after < before or (first == "opens_at" and after == before):
            reasons.append(f"“{LABELS[second]}”（{said(after)}）不能早于“{LABELS[first]}”（{said(before)}），请调整。")
    return reasons


def closed_reason(windows: Windows, window: Window, at: datetime, extension: datetime | None = None) -> str | None:
    """Why this window is closed at an instant, or None; `extension` is an applicant's or a city's own deadline."""
    until = windows.until(window)
    if until is None:
        return "本推荐单位不设市州初审。"
    if at < windows.opens_at:
        return f"{window.label}尚未开始，将于{said(windows.opens_at)}（北京时间）开放。"
    if extension is not None and window is not Window.UNIT:
        until = max(until, extension)
    if at > until:
        return f"{window.label}已于{said(until)}（北京时间）截止，逾期无法受理。"
    return None


def quota_reason(quota: int | None, taken: int) -> str | None:
    """Why one more can't be recommended when so many are within the quota already, or None."""
    if quota is not None and taken >= quota:
        return f"本批次推荐名额为{quota}家，已推荐{taken}家，名额已满；请先撤回其他推荐。"
    return None


def new_quota_reason(quota: int | None, taken: int) -> str | None:
    """Why the quota can't become this when so many are recommended within it already, or None."""
    if quota is not None and quota < taken:
        return f"已推荐{taken}家，推荐名额不能少于该数；请先撤回部分推荐。"
    return None


def countdown(until: datetime, at: datetime) -> str:
    """What remains, in the words that the page's clock uses."""
    if at > until:
        return "已截止"
    minutes = int((until - at).total_seconds() // 60)
    days, hours = minutes // 1440, minutes % 1440 // 60
    if days:
        return f"还剩 {days} 天 {hours} 小时"
    if hours:
        return f"还剩 {hours} 小时 {minutes % 60} 分"
    return f"还剩 {minutes} 分钟" if minutes else "还剩不到 1 分钟"


def day_hints(windows: Windows, calendar: Calendar) -> list[str]:
    """A sentence for each date that falls on a day off: not wrong, but worth a second look."""
    hints = []
    for name, label in LABELS.items():
        at = getattr(windows, name)
        if at is not None and not is_working(day := clock.beijing(at).date(), calendar):
            hints.append(f"“{label}”{day.year}年{day.month}月{day.day}日是{weekday(day)}，为非工作日。")
    return hints


def publicity_hint(windows: Windows, publicity_days: int, calendar: Calendar) -> str | None:
    """When publicity has to begin for the report to be in time, if that is before the work it follows is done."""
    if not publicity_days:
        return None
    start = latest_start(clock.beijing(windows.unit_until).date(), publicity_days, calendar)
    ready = clock.beijing(windows.city_until or windows.enterprise_until).date()
    if start > ready:
        return None
    return (
        f"公示{publicity_days}个工作日须最迟于{start.month}月{start.day}日开始，方能在审核推荐截止前期满；"
        f"该日不晚于前一环节的截止日（{ready.month}月{ready.day}日），评审时间不足。"
    )


# -- what falls due ---------------------------------------------------------------------------------------------------
def step_due(state: str, windows: Windows, at: datetime) -> tuple[str, datetime] | None:
    """The move that time alone brings about, and since when it has been due; None when none is."""
    if state == S.PUBLISHED and at >= windows.opens_at:
        return "accept", windows.opens_at
    if state == S.ACCEPTING and at > windows.enterprise_until:
        return ("begin_first_review" if windows.city_until else "begin_review"), windows.enterprise_until
    if state == S.FIRST_REVIEW and at > (windows.city_until or windows.enterprise_until):
        return "begin_review", windows.city_until or windows.enterprise_until
    return None


@dataclass(frozen=True, order=True)
class Reminder:
    """One reminder that has fallen due; `passed` says that it is not to be sent any more."""

    due_at: datetime
    window: Window
    hours: int
    passed: bool = False

    @property
    def kind(self) -> str:
        """What it is kept under, so that it happens once."""
        return f"remind_{self.window}_{self.hours}h"


def reminders_due(
    windows: Windows, hours: Iterable[int], at: datetime, done: Collection[tuple[str, datetime]]
) -> list[Reminder]:
    """The reminders that fell due and are not `done` yet, (kind, due_at) each.

    Of several for one window only the latest is to be sent; none before the opening, and none once the window ended.
    """
    found = []
    for window in Window:
        until = windows.until(window)
        if until is None:
            continue
        due = sorted(
            Reminder(until - timedelta(hours=h), window, h)
            for h in hours
            if windows.opens_at < until - timedelta(hours=h) <= at
        )
        for place, reminder in enumerate(due, start=1):
            if (reminder.kind, reminder.due_at) not in done:
                passed = at > until or place < len(due)
                found.append(Reminder(reminder.due_at, window, reminder.hours, passed))
    return found


def end_of(day: date) -> datetime:
    """The last second of a day on Beijing's clock: what "…日前" is read as."""
    return datetime(day.year, day.month, day.day, 23, 59, 59, tzinfo=clock.BEIJING)
