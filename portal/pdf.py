"""HTML → PDF: the only importer of WeasyPrint. A document reaches nothing but the portal's static files, by name."""

import re
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from PIL import ImageFile
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

# WeasyPrint turns it on for the whole process: an upload that was cut off would pass for a whole picture.
ImageFile.LOAD_TRUNCATED_IMAGES = False

_BASE = "asset:"
_PICTURE = "picture:"
_NAMED = re.compile(r"asset:/?(?P<name>(?:[a-z0-9_-]+/)*[a-z0-9_.-]+\.(?P<kind>css|svg|png|ttf|otf|woff2))")
_TYPES = {
    "css": "text/css",
    "svg": "image/svg+xml",
    "png": "image/png",
    "ttf": "font/ttf",
    "otf": "font/otf",
    "woff2": "font/woff2",
}


class Unprintable(Exception):
    """A document asks for something that documents may not have."""


class Assets(URLFetcher):
    """What a document may load: static files as `asset:css/paper.css`, and the pictures that came with it.

    They are `picture:NAME`. No network, no files, no data in the address.

    `denied`: what else was asked for; within a drawing WeasyPrint goes on without it, so the caller has to look.
    """

    def __init__(self, pictures: Mapping[str, bytes]) -> None:
        # What is denied below ends the rendering by itself; a font that isn't installed does not.
        super().__init__(allowed_protocols=("asset", "picture"), allow_redirects=False)
        self.pictures = pictures
        self.denied: list[str] = []

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        """A static file. Ends the rendering for anything else: our templates ask for nothing else."""
        if url.startswith(_PICTURE) and (name := url.removeprefix(_PICTURE)) in self.pictures:
            return URLFetcherResponse(url, self.pictures[name])
        named = _NAMED.fullmatch(url)
        path = _found(named["name"]) if named else None
        if named is None or path is None:
            self.denied.append(url[:200])
            raise FatalURLFetchingError(url[:200])
        return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": _TYPES[named["kind"]]})


def _found(name: str) -> Path | None:
    """A static file, or one of the fonts, which lie apart: browsers have no use for them."""
    if name.startswith("fonts/"):
        return settings.FONTS_DIR / name.removeprefix("fonts/")  # one that isn't there is passed over for the next
    path = finders.find(name)
    return Path(path) if isinstance(path, str) else None


def rendered(template: str, context: dict[str, Any], *, identifier: str) -> bytes:
    """A document as PDF. The same template, context and identifier give the same bytes. Raises Unprintable."""
    return printed(render_to_string(template, context), identifier=identifier)


def fonts() -> FontConfiguration:
    """The fonts of the machine and those of paper, loaded: for a process that is about to limit its memory.

    Fontconfig and WeasyPrint go on without a font for which memory didn't suffice, and fontconfig even writes what
    it found then into the machine's cache, for every other program. So nothing of it may be left for later.
    """
    loaded = FontConfiguration()
    CSS(url="asset:css/paper.css", url_fetcher=Assets({}), font_config=loaded)
    return loaded


def printed(
    html: str,
    *,
    identifier: str,
    pictures: Mapping[str, bytes] | None = None,
    loaded: FontConfiguration | None = None,
) -> bytes:
    """HTML as a tagged PDF (PDF/UA-1); `identifier` stands in the file and tells it from others. Raises Unprintable.

    `pictures`: content by name, shown as <img src="picture:NAME">. `loaded`: what `fonts()` gave, if it was asked.
    """
    assets, made = Assets(pictures or {}), b""
    with suppress(FatalURLFetchingError):
        document = HTML(string=html, base_url=_BASE, url_fetcher=assets)
        marks = [CSS(url="asset:css/paper-rehearsal.css", url_fetcher=assets)] if settings.IS_REHEARSAL else []
        made = document.write_pdf(
            font_config=loaded, stylesheets=marks, pdf_identifier=identifier.encode(), pdf_variant="pdf/ua-1"
        )
    if assets.denied:
        raise Unprintable(f"documents don't load {assets.denied[0]}")
    if not made:
        raise Unprintable("nothing was printed, without a reason")
    return bytes(made)
