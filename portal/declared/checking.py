"""What is missing or not right in a section, and how far it is."""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from portal import richtext
from portal.declared.fields import Field, Form, Kind, Problem, Progress, Section, Value, Values
from portal.declared.reading import day, length, number, row_key, rows_of

_NO_FILES: frozenset[str] = frozenset()


def problems(
    section: Section,
    values: Values,
    files: AbstractSet[str] = _NO_FILES,
    pictures: AbstractSet[str] | None = None,
) -> list[Problem]:
    """Everything that is missing or not right in a section.

    `files`: the keys that have a file; `pictures`: the numbers of the pictures that there are, None: not asked about.
    """
    found: list[Problem] = []
    for asked in section.fields.values():
        if asked.kind is Kind.ROWS:
            found += _row_problems(asked, values, pictures)
        elif sentence := _problem(asked, values.get(asked.key, ""), pictures, has_file=asked.key in files):
            found.append(Problem(asked.key, asked.label, sentence, not values.get(asked.key)))
    return found


def _row_problems(table: Field, values: Values, pictures: AbstractSet[str] | None) -> Iterator[Problem]:
    rows = rows_of(values, table.key)
    if table.required and not rows:
        yield Problem(table.key, table.label, f"请填写{table.label}，至少一项。", True)
    for place, (row, cells) in enumerate(rows.items(), start=1):
        for column in table.columns:
            if sentence := _problem(column, cells.get(column.key, ""), pictures):
                key = f"{row_key(table.key, row)}.{column.key}"
                yield Problem(key, f"{table.label}第{place}项·{column.label}", sentence, not cells.get(column.key))


def _problem(asked: Field, value: Value, pictures: AbstractSet[str] | None, *, has_file: bool = False) -> str:
    if not value and not has_file:
        verb = "上传" if asked.kind is Kind.FILES else "填写"
        return f"请{verb}{asked.label}。" if asked.required else ""
    if not isinstance(value, str) or not value:
        return ""
    if asked.limit and len(value) > asked.limit and (used := _used(asked, value)) > asked.limit:
        return f"{asked.label}限{asked.limit}字，现有{used}字，请删减{used - asked.limit}字。"
    if asked.kind is Kind.DATE and day(value) is None:
        return f"{asked.label}不是日期，请按 2024-11-22 的格式填写。"
    if asked.kind is Kind.RICH:
        return _picture_problem(asked, richtext.pictures(value), pictures)
    return _number_problem(asked, value) if asked.kind is Kind.NUMBER else ""


def _used(asked: Field, value: str) -> int:
    return richtext.length(value) if asked.kind is Kind.RICH else length(value)


def _picture_problem(asked: Field, shown: tuple[str, ...], there: AbstractSet[str] | None) -> str:
    if len(shown) > asked.pictures:
        most = f"限{asked.pictures}张图片" if asked.pictures else "不能插入图片"
        return f"{asked.label}{most}，现有{len(shown)}张，请删减。"
    gone = [] if there is None else [number for number in dict.fromkeys(shown) if number not in there]
    return f"{asked.label}中的图片{'、'.join(gone)}不存在或已移除，请重新上传，或删去对应的一行。" if gone else ""


def _number_problem(asked: Field, value: str) -> str:
    typed = number(value)
    if typed is None:
        return f"{asked.label}应为数字，请只填写数字，单位不必填写。"
    if asked.least is not None and typed < asked.least:
        return f"{asked.label}不应小于{asked.least}{asked.unit}。"
    if asked.most is not None and typed > asked.most:
        return f"{asked.label}不应大于{asked.most}{asked.unit}。"
    return ""


def progress(section: Section, values: Values, files: AbstractSet[str] = _NO_FILES) -> Progress:
    """How many of the questions that count (those required) are answered."""
    asked = [f for f in section.fields.values() if f.required]
    answered = [f for f in asked if _is_answered(f, values, files)]
    return Progress(len(answered), len(asked))


def _is_answered(asked: Field, values: Values, files: AbstractSet[str]) -> bool:
    if asked.kind is Kind.ROWS:
        return bool(rows_of(values, asked.key))
    return asked.key in files if asked.kind is Kind.FILES else bool(values.get(asked.key))


@dataclass(frozen=True)
class Answered:
    """A form with its answers, section by section."""

    form: Form
    answers: Mapping[str, Values] = field(default_factory=dict)
    files: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def values(self, section: str) -> Values:
        """The answers of a section; empty when nothing was saved."""
        return self.answers.get(section, {})

    def progress(self, section: str) -> Progress:
        """How far a section is."""
        return progress(self.form.section(section), self.values(section), self.files.get(section, frozenset()))
