"""Answers written under one form, opened under another: what fits is kept, what doesn't is handed back, never lost."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from portal import richtext
from portal.declared.fields import Field, Form, Kind, Value, Values
from portal.declared.reading import day, number, row_key, rows_of
from portal.declared.saying import in_words

_TEXTS = frozenset({Kind.TEXT, Kind.LONG, Kind.RICH})
_NOTHING: Mapping[str, Sequence[str]] = {}


@dataclass(frozen=True)
class Lost:
    """An answer that has no place in the newer form: where it stood, what it was called, what was said."""

    section: str
    label: str
    text: str


@dataclass(frozen=True)
class Carried:
    """Answers as the newer form takes them, by section, and what it had no place for, in the old form's order."""

    answers: dict[str, dict[str, Value]]
    lost: tuple[Lost, ...] = ()


def carried(
    old: Form, new: Form, answers: Mapping[str, Values], files: Mapping[str, Sequence[str]] = _NOTHING
) -> Carried:
    """Answers given under `old`, under `new`. A question is the same where its key is, in whichever section it stands.

    `files`: names of the files by the key of their field; those whose field is gone are handed back by name.
    """
    places = {key: section for section in new.sections for key in section.fields}
    kept: dict[str, dict[str, Value]] = {section.key: {} for section in new.sections}
    lost: list[Lost] = []
    for section in old.sections:
        values = answers.get(section.key, {})
        for asked in section.fields.values():
            home = places.get(asked.key)
            wanted = home.fields[asked.key] if home else None
            found = _rows(asked, wanted, values) if asked.kind is Kind.ROWS else _plain(asked, wanted, values)
            for key, value, label, text in found:
                if home and value:
                    kept[home.key][key] = value
                if text:
                    lost.append(Lost(section.title, label, text))
            if files.get(asked.key) and (wanted is None or wanted.kind is not asked.kind):
                lost.append(Lost(section.title, asked.label, "、".join(files[asked.key])))
        lost += _unasked(section.title, set(section.fields), values)
    for key in sorted(set(answers) - {section.key for section in old.sections}):
        lost += _unasked(key, set(), answers[key])
    return Carried(kept, tuple(lost))


def _plain(asked: Field, wanted: Field | None, values: Values) -> Iterator[tuple[str, Value, str, str]]:
    """Key, what is kept, label, what is handed back: of one question that is no table."""
    value = values.get(asked.key)
    if not value:
        return
    if wanted is not None and _fits(asked, wanted, value):
        yield asked.key, value, asked.label, ""
    else:
        yield asked.key, "", asked.label, in_words(asked, value)


def _rows(asked: Field, wanted: Field | None, values: Values) -> Iterator[tuple[str, Value, str, str]]:
    """The same of a table: a row is kept with the cells that fit; the others are handed back one by one."""
    columns = {c.key: c for c in wanted.columns} if wanted is not None and wanted.kind is Kind.ROWS else {}
    for place, (row, cells) in enumerate(rows_of(values, asked.key).items(), start=1):
        key, label = row_key(asked.key, row), f"{asked.label}第{place}项"
        if not columns:
            yield key, "", label, in_words(asked, cells)
            continue
        kept = dict.fromkeys(columns, "")
        for column in asked.columns:
            if not (text := cells.get(column.key, "")):
                continue
            if column.key in columns and _fits(column, columns[column.key], text):
                kept[column.key] = text
            else:
                yield key, "", f"{label}·{column.label}", in_words(column, text)
        if any(kept.values()):
            yield key, kept, label, ""


def _fits(old: Field, new: Field, value: Value) -> bool:
    """Whether an answer to one question answers the other. One that is too long does: it is shown as too long."""
    if not isinstance(value, str):
        return old.kind is new.kind and old.picks == new.picks
    if new.kind is Kind.NUMBER:
        return old.unit == new.unit if old.kind is Kind.NUMBER else number(value) is not None
    if new.kind is Kind.DATE:
        return old.kind is Kind.DATE or day(value) is not None
    if new.kind is Kind.CHOICE:
        return old.kind is Kind.CHOICE and _option(old, value) == _option(new, value) != ""
    if new.kind in _TEXTS:
        return _reads(old, new, value)
    return old.kind is new.kind


def _option(asked: Field, value: str) -> str:
    """What a choice is called; empty when there is none: the same code may come to mean something else."""
    return dict(asked.choices).get(value, "")


def _reads(old: Field, new: Field, value: str) -> bool:
    """Whether an answer reads the same as a text of the new kind: nothing of its shape or its unit goes."""
    if old.kind is Kind.RICH and new.kind is not Kind.RICH:
        return all(block.kind == "paragraph" for block in richtext.parse(value)) and _is_short(new, value)
    if old.kind in _TEXTS:
        return _is_short(new, value)
    return old.kind is Kind.DATE or (old.kind is Kind.NUMBER and not old.unit)


def _is_short(new: Field, value: str) -> bool:
    return new.kind is not Kind.TEXT or "\n" not in value


def _unasked(title: str, asked: set[str], values: Values) -> Iterator[Lost]:
    """What even the old form didn't ask for: kept by nobody, so it is handed back under its key."""
    for key, value in values.items():
        if key.partition("[")[0] not in asked and value:
            text = "；".join(filter(None, value.values())) if isinstance(value, dict) else value
            yield Lost(title, key, "、".join(text) if isinstance(text, list) else text)
