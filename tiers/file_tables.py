"""Reading declared data from TOML: every key is asked for, nothing is left over, and a fault names its place."""

import tomllib
from collections.abc import Callable, Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeGuard

from portal.errors import Malformed


class Table:
    """One table of a file: takes keys out, and names file, table, key and reason when one is missing or wrong."""

    def __init__(self, file: str, name: str, values: Any) -> None:
        self.file, self.name = file, name
        if not isinstance(values, dict):
            raise Malformed(f"{file}: [{name}] is not a table")
        self.values = dict(values)

    def take(self, key: str, cast: Callable[[Any], Any] = str, default: Any = ...) -> Any:
        """The key's value, cast. Raises Malformed."""
        if key not in self.values:
            if default is ...:
                raise Malformed(f"{self.file}: [{self.name}] lacks {key}")
            return default
        value = self.values.pop(key)
        if cast is str and not (isinstance(value, str) and value.strip()):
            raise Malformed(f"{self.file}: [{self.name}] {key}: not a text: {value!r}")
        try:
            return cast(value)
        except (ValueError, TypeError, ArithmeticError) as error:
            raise Malformed(f"{self.file}: [{self.name}] {key}: {value!r}: {error}") from error

    def tables(self, key: str, *, needed: bool = True) -> "list[Table]":
        """The tables of a list, numbered from 1 in messages."""
        rows = self.values.pop(key, [])
        if not isinstance(rows, list) or (needed and not rows):
            raise Malformed(f"{self.file}: [{self.name}] needs at least one [[{key}]]")
        return [Table(self.file, f"{key} no. {place}", row) for place, row in enumerate(rows, start=1)]

    def table(self, key: str) -> "Table":
        """A table of its own. Raises Malformed."""
        if key not in self.values:
            raise Malformed(f"{self.file}: [{self.name}] lacks [{key}]")
        return Table(self.file, key, self.values.pop(key))

    def done(self) -> None:
        """Nothing may be left over: a misspelt key would otherwise be silence. Raises Malformed."""
        if self.values:
            raise Malformed(f"{self.file}: [{self.name}] doesn't know {', '.join(sorted(self.values))}")


def texts(value: Any) -> tuple[str, ...]:
    """A cast: a list of texts."""
    if not isinstance(value, list) or not all(isinstance(text, str) and text for text in value):
        raise ValueError("not a list of texts")
    return tuple(value)


def number(value: Any) -> Decimal:
    """A cast: an exact number."""
    if isinstance(value, bool):
        raise ValueError("not a number")
    return Decimal(str(value))


def whole(value: Any) -> int:
    """A cast: a whole number from 0 on."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError("not a whole number from 0 on")
    return value


def flag(value: Any) -> bool:
    """A cast: true or false."""
    if not isinstance(value, bool):
        raise ValueError("neither true nor false")
    return value


def one_of(known_values: Iterable[str]) -> Callable[[Any], str]:
    """A cast: one of these words."""
    words = tuple(known_values)

    def cast(value: Any) -> str:
        if value not in words:
            raise ValueError(f"not one of {', '.join(words)}")
        return str(value)

    return cast


def some_of(known_values: Iterable[str]) -> Callable[[Any], tuple[str, ...]]:
    """A cast: a list of some of these words, each once, at least one."""
    one = one_of(known_values)

    def cast(value: Any) -> tuple[str, ...]:
        words = tuple(one(word) for word in texts(value))
        if not words or len(set(words)) < len(words):
            raise ValueError("empty, or a word stands twice")
        return words

    return cast


def loaded(path: Path, head: str) -> dict[str, Any]:
    """A file's content; one whose table `head` says `extends` is laid over that file beside it. Raises Malformed."""
    content = _content(path)
    table = content.get(head)
    if isinstance(table, dict) and (base := table.pop("extends", None)):
        return overlaid(loaded(path.with_name(f"{base}.toml"), head), content)
    return content


def _content(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise Malformed(f"{path.name}: {error}") from error


def overlaid(base: dict[str, Any], overlay: dict[str, Any]) -> dict[str, Any]:
    """A file that `extends` another: tables are merged key by key, lists of tables by their `code` or `number`.

    A row that says `anew` takes the place of the base's instead of being merged with it; a row or table that says
    `absent` takes it out.
    """
    merged = dict(base)
    for key, value in overlay.items():
        before = merged.get(key)
        if isinstance(value, dict) and value.get("absent"):
            merged.pop(key, None)
        elif isinstance(value, dict) and isinstance(before, dict):
            merged[key] = overlaid(before, value)
        elif is_tables(value) and is_tables(before):
            merged[key] = _rows(before, value)
        else:
            merged[key] = value
    return merged


def _rows(base: list[dict[str, Any]], overlay: list[dict[str, Any]]) -> list[dict[str, Any]]:
    rows = {_name(row): row for row in base}
    for row in overlay:
        said = {key: value for key, value in row.items() if key not in {"anew", "absent"}}
        if row.get("absent"):
            rows.pop(_name(row), None)
        else:
            rows[_name(row)] = said if row.get("anew") else overlaid(rows.get(_name(row), {}), said)
    return list(rows.values())


def is_tables(value: Any) -> TypeGuard[list[dict[str, Any]]]:
    """Whether a value is a list of tables."""
    return isinstance(value, list) and bool(value) and all(isinstance(row, dict) for row in value)


def _name(row: dict[str, Any]) -> Any:
    return row.get("code", row.get("number", id(row)))


def known(file: str, where: str, named: set[str], known_names: set[str]) -> None:
    """Every name leads somewhere. Raises Malformed."""
    if unknown := named - known_names:
        raise Malformed(f"{file}: [{where}]: unknown {', '.join(sorted(unknown))}")


def once(file: str, where: str, codes: list[str]) -> None:
    """Every code stands once. Raises Malformed."""
    if twice := {code for code in codes if codes.count(code) > 1}:
        raise Malformed(f"{file}: [{where}] code: {', '.join(sorted(twice))} stands twice")
