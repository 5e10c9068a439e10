"""Papers in tests: marks as the worker makes them, a paper set and printed, and what poppler reads off it."""

import logging
import re
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

from django.template.loader import render_to_string

from portal.clock import BEIJING
from portal.papers import Document, Marks, draft_marks, marks_of, page_code
from portal.pdf import printed

CODE, SECRET, DIGEST = "K7QD3MPX9RTW", "secret", "0123456789abcdef" * 4
AT = datetime(2024, 11, 22, 23, 59, 58, tzinfo=BEIJING)
MM = 72 / 25.4
# What paper may be set in, by the names under which fonts are put into a file.
FONTS = {
    "Portal-Latin",
    "Portal-Fang",
    "Portal-Kai",
    "Portal-Hei",
    "Portal-Song",
    "Noto-Serif-CJK-SC",
    "Noto-Sans-CJK-SC",
}
FONTS |= {"DejaVu-Serif", "DejaVu-Sans-Mono"}


@dataclass(frozen=True)
class Word:
    """What stands between two spaces, and where, in mm from the page's upper left corner."""

    page: int
    left: float
    top: float
    right: float
    bottom: float
    text: str


@dataclass(frozen=True)
class Read:
    """A paper, read."""

    content: bytes

    def _asked(self, *command: str) -> str:
        return subprocess.run(command, input=self.content, capture_output=True, check=True).stdout.decode()

    @cached_property
    def pages(self) -> list[str]:
        """The text of each page, without spaces and line breaks."""
        text = self._asked("pdftotext", "-raw", "-", "-")
        return ["".join(page.split()) for page in text.split("\f")[:-1]]

    @cached_property
    def text(self) -> str:
        """All of it; what runs on over a page's end is one."""
        return "".join(self.pages)

    @cached_property
    def body(self) -> str:
        """All of it without what stands at the head and the foot of each page (of A4, upright)."""
        text = self._asked("pdftotext", "-raw", "-x", "0", "-y", "94", "-W", "595", "-H", "656", "-", "-")
        return "".join(text.split())

    @cached_property
    def words(self) -> list[Word]:
        """Every word with its place."""
        found, page = [], 0
        for line in self._asked("pdftotext", "-bbox", "-", "-").splitlines():
            page += line.strip().startswith("<page ")
            if match := re.search(r'xMin="(.+?)" yMin="(.+?)" xMax="(.+?)" yMax="(.+?)">(.*)</word>', line):
                left, top, right, bottom = (float(match[place]) / MM for place in range(1, 5))
                text = match[5].replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"').replace("&amp;", "&")
                found.append(Word(page, left, top, right, bottom, text))
        return found

    @cached_property
    def fonts(self) -> dict[str, tuple[str, str]]:
        """Its fonts, and for each whether it is inside, and only as much of it as is used."""
        lines = self._asked("pdffonts", "-").splitlines()[2:]
        return {line.split()[0].partition("+")[2]: (line.split()[-5], line.split()[-4]) for line in lines}

    def picture(self, page: int, folder: Path, dots: int = 60) -> Path:
        """A page as a picture."""
        subprocess.run(
            [
                "pdftoppm",
                "-r",
                str(dots),
                "-f",
                str(page),
                "-l",
                str(page),
                "-singlefile",
                "-png",
                "-",
                folder / "page",
            ],
            input=self.content,
            check=True,
        )
        return folder / "page.png"


def marks(number: str = "HB-2024-E-0042", version: int = 2) -> Marks:
    """Those of an issued paper."""
    address = f"https://portal.example/verify/{CODE}/"
    facts = {"code": CODE, "secret": SECRET, "address": address, "issued_at": AT, "digest": DIGEST}
    return marks_of(number=number, version=version, **facts)


@contextmanager
def missing_letters() -> Iterator[list[str]]:
    """What WeasyPrint says, while it sets, about letters that no font has."""
    found: list[str] = []

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if "notdef" in record.getMessage():
                found.append(record.getMessage())

    logger, listener = logging.getLogger("weasyprint"), Listener(logging.WARNING)
    logger.addHandler(listener)
    try:
        yield found
    finally:
        logger.removeHandler(listener)


@contextmanager
def listening() -> Iterator[tuple[str, list[str]]]:
    """A server on this machine that sends whoever asks to a file of it: its address, and what was asked of it."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(302)
            self.send_header("Location", "file:///etc/hostname")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"127.0.0.1:{server.server_port}", asked
        finally:
            server.shutdown()
            thread.join()


DRAFT = draft_marks(AT, DIGEST)


def code_of(page: int) -> str:
    """What stands at the foot of a page of an issued paper."""
    return page_code(SECRET, page)


def paper(form: Document, thing: Any, with_marks: Marks | None = None) -> Read:
    """The paper of a thing."""
    return set_in(form.template, form.context(thing), with_marks or marks(), form.pictures(thing))


def set_in(
    template: str, context: Mapping[str, Any], with_marks: Marks, pictures: Mapping[str, bytes] | None = None
) -> Read:
    """A context, set in a template and printed."""
    html = render_to_string(template, {**context, "marks": with_marks})
    return Read(printed(html, identifier=DIGEST, pictures=pictures))
