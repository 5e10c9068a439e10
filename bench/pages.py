"""What a page costs, and whether it costs more where there are more enterprises."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bench.measure import Figure, median_of
from portal.actors import Actor

RUNS = 25
# Page → by what factor it may grow from few enterprises to a hundred times as many: counting them is all that grows.
PAGES = {"/": 2.5, "/enterprises/": 2.5}


@dataclass(frozen=True)
class Cost:
    """Milliseconds and queries of one page."""

    ms: float
    queries: int


def costs(actor: Actor) -> dict[str, Cost]:
    """What each page costs this actor now."""
    browser = browser_of(actor)
    found = {}
    for page in PAGES:
        assert browser.get(page).status_code == 200, page
        with CaptureQueriesContext(connection) as queries:
            browser.get(page)
        number = len(queries)
        found[page] = Cost(median_of(partial(browser.get, page), RUNS) * 1000, number)
    return found


def compared(name: str, few: dict[str, Cost], many: dict[str, Cost], times: int) -> Iterator[Figure]:
    """The pages' costs with many enterprises to those with few."""
    for page, goal in PAGES.items():
        before, after = few[page], many[page]
        note = f"{before.ms:.1f} → {after.ms:.1f} ms, {before.queries} → {after.queries} queries"
        yield Figure(f"page {page} as {name}, {times} × the enterprises", after.ms / before.ms, "×", goal, note)
        yield Figure(f"page {page} as {name}, queries", after.queries / before.queries, "×", 1)


def browser_of(actor: Actor) -> Client:
    """Somebody's browser, signed in."""
    assert actor.user
    browser = Client()
    browser.force_login(actor.user, backend=settings.AUTHENTICATION_BACKENDS[0])
    session = browser.session
    session["has_second_factor"] = True
    session.save()
    return browser
