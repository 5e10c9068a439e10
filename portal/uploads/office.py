"""DOCX and XLSX: looked through part by part for macros, embedded objects, links that load by themselves, and bombs."""

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any, BinaryIO
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException, ElementTree

from portal.errors import Refused

MOST_PARTS = 5_000
MOST_UNPACKED = 400 * 1024 * 1024
MOST_XML = 64 * 1024 * 1024
_LIST_OF_TYPES = "[Content_Types].xml"
_MAIN = {
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml": "xlsx",
}
_ACTIVE_TYPES = re.compile(r"macro|vba|activex|oleobject|\.package$|externallink|connections\+xml", re.IGNORECASE)
_ACTIVE_PARTS = re.compile(
    r"(^|/)(vbaproject|vbadata)|(^|/)(embeddings|activex|externallinks)/|(^|/)connections\.xml$", re.IGNORECASE
)
# What a part begins with that is a file of its own: archives, Office's older container, programs, PDF.
_FILES = (b"PK\x03\x04", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"\xd0\xcf\x11\xe0", b"MZ", b"\x7fELF", b"%PDF")
_LINK = re.compile(r"^(https?|mailto):", re.IGNORECASE)
_DDE = re.compile(r"\bDDE(AUTO)?\b", re.IGNORECASE)
# A forged archive breaks its reader in as many ways as there are fields in it.
_UNREADABLE = (
    zipfile.BadZipFile, zlib.error, struct.error, OSError, ValueError, NotImplementedError, RuntimeError, EOFError,
    LookupError, ParseError, DefusedXmlException,
)  # fmt: skip


class _Active(Exception):
    """It acts by itself, carries a file, or loads something from elsewhere."""


def kind_of(stream: BinaryIO) -> str | None:
    """docx or xlsx by the type of its main part; None for any other archive."""
    try:
        with zipfile.ZipFile(stream) as archive:
            types = list(_types(archive))
    except _UNREADABLE:
        return None
    return next((_MAIN[kind] for kind in types if kind in _MAIN), None)


def look_through(stream: BinaryIO, shown: str) -> None:
    """Refuse a document that is broken, unpacks to too much, acts by itself, or reaches out. Raises Refused."""
    try:
        with zipfile.ZipFile(stream) as archive:
            parts = archive.infolist()
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
                raise Refused(f"“{shown}”解开后过大，请压缩其中的图片或另存为 PDF 后再上传。")
            _check_names(parts)
            _look_inside(archive, parts)
    except _Active as error:
        raise Refused(f"“{shown}”含有宏、嵌入对象或外部链接，请删除后另存，或另存为 PDF 后再上传。") from error
    except _UNREADABLE as error:
        raise Refused(f"“{shown}”不是完整的文件，请用 Office 或 WPS 打开后重新保存再上传。") from error


def _check_names(parts: list[zipfile.ZipInfo]) -> None:
    names = [part.filename for part in parts]
    if len(set(names)) < len(names):
        raise ValueError("a part that stands twice")
    for part in parts:
        if part.flag_bits & 0x1:
            raise ValueError("a part that is locked")
        if part.filename.startswith("/") or "\\" in part.filename or ".." in part.filename.split("/"):
            raise ValueError("a part outside the file")


def _look_inside(archive: zipfile.ZipFile, parts: list[zipfile.ZipInfo]) -> None:
    if any(_ACTIVE_TYPES.search(kind) for kind in _types(archive)):
        raise _Active
    for part in parts:
        name = part.filename.lower()
        if _ACTIVE_PARTS.search(name):
            raise _Active
        with archive.open(part) as content:
            if content.read(8).startswith(_FILES):
                raise _Active
        if name.endswith(".rels"):
            _check_links(archive, part)
        elif name.startswith("word/") and name.endswith(".xml"):
            _check_fields(archive, part)


def _types(archive: zipfile.ZipFile) -> Iterator[str]:
    for _, element in _elements(archive, archive.getinfo(_LIST_OF_TYPES)):
        if kind := element.get("ContentType"):
            yield kind


def _check_links(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """A link that a reader follows may lead out; what is loaded on opening (a template, a picture, data) may not."""
    for _, element in _elements(archive, part):
        if element.get("TargetMode", "").lower() == "external":
            is_link = element.get("Type", "").endswith("/hyperlink")
            if not is_link or not _LINK.match(element.get("Target", "")):
                raise _Active


def _check_fields(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """Fields that run a program on opening (DDE); Word may write one in several pieces."""
    said = []
    for tag, element in _elements(archive, part):
        if tag == "instrText":
            said.append(element.text or "")
        elif tag == "fldSimple":
            said += [value for key, value in element.items() if key.endswith("instr")]
    if _DDE.search("".join(said)):
        raise _Active


def _elements(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[tuple[str, Any]]:
    """The elements of a part, each as (its name, itself), forgotten as soon as it was seen. No DTD, no entities."""
    if part.file_size > MOST_XML:
        raise ValueError("a part too large to be read")
    with archive.open(part) as content:
        for _, element in ElementTree.iterparse(content, forbid_dtd=True):
            yield element.tag.rpartition("}")[2], element
            element.clear()
