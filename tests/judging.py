"""Candidates, experts, panels and sheets for tests, made through the services."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from applications.models import Application
from applications.services.beginning import keys_of
from portal import clock, walls
from portal.actors import Actor
from portal.demo.seed import somebody
from portal.models import Unit
from portal.roles import Role
from review.demo import experts as demo
from review.models import Candidate, Expert, Panel, ScoreSheet, Seat
from review.selectors.assignments import plan
from review.services import assignments, experts, panels, sheets, visits
from review.services.panels import Drawing
from tests import applications as made
from tests import factories, reviews, rounds
from tests.factories import People
from tiers.models import Round

SECOND = "second_factor"


def candidate(row: Application, *, industry: str = "C34", **more: Any) -> Candidate:
    """An application that was accepted to be judged."""
    with walls.system("test"):
        submission = row.submissions.get(version=row.version)
        said = {
            "round": row.round, "state": "accepted", "version": row.version, "digest": submission.digest,
            "number": row.number, "name": row.enterprise.name, "code": row.enterprise.code,
            "project": submission.project, "industry": industry, "arrived_at": clock.now(),
            "decided_at": clock.now(), "decided_by": row.began_by,
        } | more  # fmt: skip
        return Candidate.objects.create(application=row, **said, **keys_of(row))


def candidates(people: People, count: int = 2, *, batch: int = 7, **more: Any) -> list[Candidate]:
    """So many of one round, which is being judged."""
    round_ = rounds.current(people, batch=batch)
    first = made.submitted(people, round_=round_)
    rows = [first, *(reviews.copied(first, people) for _ in range(count - 1))]
    rounds.put_in_state(round_, "expert_review")
    return [candidate(made.fresh(row), **more) for row in rows]


def expert(
    people: People, *, name: str = "", employer: str = "华中科技大学", industries: Sequence[str] = ("C34",),
    by: Actor | None = None, **more: Any,
) -> tuple[Actor, Expert]:  # fmt: skip
    """Somebody in Hubei's pool, with their seat."""
    who = factories.seat(Role.EXPERT, unit=Unit.objects.get(code="HB"), who=factories.user(name))
    return who, profile(people, who, employer=employer, industries=list(industries), by=by, **more)


def profile(people: People, who: Actor, *, by: Actor | None = None, **said: Any) -> Expert:
    """Their profile, as the unit's officer takes it down."""
    officer = by or people.unit_officer
    facts = {"employer": "华中科技大学", "industries": ["C34"]} | said
    with walls.enter(officer):
        return experts.add(who.person, facts, actor=officer)


def panel(
    people: People, round_: Round, *, divisions: Sequence[str] = ("C34",), name: str = "装备组", **more: Any
) -> Panel:
    """A panel that was drawn up."""
    with walls.enter(people.unit_officer):
        return panels.draw(round_, Drawing(name, tuple(divisions), **more), actor=people.unit_officer)


def seated(people: People, row: Panel, members: Sequence[tuple[Actor, Expert]]) -> list[Seat]:
    """Everybody was asked, and comes; the first is the chair."""
    officer = people.unit_officer
    with walls.enter(officer):
        seats = panels.invite(row, [member for _, member in members], actor=officer)
    for seat, (who, _) in zip(seats, members, strict=True):
        with walls.enter(who):
            panels.answer(Seat.objects.get(pk=seat.pk), comes=True, actor=who)
    with walls.enter(officer):
        panels.name_chair(fresh(row), members[0][1], actor=officer)
    return seats


def fresh(row: Any) -> Any:
    """A row as it stands."""
    with walls.system("test"):
        related = {"ScoreSheet": ("panel__round", "user", "application"), "Panel": ("round__unit", "chair__user")}
        return type(row).objects.select_related(*related.get(type(row).__name__, ())).get(pk=row.pk)


def assigned(people: People, row: Panel, *, seed: str = "1") -> list[ScoreSheet]:
    """What the portal gives out."""
    with walls.enter(people.unit_officer):
        digest = plan(fresh(row), seed).digest
        return assignments.carry_out(fresh(row), seed=seed, digest=digest, actor=people.unit_officer)


def scoring(people: People, members: Sequence[tuple[Actor, Expert]], rows: Sequence[Candidate], **more: Any) -> Panel:
    """A panel whose experts may begin."""
    made_ = panel(people, rows[0].round, per=len(members), **more)
    seated(people, made_, members)
    assigned(people, made_)
    with walls.enter(people.unit_officer):
        panels.start(fresh(made_), actor=people.unit_officer)
    return fresh(made_)


def sheet_of(who: Actor, of: Candidate) -> ScoreSheet:
    """Somebody's sheet about a candidate."""
    with walls.system("test"):
        return ScoreSheet.objects.select_related("panel__round", "user").get(user=who.person, candidate=of)


def declared(who: Actor, of: Candidate) -> ScoreSheet:
    """They have declared that nothing ties them."""
    row = sheet_of(who, of)
    with walls.enter(who):
        sheets.declare(row, actor=who)
    return fresh(row)


def full(row: ScoreSheet, share: str = "0.8") -> dict[str, Any]:
    """A sheet on which every criterion has this share of its weight."""
    scores = {
        c.code: {"score": f"{float(c.weight) * float(share):.1f}", "comment": "有据可查"}
        for c in row.panel.round.value.criteria
    }
    return {"scores": scores, "opinion": "方案先进，成效明显。"}


def filled(who: Actor, of: Candidate, share: str = "0.8") -> ScoreSheet:
    """A sheet that lacks nothing but the signature."""
    row = declared(who, of)
    with walls.enter(who):
        sheets.save(row, full(row, share), edition=row.edition, actor=who)
    return fresh(row)


def signed(who: Actor, of: Candidate, share: str = "0.8") -> ScoreSheet:
    """One that was signed."""
    row = filled(who, of, share)
    with walls.enter(who):
        sheets.sign(row, edition=row.edition, proved_by=SECOND, actor=who)
    return fresh(row)


# -- the demo --------------------------------------------------------------------------------------------------------
def judging_to_see() -> dict[str, Any]:
    """A panel of the demo's experts that scores what was handed in there, and a visit, as addresses name them."""
    officer, who = somebody("jingban"), somebody("zhuanjia1")
    rows = [reviews.of_the_demo(name) for name in ("光谷传感器工厂", "光谷封装测试工厂", "生物制剂二期工厂")]
    for row, industry in zip(rows, ("C39", "C39", "C27"), strict=True):
        if not Candidate.objects.filter(application=row).exists():
            candidate(row, industry=industry)
    demo.pool()
    made_ = demo.judge(rows[0].round, name="浏览专家组")
    with walls.system("test"):
        own = {s.state: s.ref for s in ScoreSheet.objects.filter(panel=made_, user=who.person)}
        signed_ = ScoreSheet.objects.get(panel=made_, state="signed")
        member = Expert.objects.select_related("user").get(user=who.person)
        judged_ = Candidate.objects.select_related("application", "round").get(application=rows[0])
    planning = visits.Planning(clock.now() + timedelta(hours=2), "光谷大道1号", (member,))
    with walls.enter(officer):
        visit = visits.plan(judged_, planning, actor=officer)
    return {
        "panel": made_.ref, "sheet": own["open"], "sheet_assigned": own["assigned"], "sheet_signed": signed_.ref,
        "expert": member.ref, "visit": visit.ref, "seat": Seat.objects.get(panel=made_, user=who.person).pk,
        "judged": rows[0].ref,
    }  # fmt: skip
