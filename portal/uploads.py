"""What may be uploaded: told by its first bytes, never by its name."""

import hashlib
import re
from dataclasses import dataclass
from typing import Any

from portal.errors import Refused

_SIGNATURES = (
    (b"%PDF-", "pdf", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "png", "image/png"),
    (b"\xff\xd8\xff", "jpg", "image/jpeg"),
)
MOST_BYTES = 10_000_000
FORMATS = "PDF、JPG 或 PNG 格式，每个文件不超过 10 MB"


@dataclass(frozen=True)
class Upload:
    """A file that may be kept: its name for people, its type by signature, its size in bytes and its SHA-256."""

    name: str
    extension: str
    media_type: str
    size: int
    digest: str


def examined(stream: Any, name: str) -> Upload:
    """Look at an uploaded file and leave it at its beginning. Raises Refused with a sentence."""
    shown = _clean(name)
    head = stream.read(16)
    found = next(((ext, media) for magic, ext, media in _SIGNATURES if head.startswith(magic)), None)
    if found is None:
        raise Refused(f"“{shown}”不是可接受的文件：请上传{FORMATS}。")
    sha, size = hashlib.sha256(head), len(head)
    while chunk := stream.read(65_536):
        sha.update(chunk)
        size += len(chunk)
        if size > MOST_BYTES:
            raise Refused(f"“{shown}”超过 10 MB，请压缩或拆分后再上传。")
    stream.seek(0)
    return Upload(shown, found[0], found[1], size, sha.hexdigest())


def _clean(name: str) -> str:
    """The last part of a name, without control characters; it is only ever shown, never used as a path."""
    last = re.split(r"[\\/]", name)[-1]
    return re.sub(r"[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069]", "", last).strip()[-120:] or "未命名文件"
