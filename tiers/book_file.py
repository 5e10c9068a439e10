"""Reading an application's book from its file: checked in every reference, never half-understood."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from portal.declared import Field, Kind
from portal.errors import Malformed
from tiers.book import Asked, Average, Book, Chapter, Draws, Part, When
from tiers.file_tables import Table, flag, loaded, number, once, one_of, some_of, whole
from tiers.names import TIER_NAMES

_IN_CELLS = frozenset(Kind) - {Kind.ROWS, Kind.FILES, Kind.PICK}
_PICTURE_MB = 10
_PICTURE_FORMATS = ("jpg", "png")


def read(path: Path) -> Book:
    """The book in a file. Raises Malformed naming file, table, key and reason."""
    return parse(load(path), path.name)


def load(path: Path) -> dict[str, Any]:
    """A file's content; one that `extends` another is laid over that file beside it. Raises Malformed."""
    return loaded(path, "book")


def parse(document: dict[str, Any], file: str) -> Book:
    """The book that a file describes. Raises Malformed."""
    root = Table(file, "top", document)
    head = root.table("book")
    book = Book(
        code=head.take("code"),
        revision=head.take("revision", whole),
        name=head.take("name"),
        source=head.take("source"),
        serves=tuple(_serves(table) for table in root.tables("serves")),
        chapters=tuple(_chapter(table) for table in root.tables("section")),
        averages=tuple(_average(table) for table in root.tables("average", needed=False)),
    )
    head.done()
    root.done()
    _check(book, file)
    return book


def _serves(table: Table) -> tuple[str, tuple[str, ...]]:
    served = table.take("edition"), table.take("tiers", some_of(TIER_NAMES))
    table.done()
    return served


def _chapter(table: Table) -> Chapter:
    code = table.take("code")
    chapter = Chapter(
        code=code,
        title=table.take("title"),
        parts=tuple(_part(row, code) for row in table.tables("block")),
        clause=table.take("clause"),
        text=table.take("text", str, ""),
        intro=table.take("intro", str, ""),
        unverified=table.take("unverified", flag, False),
    )
    table.done()
    return chapter


def _part(table: Table, section: str) -> Part:
    code, draws = table.take("code"), table.take("draws", Draws, None)
    table.name = f"section {section}] [block {code}"
    part = Part(
        code=code,
        title=table.take("title", str, *([""] if draws else [])),
        asked=tuple(
            _asked(row, f"{table.name}] [field", tuple(Kind)) for row in table.tables("field", needed=not draws)
        ),
        clause=table.take("clause", str, ""),
        note=table.take("note", str, ""),
        draws=draws,
        when=table.take("when", When, When.ALWAYS),
    )
    table.done()
    if draws and part.asked:
        raise Malformed(f"{table.file}: [{table.name}] draws: a block that draws {draws} has no fields of its own")
    return part


def _asked(table: Table, where: str, kinds: tuple[Kind, ...] | frozenset[Kind]) -> Asked:
    code = table.take("code")
    table.name = f"{where} {code}"
    kind = Kind(table.take("kind", one_of(kinds)))
    limit, limit_code = table.take("limit", _limit, (0, ""))
    pictures, pictures_code = table.take("pictures", _limit, (0, ""))
    shows_pictures = bool(pictures or pictures_code)
    columns = tuple(
        _asked(row, f"{table.name}] [column", _IN_CELLS) for row in table.tables("column", needed=kind is Kind.ROWS)
    )
    field = Field(
        key=code,
        label=table.take("label"),
        kind=kind,
        unit=table.take("unit", str, ""),
        limit=limit,
        required=table.take("required", flag, False),
        help=table.take("help", str, ""),
        clause=table.take("clause", str, ""),
        choices=table.take("choices", _choices, ()),
        least=table.take("least", number, None),
        most=table.take("most", number, None),
        aside=table.take("aside", flag, False),
        pictures=pictures,
        formats=_PICTURE_FORMATS if shows_pictures else (),
        most_mb=_PICTURE_MB if shows_pictures else 0,
    )
    asked = Asked(
        field,
        limit=limit_code,
        pictures=pictures_code,
        choices_from=table.take("choices_from", one_of(["guide"]), ""),
        suggestions_from=table.take("suggestions_from", one_of(["scenarios"]), ""),
        columns=columns,
        unverified=table.take("unverified", flag, False),
    )
    table.done()
    _check_asked(asked, table)
    return asked


def _limit(value: Any) -> tuple[int, str]:
    """A number, or the code of one of the round's limits."""
    if isinstance(value, str) and value.strip():
        return 0, value
    return whole(value), ""


def _choices(value: Any) -> tuple[tuple[str, str], ...]:
    if not isinstance(value, list) or not value:
        raise ValueError("not a list of [code, name]")
    pairs = []
    for pair in value:
        if not isinstance(pair, list) or len(pair) != 2 or not all(isinstance(text, str) and text for text in pair):
            raise ValueError(f"not [code, name]: {pair!r}")
        pairs.append((pair[0], pair[1]))
    if len(dict(pairs)) < len(pairs):
        raise ValueError("a code stands twice")
    return tuple(pairs)


def _average(table: Table) -> Average:
    average = Average(
        indicator=table.take("indicator"),
        value=table.take("value", number),
        source=table.take("source"),
        ask_below=table.take("ask_below", number, None),
        ask_above=table.take("ask_above", number, None),
        unverified=table.take("unverified", flag, False),
    )
    table.done()
    return average


# What only some kinds can have: the key in the file, whether this question has it, the kinds.
_FITTING: tuple[tuple[str, Callable[[Asked], Any], frozenset[Kind]], ...] = (
    ("limit", lambda a: a.field.limit or a.limit, frozenset({Kind.TEXT, Kind.LONG, Kind.RICH})),
    ("pictures", lambda a: a.field.formats, frozenset({Kind.RICH})),
    ("column", lambda a: a.columns, frozenset({Kind.ROWS})),
    ("choices", lambda a: a.field.choices or a.choices_from, frozenset({Kind.CHOICE})),
    ("suggestions_from", lambda a: a.suggestions_from, frozenset({Kind.TEXT})),
    ("least", lambda a: a.field.least is not None, frozenset({Kind.NUMBER})),
    ("most", lambda a: a.field.most is not None, frozenset({Kind.NUMBER})),
)


def _check_asked(asked: Asked, table: Table) -> None:
    kind = asked.field.kind
    for key, has, kinds in _FITTING:
        if has(asked) and kind not in kinds:
            raise Malformed(f"{table.file}: [{table.name}] {key}: not for {kind}")
    if kind is Kind.CHOICE and not (asked.field.choices or asked.choices_from):
        raise Malformed(f"{table.file}: [{table.name}] lacks choices")
    once(table.file, f"{table.name}] [column", [column.field.key for column in asked.columns])


def _check(book: Book, file: str) -> None:
    """Every code stands once: those of sections, of a section's blocks, and of all questions. Raises Malformed."""
    once(file, "section", [chapter.code for chapter in book.chapters])
    for chapter in book.chapters:
        once(file, f"section {chapter.code}] [block", [part.code for part in chapter.parts])
    once(file, "field", [a.field.key for chapter in book.chapters for part in chapter.parts for a in part.asked])
    once(file, "serves", [edition for edition, _ in book.serves])
    once(file, "average", [average.indicator for average in book.averages])
    if book.revision < 1:
        raise Malformed(f"{file}: [book] revision: not from 1 on")
