"""What an enterprise hands in for the round, read from JSON or a workbook into the same values. Pure.

A dossier has the book's own sections, question by question (key: the question's code), and beside them what the
portal learns elsewhere: where the enterprise is registered, the title it holds, how it grades itself, and what its
attachments say.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from portal.declared import Field, Form, Kind, Section, Value, row_key
from portal.errors import Malformed
from replay.workbooks import content_of
from tiers.editions import Edition

Lines = list[list[str]]
HEAD = ("region", "title", "self_assessment", "attachments")
TITLE = ("year", "document")
# What each attachment is written from; a table has rows of cells.
ATTACHMENTS: dict[str, tuple[str, ...]] = {
    "licence": ("capital", "scope"),
    "audit": ("firm", "opinion", "years"),
    "maturity": ("domains", "advice"),
    "credit": ("on", "text"),
    "honours": ("text",),
}
TABLES = {"audit.years": 5, "maturity.domains": 3}


@dataclass(frozen=True)
class Dossier:
    """One enterprise's: `answers` by section of the book, `grades` of the conditions that are not wholly met."""

    name: str
    region: str
    title: Mapping[str, str]
    grades: Mapping[str, str]
    answers: Mapping[str, Mapping[str, Value]]
    attachments: Mapping[str, Mapping[str, Any]]

    def said(self, section: str, key: str) -> str:
        """The answer to one question; empty when there is none."""
        value = self.answers[section].get(key, "")
        return value if isinstance(value, str) else ""

    def day(self, section: str, key: str) -> date:
        """The day that was answered."""
        return date.fromisoformat(self.said(section, key))

    @property
    def enterprise(self) -> str:
        """The enterprise's name."""
        return self.said("unit", "name")


def dossiers(folder: Path, form: Form, edition: Edition) -> list[Dossier]:
    """Every dossier of a folder, by file name. Raises Malformed."""
    files = sorted(path for path in folder.iterdir() if path.suffix in {".json", ".xlsx"})
    return [read(path, form, edition) for path in files]


def read(path: Path, form: Form, edition: Edition) -> Dossier:
    """The dossier in a file. Raises Malformed naming file, table, key and reason."""
    if path.suffix == ".xlsx":
        content = content_of(path)
    else:
        try:
            content = json.loads(path.read_text("utf-8"))
        except ValueError as error:
            raise Malformed(f"{path.name}: {error}") from error
    return parse(content, path.name, form, edition)


def parse(content: Mapping[str, Any], file: str, form: Form, edition: Edition) -> Dossier:
    """The dossier that such content is. Raises Malformed."""
    sections = {section.key: section for section in form.sections if section.key != "attachments"}
    _known(file, "dossier", content, {*HEAD, *sections}, needed={*HEAD, *sections})
    _known(file, "title", content["title"], set(TITLE), needed=set(TITLE))
    grades = {f"{element.code}.grade" for tier in edition.tiers for element in tier.elements}
    _known(file, "self_assessment", content["self_assessment"], grades)
    return Dossier(
        name=Path(file).stem,
        region=_text(file, "region", content["region"]),
        title={key: _text(file, f"title.{key}", content["title"][key]) for key in TITLE},
        grades=dict(content["self_assessment"]),
        answers={key: _section(file, section, content[key]) for key, section in sections.items()},
        attachments=_attachments(file, content["attachments"]),
    )


def _section(file: str, section: Section, said: Mapping[str, Any]) -> dict[str, Value]:
    _known(file, section.key, said, set(section.fields))
    found: dict[str, Value] = {}
    for key, value in said.items():
        asked = section.fields[key]
        if asked.kind is Kind.ROWS:
            found |= _rows(file, f"{section.key}.{key}", asked, value)
        else:
            found[key] = _text(file, f"{section.key}.{key}", value)
    return found


def _rows(file: str, where: str, asked: Field, rows: Any) -> dict[str, Value]:
    columns = {column.key for column in asked.columns}
    if not isinstance(rows, list):
        raise Malformed(f"{file}: [{where}] is not a list of rows")
    found: dict[str, Value] = {}
    for place, row in enumerate(rows, start=1):
        _known(file, f"{where} no. {place}", row, columns)
        cells = {key: _text(file, f"{where} no. {place}.{key}", value) for key, value in row.items()}
        found[row_key(asked.key, f"r{place:02d}")] = dict.fromkeys(columns, "") | cells
    return found


def _attachments(file: str, said: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    _known(file, "attachments", said, set(ATTACHMENTS), needed=set(ATTACHMENTS) - {"honours"})
    found: dict[str, dict[str, Any]] = {}
    for name, parts in said.items():
        _known(file, f"attachments.{name}", parts, set(ATTACHMENTS[name]), needed=set(ATTACHMENTS[name]))
        found[name] = {
            key: _table(file, f"{name}.{key}", value)
            if f"{name}.{key}" in TABLES
            else _text(file, f"attachments.{name}.{key}", value)
            for key, value in parts.items()
        }
    return found


def _table(file: str, name: str, rows: Any) -> Lines:
    width = TABLES[name]
    if not isinstance(rows, list) or not all(isinstance(row, list) and len(row) == width for row in rows):
        raise Malformed(f"{file}: [attachments.{name}] is not rows of {width} cells")
    return [[_text(file, f"attachments.{name}", cell) for cell in row] for row in rows]


def _text(file: str, where: str, value: Any) -> str:
    """A text; a long one may be written as a list of its lines."""
    if isinstance(value, list) and all(isinstance(line, str) for line in value):
        return "\n".join(value)
    if not isinstance(value, str):
        raise Malformed(f"{file}: [{where}] is not a text: {value!r}")
    return value


def _known(file: str, where: str, said: Any, names: Iterable[str], *, needed: Iterable[str] = ()) -> None:
    if not isinstance(said, Mapping):
        raise Malformed(f"{file}: [{where}] is not a table")
    if unknown := sorted(set(said) - set(names)):
        raise Malformed(f"{file}: [{where}] doesn't know {', '.join(unknown)}")
    if missing := sorted(set(needed) - set(said)):
        raise Malformed(f"{file}: [{where}] lacks {', '.join(missing)}")
