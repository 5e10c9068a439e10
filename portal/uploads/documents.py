"""PDF: kept as it is, because paper and digest must agree; one that acts by itself, or carries a file, is refused."""

from typing import Any, BinaryIO

import pikepdf

from portal.errors import Refused
from portal.uploads.archives import is_archive

MOST_OBJECTS = 250_000
# What makes a document act by itself, or carry another file: keys and kinds of action of ISO 32000-1.
_ACTIVE_KEYS = {"/JS", "/AA", "/EmbeddedFiles", "/EF", "/RichMediaContent", "/RichMediaSettings", "/XFA"}
_ACTIVE_ACTIONS = {
    "/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToR", "/GoToE", "/Movie", "/Sound", "/Rendition",
    "/RichMediaExecute",
}  # fmt: skip


def look_through(stream: BinaryIO, shown: str) -> None:
    """Refuse what is locked, broken, or holds anything that acts by itself or another file. Raises Refused."""
    stream.seek(0)
    broken = f"“{shown}”不是完整的 PDF 文件，请重新生成后再上传。"
    try:
        with pikepdf.open(stream) as document:
            if document.is_encrypted:
                raise Refused(f"“{shown}”设有密码或权限限制，请取消后再上传。")
            if len(document.pages) == 0:
                raise Refused(f"“{shown}”没有页面，请检查后再上传。")
            if len(document.objects) > MOST_OBJECTS:
                raise Refused(f"“{shown}”结构过于复杂，请重新生成或拆分后再上传。")
            active = any(_is_active(found) for found in document.objects)
    except pikepdf.PasswordError as error:
        raise Refused(f"“{shown}”设有密码或权限限制，请取消后再上传。") from error
    except (pikepdf.PdfError, RuntimeError, ValueError) as error:
        raise Refused(broken) from error
    if active:
        raise Refused(f"“{shown}”含有脚本、自动动作或内嵌文件，请另存为普通 PDF 后再上传。")
    if is_archive(stream):
        raise Refused(broken)


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
