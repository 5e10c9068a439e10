"""Candidates, panels and signed sheets for tests: what experts do is made short here, and tested where it is done."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from applications.models import Application
from portal import clock, walls
from portal.references import new_ref
from portal.roles import Role
from review.models import (
    Candidate,
    Expert,
    Objection,
    Panel,
    PanelDivision,
    Publicity,
    ScoreSheet,
    Seat,
    SiteVisit,
)  # fmt: skip
from review.selectors.standings import judged
from review.services import candidates, city_lists
from tests import applications as made
from tests import factories, reviews, rounds
from tests.factories import People
from tiers.models import Round
from tiers.states import RoundState


def arrived(people: People, count: int = 1, *, round_: Round | None = None) -> list[Candidate]:
    """So many candidates of Wuhan, on a list that the unit received."""
    first = made.submitted(people, round_=round_ or rounds.current(people))
    rows = [first, *(reviews.copied(first, people) for _ in range(count - 1))]
    for row in rows:
        reviews.passed(row, people.city_reviewer_a)
    list_ = reviews.list_of(first.round, people.city_reviewer_a)
    sent(list_, people)
    with walls.enter(people.unit_officer):
        city_lists.accept(reviews.fresh(list_), actor=people.unit_officer)
    return [of(row) for row in rows]


def current(people: People, batch: int) -> Round:
    """A round of its own beside others of the year."""
    return rounds.current(people, batch=batch)


def sent(list_: Any, people: People) -> None:
    """The list went up, with no paper asked for."""
    with walls.system("test"):
        rows = type(list_).objects.filter(pk=list_.pk)
        rows.update(state="signing", issued=1)
        rows.update(state="sent", sent_at=clock.now(), sent_by=people.city_head_a.person)


def of(row: Application) -> Candidate:
    """The candidate that an application is."""
    with walls.system("test"):
        found = Candidate.objects.select_related("round__unit", "application__factory", "city__region")
        return found.get(application=row)


def fresh(row: Candidate) -> Candidate:
    """The row as it stands."""
    with walls.system("test"):
        found = Candidate.objects.select_related("round__unit", "application__factory", "city__region")
        return found.get(pk=row.pk)


def accepted(people: People, count: int = 1, **more: Any) -> list[Candidate]:
    """The same, accepted; the round is in its experts' hands."""
    rows = arrived(people, count, **more)
    for row in rows:
        with walls.enter(people.unit_officer):
            candidates.accept(row, reason="已核实", actor=people.unit_officer)
    rounds.put_in_state(rows[0].round, RoundState.EXPERT_REVIEW)
    return [fresh(row) for row in rows]


def expert(unit_id: int, **more: Any) -> Expert:
    """Somebody in a unit's pool."""
    with walls.system("test"):
        return Expert.objects.create(
            ref=new_ref("ZJ"), unit_id=unit_id, user=factories.user(), employer="测试大学", saved_at=clock.now(), **more
        )


def panel(round_: Round, name: str, of_it: Sequence[Candidate], experts: int = 5) -> list[Expert]:
    """A panel of so many experts, and its candidates."""
    with walls.system("test"):
        seats = [expert(round_.unit_id) for _ in range(experts)]
        by = seats[0].user
        row = Panel.objects.create(
            ref=new_ref("PS"), unit_id=round_.unit_id, round=round_, name=name, chair=seats[0], drawn_at=clock.now(),
            drawn_by=by,
        )  # fmt: skip
        Panel.objects.filter(pk=row.pk).update(state="scoring")
        for division in {candidate.industry for candidate in of_it}:
            PanelDivision.objects.get_or_create(
                round=round_, division=division, defaults={"panel": row, "unit_id": round_.unit_id}
            )
        for held in seats:
            seat = Seat.objects.create(
                unit_id=round_.unit_id, panel=row, expert=held, user=held.user, asked_at=clock.now()
            )
            Seat.objects.filter(pk=seat.pk).update(state="consented")
        Candidate.objects.filter(pk__in=[candidate.pk for candidate in of_it]).update(panel=row)
    return seats


def scored(candidate: Candidate, experts: Sequence[Expert], totals: Sequence[Any]) -> None:
    """Signed sheets of these experts, with these totals."""
    row = fresh(candidate)
    with walls.system("test"):
        now, scores = clock.now(), _spread(row.round, Decimal(80))
        for held, total in zip(experts, totals, strict=False):
            sheet = ScoreSheet.objects.create(
                ref=new_ref("PF"), unit_id=row.unit_id, panel_id=row.panel_id, candidate=row,
                application=row.application, expert=held, user=held.user, version=row.version, applicant=row.name,
                project=row.project, number=row.number, industry=row.industry, scores=scores, opinion="同意。",
                assigned_at=now, assigned_by=held.user, declared_at=now, signed_at=now, total=Decimal(str(total)),
                digest="0" * 64, issued=1,
            )  # fmt: skip
            ScoreSheet.objects.filter(pk=sheet.pk).update(state="open")
            ScoreSheet.objects.filter(pk=sheet.pk).update(state="signed")


def _spread(round_: Round, share: Decimal) -> Mapping[str, Any]:
    return {
        c.code: {"score": str((c.weight * share / 100).quantize(Decimal("0.1"))), "comment": ""}
        for c in round_.value.criteria
    }


def joint(people: People) -> dict[str, Any]:
    """Somebody in each joint department of the unit, by department."""
    from_there = {}
    with walls.system("test"):
        unit = people.unit_officer.membership
        assert unit
        for office in unit.unit.offices.filter(city=None, is_lead=False):
            from_there[office.department] = factories.seat(Role.UNIT_JOINT, office=office)
    return from_there


def visited(candidate: Candidate, conclusion: str) -> None:
    """A visit that came to this."""
    with walls.system("test"):
        now, by = clock.now(), factories.user()
        row = SiteVisit.objects.create(
            ref=new_ref("HC"), unit_id=candidate.unit_id, candidate=candidate, name=candidate.name,
            project=candidate.project, planned_at=now, place="现场", made_at=now, made_by=by, done_at=now, done_by=by,
            conclusion=conclusion,
        )  # fmt: skip
        SiteVisit.objects.filter(pk=row.pk).update(state="done")


def many(like: Candidate, count: int) -> list[Candidate]:
    """So many more candidates like one, made without going all the way."""
    found = []
    with walls.system("test"):
        owner = like.application.enterprise
    for _ in range(count):
        row = reviews.copied(like.application, None, enterprise=owner)
        with walls.system("test"):
            made_ = Candidate.objects.create(
                application=row, round=like.round, version=1, digest=like.digest, number=row.number, name=like.name,
                code=like.code, project=row.factory.name, industry=like.industry, arrived_at=like.arrived_at,
                decided_at=like.decided_at, decided_by=like.decided_by, panel_id=like.panel_id, unit_id=like.unit_id,
                city_id=like.city_id, enterprise_id=like.enterprise_id,
            )  # fmt: skip
            Candidate.objects.filter(pk=made_.pk).update(state="accepted")
            found.append(made_.pk)
    with walls.system("test"):
        rows = Candidate.objects.select_related("round__unit", "application__factory", "city__region").in_bulk(found)
    return [rows[pk] for pk in found]


def objected(candidate: Candidate, people: People) -> None:
    """An objection to it was borne out."""
    with walls.system("test"):
        now, by = clock.now(), people.unit_officer.person
        public = Publicity.objects.create(
            ref=new_ref("GS"), unit_id=candidate.unit_id, round=candidate.round, number=1, title="公示", basis="据",
            rows=[], workdays=5, contact="甲", saved_at=now, saved_by=by,
        )  # fmt: skip
        row = Objection.objects.create(
            ref=new_ref("YY"), unit_id=candidate.unit_id, secret="0" * 64, publicity=public,
            factory=candidate.application.factory, about="某项目", name="王某", phone="13800000000", facts="事实",
            lodged_at=now, handler=by, due_at=now, decided_at=now, decided_by=by, finding="属实",
        )  # fmt: skip
        Objection.objects.filter(pk=row.pk).update(state="handling")
        Objection.objects.filter(pk=row.pk).update(state="upheld")


# -- the demo --------------------------------------------------------------------------------------------------------
def choosing_to_see() -> dict[str, Any]:
    """The demo's batch that lies before its experts, and the last of the group of which everything is signed."""
    rounds_ = Round.objects.select_related("unit", "edition")
    round_ = rounds_.get(state=RoundState.EXPERT_REVIEW, unit__code="HB", batch=2)
    whole = max(judged(round_).groups.values(), key=lambda lines: sum(line.rank > 0 for line in lines))
    ranked = sorted((line for line in whole if line.rank), key=lambda line: line.rank)
    last = Candidate.objects.select_related("application").get(pk=int(str(ranked[-1].key)))
    return {"judged_round": round_.ref, "candidate": last.application.ref}
