"""`make screenshots`: the pictures in docs/screenshots, taken from the demo world. Look at them before committing."""

from collections.abc import Callable
from pathlib import Path

from tests.browser import Visitor
from tests.test_browser import browser, portal, visitor  # noqa: F401 — fixtures

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "screenshots"


def test_screenshots(visitor: Callable[..., Visitor]) -> None:  # noqa: F811
    FOLDER.mkdir(exist_ok=True)
    for account, name, width in (
        ("", "sign-in", 1280),
        ("chushen.wuhan", "home", 1280),
        ("chushen.wuhan", "home-narrow", 375),
    ):
        somebody = visitor(account)
        somebody.page.set_viewport_size({"width": width, "height": 720})
        somebody.go("/" if account else "/accounts/login/")
        somebody.page.screenshot(path=FOLDER / f"{name}.png", full_page=True)
