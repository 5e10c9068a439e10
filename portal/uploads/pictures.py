"""Pictures: made anew, so that nothing but the picture is kept."""

import io
from typing import IO, BinaryIO

from PIL import Image, ImageOps, UnidentifiedImageError

from portal.errors import Refused

MOST_PIXELS = 60_000_000
_PAPER_WIDTH = 1860  # 156 mm at 300 dots to the inch, as wide as text is on paper


def made_anew(stream: BinaryIO, shown: str, extension: str) -> io.BytesIO:
    """The picture alone, upright: whatever else the file carried (place, camera, a second file) stays behind.

    Raises Refused.
    """
    stream.seek(0)
    try:
        with Image.open(stream, formats=("PNG", "JPEG")) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise Refused(f"“{shown}”的像素过多，请缩小后再上传。")
            upright = ImageOps.exif_transpose(picture)
            kind = "RGB" if extension == "jpg" else "RGBA" if "A" in upright.getbands() else "RGB"
            made = io.BytesIO()
            upright.convert(kind).save(made, "JPEG" if extension == "jpg" else "PNG", quality=90, optimize=False)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise Refused(f"“{shown}”不是完整的图片，请重新保存后再上传。") from error
    return made


def for_paper(stream: IO[bytes]) -> bytes:
    """A picture that was made anew once, no finer than paper can show."""
    with Image.open(stream, formats=("PNG", "JPEG")) as picture:
        if picture.width <= _PAPER_WIDTH:
            stream.seek(0)
            return stream.read()
        made = io.BytesIO()
        kind = picture.format
        picture.thumbnail((_PAPER_WIDTH, _PAPER_WIDTH * 4))
        picture.save(made, kind, quality=88)
        return made.getvalue()
