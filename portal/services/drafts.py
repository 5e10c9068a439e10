"""Saving a section of a declared form while several people write: only what two of them changed clashes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from portal import clock
from portal.actors import Actor
from portal.compiled import updated
from portal.declared import Section, Unkeepable, Value, field_of, in_words, label_of, read
from portal.errors import Refused, Stale
from portal.models import DraftSection

MOST_ANSWERS = 1_000


@dataclass(frozen=True)
class Saved:
    """What became of a save: the version now, what was changed by it, and what others had changed before."""

    version: int
    changed: tuple[str, ...]
    others: dict[str, Value | None]


def write_answers(
    row: DraftSection, section: Section, changes: Mapping[str, Any], *, version: int, actor: Actor
) -> Saved:
    """Write changed answers into a section, whose row the caller has locked. `version`: what the writer had seen.

    Answers that others changed since are kept and handed back. Raises Stale where both changed the same one,
    Refused, and Unreadable for what the form can't have asked.
    """
    if version > row.version:
        raise Refused("页面内容与服务器不符，请刷新页面后再填写。")
    try:
        wanted = read(section, changes)
    except Unkeepable as error:
        raise Refused(str(error)) from error
    different = {key: value for key, value in wanted.items() if (row.answers.get(key) or None) != (value or None)}
    clashing = [key for key in different if row.versions.get(key, 0) > version]
    if clashing:
        raise _stale(row, section, {key: different[key] for key in clashing})
    others = {key: row.answers.get(key) for key, since in row.versions.items() if since > version}
    if different:
        _put(row, different, actor)
    return Saved(row.version, tuple(different), others)


def _put(row: DraftSection, different: Mapping[str, Value | None], actor: Actor) -> None:
    row.version += 1
    for key, value in different.items():
        row.versions[key] = row.version
        if value:
            row.answers[key] = value
        else:
            row.answers.pop(key, None)
    if len(row.answers) > MOST_ANSWERS:
        raise Refused("本节内容过多，请删减行数后再保存。")
    row.saved_at, row.saved_by = clock.now(), actor.user
    updated(row, "answers", "versions", "version", "saved_at", "saved_by")


def _stale(row: DraftSection, section: Section, mine: Mapping[str, Value | None]) -> Stale:
    conflicts = [
        {
            "key": key,
            "label": label_of(section, key),
            "mine": in_words(field_of(section, key), value),
            "theirs": in_words(field_of(section, key), row.answers.get(key)),
            "mine_value": value,
            "theirs_value": row.answers.get(key),
        }
        for key, value in mine.items()
    ]
    who = row.saved_by.name if row.saved_by else "其他人员"
    when = clock.beijing(row.saved_at).strftime("%H:%M") if row.saved_at else ""
    reason = f"{who}已于{when}修改了相同内容，请逐项选择保留哪一个版本。"
    return Stale(reason, version=row.version, conflicts=conflicts)
