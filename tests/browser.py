"""The real portal for browser tests: its own database, gunicorn, Chromium, and what every page is held against."""

import io
import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit
from urllib.request import urlopen

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth import login
from django.core.management import call_command
from django.db import connection
from django.http import HttpRequest
from django.test.utils import override_settings
from PIL import Image
from playwright.sync_api import Browser, ConsoleMessage, Page, Response, sync_playwright

from portal import walls
from portal.demo.cast import DOMAIN
from portal.embedded.process import end
from portal.embedded.supervisor import commands
from portal.models import User
from portal.sessions import SessionStore

ROOT = Path(__file__).resolve().parent.parent
AXE = (ROOT / "node_modules/axe-core/axe.min.js").read_text()
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
SEEN = {"type": "rule", "values": ["color-contrast", "target-size", "scrollable-region-focusable"]}
CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
# What doesn't load is noted by `_response`, which can tell a page (which may well be a 404) from its parts; and whoever
# leaves before the last words are saved would be asked, but a script's hand on the page is none to Chromium.
NOT_MEANT = ("Failed to load resource", "Blocked attempt to show a 'beforeunload'")
WIDTHS, HEIGHT = (1280, 375), 900
ENGLISH = re.compile(r"\b[A-Za-z]{2,},? [a-z]{2,},? [a-z]{2,}\b")
T = TypeVar("T")


@dataclass(frozen=True)
class Served:
    """A portal that answers at `url`, with the demo world in a database of its own."""

    url: str
    database: str
    log: Path
    unblocked: Callable[[], AbstractContextManager[Any]]
    is_rehearsal: bool = False

    def ask(self, question: Callable[[], T]) -> T:
        """Ask the portal's database, behind its walls; in a thread, because Playwright has a loop in this one."""
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(self._ask, question).result()

    def _ask(self, question: Callable[[], T]) -> T:
        connection.settings_dict = connection.settings_dict | {"NAME": self.database}
        with self.unblocked(), override_settings(IS_REHEARSAL=self.is_rehearsal):
            try:
                with walls.system("test"):
                    return question()
            finally:
                connection.close()

    def session(self, account: str) -> str:
        """The key of a session of a demo account that has just shown its password, and its second factor if any."""

        def signed_in() -> str:
            user, request = User.objects.get(email=f"{account}@{DOMAIN}"), HttpRequest()
            request.session = SessionStore()
            login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
            record_authentication(request, user, "password", email=user.email, reauthenticated=True)
            if Authenticator.objects.filter(user=user).exists():
                record_authentication(request, user, "mfa", type="totp")
            request.session.save()
            return str(request.session.session_key)

        return self.ask(signed_in)


@contextmanager
def served(
    database: str,
    folder: Path,
    unblocked: Callable[[], AbstractContextManager[Any]],
    *,
    whole: bool = False,
    begins: str = "",
) -> Iterator[Served]:
    """Serve the portal from a database with the demo world in it, with real static files, until the end.

    `whole`: with workers and beat beside it, as `make run` starts them. `begins`: as a rehearsal, its clock to be set,
    from this Beijing time on.
    """
    with socket.socket() as door, (folder / "log").open("wb") as log:
        door.bind(("127.0.0.1", 0))
        door.listen(64)  # so whoever comes early waits
        url = f"http://127.0.0.1:{door.getsockname()[1]}"
        environment = _environment(database, folder, url, _queue(whole)) | (
            {"REHEARSAL_FROM": begins} if begins else {}
        )
        portal = Served(url, database, folder / "log", unblocked, is_rehearsal=bool(begins))
        _collect_static_files(folder / "static")
        command = [sys.executable, "-m", "gunicorn", "portal.wsgi:application", "--bind", f"fd://{door.fileno()}"]
        command += ["--threads", "4", "--no-control-socket", "--log-level", "warning", "--graceful-timeout", "1"]
        beside = [command for name, command in commands(0).items() if name != "web"] if whole else []
        with ExitStack() as running:
            for one in (command, *beside):
                process = subprocess.Popen(
                    one, cwd=ROOT, env=environment, pass_fds=[door.fileno()], stdout=log, stderr=subprocess.STDOUT
                )
                running.callback(end, process)
            with urlopen(f"{url}/accounts/login/", timeout=300):  # noqa: S310 — our own; the first page reads all the code
                pass
            yield portal
    said = portal.log.read_text()
    assert "Traceback" not in said, said[said.index("Traceback") :][:5000]


def _collect_static_files(folder: Path) -> None:
    """Under the names that the portal gives them, but not packed: that takes half a minute and nobody looks at it."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"}
    with override_settings(STATIC_ROOT=folder, STORAGES=settings.STORAGES | {"staticfiles": plain}):
        call_command("collectstatic", interactive=False, verbosity=0)


def _queue(whole: bool) -> int:
    """The number of a queue that nobody else of this run uses: a worker must not get another portal's work."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    return 2 + 2 * worker % 12 + whole


def _environment(database: str, folder: Path, url: str, queue: int) -> dict[str, str]:
    """The run's own servers, but another database, folder and queue than the tests'; and the portal's own role."""
    changes = {
        "DATABASE_URL": urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{database}").geturl(),
        "REDIS_URL": _other_queue(os.environ["REDIS_URL"], queue),
        "PORTAL_VAR": str(folder),
        "PUBLIC_URL": url,
    }
    return {name: value for name, value in os.environ.items() if name != "DATABASE_ROLE"} | changes


def _other_queue(url: str, number: int) -> str:
    if url.startswith("redis+socket:"):
        return url.partition("?")[0] + f"?virtual_host={number}"
    return urlsplit(url)._replace(path=f"/{number}").geturl()


@contextmanager
def chromium() -> Iterator[Browser]:
    """A headless browser."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


class Visitor:
    """Somebody with a browser of their own, who notes whatever the browser complains about."""

    def __init__(self, browser: Browser, portal: Served, account: str = "", *, with_scripts: bool = True) -> None:
        self.portal = portal
        size: Any = {"width": WIDTHS[0], "height": HEIGHT}
        self.context = browser.new_context(
            base_url=portal.url, locale="zh-CN", viewport=size, java_script_enabled=with_scripts
        )
        self.context.set_default_timeout(30_000)
        self.context.add_init_script(AXE)  # the browser's own doing: the portal's policy stays in force
        self.complaints: list[str] = []
        if account:
            cookie = {"name": settings.SESSION_COOKIE_NAME, "value": portal.session(account), "url": portal.url}
            self.context.add_cookies([cookie])  # type: ignore[list-item]
        self.page = self.tab()

    def tab(self) -> Page:
        """Another tab."""
        page = self.context.new_page()
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
        page.on("response", self._response)
        return page

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not message.text.startswith(NOT_MEANT):
            self.complaints.append(f"{message.page.url if message.page else ''}: {message.text}")

    def _response(self, response: Response) -> None:
        if response.status >= 400 and not response.request.is_navigation_request():
            self.complaints.append(f"{response.status} {response.url}")

    def go(self, path: str, status: int = 200) -> Page:
        """Open a page of the portal, with the expected status; being sent elsewhere fails."""
        response = self.page.goto(path)
        assert response is not None
        assert response.url == self.portal.url + path, f"{path} leads to {response.url}"
        assert response.status == status, f"{path} is answered {response.status}"
        return self.page

    def check(self, page: Page | None = None) -> None:
        """The page, wide and narrow: no barrier that axe knows, nothing cut off, nothing in English."""
        page = page or self.page
        for width in WIDTHS:
            if page.viewport_size != {"width": width, "height": HEIGHT}:
                page.set_viewport_size({"width": width, "height": HEIGHT})
            where = f"{page.url} at {width}"
            # Names, roles and order are the same at each width; colours and sizes may not be.
            seen = page.evaluate(_LOOK, _rules(SEEN if width == WIDTHS[0] else None))
            assert seen["barriers"] == [], where
            assert seen["width"] <= width, f"{where} scrolls sideways"
            assert ENGLISH.findall(seen["text"]) == [], where
            assert re.search(r"[一-鿿].* - 智能工厂梯度培育申报管理平台$", seen["title"]), (where, seen["title"])
        page.set_viewport_size({"width": WIDTHS[0], "height": HEIGHT})

    def fill(self, **values: str) -> None:
        """Type values into the fields of these names."""
        for name, value in values.items():
            self.page.locator(f"main [name={name}]").fill(value)

    def press(self, button: str) -> None:
        """Press the button of that name in the page's body."""
        self.page.locator("main").get_by_role("button", name=button, exact=True).click()

    def sign_in(self, email: str, password: str) -> None:
        """By address and password, at the sign-in page."""
        self.go("/accounts/login/")
        self.fill(login=email, password=password)
        self.press("登录")

    def sees(self, text: str) -> None:
        """The page's body says so."""
        self.page.locator("main").get_by_text(text).first.wait_for()


# In one go: each question to the browser costs as much as its answer. What the text is, is asked while it is laid out.
_BARRIERS = """(await axe.run(document, {runOnly: rules, resultTypes: ['violations'], preload: false}))
    .violations.flatMap(v => v.nodes.map(n => `${v.id} ${n.target} ${n.failureSummary}`))"""
_LOOK = f"""async rules => ({{text: document.body.innerText, title: document.title,
    width: document.documentElement.scrollWidth, barriers: {_BARRIERS}}})"""


def _rules(rules: dict[str, Any] | None) -> dict[str, Any]:
    return rules or {"type": "tag", "values": AXE_TAGS}


def barriers(page: Page, rules: dict[str, Any] | None = None) -> list[str]:
    """What axe finds on the page, by all its rules or by these: rule, place, and what to do."""
    return list(page.evaluate(f"async rules => {_BARRIERS}", _rules(rules)))


def kept_as(path: Path, page: Page, *, whole: bool = False) -> None:
    """A picture of what is seen, in as few colours as a page has: a third of its size."""
    page.evaluate("scrollTo(0, 0)")
    seen = Image.open(io.BytesIO(page.screenshot(full_page=whole))).convert("RGB")
    path.parent.mkdir(parents=True, exist_ok=True)
    seen.quantize(128, dither=Image.Dither.NONE).save(path, optimize=True)


def latest_mail_link(somebody: Visitor, email: str) -> str:
    """The link in the newest mail to an address, taken from the demo's mail page."""
    page = somebody.tab()
    page.goto(f"/demo/mail/?to={email}")
    link = page.locator("article a[href^='http']").first.get_attribute("href")
    page.close()
    assert link
    return link
