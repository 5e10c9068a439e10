"""Two files held against each other: whatever is not what was issued is found, and its pages are named."""

import hashlib
import io
from contextlib import ExitStack
from typing import Any

import pikepdf
import pytest

from portal.seals.comparing import Comparison, Unreadable, Verdict, compared, page_marks
from tests import seals as made


@pytest.fixture(scope="module")
def paper() -> bytes:
    return made.paper()


def _pages(*parts: tuple[bytes, int]) -> bytes:
    """A file put together from pages of others, counted from 1."""
    made_up, put = pikepdf.new(), io.BytesIO()
    with ExitStack() as stack:
        opened = {source: stack.enter_context(pikepdf.open(io.BytesIO(source))) for source, _ in parts}
        for source, page in parts:
            made_up.pages.append(opened[source].pages[page - 1])
        made_up.save(put)
    return put.getvalue()


def test_same_bytes_are_equal_and_the_same_content_written_anew_is_not(paper: bytes) -> None:
    assert compared(paper, paper).is_equal
    anew = io.BytesIO()
    with pikepdf.open(io.BytesIO(paper)) as document:
        document.save(anew, object_stream_mode=pikepdf.ObjectStreamMode.generate, recompress_flate=True)
    assert page_marks(anew.getvalue()) == page_marks(paper)
    assert compared(paper, anew.getvalue()) == Comparison(Verdict.OUTSIDE)


def test_another_applicants_page_is_named(paper: bytes) -> None:
    other = made.paper("宜昌别的公司")
    assert compared(paper, other).altered == (1, 2, 3)  # the letters of its fonts are others too
    mixed = _pages((paper, 1), (paper, 2), (other, 3))
    found = compared(_pages((paper, 1), (paper, 2), (paper, 3)), mixed)
    assert found == Comparison(Verdict.PAGES, altered=(3,))
    assert found.sentences == ("第3页与平台出具的内容不一致。",)


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ((2, 1, 3), {"moved": ((1, 2), (2, 1))}),
        ((1, 3), {"missing": (2,), "moved": ((3, 2),)}),
        ((1, 2), {"missing": (3,)}),
        ((1, 2, 3, 3), {"added": (4,)}),
        ((1, 1, 3), {"altered": (2,)}),
    ],
)
def test_pages_out_of_their_place_are_named(paper: bytes, order: tuple[int, ...], expected: dict[str, Any]) -> None:
    issued = _pages((paper, 1), (paper, 2), (paper, 3))
    found = compared(issued, _pages(*((paper, page) for page in order)))
    assert found == Comparison(Verdict.PAGES, **expected)
    assert found.sentences


def test_every_flipped_byte_is_found(paper: bytes) -> None:
    steps = range(0, len(paper), len(paper) // 70)
    for at in steps:
        forged = paper[:at] + bytes([paper[at] ^ 1]) + paper[at + 1 :]
        found = compared(paper, forged)
        assert not found.is_equal
        assert found.sentences


def test_changed_letter_on_a_page_names_that_page(paper: bytes) -> None:
    with pikepdf.open(io.BytesIO(paper)) as document:
        contents = document.pages[1].Contents
        part = contents[0] if isinstance(contents, pikepdf.Array) else contents
        part.write(part.read_bytes().replace(b"Tj", b"Tj ", 1).replace(b"TJ", b"TJ ", 1))
        forged = io.BytesIO()
        document.save(forged)
    assert compared(paper, forged.getvalue()).altered == (2,)


def test_flipped_byte_that_breaks_a_pages_stream_names_that_page(paper: bytes) -> None:
    """Damaged in the middle of page 2's compressed content: what can't be unpacked any more is still that page."""
    with pikepdf.open(io.BytesIO(paper)) as document:
        contents = document.pages[1].Contents
        part = contents[0] if isinstance(contents, pikepdf.Array) else contents
        raw = part.read_raw_bytes()
    start = paper.index(raw)
    verdicts = set()
    for at in range(start + 4, start + len(raw), max(len(raw) // 12, 1)):
        forged = paper[:at] + bytes([paper[at] ^ 0x55]) + paper[at + 1 :]
        found = compared(paper, forged)
        assert found.altered == (2,), at
        verdicts.add(found.verdict)
    assert verdicts == {Verdict.PAGES}


@pytest.mark.parametrize("other", [b"", b"%PDF-1.7 nothing", b"PK\x03\x04"])
def test_file_that_is_no_paper_is_told_apart(paper: bytes, other: bytes) -> None:
    assert compared(paper, other).verdict is Verdict.UNREADABLE


def test_file_that_grows_without_end_is_given_up(paper: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.seals.comparing.MOST_DECODED", 10_000)
    with pytest.raises(Unreadable, match="too large"):
        page_marks(paper)


def test_marks_differ_from_page_to_page_and_do_not_depend_on_the_run(paper: bytes) -> None:
    marks = page_marks(paper)
    assert len(set(marks)) == 3 == len(marks)
    assert all(len(mark) == len(hashlib.sha256().hexdigest()) for mark in marks)
    assert page_marks(made.paper()) == marks
