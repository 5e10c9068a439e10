"""What was done when, by whom, and what came of it, with a digest of each thing that is the same in every run.

What the portal draws by lot would make every digest another: references (SB-7KQ2M9XA), check codes, and digests of
what has those in it. A digest here is SHA-256 over the content with each of those put as ×, and without white space. A
paper's content is the text that it was set from, since where lines end, and so what a reader of the PDF finds after
what, turns on the letters drawn.
"""

import hashlib
import io
import json
import re
import zipfile
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pikepdf
from openpyxl import load_workbook

from portal import clock

_LETTERS = "2-9A-HJKMNP-Z"
_ALONE = "(?<![0-9A-Za-z]){}(?![0-9A-Za-z])"
_DRAWN = re.compile(
    "|".join(
        (
            _ALONE.format(rf"[A-Z]{{2}}-[{_LETTERS}]{{8}}"),
            _ALONE.format(rf"[{_LETTERS}]{{4}}-[{_LETTERS}]{{4}}-[{_LETTERS}]{{4}}"),
            _ALONE.format(rf"[{_LETTERS}]{{12}}"),
            _ALONE.format("[0-9a-f]{64}"),
            _ALONE.format("[0-9a-f]{16}"),
        )
    )
)
_BLANK = re.compile(r"\s+")


@dataclass(frozen=True)
class Produced:
    """One thing that came of a step: what it is called, how large it is in its own measure, its digest."""

    name: str
    size: str
    digest: str


@dataclass
class Step:
    """One line of the ledger: an instant on the rehearsal's clock, who did what, and what came of it."""

    at: str
    who: str
    what: str
    produced: list[Produced] = field(default_factory=list)


class Ledger:
    """The steps in the order in which they were taken."""

    def __init__(self) -> None:
        self.steps: list[Step] = []

    def note(self, who: str, what: str, *produced: Produced) -> None:
        """Put a step down."""
        at = clock.beijing(clock.now()).strftime("%Y-%m-%d %H:%M:%S")
        self.steps.append(Step(at, who, what, list(produced)))
        print(f"{at}  {who}：{what}", flush=True)

    @property
    def digest(self) -> str:
        """Of every step, with the digests that stand there."""
        return _sha256(json.dumps(self.document(), ensure_ascii=False, sort_keys=True))

    def document(self) -> list[dict[str, Any]]:
        """The steps as plain values."""
        return [vars(step) | {"produced": [vars(one) for one in step.produced]} for step in self.steps]


# -- digests ---------------------------------------------------------------------------------------------------------
def same_in_every_run(text: str) -> str:
    """The text without what is drawn by lot, and without white space."""
    return _BLANK.sub("", _DRAWN.sub("×", text))


def digest_of(content: Any) -> str:
    """SHA-256 of a text, or of values as JSON, by the rule above."""
    text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False, sort_keys=True)
    return _sha256(same_in_every_run(text))


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def rows(name: str, found: Iterable[Any], unit: str = "项") -> Produced:
    """Values, one for each thing."""
    listed = list(found)
    return Produced(name, f"{len(listed)}{unit}", digest_of(listed))


def document(name: str, said: Mapping[str, Any]) -> Produced:
    """A frozen document."""
    return Produced(name, f"{len(said)}项", digest_of(said))


def paper(name: str, content: bytes, said: str) -> Produced:
    """A paper by the text that it was set from; its pages are those of the file that stands."""
    return Produced(name, f"{pages(content)}页", digest_of(said))


def pages(content: bytes) -> int:
    """How many pages a PDF has."""
    with pikepdf.open(io.BytesIO(content)) as opened:
        return len(opened.pages)


def workbook(name: str, content: bytes) -> Produced:
    """A workbook by its cells."""
    with closing(load_workbook(io.BytesIO(content), read_only=True)) as book:
        cells = [
            [[str(cell or "") for cell in row] for row in sheet.iter_rows(values_only=True)]
            for sheet in book.worksheets
        ]
    return Produced(name, f"{sum(len(sheet) for sheet in cells)}行", digest_of(cells))


def package(name: str, path: Path) -> Produced:
    """A ZIP by the names and contents of its files; of its papers, which were told of before, by their pages."""
    with zipfile.ZipFile(path) as packed:
        inside = [[same_in_every_run(entry), _inside(entry, packed.read(entry))] for entry in packed.namelist()]
    return Produced(name, f"{len(inside)}个文件", _sha256(json.dumps(inside, ensure_ascii=False)))


def _inside(name: str, content: bytes) -> str:
    if name.endswith(".pdf"):
        return str(pages(content))
    if name.endswith(".xlsx"):
        return workbook(name, content).digest
    return digest_of(content.decode("utf-8-sig"))
