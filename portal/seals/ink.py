"""A seal's picture as ink on a page: what it is pressed on stays readable through it."""

import io

from PIL import Image
from pyhanko.pdf_utils.content import ResourceType
from pyhanko.pdf_utils.generic import DictionaryObject, pdf_name
from pyhanko.pdf_utils.images import PdfImage
from pyhanko.pdf_utils.layout import BoxConstraints


class Ink(PdfImage):
    """The picture, darkening what lies below as ink does."""

    def render(self) -> bytes:
        """Content that draws it from the origin, at the size of its box."""
        name = f"/Ink{self.name}"
        darkens = DictionaryObject({pdf_name("/BM"): pdf_name("/Multiply")})
        self.set_resource(category=ResourceType.EXT_G_STATE, name=pdf_name(name), value=darkens)
        return b"q %s gs %s Q" % (name.encode(), super().render())


def ink(picture: bytes, side: float) -> Ink:
    """A seal's picture (PNG) to be drawn in a square of that side, in points."""
    with Image.open(io.BytesIO(picture), formats=("PNG",)) as shown:
        return Ink(shown.convert("RGBA"), box=BoxConstraints(side, side))
