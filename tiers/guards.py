"""Conditions of the ladder's moves: each gives a reason, or None when it is satisfied."""

from datetime import date, datetime
from typing import Any

from portal.clock import beijing


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
