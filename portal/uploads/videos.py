"""MP4: whole by its boxes (ISO/IEC 14496-12), with a picture track, and nothing before, between or behind them."""

import re
from collections.abc import Iterator
from typing import BinaryIO

from portal.errors import Refused
from portal.uploads.archives import is_archive

_BRANDS = {b"isom", b"mp41", b"mp42", b"avc1", b"M4V ", b"M4VP", b"M4VH", b"MSNV", b"mmp4", b"dash", b"f4v "}
_BRANDS |= {b"iso%d" % number for number in range(2, 10)}
_BOXES = {
    b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"uuid", b"udta", b"meta", b"pdin", b"styp", b"sidx", b"ssix",
    b"moof", b"mfra", b"prft", b"emsg",
}  # fmt: skip
_PICTURE_TRACK = re.compile(rb"hdlr.{8}vide", re.DOTALL)
_MOST_BOXES, _MOST_INDEX = 20_000, 64 * 1024 * 1024


def look_through(stream: BinaryIO, shown: str) -> None:
    """Refuse what is no whole MP4 with pictures in it. Raises Refused."""
    found = dict.fromkeys((b"ftyp", b"moov", b"mdat"), b"")
    try:
        for number, (kind, start, end) in enumerate(_boxes(stream)):
            if (number == 0) != (kind == b"ftyp") or number > _MOST_BOXES:
                raise ValueError("it begins with ftyp, which stands once")
            if kind in found:
                found[kind] = _content(stream, start, end) if kind != b"mdat" else b"there"
    except ValueError as error:
        raise Refused(f"“{shown}”不是完整的 MP4 视频，请重新导出后再上传。") from error
    brands = {found[b"ftyp"][place : place + 4] for place in (0, *range(8, len(found[b"ftyp"]), 4))}
    if not brands & _BRANDS or not found[b"mdat"] or not _PICTURE_TRACK.search(found[b"moov"]) or is_archive(stream):
        raise Refused(f"“{shown}”不是可以播放的 MP4 视频，请用视频软件另存为 MP4（H.264）后再上传。")


def _boxes(stream: BinaryIO) -> Iterator[tuple[bytes, int, int]]:
    """Kind, beginning and end of the content of each box of the file. Raises ValueError for what is none."""
    end, place = stream.seek(0, 2), 0
    while place < end:
        stream.seek(place)
        head = stream.read(16)
        size, kind, length = int.from_bytes(head[:4]), head[4:8], 8
        if size == 1:
            size, length = int.from_bytes(head[8:16]), 16
        size = size or end - place
        if kind not in _BOXES or size < length or place + size > end:
            raise ValueError(f"no box at {place}")
        yield kind, place + length, place + size
        place += size


def _content(stream: BinaryIO, start: int, end: int) -> bytes:
    if end - start > _MOST_INDEX:
        raise ValueError("an index that large is none")
    stream.seek(start)
    return stream.read(end - start)
