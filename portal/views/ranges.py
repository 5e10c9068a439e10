"""A file in pieces: a download that broke off goes on where it was."""

import re
from collections.abc import Iterator
from typing import IO

from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from portal import rehearsal

_RANGE = re.compile(r"bytes=(\d{0,19})-(\d{0,19})")
_PIECE = 256 * 1024


def file_in_pieces(
    asked: str, condition: str, file: IO[bytes], *, size: int, digest: str, name: str
) -> HttpResponseBase:
    """The file, or the piece of it that `asked` (the Range header) names.

    `condition`: the If-Range header, with the tag that the first piece came with: pieces of two files are never mixed.
    """
    tag = f'"{digest}"'
    found = _RANGE.fullmatch(asked.strip()) if asked and condition in {"", tag} else None
    piece = _piece(found, size) if found else None
    if found and piece is None:
        file.close()
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    first, last = piece or (0, size - 1)
    whole = FileResponse(file, as_attachment=True, filename=rehearsal.marked(name))
    whole["ETag"], whole["Accept-Ranges"] = tag, "bytes"
    if piece is None:
        return whole
    file.seek(first)
    part = StreamingHttpResponse(_read(file, last - first + 1), status=206, content_type=whole["Content-Type"])
    for header in ("ETag", "Accept-Ranges", "Content-Disposition"):
        part[header] = whole[header]
    part["Content-Range"], part["Content-Length"] = f"bytes {first}-{last}/{size}", str(last - first + 1)
    return part


def _piece(found: re.Match[str], size: int) -> tuple[int, int] | None:
    """First and last byte; None when there is no such piece."""
    first, last = found.groups()
    if not first and not last:
        return None
    if not first:
        return (max(size - int(last), 0), size - 1) if int(last) else None
    end = min(int(last), size - 1) if last else size - 1
    return (int(first), end) if int(first) <= end else None


def _read(file: IO[bytes], left: int) -> Iterator[bytes]:
    with file:
        while left > 0 and (piece := file.read(min(_PIECE, left))):
            left -= len(piece)
            yield piece
