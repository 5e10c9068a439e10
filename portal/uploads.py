"""What may be uploaded: told by its content, never by its name; pictures made anew, nothing active in documents."""

import hashlib
import io
import re
from dataclasses import dataclass, field
from typing import Any

import pikepdf
from PIL import Image, ImageOps, UnidentifiedImageError

from portal import antivirus
from portal.errors import Refused

_SIGNATURES = (
    (b"%PDF-", "pdf", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "png", "image/png"),
    (b"\xff\xd8\xff", "jpg", "image/jpeg"),
)
MOST_BYTES = 10_000_000
MOST_PIXELS = 60_000_000
FORMATS = "PDF、JPG 或 PNG 格式，每个文件不超过 10 MB"

# What makes a document act by itself, or carry another file: keys and kinds of action of ISO 32000-1.
_ACTIVE_KEYS = {"/JS", "/AA", "/EmbeddedFiles", "/EF", "/RichMediaContent", "/RichMediaSettings", "/XFA"}
_ACTIVE_ACTIONS = {
    "/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToR", "/GoToE", "/Movie", "/Sound", "/Rendition",
    "/RichMediaExecute",
}  # fmt: skip


@dataclass(frozen=True)
class Upload:
    """A file that may be kept: its name for people, its type, its content as it is kept, and that content's SHA-256."""

    name: str
    extension: str
    media_type: str
    content: bytes = field(repr=False)

    @property
    def size(self) -> int:
        """Bytes."""
        return len(self.content)

    @property
    def digest(self) -> str:
        """SHA-256 of what is kept."""
        return hashlib.sha256(self.content).hexdigest()


def examined(stream: Any, name: str) -> Upload:
    """Look through an uploaded file, at most MOST_BYTES of it. Raises Refused with a sentence."""
    shown = _clean(name)
    content: bytes = stream.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise Refused(f"“{shown}”超过 10 MB，请压缩或拆分后再上传。")
    found = next(((ext, media) for magic, ext, media in _SIGNATURES if content.startswith(magic)), None)
    if found is None:
        raise Refused(f"“{shown}”不是可接受的文件：请上传{FORMATS}。")
    antivirus.scan(content, shown)
    extension, media_type = found
    if extension == "pdf":
        _look_through(content, shown)
    else:
        content = _made_anew(content, shown, extension)
    return Upload(shown, extension, media_type, content)


def _clean(name: str) -> str:
    """The last part of a name, without control characters; it is only ever shown, never used as a path."""
    last = re.split(r"[\\/]", name)[-1]
    return re.sub(r"[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069]", "", last).strip()[-120:] or "未命名文件"


# -- pictures -------------------------------------------------------------------------------------------------------
def _made_anew(content: bytes, shown: str, extension: str) -> bytes:
    """The picture alone, upright: whatever else the file carried (place, camera, a second file) stays behind."""
    try:
        with Image.open(io.BytesIO(content), formats=("PNG", "JPEG")) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise Refused(f"“{shown}”的像素过多，请缩小后再上传。")
            upright = ImageOps.exif_transpose(picture)
            kind = "RGB" if extension == "jpg" else "RGBA" if "A" in upright.getbands() else "RGB"
            made = io.BytesIO()
            upright.convert(kind).save(made, "JPEG" if extension == "jpg" else "PNG", quality=90, optimize=False)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise Refused(f"“{shown}”不是完整的图片，请重新保存后再上传。") from error
    return made.getvalue()


# -- documents ------------------------------------------------------------------------------------------------------
def _look_through(content: bytes, shown: str) -> None:
    """Refuse a document that is locked, broken, or holds anything that acts by itself or another file."""
    try:
        with pikepdf.open(io.BytesIO(content)) as document:
            if document.is_encrypted:
                raise Refused(f"“{shown}”设有密码或权限限制，请取消后再上传。")
            if len(document.pages) == 0:
                raise Refused(f"“{shown}”没有页面，请检查后再上传。")
            active = any(_is_active(found) for found in document.objects)
    except pikepdf.PasswordError as error:
        raise Refused(f"“{shown}”设有密码或权限限制，请取消后再上传。") from error
    except (pikepdf.PdfError, RuntimeError, ValueError) as error:
        raise Refused(f"“{shown}”不是完整的 PDF 文件，请重新生成后再上传。") from error
    if active:
        raise Refused(f"“{shown}”含有脚本、自动动作或内嵌文件，请另存为普通 PDF 后再上传。")


def _is_active(found: Any, depth: int = 0) -> bool:
    """Whether an object, or one written inside it, is of an active kind. References are met by themselves."""
    if depth > 50:  # nobody writes that by hand
        return True
    if isinstance(found, pikepdf.Array):
        return any(_is_active(item, depth + 1) for item in found if not _is_reference(item))
    if not isinstance(found, pikepdf.Dictionary | pikepdf.Stream):
        return False
    keys = set(found.keys())
    if keys & _ACTIVE_KEYS or str(found.get("/S", "")) in _ACTIVE_ACTIONS:
        return True
    return any(_is_active(found[key], depth + 1) for key in keys if not _is_reference(found[key]))


def _is_reference(item: Any) -> bool:
    return bool(getattr(item, "is_indirect", False))
