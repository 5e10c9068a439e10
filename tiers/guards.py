"""Conditions of the ladder's moves: each gives a reason, or None when it is satisfied."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from portal.clock import beijing
from tiers.rounds import Window, closed_reason, order_reasons, said
from tiers.states import RoundState
from tiers.terms import Decider, missing


def names_document(_obj: Any, *, document: str = "", **_: Any) -> str | None:
    """The act names the document (文号) by which it was decided."""
    return None if document.strip() else "请填写作出该决定的文件文号。"


def decided_by_now(recognition: Any, *, at: datetime, on: date | None = None, **_: Any) -> str | None:
    """The day of the decision is given, is not before the title's year and not after today, in Beijing."""
    if on is None:
        return "请填写撤销日期。"
    if on > beijing(at).date():
        return "撤销日期不能晚于今天。"
    if on.year < recognition.year:
        return f"撤销日期不能早于该荣誉的年度（{recognition.year}年）。"
    return None


def is_complete(round_: Any, **_: Any) -> str | None:
    """The round's terms lack nothing, its windows are in order."""
    return " ".join([*missing(round_.value), *order_reasons(round_.windows)]) or None


def is_ahead(round_: Any, *, at: datetime, **_: Any) -> str | None:
    """The applicants' deadline lies ahead."""
    until = round_.enterprise_until
    return None if at < until else f"企业申报截止时间（{said(until)}）已过，请调整期限后再发布。"


def not_opened(round_: Any, *, at: datetime, **_: Any) -> str | None:
    """The round has not opened yet."""
    return None if at < round_.opens_at else "本批次已开始受理，不能退回草拟；需要调整期限的，请办理期限调整。"


def has_opened(round_: Any, *, at: datetime, **_: Any) -> str | None:
    """The round's first instant has come."""
    return None if at >= round_.opens_at else f"尚未到开始受理的时间（{said(round_.opens_at)}）。"


def has_cities(round_: Any, **_: Any) -> str | None:
    """Cities review first in this round."""
    return None if round_.city_until else "本推荐单位不设市州初审。"


def applicants_done(round_: Any, *, at: datetime, **_: Any) -> str | None:
    """The applicants' deadline has passed."""
    until = round_.enterprise_until
    return None if at > until else f"企业申报尚未截止（{said(until)}）。"


def cities_done(round_: Any, *, at: datetime, **_: Any) -> str | None:
    """The cities' deadline has passed; without cities, the applicants'."""
    until = round_.city_until or round_.enterprise_until
    return None if at > until else f"市州初审尚未截止（{said(until)}）。"


def applicants_open(round_: Any, *, at: datetime, **_: Any) -> str | None:
    """The applicants' window is open."""
    return closed_reason(round_.windows, Window.ENTERPRISE, at)


def cities_open(round_: Any, *, at: datetime, **_: Any) -> str | None:
    """The cities' window is open."""
    return closed_reason(round_.windows, Window.CITY, at)


def publicity_over(round_: Any, *, at: datetime, **_: Any) -> str | None:
    """The days of publicity are over; where none are asked for, there need not have been any."""
    if round_.state == RoundState.EXPERT_REVIEW:
        days = round_.publicity_days
        return f"本批次须公示{days}个工作日，公示期满后方可办理。" if days else None
    if round_.state != RoundState.PUBLICITY or not round_.publicity_until or at > round_.publicity_until:
        return None
    return f"公示尚未期满（{said(round_.publicity_until)}）。"


def nothing_lacking(_round: Any, *, lacking: Sequence[str] = (), **_: Any) -> str | None:
    """Nothing is left undone of what the higher apps know of: publicity, objections, results."""
    return " ".join(lacking) or None


def decided_above(round_: Any, **_: Any) -> str | None:
    """The ministries decide at the end."""
    if round_.value.decider is Decider.MINISTRY:
        return None
    return "本批次由推荐单位认定，无需上报，公示期满后即可结束。"


def reported_if_need_be(round_: Any, **_: Any) -> str | None:
    """What the ministries decide has been reported to them."""
    if round_.state == RoundState.REPORTING or round_.value.decider is Decider.UNIT:
        return None
    return "本批次由国家部委评审认定，请先上报。"
