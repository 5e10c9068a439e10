"""The ladder at a province's size: the list of factories, one evaluation, and measuring everything anew."""

import random
import resource
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from bench.measure import Figure, least_of, median_of
from bench.pages import browser_of
from portal import clock, walls
from portal.actors import Actor
from portal.models import Enterprise
from tiers.answers import ladder_answers
from tiers.demo.answers import made_up
from tiers.ladder import evaluate
from tiers.models import AssessmentSection, Edition, Factory, SelfAssessment
from tiers.services import catalogue, measuring
from tiers.services.factories import sought

RUNS = 25
LIST_GOAL, EVALUATION_GOAL_MS, MEMORY_GOAL = 1.3, 2.0, 1.2
SAMPLES = 40
_DIRECTOR = Actor(system="bench")
# What officials look for: everything, by city, by industry, by tier, by name (rare and frequent), by code.
LOOKED_FOR = {
    "all": "",
    "by city": "?city=420500",
    "by industry": "?industry=C34",
    "by tier": "?reached=advanced",
    "by name": "?search=示例工厂0000019",
    "by part of a name": "?search=工厂",
    "by enterprise": "?search=（00007）",
    "by code": "?search=91420100",
}


@dataclass(frozen=True)
class Cost:
    """Milliseconds, queries and rows of one list."""

    ms: float
    queries: int
    rows: int


def grow(enterprises: int) -> None:
    """Give the first so many enterprises 1.2 factories each, and each factory a self-assessment."""
    with walls.system("bench"):
        catalogue.load(actor=_DIRECTOR)
        there = Factory.objects.count()
        owners = list(Enterprise.objects.order_by("pk")[:enterprises])
        rows = [_factory(number, owners[number % len(owners)]) for number in range(there, enterprises * 6 // 5)]
        made = Factory.objects.bulk_create(rows, batch_size=1_000)
        _assess(made)


def _factory(number: int, of: Enterprise) -> Factory:
    return Factory(
        ref=f"GC-B{number:07d}", name=f"示例工厂{number:07d}", region_id=of.region_id, address=of.address,
        industry_id=of.industry_id, started_on=clock.now().date(), created_at=clock.now(), enterprise=of,
        unit_id=of.unit_id, city_id=of.city_id, sought=sought(f"示例工厂{number:07d}", of),
    )  # fmt: skip


def _assess(factories: list[Factory]) -> None:
    """Assessments with answers that are copied in the database from a few patterns: the same every time."""
    edition = Edition.objects.get(code="2024")
    patterns = [made_up(edition.value, number % 5, random.Random(number)) for number in range(SAMPLES)]  # noqa: S311
    now = clock.now()
    for start in range(0, len(factories), 1_000):
        rows = SelfAssessment.objects.bulk_create(
            SelfAssessment(
                ref=f"ZP-{f.ref[3:]}", factory=f, edition=edition, year=2024, name="方案一", aim="leading",
                is_current=True, created_at=now, enterprise_id=f.enterprise_id, unit_id=f.unit_id, city_id=f.city_id,
            )
            for f in factories[start : start + 1_000]
        )  # fmt: skip
        AssessmentSection.objects.bulk_create(
            (
                AssessmentSection(
                    assessment=row, key=key, answers=answers, version=1, enterprise_id=row.enterprise_id,
                    unit_id=row.unit_id, city_id=row.city_id,
                )
                for row in rows
                for key, answers in patterns[row.pk % SAMPLES].items()
            ),
            batch_size=2_000,
        )  # fmt: skip


def costs(actor: Actor) -> dict[str, Cost]:
    """What the list costs this actor now, however it is filtered: the least of many runs, for a noisy machine."""
    browser, found = browser_of(actor), {}
    for name, query in LOOKED_FOR.items():
        address = f"/factories/{query}"
        page = browser.get(address)
        assert page.status_code == 200, address
        rows = page.content.decode().count('class="row-link"')
        with CaptureQueriesContext(connection) as queries:
            browser.get(address)
        number = len(queries)
        found[name] = Cost(least_of(partial(browser.get, address), RUNS) * 1000, number, rows)
    return found


def compared(few: dict[str, Cost], many: dict[str, Cost], times: int) -> Iterator[Figure]:
    """The lists' costs with many factories to those with few."""
    for name in LOOKED_FOR:
        before, after = few[name], many[name]
        note = f"{before.ms:.1f} → {after.ms:.1f} ms, {before.rows} → {after.rows} rows"
        yield Figure(f"factories {name}, {times} × as many", after.ms / before.ms, "×", LIST_GOAL, note)
        yield Figure(f"factories {name}, queries", after.queries / before.queries, "×", 1)


def evaluation() -> Iterator[Figure]:
    """One factory's answers measured against the whole ladder."""
    with walls.system("bench"):
        edition = Edition.objects.get(code="2024").value
    answers = made_up(edition, 3, random.Random(1))  # noqa: S311
    taken = median_of(lambda: evaluate(edition, ladder_answers(edition, answers)), 400)
    yield Figure("evaluation of a factory", taken * 1000, "ms", EVALUATION_GOAL_MS)


def measured_anew() -> Iterator[Figure]:
    """Everything measured anew, in chunks: what the process holds in the last tenth to what it held in the first."""
    held: list[int] = []
    these = measuring._measure_these

    def watched(numbers: Any) -> int:
        done = these(numbers)
        held.append(_resident())
        return done

    measuring._measure_these = watched
    began = time.perf_counter()
    try:
        count = measuring.measure_all(_DIRECTOR)
    finally:
        measuring._measure_these = these
    seconds = time.perf_counter() - began
    tenth = max(len(held) // 10, 1)
    first, last = max(held[:tenth]), max(held[-tenth:])
    note = f"{count} in {seconds:.0f} s, {seconds / count * 1000:.1f} ms each; {first} → {last} MB"
    yield Figure("measuring all anew, memory of the last tenth", last / first, "×", MEMORY_GOAL, note)


def _resident() -> int:
    """What this process holds in memory now, in MB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() // 1_000_000
