"""What a thousand candidates with three thousand sheets cost: the board, the choice, aggregation and ranking.

The candidates are likenesses of one, in factories of one enterprise; the sheets are written as rows. Pages are asked
for through every middleware, as the province's officer. The bar is HotCRP, which lists 1,010 submissions with their
scores in about 71 ms on such a machine; pretalx needs 520 ms for 50 rows.
"""

import random
from collections.abc import Iterator
from decimal import Decimal
from functools import partial

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications.models import Application, Submission
from bench.applicants import copied, handed_in, one
from bench.measure import Figure, least_of, median_of
from bench.pages import Cost, browser_of
from portal import clock, walls
from portal.actors import Actor
from portal.models import User
from portal.references import new_ref
from review import choosing, scoring
from review.models import Candidate, Expert, Panel, ScoreSheet
from review.selectors import standings
from tiers.models import Factory, Round
from tiers.services.factories import sought

FEW, MANY, EXPERTS, EACH, GROUPS, RUNS = 10, 1_000, 60, 3, 6, 9
# Page → what it may take at a thousand, in ms.
PAGES = {"candidates": 150.0, "choice": 400.0}
PURE_GOAL = 100.0


def measured(officer: Actor) -> Iterator[Figure]:
    """Pages at ten and at a thousand; all of the arithmetic by itself."""
    submission = handed_in(one())
    with walls.system("bench"):
        model = Submission.objects.select_related("application__factory").get(pk=submission.pk)
        round_ = Round.objects.select_related("unit", "edition").get(pk=model.application.round_id)
        panels, experts = _panels(round_), _experts(round_)
    _grow(model, round_, panels, experts, 0, FEW)
    few = {name: _cost(officer, round_, name) for name in PAGES}
    _grow(model, round_, panels, experts, FEW, MANY)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    for name, goal in PAGES.items():
        before, after = few[name], _cost(officer, round_, name)
        yield Figure(f"scores: {name}, {MANY} candidates", after.ms, "ms", goal, f"{before.ms:.1f} ms at {FEW}")
        note = f"{before.queries} → {after.queries} queries"
        yield Figure(f"scores: {name}, queries", after.queries / before.queries, "×", 1, note)
    yield from _arithmetic(round_)


def _arithmetic(round_: Round) -> Iterator[Figure]:
    """Without a database: scores, severe experts, ranks, cuts and how firm they are."""
    with walls.system("bench"):
        found = standings.judged(round_)
    rule, sheets = found.terms.aggregation, found.sheets
    lines = [line for held in found.groups.values() for line in held]

    def ranked() -> None:
        for of_one in sheets.values():
            scoring.score_of(of_one, rule)
        choosing.groups(lines)

    def all_of_it() -> None:
        ranked()
        scoring.normalised(sheets, rule)
        for name in found.groups:
            found.firmness(name, 4)

    count = sum(map(len, sheets.values()))
    yield Figure(f"scores: aggregation and ranking of {count} sheets", least_of(ranked, RUNS) * 1000, "ms", PURE_GOAL)
    yield Figure("scores: with severities and firmness", least_of(all_of_it, RUNS) * 1000, "ms", None)


# -- rows --------------------------------------------------------------------------------------------------------------
def _user(number: int) -> User:
    made: User = User.objects.create_user(f"zj{number}@bench.example", f"专家{number:02d}", None)
    return made


def _experts(round_: Round) -> list[Expert]:
    return [
        Expert.objects.create(
            ref=new_ref("ZJ"), unit_id=round_.unit_id, user=_user(number), employer=f"测评大学{number:02d}",
            saved_at=clock.now(),
        )
        for number in range(EXPERTS)
    ]  # fmt: skip


def _panels(round_: Round) -> list[Panel]:
    by = _user(900)
    return [
        Panel.objects.create(
            ref=new_ref("PS"),
            unit_id=round_.unit_id,
            round=round_,
            name=f"测评{number}组",
            drawn_at=clock.now(),
            drawn_by=by,
        )
        for number in range(GROUPS)
    ]


def _grow(of: Submission, round_: Round, panels: list[Panel], experts: list[Expert], there: int, upto: int) -> None:
    with walls.system("bench"):
        owner, numbers = of.application.enterprise, range(there, upto)
        factories = Factory.objects.bulk_create(_factory(of, number) for number in numbers)
        rows = Application.objects.bulk_create(
            copied(
                of.application, owner, ref=f"SB-P{number:07d}", number=f"{of.number[:-4]}{number + 1:05d}",
                factory_id=factory.pk, state="draft",
            )
            for number, factory in zip(numbers, factories, strict=True)
        )  # fmt: skip
        Application.objects.filter(pk__in=[row.pk for row in rows]).update(state="submitted")
        made = Candidate.objects.bulk_create(
            _candidate(row, of, round_, panels[n % GROUPS]) for n, row in zip(numbers, rows, strict=True)
        )
        _judge(made, experts)


def _factory(of: Submission, number: int) -> Factory:
    name, owner = f"参评工厂{number:05d}", of.application.enterprise
    made: Factory = copied(
        of.application.factory, owner, ref=f"GC-P{number:07d}", name=name, sought=sought(name, owner)
    )
    return made


def _candidate(row: Application, of: Submission, round_: Round, panel: Panel) -> Candidate:
    now = clock.now()
    return Candidate(
        application=row, round=round_, state="accepted", version=1, digest=of.digest, number=row.number,
        name="测评企业", code="91420100MA00000000", project=f"{row.number}项目", industry="C34",
        arrived_at=now, decided_at=now, decided_by=panel.drawn_by, panel=panel,
        unit_id=row.unit_id, city_id=row.city_id, enterprise_id=row.enterprise_id,
    )  # fmt: skip


def _judge(rows: list[Candidate], experts: list[Expert]) -> None:
    """Three signed sheets each, with totals between 60 and 95."""
    draw, now = random.Random(len(rows)), clock.now()  # noqa: S311 — likenesses
    ScoreSheet.objects.bulk_create(
        ScoreSheet(
            ref=new_ref("PF"), unit_id=row.unit_id, panel_id=row.panel_id, candidate=row,
            application_id=row.application_id, expert=expert, user_id=expert.user_id, state="signed", version=1,
            applicant=row.name, project=row.project,
            number=row.number, industry=row.industry, opinion="同意。", assigned_at=now, assigned_by_id=expert.user_id,
            declared_at=now, signed_at=now, total=Decimal(draw.randint(600, 950)) / 10, digest="0" * 64, issued=1,
        )
        for row in rows
        for expert in draw.sample(experts, EACH)
    )  # fmt: skip


def _cost(officer: Actor, round_: Round, name: str) -> Cost:
    browser = browser_of(officer)
    address = reverse(name, args=[round_.ref])
    assert browser.get(address).status_code == 200, address
    with CaptureQueriesContext(connection) as queries:
        browser.get(address)
    number = len(queries)  # the next request forgets them
    return Cost(median_of(partial(browser.get, address), RUNS) * 1000, number)
