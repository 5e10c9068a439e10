"""Pictures: made anew, so that nothing but the picture is kept."""

import io
from typing import BinaryIO

from PIL import Image, ImageOps, UnidentifiedImageError

from portal.errors import Refused

MOST_PIXELS = 60_000_000


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
