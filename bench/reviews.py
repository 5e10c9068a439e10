"""What the first review costs a bureau with five hundred applications: its inbox, its order, two hundred at once.

The applications are likenesses of one that was handed in through the services, in factories of Wuhan's enterprises.
Pages are asked for through every middleware, as the bureau's head. What a bulk act takes is wall time of the service
with its transaction, held against as many bare UPDATEs of one review each, in one transaction of the same run.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications.models import Application, Submission
from bench.applicants import copied, handed_in, one
from bench.measure import Figure, median_of, seconds
from bench.pages import Cost, browser_of
from portal import walls
from portal.actors import Actor
from portal.models import Enterprise
from review.guards import CHECKLIST
from review.models import CityList, FirstReview
from review.services import bulk, ranking
from tiers.models import Factory, Round
from tiers.services.factories import sought

FEW, MANY, AT_ONCE, RUNS = 5, 500, 200, 9
BULK_GOAL = 2.0
# Page → by what factor it may be slower at five hundred than at five; the inbox shows two hundred a page.
PAGES = {"inbox": 8.0, "city_list": 16.0}
_EVERY_POINT = {key: {"answer": "yes", "note": ""} for key, _, _ in CHECKLIST}


@dataclass(frozen=True)
class Bureau:
    """Who reviews, in which round, and the submission that all are like."""

    head: Actor
    round_: Round
    model: Submission

    def rows(self) -> list[Application]:
        """Every application before it, the oldest first."""
        with walls.system("bench"):
            rows = Application.objects.filter(round=self.round_, city=self.head.stands("city"))
            return list(rows.order_by("pk"))


def model() -> Submission:
    """The submission that all are like."""
    submission = handed_in(one())
    with walls.system("bench"):
        return Submission.objects.select_related("application__factory", "application__round").get(pk=submission.pk)


def measured(head: Actor) -> Iterator[Figure]:
    """Pages at five and at five hundred; assigning and passing two hundred; an order turned round."""
    of = model()
    with walls.system("bench"):
        round_ = Round.objects.select_related("unit", "edition").get(pk=of.application.round_id)
    bureau = Bureau(head, round_, of)
    grow(bureau, FEW)
    _assign(bureau, bureau.rows())
    _pass(bureau, bureau.rows())
    few = {name: _cost(bureau, name) for name in PAGES}
    grow(bureau, MANY)
    yield from _at_once(bureau, bureau.rows()[FEW : FEW + AT_ONCE])
    rest = bureau.rows()[FEW + AT_ONCE :]
    _assign(bureau, rest)
    _pass(bureau, rest)
    for name, goal in PAGES.items():
        before, after = few[name], _cost(bureau, name)
        note = f"{before.ms:.1f} → {after.ms:.1f} ms"
        yield Figure(f"review: {name}, {MANY} applications to {FEW}", after.ms / before.ms, "×", goal, note)
        note = f"{before.queries} → {after.queries} queries"
        yield Figure(f"review: {name}, queries", after.queries / before.queries, "×", 1, note)
    yield Figure(f"review: {MANY} put in another order", seconds(partial(_reverse, bureau)), "s", BULK_GOAL)


# -- applications ----------------------------------------------------------------------------------------------------
def grow(bureau: Bureau, upto: int) -> None:
    """Likenesses of the model, until there are so many in the city."""
    of, there = bureau.model, len(bureau.rows())
    with walls.system("bench"):
        city = Enterprise.objects.filter(city=bureau.head.stands("city"), group=None)
        owners = list(city.order_by("pk")[:MANY])
        places = [(number, owners[number % len(owners)]) for number in range(there, upto)]
        factories = Factory.objects.bulk_create(_factory(of, number, owner) for number, owner in places)
        rows = Application.objects.bulk_create(
            copied(
                of.application, owner, ref=f"SB-W{number:07d}", number=f"{of.number[:-4]}{number + 1:04d}",
                factory_id=factory.pk, state="draft",
            )
            for (number, owner), factory in zip(places, factories, strict=True)
        )  # fmt: skip
        Application.objects.filter(pk__in=[row.pk for row in rows]).update(state="submitted")
        Submission.objects.bulk_create(
            copied(of, owner, application_id=row.pk, number=row.number)
            for (_, owner), row in zip(places, rows, strict=True)
        )


def _factory(of: Submission, number: int, owner: Enterprise) -> Factory:
    name = f"待审工厂{number:05d}"
    made: Factory = copied(
        of.application.factory, owner, ref=f"GC-W{number:07d}", name=name, sought=sought(name, owner)
    )
    return made


# -- many at once ----------------------------------------------------------------------------------------------------
def _at_once(bureau: Bureau, rows: list[Application]) -> Iterator[Figure]:
    taken = {"assign": seconds(partial(_assign, bureau, rows))}
    bare = seconds(partial(_bare, bureau, rows))
    _check(rows)
    taken["pass"] = seconds(partial(_carry_out, bureau, rows, "pass"))
    for kind, took in taken.items():
        yield Figure(f"review: bulk {kind} of {len(rows)}", took, "s", BULK_GOAL)
        note = f"{bare:.3f} s bare"
        yield Figure(f"review: bulk {kind} to {len(rows)} bare UPDATEs", took / bare, "×", None, note)


def _assign(bureau: Bureau, rows: list[Application]) -> None:
    _carry_out(bureau, rows, "assign")


def _pass(bureau: Bureau, rows: list[Application]) -> None:
    _check(rows)
    _carry_out(bureau, rows, "pass")


def _check(rows: list[Application]) -> None:
    """Somebody has found every point to be in order."""
    with walls.system("bench"):
        FirstReview.objects.filter(application__in=rows).update(checklist=_EVERY_POINT)


def _carry_out(bureau: Bureau, rows: list[Application], kind: str) -> None:
    head = bureau.head
    with walls.enter(head):
        user = head.person if kind == "assign" else None
        for first in range(0, len(rows), bulk.MOST):
            refs = [row.ref for row in rows[first : first + bulk.MOST]]
            bulk.carry_out(bureau.round_, refs, kind, actor=head, user=user)


def _bare(bureau: Bureau, rows: list[Application]) -> None:
    with walls.enter(bureau.head):
        for row in rows:
            FirstReview.objects.filter(application=row.pk).update(opinion="同意推荐。")


# -- pages -----------------------------------------------------------------------------------------------------------
def _list(bureau: Bureau) -> CityList:
    return CityList.objects.get(round=bureau.round_, city=bureau.head.stands("city"))


def _cost(bureau: Bureau, name: str) -> Cost:
    browser = browser_of(bureau.head)
    with walls.system("bench"):
        key = bureau.round_.ref if name == "inbox" else _list(bureau).ref
    address = reverse(name, args=[key])
    assert browser.get(address).status_code == 200, address
    with CaptureQueriesContext(connection) as queries:
        browser.get(address)
    number = len(queries)  # the next request forgets them
    return Cost(median_of(partial(browser.get, address), RUNS) * 1000, number)


def _reverse(bureau: Bureau) -> None:
    with walls.enter(bureau.head):
        row = _list(bureau)
        refs = list(row.entries.order_by("-position").values_list("application__ref", flat=True))
        ranking.order(row, refs, version=row.version, actor=bureau.head)
