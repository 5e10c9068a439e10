"""Organisations' seals: an invented picture for each, and the papers that they are put on."""

import io
import math
from functools import cache
from pathlib import Path

from django.conf import settings
from PIL import Image, ImageDraw, ImageFont

from portal import walls
from portal.actors import Actor
from portal.models import Paper
from portal.services import seals

_SIDE, _RED, _PAPER = 620, (200, 22, 29), (252, 251, 249)


def kept(name: str, actor: Actor) -> None:
    """The organisation's seal is on the portal."""
    with walls.enter(actor):
        seals.keep(io.BytesIO(picture(name)), "印章.png", actor=actor)


def stamped(paper: Paper, place: str, actor: Actor) -> None:
    """The organisation's seal is on the paper."""
    with walls.enter(actor):
        seals.stamp(paper, place, proved_by="second_factor", actor=actor)


def picture(name: str) -> bytes:
    """A round seal with the name along its rim, a star, and the word that says it is none."""
    drawn = Image.new("RGB", (_SIDE, _SIDE), _PAPER)
    pen, middle = ImageDraw.Draw(drawn), _SIDE / 2
    pen.ellipse((20, 20, _SIDE - 20, _SIDE - 20), outline=_RED, width=16)
    pen.polygon(_star(middle, 92), fill=_RED)
    letters = name.replace("（示例）", "")
    each = min(26.0, 250 / max(len(letters) - 1, 1))
    for place, letter in enumerate(letters):
        angle = (place - (len(letters) - 1) / 2) * each
        _put(drawn, letter, angle, radius=_SIDE * 0.375, size=54 if len(letters) < 14 else 44)
    pen.text((middle, middle + 155), "演练用印", font=_font(46), fill=_RED, anchor="mm")
    made = io.BytesIO()
    drawn.save(made, "PNG")
    return made.getvalue()


def _star(middle: float, radius: float) -> list[tuple[float, float]]:
    points = []
    for place in range(10):
        reach, angle = radius if place % 2 == 0 else radius * 0.382, math.radians(36 * place - 90)
        points.append((middle + reach * math.cos(angle), middle + reach * math.sin(angle)))
    return points


def _put(drawn: Image.Image, letter: str, angle: float, *, radius: float, size: int) -> None:
    """A letter on the rim, its foot towards the middle."""
    tile = Image.new("L", (size * 2, size * 2), 0)
    ImageDraw.Draw(tile).text((size, size), letter, font=_font(size), fill=255, anchor="mm")
    turned = tile.rotate(-angle, resample=Image.Resampling.BICUBIC)
    x = _SIDE / 2 + radius * math.sin(math.radians(angle)) - size
    y = _SIDE / 2 - radius * math.cos(math.radians(angle)) - size
    drawn.paste(_RED, (round(x), round(y)), turned)


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(Path(settings.FONTS_DIR) / "fandolsong-bold.otf"), size)
