"""Files that people upload, good and evil, for tests."""

import io
import zipfile
from collections.abc import Sequence
from typing import Any

import openpyxl


def xlsx(*rows: Sequence[Any]) -> bytes:
    """A workbook as a spreadsheet program writes it: a text that begins with = is a formula."""
    book, stream = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(list(row))
    book.save(stream)
    return stream.getvalue()


def archive(**parts: str | bytes) -> bytes:
    """A zip of these parts."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return stream.getvalue()


def changed(workbook: bytes, **parts: bytes) -> bytes:
    """A workbook with some of its parts replaced or added."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        for name in old.namelist():
            if name not in parts:
                made.writestr(name, old.read(name))
        for name, content in parts.items():
            made.writestr(name, content)
    return stream.getvalue()


def part(workbook: bytes, name: str) -> bytes:
    """One part of a workbook."""
    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        return archive.read(name)
