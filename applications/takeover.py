"""What an application can take over from what is on file: which answers, from where, and what became of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from portal.declared import Field, Form, Kind, Section, Value, Values, field_of, in_words, label_of

SectionsValues = Mapping[str, Values]


@dataclass(frozen=True)
class Source:
    """Something on file: its code, what it is called, and its answers under the form's own keys."""

    code: str
    label: str
    sections: SectionsValues


class Standing(StrEnum):
    """How an answer stands to what is on file."""

    NEW = "new"  # not answered yet
    CHANGED = "changed"  # taken over before, left as it was, and what is on file has changed since
    OWN = "own"  # written or changed by hand: differs from what is on file
    REMOVED = "removed"  # taken over before, and taken out again by hand
    SAME = "same"

    @property
    def label(self) -> str:
        """What a page says of it."""
        return {
            "new": "尚未填写",
            "changed": "来源已更新",
            "own": "已自行填写",
            "removed": "已自行删除",
            "same": "一致",
        }[self]

    @property
    def is_suggested(self) -> bool:
        """Taking it over overwrites nothing that somebody wrote."""
        return self in {Standing.NEW, Standing.CHANGED}


@dataclass(frozen=True)
class Offer:
    """An answer that could be taken over."""

    section: str
    key: str
    label: str
    source: Source
    value: Value
    shown: str
    present: str
    standing: Standing


def offers(
    form: Form, sources: Iterable[Source], answers: SectionsValues, taken: Mapping[str, Mapping[str, Any]]
) -> list[Offer]:
    """Everything on file that the form asks for, in its order; of several sources the first that knows speaks."""
    known = list(sources)
    return [offer for section in form.sections for offer in _of_section(section, known, answers, taken)]


def _of_section(
    section: Section, sources: list[Source], answers: SectionsValues, taken: Mapping[str, Mapping[str, Any]]
) -> Iterable[Offer]:
    said, before = answers.get(section.key, {}), taken.get(section.key, {})
    spoken: dict[str, tuple[Source, Value]] = {}
    for source in sources:
        for key, value in source.sections.get(section.key, {}).items():
            fitting = fitted(section, key, value)
            if fitting is not None and key not in spoken:
                spoken[key] = (source, fitting)
    order = {key: place for place, key in enumerate(section.fields)}
    for key in sorted(spoken, key=lambda key: (order[key.partition("[")[0]], key)):
        source, value = spoken[key]
        asked = field_of(section, key)
        yield Offer(
            section.key,
            key,
            label_of(section, key),
            source,
            value,
            in_words(asked, value),
            in_words(asked, said[key]) if said.get(key) else "",
            standing(value, said.get(key), before.get(key)),
        )


def fitted(section: Section, key: str, value: Value) -> Value | None:
    """The value as this form can hold it; None when it has no such field or no such choice."""
    asked = section.fields.get(key.partition("[")[0])
    if asked is None or not value or (asked.kind is Kind.ROWS) is not isinstance(value, dict):
        return None
    if isinstance(value, dict):
        cells = {column.key: value.get(column.key, "") for column in asked.columns}
        kept = {column.key: cells[column.key] for column in asked.columns if _is_choice(column, cells[column.key])}
        return {column.key: kept.get(column.key, "") for column in asked.columns} if any(kept.values()) else None
    return value if asked.kind is not Kind.FILES and (not isinstance(value, str) or _is_choice(asked, value)) else None


def _is_choice(asked: Field, value: str) -> bool:
    return asked.kind is not Kind.CHOICE or not value or value in dict(asked.choices)


def standing(offered: Value, answer: Value | None, taken: Mapping[str, Any] | None) -> Standing:
    """How an answer stands to what is offered for it."""
    if answer == offered:
        return Standing.SAME
    if not answer:
        return Standing.REMOVED if taken else Standing.NEW
    return Standing.CHANGED if taken and taken.get("value") == answer else Standing.OWN


def marks(taken: Mapping[str, Any], values: Values) -> dict[str, str]:
    """Where each answer was taken over from, as long as it still stands as it was taken: key → label of the source."""
    return {key: str(mark["label"]) for key, mark in taken.items() if values.get(key) == mark["value"]}
