"""What paper costs: a book through the press against WeasyPrint alone and Chromium, twenty of them, packages, tables.

A book is the bench's own application with its texts made longer until it has about thirty pages. It is set once; the
same HTML goes through the press (a process of its own, limits, tags), through WeasyPrint as it comes with the same
options, and through headless Chromium printing to PDF (the fonts it has, no tags asked for). What is compared is wall
time in turns, the least of each: a press waits for its child, whose CPU is not this process's.
"""

import os
import resource
import shutil
import subprocess
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pikepdf
from django.conf import settings
from django.template.loader import render_to_string
from django.test.utils import override_settings
from weasyprint import HTML

from applications.documents import DOCUMENTS
from applications.models import Submission
from bench.applicants import handed_in, one
from bench.measure import Figure
from portal import clock, walls
from portal.papers import marks_of
from portal.pdf import Assets, printed
from portal.press import pressed
from portal.services.packages import _packed
from portal.spreadsheets import Column, Kind, write_csv, write_workbook

PRESS_GOAL, MEMORY_GOAL, FLAT_GOAL = 1.15, 60.0, 1.15
RUNS, PAGES, BOOKS, ROWS = 3, 30, 20, 20_000
Texts = list[tuple[dict[str, Any], str, str]]
_CHROMIUM = shutil.which("chromium")
_FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]


def measured() -> Iterator[Figure]:
    """The book, twenty books, a package's memory, a long table's memory."""
    html, pictures = _book()
    yield from _press(html, pictures)
    yield from _package()
    yield from _tables()


# -- the book --------------------------------------------------------------------------------------------------------
def _book() -> tuple[str, dict[str, bytes]]:
    submission = handed_in(one())
    with walls.system("bench"):
        texts = _texts(submission)
        enough = (n for n in range(len(texts) + 1) if _pages(_printed(submission, texts, n)) >= PAGES)
        return _set(submission, texts, next(enough, len(texts)))


def _texts(submission: Submission) -> Texts:
    """Its long answers."""
    sections = submission.document["sections"].values()
    return [
        (answers, key, value)
        for answers in sections
        for key, value in answers.items()
        if isinstance(value, str) and len(value) > 60
    ]


def _set(submission: Submission, texts: Texts, count: int) -> tuple[str, dict[str, bytes]]:
    """The book's HTML and pictures with so many of its long answers twelve times as long, in memory only."""
    for number, (answers, key, value) in enumerate(texts):
        answers[key] = "\n\n".join([value] * (12 if number < count else 1))
    marks = marks_of(
        number=submission.number, version=1, code="K7QD3MPX9RTW", secret="s", digest=submission.digest,  # noqa: S106
        address="https://portal.example/verify/K7QD3MPX9RTW/", issued_at=clock.beijing(clock.now()),
    )  # fmt: skip
    form = DOCUMENTS["book"]
    html = render_to_string(form.template, {**form.context(submission), "marks": marks})
    return html, dict(form.pictures(submission))


def _printed(submission: Submission, texts: Texts, count: int) -> bytes:
    html, pictures = _set(submission, texts, count)
    return printed(html, identifier="x", pictures=pictures)


def _pages(content: bytes) -> int:
    with tempfile.TemporaryFile() as file:
        file.write(content)
        with pikepdf.open(file) as pdf:
            return len(pdf.pages)


def _press(html: str, pictures: dict[str, bytes]) -> Iterator[Figure]:
    def ours() -> bytes:
        limits = {"seconds": settings.PRESS_SECONDS, "megabytes": settings.PRESS_MEGABYTES}
        return pressed(html, identifier="x", pictures=pictures, **limits)

    def plain() -> bytes:
        document = HTML(string=html, base_url="asset:", url_fetcher=Assets(pictures))
        return bytes(document.write_pdf(pdf_identifier=b"x", pdf_variant="pdf/ua-1"))

    acts: dict[str, Callable[[], Any]] = {"press": ours, "plain": plain}
    if _CHROMIUM:
        acts["chromium"] = lambda: _chromium(html)
    taken: dict[str, list[float]] = {name: [] for name in acts}
    for _ in range(RUNS):
        for name, act in acts.items():
            began = time.perf_counter()
            act()
            taken[name].append(time.perf_counter() - began)
    best = {name: min(times) for name, times in taken.items()}
    pages, size = _pages(ours()), len(ours())
    note = f"{pages} pages, {size / 1000:.0f} kB: {best['press']:.2f} to {best['plain']:.2f} s"
    ratio = best["press"] / best["plain"]
    yield Figure("paper: a book through the press to WeasyPrint alone", ratio, "×", PRESS_GOAL, note)
    if "chromium" in best:
        note = f"{best['press']:.2f} to {best['chromium']:.2f} s, its start included; no goal"
        yield Figure("paper: the same to headless Chromium", best["press"] / best["chromium"], "×", None, note)
    began = time.perf_counter()
    with ThreadPoolExecutor(os.cpu_count()) as pool:  # each press is a process of its own; the threads only wait
        list(pool.map(lambda _: ours(), range(BOOKS)))
    seconds = time.perf_counter() - began
    share = seconds / (BOOKS * best["press"] / (os.cpu_count() or 1))
    note = f"{seconds:.1f} s for {BOOKS} of {pages} pages on {os.cpu_count()} cores"
    yield Figure("paper: twenty books to a twentieth of them each, cores shared", share, "×", 1.5, note)


def _chromium(html: str) -> None:
    """Print the same page; style sheets stand in the file, pictures and fonts of our own are not to be had there."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "book.html"), Path(folder, "book.pdf")
        styles = Path(settings.BASE_DIR, "static/css")
        css = "".join((styles / name).read_text() for name in ("paper.css", "paper-book.css"))
        source.write_text(html.replace("</head>", f"<style>{css}</style></head>"))
        command = [str(_CHROMIUM), *_FLAGS, f"--user-data-dir={folder}/data", f"--print-to-pdf={target}", str(source)]
        subprocess.run(command, check=True, capture_output=True, timeout=120)


# -- packages and tables ---------------------------------------------------------------------------------------------
def _package() -> Iterator[Figure]:
    """Memory of putting a package together, with few and with many files in it."""
    content = os.urandom(2_000_000)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "book.pdf")
        path.write_bytes(content)

        class Row:
            number, version, printed_code, pages = "HB", 1, "C", 30

        def peak(count: int) -> int:
            files = [(f"{number}.pdf", str(path), "d", Row()) for number in range(count)]
            tracemalloc.start()
            with tempfile.TemporaryFile() as stream:
                _packed(stream, files)  # type: ignore[arg-type]
            most = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            return most

        with override_settings(MEDIA_ROOT=folder):
            few, many = peak(2), peak(60)
    note = f"{few / 2**20:.1f} MB with 2 files of 2 MB, {many / 2**20:.1f} MB with 60"
    yield Figure("package: memory with sixty files to two", many / few, "×", FLAT_GOAL, note)


def _tables() -> Iterator[Figure]:
    """Memory of writing a long table, over what the process has already: measured in children, as the kernel saw it."""
    columns = [Column("企业", width=30), *(Column(f"数{n}", Kind.NUMBER) for n in range(29))]
    for name, write in (("workbook", lambda to, rows: write_workbook(to, "表", columns, rows)),
                        ("CSV", lambda to, rows: write_csv(to, columns, rows))):  # fmt: skip
        began = time.perf_counter()
        grown = _in_child(lambda write=write: _written(write))
        note = f"{ROWS} rows of 30 columns in {time.perf_counter() - began:.1f} s"
        yield Figure(f"table: memory above idle, {name}", grown, "MB", MEMORY_GOAL, note)


def _written(write: Callable[[Any, Iterator[Any]], int]) -> None:
    with tempfile.TemporaryFile() as stream:
        write(stream, ((f"企业{n}有限公司", *range(29)) for n in range(ROWS)))


def _in_child(act: Callable[[], None]) -> float:
    """By how many MB a forked child's resident memory grew while it did this."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        before = _resident()
        act()
        peak = max(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, _resident())
        os.write(writer, f"{peak - before}".encode())
        os._exit(0)
    os.waitpid(child, 0)
    with os.fdopen(reader) as said, os.fdopen(writer, "w"):
        return float(os.read(said.fileno(), 50).decode())


def _resident() -> float:
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS")) / 1024
