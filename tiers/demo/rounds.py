"""The demo's rounds: Hubei's two of 2024, over by now, and this year's 卓越级, accepting; all through the services."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from portal import clock, walls
from portal.actors import Place
from portal.demo.cast import GROUP
from portal.demo.seed import somebody
from portal.models import Unit
from tiers.models import Round
from tiers.rounds import end_of
from tiers.selectors.rounds import editions, programmes
from tiers.services import round_effects
from tiers.services import rounds as services
from tiers.terms import Programme


def past() -> None:
    """Hubei's two of 2024."""
    ended("2024-excellent-HB", announced="2024-11-28 10:00", reported="2024-11-29 15:00")
    ended("2024-advanced-HB", announced="2024-09-02 10:00", reported="2024-09-12 10:00")


def shipped() -> Round:
    """The round of 2024, exactly as the notice has it."""
    with walls.stand(Place(office="system")):
        return Round.objects.select_related("unit", "edition").get(ref="HB-2024-E-1")


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=clock.BEIJING)


def _programme(code: str) -> Programme:
    return next(programme for programme in programmes() if programme.code == code)


def _caught_up(round_: Round, at: datetime) -> Round:
    """The round as time has left it by then; nobody is told of what is long past."""
    with walls.stand(Place(office="system")):
        round_effects.advance(round_, at)
        return Round.objects.select_related("unit", "edition").get(pk=round_.pk)


def ended(code: str, *, announced: str, reported: str) -> Round:
    """A round as shipped, taken through its whole life at the dates of its own year."""
    programme, officer, head = _programme(code), somebody("jingban"), somebody("fuze")
    with walls.enter(officer):
        made = services.create(
            programme,
            unit=Unit.objects.get(code="HB"),
            edition=editions().get(code=programme.edition),
            year=programme.year,
            batch=programme.batch,
            opens_on=clock.beijing(programme.windows.opens_at).date(),
            actor=officer,
        )
    with walls.enter(head):
        services.publish(made, actor=head, at=programme.windows.opens_at - timedelta(hours=8))
    made = _caught_up(made, clock.now())
    with walls.enter(head):
        made = services.announce(made, actor=head, at=_moment(announced))
        if made.value.decider == "ministry":
            made = services.report(made, actor=head, at=_moment(reported))
        return services.finish(made, actor=head, at=_moment(reported) + timedelta(days=90))


@dataclass(frozen=True)
class Days:
    """A round's dates, in days from today: when it opened, and until when whose time runs."""

    opened: int
    enterprise: int
    city: int
    unit: int


def of_this_year(batch: int) -> Round:
    """This year's round of that batch."""
    with walls.stand(Place(office="system")):
        rows = Round.objects.select_related("unit", "edition").filter(unit__code="HB", tier="excellent", batch=batch)
        return rows.latest("pk")


ACCEPTING = Days(-10, 12, 20, 45)


def this_years(source: Round) -> Round:
    """This year's round, made from an earlier one, around the present day: it opened ten days ago."""
    made = around(source, ACCEPTING, batch=1)
    return _caught_up(made, clock.now())


def around(source: Round, days: Days, *, batch: int, unit: str = "") -> Round:
    """A round of this year, published; made from an earlier one, its dates set around the present day."""
    officer, head = (somebody(f"{name}.{unit}" if unit else name) for name in ("jingban", "fuze"))
    now = clock.now()
    today = clock.beijing(now).date()
    opens_on = today + timedelta(days=days.opened)
    with clock.shifted(now + timedelta(days=days.opened - 1)), walls.enter(officer):
        made = services.clone(
            source, edition=editions()[0], year=today.year, batch=batch, opens_on=opens_on, actor=officer
        )
        values = {name: getattr(made, name) for name in services.BASICS} | {
            "enterprise_until": end_of(today + timedelta(days=days.enterprise)),
            "city_until": end_of(today + timedelta(days=days.city)) if made.city_until else None,
            "unit_until": end_of(today + timedelta(days=days.unit)),
            "publicity_days": 5,
        }
        made = services.edit_basics(made, values, version=made.version, actor=officer)
        clause = {"terms": {"publicity_clause": "通行做法"}}
        made = services.edit_terms(made, clause, version=made.version, actor=officer)
    with clock.shifted(made.opens_at - timedelta(hours=8)), walls.enter(head):
        services.publish(made, actor=head)
    with walls.stand(Place(office="system")):
        return Round.objects.select_related("unit", "edition").get(pk=made.pk)


def of_group() -> Round:
    """This year's round of the central group, accepting; nobody had one before."""
    programme, officer, head = (
        _programme("2024-excellent-group"),
        *(somebody(f"{n}.hualing") for n in ("jingban", "fuze")),
    )
    now = clock.now()
    today = clock.beijing(now).date()
    with clock.shifted(now - timedelta(days=9)):
        with walls.enter(officer):
            made = services.create(
                programme, unit=Unit.objects.get(code=GROUP[0]), edition=editions()[0], year=today.year, batch=1,
                opens_on=today - timedelta(days=8), actor=officer,
            )  # fmt: skip
            until = {"enterprise_until": today + timedelta(days=10), "unit_until": today + timedelta(days=40)}
            values = {name: getattr(made, name) for name in services.BASICS} | {
                k: end_of(day) for k, day in until.items()
            }
            made = services.edit_basics(made, values, version=made.version, actor=officer)
        with walls.enter(head):
            services.publish(made, actor=head)
    return _caught_up(made, now)
