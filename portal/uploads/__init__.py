"""What may be uploaded: told by its content, never by its name; pictures made anew, nothing active in what is kept.

A file is read where it already lies (Django keeps what is large on disk) and never held whole in memory.
"""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from django.core.files import File

from portal import antivirus
from portal.errors import Refused
from portal.uploads import documents, office, pictures, videos

MB = 1024 * 1024
_CHUNK = 256 * 1024


@dataclass(frozen=True)
class Format:
    """A kind of file that may be taken in."""

    name: str
    media_type: str
    extensions: tuple[str, ...]


FORMATS = {
    "pdf": Format("PDF", "application/pdf", ("pdf",)),
    "docx": Format("DOCX", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", ("docx",)),
    "xlsx": Format("XLSX", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ("xlsx",)),
    "jpg": Format("JPG", "image/jpeg", ("jpg", "jpeg")),
    "png": Format("PNG", "image/png", ("png",)),
    "mp4": Format("MP4", "video/mp4", ("mp4", "m4v")),
}
_PICTURES = {"jpg", "png"}


@dataclass(frozen=True)
class Allowed:
    """What may be uploaded in one place: formats (keys of FORMATS), and how large a file may be."""

    formats: tuple[str, ...]
    most_bytes: int

    @property
    def words(self) -> str:
        """As it is said beforehand, and to whoever brought something else."""
        names = [FORMATS[code].name for code in self.formats]
        listed = f"{'、'.join(names[:-1])} 或 {names[-1]}" if len(names) > 1 else names[0]
        return f"{listed} 格式，每个文件不超过 {self.most_bytes // MB} MB"

    @property
    def accept(self) -> str:
        """For a file input: what its dialog offers."""
        return ",".join(f".{extension}" for code in self.formats for extension in FORMATS[code].extensions)


STANDARD = Allowed(("pdf", "jpg", "png"), 10 * MB)


@dataclass(frozen=True)
class Upload:
    """A file that may be kept: its name for people, type, size and SHA-256 of what is kept, and where to read it."""

    name: str
    extension: str
    media_type: str
    size: int
    digest: str
    stream: BinaryIO = field(repr=False)

    def opened(self) -> File:
        """For a storage to save, which moves what lies on disk rather than copy it; to be used once."""
        self.stream.seek(0)
        return self.stream if isinstance(self.stream, File) else File(self.stream, self.name)

    @property
    def content(self) -> bytes:
        """All of it; only for what is known to be small."""
        self.stream.seek(0)
        return self.stream.read()


def examined(stream: Any, name: str, *, allowed: Allowed = STANDARD) -> Upload:
    """Look through an uploaded file, which can be read and sought in. Raises Refused with a sentence."""
    shown = _clean(name)
    size, digest = _measured(stream, allowed.most_bytes, shown)
    code = _format_of(stream)
    if code not in allowed.formats:
        raise Refused(f"“{shown}”不是可接受的文件：请上传{allowed.words}。{_hint(stream, allowed)}")
    shown = _named(shown, code, allowed)
    antivirus.scan(stream, shown)
    if code in _PICTURES:
        stream = pictures.made_anew(stream, shown, code)
        size, digest = _measured(stream, None, shown)
    else:
        _LOOK_THROUGH[code](stream, shown)
    return Upload(shown, code, FORMATS[code].media_type, size, digest, stream)


_LOOK_THROUGH: dict[str, Callable[[BinaryIO, str], None]] = {
    "pdf": documents.look_through,
    "docx": office.look_through,
    "xlsx": office.look_through,
    "mp4": videos.look_through,
}


def _measured(stream: BinaryIO, most: int | None, shown: str) -> tuple[int, str]:
    """Its size and SHA-256. Raises Refused as soon as there is more than `most`."""
    size, digest = 0, hashlib.sha256()
    stream.seek(0)
    while chunk := stream.read(_CHUNK):
        size += len(chunk)
        if most is not None and size > most:
            raise Refused(f"“{shown}”超过 {most // MB} MB，请压缩或拆分后再上传。")
        digest.update(chunk)
    return size, digest.hexdigest()


# -- what it is -------------------------------------------------------------------------------------------------------
def _head(stream: BinaryIO) -> bytes:
    stream.seek(0)
    return stream.read(16)


def _format_of(stream: BinaryIO) -> str | None:
    head = _head(stream)
    if head.startswith(b"%PDF-"):
        return "pdf"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if head.startswith(b"\xff\xd8\xff"):
        return "jpg"
    if head[4:8] == b"ftyp":
        return "mp4"
    return office.kind_of(stream) if head.startswith(b"PK\x03\x04") else None


def _hint(stream: BinaryIO, allowed: Allowed) -> str:
    """What to do about the kinds of file that people bring most often."""
    head = _head(stream)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        better = "、".join(f".{code}" for code in ("docx", "xlsx") if code in allowed.formats)
        return f"旧版 Office 文件或设有密码的文件，请另存为{better + ' 或 ' if better else ' '}PDF 后再上传。"
    if head.startswith((b"PK", b"Rar!", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b")):
        return "压缩包请解开后逐个上传。" if office.kind_of(stream) is None else ""
    return ""


def _clean(name: str) -> str:
    """The last part of a name, without control characters; it is only ever shown, never used as a path."""
    last = re.split(r"[\\/]", name)[-1]
    return (
        re.sub(r"[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]", "", last).strip()[-120:] or "未命名文件"
    )


def _named(shown: str, code: str, allowed: Allowed) -> str:
    """The name with an extension that says what the file is. Raises Refused for one that says something else.

    A picture under the other's extension is common and harmless, because it is made anew: it gets its own.
    """
    extensions = FORMATS[code].extensions
    stem, dot, last = shown.rpartition(".")
    claimed = last.lower() if dot and re.fullmatch(r"(?=.*[A-Za-z])[A-Za-z0-9]{1,5}", last) else ""
    if claimed in extensions:
        return shown
    if not claimed:
        return f"{shown}.{code}"
    if code in _PICTURES and any(claimed in FORMATS[other].extensions for other in _PICTURES):
        return f"{stem}.{code}"
    raise Refused(
        f"“{shown}”的内容是 {FORMATS[code].name}，与扩展名不符，请核对文件，重新保存后再上传（{allowed.words}）。"
    )
