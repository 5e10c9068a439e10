"""`make screenshots`: the pictures in docs/screenshots, taken from the demo world. Look at them before committing."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from review.models import Dispatch, Publicity
from tests.browser import Served, Visitor, kept_as
from tiers.models import Round

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "screenshots"
# Account, page, the picture's name, how wide and how high.
PICTURES = (
    ("tianbao", "/applications/{draft}/", "application", 1280, 1000),
    ("chushen.wuhan", "/rounds/{round}/reviews/", "inbox", 1280, 720),
    ("fuze.wuhan", "/city-lists/{list}/", "city-list", 1280, 720),
    ("zhuanjia1", "/sheets/{sheet}/", "sheet", 1280, 1000),
    ("jingban", "/rounds/{expert_round}/choice/", "choice", 1280, 1400),
    ("", "/publicity/{published}/", "publicity", 1280, 1000),
    ("buji", "/dispatches/{received}/", "dispatch", 1280, 1000),
    ("shenji", "/record/", "record", 1280, 1000),
)


def _places() -> dict[str, str]:
    """Parts of the demo world in which somebody has something to do now."""
    this_years = Round.objects.filter(unit__code="HB").order_by("-year")
    return {
        "expert_round": this_years.filter(batch=2)[0].ref,
        "published": Publicity.objects.filter(round__in=this_years.filter(batch=4), number=1)[0].ref,
        "received": Dispatch.objects.filter(round__in=this_years.filter(batch=5))[0].ref,
    }


def test_screenshots(visitor: Callable[..., Visitor], portal: Served, world: dict[str, Any]) -> None:
    places = world | portal.ask(_places)
    for account, path, name, width, height in PICTURES:
        somebody = visitor(account)
        somebody.page.set_viewport_size({"width": width, "height": height})
        somebody.go(path.format(**places))
        kept_as(FOLDER / f"{name}.png", somebody.page, whole=height == 720)
