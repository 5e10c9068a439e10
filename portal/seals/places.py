"""Where on a paper the seals go: each place is a named destination that its template gives it."""

import io
from dataclasses import dataclass
from typing import Any

import pikepdf

MM = 72 / 25.4
SIDE = 42 * MM  # of a seal, and of the box that `.seal-place` makes for it
PREFIX = "seal-"


@dataclass(frozen=True)
class SealPlace:
    """A box on a page (from 0), in points from the lower left corner."""

    page: int
    x: float
    y: float
    w: float = SIDE
    h: float = SIDE

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Lower left and upper right corner."""
        return self.x, self.y, self.x + self.w, self.y + self.h


def places(pdf: bytes) -> dict[str, SealPlace]:
    """The seal places of a paper by key (`unit`, `city-finance`), in the order of pages and lines."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        names: Any = document.Root.get("/Names")
        if names is None or "/Dests" not in names:
            return {}
        pages = {page.obj.objgen: number for number, page in enumerate(document.pages)}
        found = {
            str(name).removeprefix(PREFIX): _place(target, pages)
            for name, target in pikepdf.NameTree(names["/Dests"]).items()
            if str(name).startswith(PREFIX)
        }
    return dict(sorted(found.items(), key=lambda item: (item[1].page, -item[1].y, item[1].x)))


def _place(target: Any, pages: dict[tuple[int, int], int]) -> SealPlace:
    """The destination names the box's upper left corner."""
    where = target["/D"] if isinstance(target, pikepdf.Dictionary) else target
    left, top = float(where[2]), float(where[3])
    return SealPlace(pages[where[0].objgen], left, top - SIDE)
