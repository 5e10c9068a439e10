"""The picture of a seal: cut out, its paper taken away, square."""

import io

from PIL import Image, ImageChops, ImageMath, ImageStat, UnidentifiedImageError

from portal.errors import Refused

MOST_PIXELS = 40_000_000
SIDE = 1000  # 42 mm at 600 dpi; more is only weight
LEAST_SIDE = 240  # 42 mm at 145 dpi; below this the text of a seal runs together
_HAZE = 26  # what covers less than a tenth is paper and noise of the scanner
_MOST_OBLONG = 1.25  # a round seal, cut a bit off the middle
_MOST_COVERED = 0.7


def seal_picture(upload: bytes) -> bytes:
    """A seal's picture as a square PNG whose paper is transparent, made anew. Raises Refused.

    Where ink is thin the picture is too, so that the signature and date it is pressed on stay readable.
    """
    inked = _inked(_opened(upload))
    box = inked.getchannel("A").point(lambda covers: 255 if covers > 2 * _HAZE else 0).getbbox()
    if box is None:
        raise Refused("图片中没有找到印章：请上传白色或透明背景上的红色印章图片。")
    cut = inked.crop(box)
    _check(cut)
    side = max(cut.size)
    square = Image.new("RGBA", (side, side), (255, 255, 255, 0))
    square.paste(cut, ((side - cut.width) // 2, (side - cut.height) // 2))
    if side > SIDE:
        square = square.resize((SIDE, SIDE), Image.Resampling.LANCZOS)
    made = io.BytesIO()
    square.save(made, "PNG", optimize=True)
    return made.getvalue()


def _opened(upload: bytes) -> Image.Image:
    """The picture on white paper. Raises Refused."""
    try:
        with Image.open(io.BytesIO(upload), formats=("PNG", "JPEG")) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise Refused("图片的像素过多，请裁剪为仅含印章的图片后再上传。")
            shown = picture.convert("RGBA")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise Refused("不是完整的 PNG 或 JPG 图片，请重新保存后再上传。") from error
    shown.thumbnail((3 * SIDE, 3 * SIDE), Image.Resampling.LANCZOS)
    paper = Image.new("RGBA", shown.size, "white")
    paper.alpha_composite(shown)
    return paper.convert("RGB")


def _inked(picture: Image.Image) -> Image.Image:
    """The ink alone: what, laid on white paper, gives the picture again; a greyish scan's paper counts as white."""
    whitened = [_whitened(channel) for channel in picture.split()]
    least = ImageChops.darker(ImageChops.darker(whitened[0], whitened[1]), whitened[2])
    covers = ImageChops.invert(least).point(lambda value: value if value > _HAZE else 0)
    ink = [
        ImageMath.lambda_eval(
            lambda of: of["convert"](
                of["min"](of["max"]((of["c"] - 255 + of["a"]) * 255 / of["max"](of["a"], 1), 0), 255), "L"
            ),
            c=channel,
            a=covers,
        )
        for channel in whitened
    ]
    return Image.merge("RGBA", [*ink, covers])


def _whitened(channel: Image.Image) -> Image.Image:
    """The channel, stretched so that the paper (its commonest bright value) becomes white."""
    counts = channel.histogram()
    paper = max(range(160, 256), key=counts.__getitem__)
    level = max(160, paper - 4)
    return channel.point([min(255, value * 255 // level) for value in range(256)])


def _check(cut: Image.Image) -> None:
    """Raises Refused for what can't be the picture of a seal."""
    if max(cut.size) > _MOST_OBLONG * min(cut.size):
        raise Refused("图片中的印章不是圆形或方形：请裁剪为仅含一枚印章的图片后再上传。")
    if max(cut.size) < LEAST_SIDE:
        raise Refused(f"印章在图片中不足 {LEAST_SIDE} 像素，印出后文字会模糊：请以 300 dpi 以上重新扫描。")
    covers = cut.getchannel("A")
    if ImageStat.Stat(covers).mean[0] > 255 * _MOST_COVERED:
        raise Refused("图片没有白色或透明的背景：请在白纸上盖章后扫描，裁剪后再上传。")
    red, green, blue = ImageStat.Stat(cut.convert("RGB"), covers.point(lambda value: 255 if value > 127 else 0)).mean
    if red - max(green, blue) < 60:  # GB/T 9704-2012, 7.3.5.4
        raise Refused("印章应为红色：请上传红色印章的图片。")
