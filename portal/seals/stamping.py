"""A seal's picture on a paper without a signature: appended to the file, so that what was issued stays inside."""

import io

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from portal.errors import Refused
from portal.seals.ink import ink
from portal.seals.places import SealPlace, places
from portal.seals.reading import is_signed


def place_for(pdf: bytes, key: str) -> SealPlace:
    """The place of that name. Raises Refused when the paper has none."""
    if found := places(pdf).get(key):
        return found
    raise Refused("该文书没有这个用印位置。")


def stamped(pdf: bytes, picture: bytes, key: str) -> bytes:
    """The paper with the seal's picture at its place. Raises Refused: no such place, or a signature that would break.

    The first bytes of what comes back are the paper as it was.
    """
    place = place_for(pdf, key)
    if is_signed(pdf):
        raise Refused("该文书已有数字签名，再加印章图片会使签名失效：请由持有密钥的机构签名，或在纸质件上盖章。")
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    _wrap(writer, place.page)
    _draw(writer, place, picture)
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def _wrap(writer: IncrementalPdfFileWriter, page: int) -> None:
    """What the page did to its coordinates ends with it."""
    writer.add_stream_to_page(page, writer.add_object(generic.StreamObject(stream_data=b"q")), prepend=True)
    writer.add_stream_to_page(page, writer.add_object(generic.StreamObject(stream_data=b"Q")))


def _draw(writer: IncrementalPdfFileWriter, place: SealPlace, picture: bytes) -> None:
    drawn = ink(picture, place.w)
    drawn.set_writer(writer)
    # An artifact to those who read by ear: the page says in words who stamped.
    command = b"/Artifact BMC q 1 0 0 1 %.3f %.3f cm %s Q EMC" % (place.x, place.y, drawn.render())
    stream = writer.add_object(generic.StreamObject(stream_data=command))
    writer.add_stream_to_page(place.page, stream, drawn.resources.as_pdf_object())
