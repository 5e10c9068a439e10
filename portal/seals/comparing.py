"""Two files held against each other page by page: equal, or which pages are not what was issued."""

import hashlib
import io
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any

import pikepdf

MOST_DECODED = 400 * 1024**2  # of one file; whoever sends more sends it to do harm
_MOST_CONTENT = 64 * 1024**2  # of one page
_STEP = 256 * 1024
_DEEP = 200
# What a page's place in the file, and not its face, decides.
_ELSEWHERE = {"/Parent", "/StructParents", "/StructParent", "/P", "/Popup", "/Length", "/Filter", "/DecodeParms"}
_INHERITED = ("/Resources", "/MediaBox", "/CropBox", "/Rotate")
_NAME = re.compile(rb"/([^\x00\t\n\x0c\r ()<>\[\]{}/%]+)")


# What reading a damaged file ends in; going beyond the limits is none of these.
_DAMAGED = (pikepdf.PdfError, zlib.error, RuntimeError, ValueError, TypeError, KeyError, AttributeError)
BROKEN = "broken"


class Unreadable(Exception):
    """It isn't a whole PDF file, or one that can be read within limits."""


class Verdict(Enum):
    """How another file stands to the one that was issued."""

    EQUAL = "一致"
    PAGES = "页面有改动"
    OUTSIDE = "页面一致，文件其他部分有改动"
    UNREADABLE = "文件有改动或已损坏，与平台出具的文件不符，无法逐页比对；可另按页录入页码校验码核对"


@dataclass(frozen=True)
class Comparison:
    """What was found; pages are counted from 1.

    `altered` and `missing` are pages of the issued file, `added` pages of the other; `moved` says where an issued page
    stands in the other.
    """

    verdict: Verdict
    altered: tuple[int, ...] = ()
    missing: tuple[int, ...] = ()
    added: tuple[int, ...] = ()
    moved: tuple[tuple[int, int], ...] = ()

    @property
    def is_equal(self) -> bool:
        """Byte for byte."""
        return self.verdict is Verdict.EQUAL

    @property
    def sentences(self) -> tuple[str, ...]:
        """What differs, in words; none when nothing does."""
        if self.verdict in {Verdict.UNREADABLE, Verdict.OUTSIDE}:
            return (f"{self.verdict.value}。",)
        said = (
            ("第{}页与平台出具的内容不一致。", self.altered),
            ("缺少第{}页。", self.missing),
            ("第{}页不属于该文书。", self.added),
        )
        moved = tuple(f"原第{old}页被放到了第{new}页的位置。" for old, new in self.moved)
        return (*(text.format("、".join(map(str, pages))) for text, pages in said if pages), *moved)


def compared(issued: bytes, other: bytes) -> Comparison:
    """The other file against the one that was issued. Raises Unreadable only when the issued one is."""
    if issued == other:
        return Comparison(Verdict.EQUAL)
    ours = page_marks(issued)
    try:
        theirs = page_marks(other, with_broken=True)
    except Unreadable:
        return Comparison(Verdict.UNREADABLE)
    if all(mark.startswith(BROKEN) for mark in theirs):  # what all pages share is damaged: none of them can be named
        return Comparison(Verdict.UNREADABLE)
    if ours == theirs:
        return Comparison(Verdict.OUTSIDE)
    return _differing(ours, theirs)


def _differing(ours: list[str], theirs: list[str]) -> Comparison:
    """A page that stands in its place is right; one that stands elsewhere was moved; the rest is altered or gone."""
    right = {n for n, (mine, other) in enumerate(zip(ours, theirs, strict=False), 1) if mine == other}
    strays = {n: mark for n, mark in enumerate(theirs, 1) if n not in right}
    moved = []
    for number, mark in enumerate(ours, 1):
        if number not in right and (found := next((n for n, other in strays.items() if other == mark), None)):
            moved.append((number, found))
            del strays[found]
    gone = [n for n in range(1, len(ours) + 1) if n not in right and n not in dict(moved)]
    altered = [n for n in gone if n in strays]
    return Comparison(
        Verdict.PAGES,
        altered=tuple(altered),
        missing=tuple(n for n in gone if n not in altered),
        added=tuple(n for n in strays if n not in altered),
        moved=tuple(moved),
    )


def page_marks(pdf: bytes, *, with_broken: bool = False) -> list[str]:
    """A digest for each page: over its decoded content, what that content draws with, and what lies on it.

    The same page gives the same mark however the file around it was written. `with_broken`: a page that can't be read
    has a mark that is nobody else's, so that the others can still be told. Raises Unreadable.
    """
    try:
        with pikepdf.open(io.BytesIO(pdf)) as document:
            reader = _Reader({page.obj.objgen: number for number, page in enumerate(document.pages, 1)})
            return [_mark(reader, page.obj, number, with_broken) for number, page in enumerate(document.pages, 1)]
    except _DAMAGED as error:
        raise Unreadable(str(error)[:200]) from error


def _mark(reader: "_Reader", page: Any, number: int, with_broken: bool) -> str:
    try:
        return reader.page(page)
    except _DAMAGED:
        if not with_broken:
            raise
        reader.begin_anew()
        return f"{BROKEN} {number}"


class _Reader:
    """Reads one file; what several pages share is read once."""

    def __init__(self, pages: dict[tuple[int, int], int]) -> None:
        self._pages = pages
        self._known: dict[tuple[int, int], bytes] = {}
        self._open: list[tuple[int, int]] = []
        self._left = MOST_DECODED

    def begin_anew(self) -> None:
        """Forget where reading stopped; what is known and what is left of the limit stay."""
        self._open.clear()

    def page(self, page: Any) -> str:
        """The page's mark."""
        mark = hashlib.sha256()
        facts = {key: found for key, found in page.items() if key not in {"/Contents", *_ELSEWHERE, *_INHERITED}}
        facts |= {key: found for key in _INHERITED if (found := _inherited(page, key)) is not None}
        content = self._content(page)
        mark.update(content)
        resources = facts.pop("/Resources", None)
        for key in sorted(facts):
            mark.update(key.encode() + self._mark(facts[key]))
        if resources is not None:
            # A few names too many, out of a text, do no harm.
            mark.update(self._resources(resources, {_unescaped(name) for name in _NAME.findall(content)}))
        return mark.hexdigest()

    def _content(self, page: Any) -> bytes:
        parts, size = [], 0
        for stream in _contents(page):
            for piece in self._decoded(stream):
                parts.append(piece)
                size += len(piece)
                if size > _MOST_CONTENT:
                    raise Unreadable("too much on one page")
            parts.append(b"\n")
        return b"".join(parts)

    def _resources(self, resources: Any, used: set[bytes]) -> bytes:
        """What is drawn with: pages may share one dictionary, which grows when one of them gets something new."""
        mark = hashlib.sha256()
        for kind in sorted(resources.keys()):
            found = resources[kind]
            if not isinstance(found, pikepdf.Dictionary):
                continue  # /ProcSet
            for name in sorted(found.keys()):
                if name[1:].encode() in used:
                    mark.update(f"{kind}{name}".encode() + self._mark(found[name]))
        return mark.digest()

    def _mark(self, found: Any) -> bytes:
        """A digest of anything in the file and of what it refers to."""
        key = found.objgen if isinstance(found, pikepdf.Object) and found.is_indirect else None
        if key is None:
            return self._fresh(found)
        if key in self._pages:
            return b"page %d" % self._pages[key]
        if key in self._open:
            return b"around"
        if key not in self._known:
            self._open.append(key)
            self._known[key] = self._fresh(found)
            self._open.pop()
        return self._known[key]

    def _fresh(self, found: Any) -> bytes:
        if len(self._open) > _DEEP:
            raise Unreadable("nested too deeply")
        mark = hashlib.sha256(type(found).__name__.encode())
        for piece in self._parts(found):
            mark.update(piece)
        return mark.digest()

    def _parts(self, found: Any) -> Iterator[bytes]:
        if isinstance(found, pikepdf.Array):
            yield from map(self._mark, found)
        elif isinstance(found, pikepdf.Dictionary | pikepdf.Stream):
            yield from (key.encode() + self._mark(found[key]) for key in sorted(found.keys()) if key not in _ELSEWHERE)
            if isinstance(found, pikepdf.Stream):
                yield from self._decoded(found)
        else:
            yield bytes(found) if isinstance(found, pikepdf.String) else str(found).encode()

    def _decoded(self, stream: Any) -> Iterator[bytes]:
        """A stream's content piece by piece; how it was packed doesn't matter, where unpacking is a plain Flate."""
        raw, filters, how = stream.read_raw_bytes(), stream.get("/Filter"), stream.get("/DecodeParms")
        if filters is None:
            yield self._counted(raw)
        elif str(filters) == "/FlateDecode" and how is None:
            unpack = zlib.decompressobj()
            while raw:
                yield self._counted(unpack.decompress(raw, _STEP))
                raw = unpack.unconsumed_tail
            yield self._counted(unpack.flush())
            if not unpack.eof:
                raise Unreadable("cut off")
        else:
            yield self._mark(filters) + self._mark(how) + self._counted(raw)

    def _counted(self, piece: bytes) -> bytes:
        self._left -= len(piece)
        if self._left < 0:
            raise Unreadable("too large when unpacked")
        return piece


def _contents(page: Any) -> list[Any]:
    found = page.get("/Contents")
    if found is None:
        return []
    return list(found) if isinstance(found, pikepdf.Array) else [found]


def _inherited(page: Any, key: str) -> Any:
    node, seen = page, 0
    while node is not None and seen < _DEEP:
        if key in node:
            return node[key]
        node, seen = node.get("/Parent"), seen + 1
    return None


def _unescaped(name: bytes) -> bytes:
    return re.sub(rb"#([0-9A-Fa-f]{2})", lambda found: bytes([int(found[1], 16)]), name)
