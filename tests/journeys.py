"""Journeys: people who go a whole way through a real installation, and what they leave behind.

`make tour` lets them leave the pictures of docs/tour.md as well.
"""

import os
import re
import subprocess
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Locator, Page

from portal.demo.cast import DOMAIN, PASSWORD, seat_of, secret_of
from portal.invariants import invariants
from tests.browser import ROOT, Served, Visitor, kept_as
from tests.signing_in import code_of

PICTURES = ROOT / "docs" / "tour"
TAKES_PICTURES = bool(os.environ.get("TOUR"))
PATIENCE = 240.0  # beat looks once a minute; twenty books are made
# Codes of the second factor that were used: each counts once.
_used: set[tuple[str, str]] = set()


class Traveller(Visitor):
    """Somebody on a journey: looks at each page they come to, and takes pictures on a tour."""

    def __init__(self, browser: Browser, portal: Served, account: str = "") -> None:
        super().__init__(browser, portal, account)
        self.account = account
        self.secret = secret_of(f"{account}@{DOMAIN}")

    def see(self, picture: str = "", *, page: Page | None = None) -> None:
        """The present page, wide and narrow, without a barrier; kept as a picture of that name on a tour."""
        page = page or self.page
        self.check(page)
        if picture and TAKES_PICTURES:
            kept_as(PICTURES / f"{picture}.png", page)

    def last_seen(self) -> str:
        """Where they are and what they read there."""
        return f"{self.account} at {self.page.url}\n{self.page.locator('body').inner_text()}"

    def visit(self, path: str, picture: str = "") -> Page:
        """Open a page and look at it."""
        self.go(path)
        self.see(picture)
        return self.page

    def follow(self, link: str, *, exact: bool = False) -> Page:
        """Follow a link of the page's body, and look at where it leads."""
        before = self.page.url
        self.page.locator("main").get_by_role("link", name=link, exact=exact).first.click()
        self.page.wait_for_url(lambda url: url != before)
        return self.page

    def confirm(self, button: str) -> None:
        """Press a button that asks again, and say yes."""
        self.press(button)
        asked = self.page.locator("dialog[open]")
        asked.get_by_role("button", name=button, exact=True).click()

    def go_through(self) -> None:
        """Send the form of a page that asks for one act, and wait for what it leads to."""
        with self.page.expect_navigation():
            self.page.locator("main form.panel .btn[type=submit]").click()

    def until_seen(self, text: str) -> None:
        """Load the page again until it says so: what the workers or beat have to do first."""
        ends = time.monotonic() + PATIENCE
        while not self.page.locator("main").get_by_text(text).count():
            assert time.monotonic() < ends, f"{self.page.url} never says {text}"
            self.page.wait_for_timeout(1_000)
            self.page.reload()

    def sign_in_as(self, account: str) -> None:
        """By password, and by a code where the role asks for one, as anybody would."""
        seat = seat_of(account)
        self.account, self.secret = account, secret_of(seat.email)
        self.sign_in(seat.email, PASSWORD)
        if seat.has_second_factor:
            self.fill(code=self.code())
            self.press("登录")

    def set_up_codes(self) -> None:
        """On the page that asks for it: the second factor, from now on theirs."""
        self.secret = self.page.locator("#totp-secret").inner_text().strip()
        self.fill(code=self.code())
        self.press("开通")
        self.page.locator("#recovery-codes li").first.wait_for()
        self.page.get_by_role("link", name="完成").click()

    def code(self) -> str:
        """A code of theirs that was not used yet."""
        while True:
            for periods in (0, 1):
                code = code_of(self.secret, periods=periods)
                if (self.secret, code) not in _used:
                    _used.add((self.secret, code))
                    return code
            time.sleep(3)

    def download(self, link: Locator) -> bytes:
        """What a link hands out."""
        with self.page.expect_download() as waiting:
            link.click()
        return Path(waiting.value.path()).read_bytes()

    def get(self, path: str) -> bytes:
        """What an address hands out to them."""
        ends = time.monotonic() + PATIENCE
        while (answer := self.context.request.get(self.portal.url + path)).status == 409:  # the press is still at it
            assert time.monotonic() < ends, f"{path} is never ready"
            time.sleep(1)  # less than a connection is kept open, or it may end just when the next question comes
        assert answer.ok, f"{path} is answered {answer.status}"
        return answer.body()


def text_of(pdf: bytes) -> str:
    """What poppler reads off a PDF, without spaces and line breaks."""
    read = subprocess.run(["pdftotext", "-raw", "-", "-"], input=pdf, capture_output=True, check=True)
    return re.sub(r"\s", "", read.stdout.decode())


def waited(portal: Served, question: Any, seconds: float = PATIENCE) -> Any:
    """Ask the database again and again until the answer is true; that answer."""
    ends = time.monotonic() + seconds
    while not (found := portal.ask(question)):
        assert time.monotonic() < ends, "it never came about"
        time.sleep(1)
    return found


def broken() -> list[str]:
    """Whatever is not as it must be (check_invariants), a line each."""
    return [f"{one.sentence}: {fault}" for one in invariants() for fault in one.faults()]
