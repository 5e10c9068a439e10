"""What experts cost: 3,000 sheets shared out, an expert's desk at ten and at a thousand sheets, a sheet that is saved.

A save goes through the service with its transaction, and is held against a bare UPDATE of the same row, taken in turns;
the desk is asked for through every middleware. The candidates are likenesses of one that was handed in.
"""

from collections.abc import Iterator
from functools import partial
from itertools import count
from typing import Any

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications.models import Application, Submission
from bench.measure import Figure, interleaved, median_of, seconds
from bench.pages import Cost, browser_of
from bench.reviews import Bureau, grow
from bench.world import seat
from portal import clock, walls
from portal.actors import Actor
from portal.models import User
from portal.roles import Role
from portal.selectors.people import hats
from portal.services.memberships import grant, post_at
from review.assigning import Case, Judge, assign
from review.models import Candidate, Expert, Panel, ScoreSheet
from review.selectors.assignments import plan
from review.selectors.sheets import criteria_of
from review.services import assignments, experts, panels, sheets
from review.services.panels import Drawing

FEW, MANY, EXPERTS, PER, RUNS = 10, 1_000, 60, 3, 9
# Codes of no real industry: what other parts of the bench left in the round is none of these panels' candidates.
DIVISIONS = tuple(f"X{number}" for number in range(13, 44))
ASSIGN_GOAL, SAVE_GOAL, DESK_GOAL = 2.0, 9.0, 30.0


def measured(head: Actor, model: Submission) -> Iterator[Figure]:
    """All of it; `model` is the submission that candidates are like, `head` sits in its city."""
    yield _pure()
    round_ = model.application.round
    bureau = Bureau(head, round_, model)
    grow(bureau, len(bureau.rows()) + MANY - len(_free(bureau)))
    officer = seat(Role.UNIT_OFFICER, office="湖北省经济和信息化厅")
    _accept(bureau, officer)
    people = _pool(officer)
    few = _panel(officer, round_, DIVISIONS[:1], people, 1, "甲组")
    who, sheet = _declared(few)
    before = _desk(who)
    many = _panel(officer, round_, DIVISIONS[1:], people, PER, "乙组", is_carried_out=False)
    yield from _shared_out(officer, many)
    _give_all(many, who)
    after = _desk(who)
    note = f"{before.ms:.1f} → {after.ms:.1f} ms, {before.queries} → {after.queries} queries"
    yield Figure(f"experts: desk, {MANY} sheets to a few", after.ms / before.ms, "×", DESK_GOAL, note)
    yield Figure("experts: desk, queries", after.queries / before.queries, "×", 1)
    yield from _saved(who, sheet)


def _pure() -> Figure:
    cases = [Case(f"c{n}", DIVISIONS[n % 31]) for n in range(MANY)]
    judges = [Judge(f"j{n}", frozenset(DIVISIONS[(n * 7 + k) % 31] for k in range(4)), 55) for n in range(EXPERTS)]
    barred = {(f"c{n}", f"j{n % EXPERTS}") for n in range(MANY)}
    took = median_of(partial(assign, cases, judges, PER, "bench", barred=barred), 3)
    return Figure(f"experts: {MANY * PER} sheets shared out, pure", took, "s", ASSIGN_GOAL)


# -- the world -------------------------------------------------------------------------------------------------------
def _accept(bureau: Bureau, officer: Actor) -> None:
    """Everything in the round is a candidate; ten of the first division."""
    now, rows = clock.now(), _free(bureau)
    with walls.system("bench"):
        digests = dict(Submission.objects.filter(application__in=rows).values_list("application", "digest"))
        Candidate.objects.bulk_create(
            Candidate(
                application=row, round=bureau.round_, state="accepted", version=1, digest=digests[row.pk],
                number=row.number, name=f"申报单位{place}", code="91420100MA4K0AAA0X", project=f"项目{place}",
                industry=DIVISIONS[0] if place < FEW else DIVISIONS[1 + place % 30], arrived_at=now, decided_at=now,
                decided_by=officer.person, unit_id=row.unit_id, city_id=row.city_id, enterprise_id=row.enterprise_id,
            )
            for place, row in enumerate(rows)
        )  # fmt: skip


def _free(bureau: Bureau) -> list[Application]:
    """Those that are nobody's candidate yet."""
    with walls.system("bench"):
        taken = set(Candidate.objects.filter(round=bureau.round_).values_list("application", flat=True))
    return [row for row in bureau.rows() if row.pk not in taken]


def _pool(officer: Actor) -> list[tuple[Actor, Expert]]:
    found = []
    unit = officer.membership.unit if officer.membership else None
    for number in range(EXPERTS):
        with walls.system("bench"):
            who = User.objects.create_user(f"expert{number}@bench.example", f"专家{number}")
            membership = grant(who, post_at(Role.EXPERT, unit=unit), actor=Actor(system="bench"))
            hat = next(one for one in hats(who) if one.pk == membership.pk)
        fields = [DIVISIONS[(number * 7 + k) % 31] for k in range(4)]
        said = {"employer": f"高校{number}", "industries": fields, "most": 500}
        with walls.enter(officer):
            found.append((Actor(user=who, membership=hat), experts.add(who, said, actor=officer)))
    return found


def _panel(
    officer: Actor, round_: Any, divisions: Any, people: Any, per: int, name: str, *, is_carried_out: bool = True
) -> Panel:
    with walls.enter(officer):
        made = panels.draw(round_, Drawing(name, tuple(divisions), per=per), actor=officer)
        seats = panels.invite(made, [row for _, row in people], actor=officer)
    for seat_, (who, _) in zip(seats, people, strict=True):
        with walls.enter(who):
            panels.answer(seat_, comes=True, actor=who)
    with walls.enter(officer):
        panels.name_chair(made, people[0][1], actor=officer)
        if is_carried_out:
            assignments.carry_out(made, seed="1", digest=plan(made, "1").digest, actor=officer)
            panels.start(Panel.objects.select_related("round").get(pk=made.pk), actor=officer)
    return made


def _shared_out(officer: Actor, panel: Panel) -> Iterator[Figure]:
    with walls.enter(officer):
        found: dict[str, Any] = {}
        took = seconds(lambda: found.update(plan=plan(panel, "1")))
        yield Figure(f"experts: {found['plan'].result.count} sheets planned, ties found", took, "s", ASSIGN_GOAL * 2)
        carry_out = partial(assignments.carry_out, panel, seed="1", digest=found["plan"].digest, actor=officer)
        yield Figure("experts: the same carried out", seconds(carry_out), "s", ASSIGN_GOAL * 3)


def _give_all(panel: Panel, who: Actor) -> None:
    """One expert has a sheet about every candidate of the panel."""
    with walls.system("bench"):
        expert = Expert.objects.get(user=who.person)
        held = set(ScoreSheet.objects.filter(panel=panel, expert=expert).values_list("candidate", flat=True))
        rows = Candidate.objects.filter(panel=panel).exclude(pk__in=held)
        ScoreSheet.objects.bulk_create(
            ScoreSheet(
                unit_id=panel.unit_id, ref=f"PF-B{number:06d}", panel=panel, candidate=row, expert=expert,
                application_id=row.application_id, user=who.person, version=1, applicant=row.name,
                project=row.project, number=row.number, industry=row.industry, assigned_at=clock.now(),
                assigned_by=who.person,
            )
            for number, row in enumerate(rows)
        )  # fmt: skip


def _declared(panel: Panel) -> tuple[Actor, ScoreSheet]:
    """Whoever has most of them, with a sheet that is open."""
    with walls.system("bench"):
        sheet = ScoreSheet.objects.filter(panel=panel).select_related("panel__round", "user").order_by("pk")[0]
        hat = next(one for one in hats(sheet.user) if one.role == Role.EXPERT)
    who = Actor(user=sheet.user, membership=hat)
    with walls.enter(who):
        return who, sheets.declare(sheet, actor=who)


# -- what it takes ---------------------------------------------------------------------------------------------------
def _desk(who: Actor) -> Cost:
    browser, address = browser_of(who), reverse("sheets")
    session = browser.session
    session["hat"] = who.membership.pk if who.membership else None
    session.save()
    assert browser.get(address).status_code == 200
    with CaptureQueriesContext(connection) as queries:
        browser.get(address)
    number = len(queries)
    return Cost(median_of(partial(browser.get, address), RUNS) * 1000, number)


def _saved(who: Actor, sheet: ScoreSheet) -> Iterator[Figure]:
    with walls.enter(who):
        row = ScoreSheet.objects.select_related("panel__round").get(pk=sheet.pk)
    said = {
        "scores": {c.code: {"score": "12.5", "comment": "有据可查"} for c in criteria_of(row)},
        "opinion": "方案先进，成效明显。" * 20,
    }
    editions = count(row.edition)

    def save() -> None:
        with walls.enter(who):
            sheets.save(row, said, edition=next(editions), actor=who)

    def bare() -> None:
        with walls.enter(who), transaction.atomic():
            ScoreSheet.objects.filter(pk=row.pk).update(scores=said["scores"], opinion=said["opinion"])

    kept, plain = interleaved(save, bare, rounds=5, runs=20, between=lambda _first: None)
    note = f"{plain * 1000:.1f} ms bare"
    yield Figure("experts: a sheet saved", kept * 1000, "ms", SAVE_GOAL, note)
    yield Figure("experts: a sheet saved, to a bare UPDATE", kept / plain, "×", None)
