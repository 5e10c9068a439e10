"""`make screenshots`: the pictures in docs/screenshots, taken from the demo world. Look at them before committing."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.browser import Visitor

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "screenshots"
# Account, page, the picture's name, how wide and how high.
PICTURES = (
    ("", "/accounts/login/", "sign-in", 1280, 720),
    ("chushen.wuhan", "/", "home", 1280, 720),
    ("chushen.wuhan", "/", "home-narrow", 375, 720),
    ("tianbao", "/assessments/{assessment}/sections/operation/", "section", 1280, 1000),
    ("tianbao", "/assessments/{earlier}/result/", "result", 1280, 1000),
    ("tianbao", "/rounds/{round}/", "round", 1280, 1000),
    ("jingban", "/factories/", "factories", 1280, 1000),
    ("tianbao", "/applications/{draft}/", "application", 1280, 1000),
    ("tianbao", "/rounds/{round}/apply/?factory={factory_to_apply}", "may-we-apply", 1280, 1000),
    ("chushen.wuhan", "/applications/{mended}/versions/2/changes/", "changes", 1280, 720),
    ("chushen.wuhan", "/rounds/{round}/reviews/", "inbox", 1280, 720),
    ("fuze.wuhan", "/city-lists/{list}/", "city-list", 1280, 720),
    ("zhuanjia1", "/sheets/{sheet}/", "sheet", 1280, 1000),
    ("jingban", "/rounds/{judged_round}/choice/", "choice", 1280, 720),
)


def test_screenshots(visitor: Callable[..., Visitor], world: dict[str, Any]) -> None:
    FOLDER.mkdir(exist_ok=True)
    for account, path, name, width, height in PICTURES:
        somebody = visitor(account)
        somebody.page.set_viewport_size({"width": width, "height": height})
        somebody.go(path.format(**world))
        somebody.page.screenshot(path=FOLDER / f"{name}.png", full_page=height == 720)
