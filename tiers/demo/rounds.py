"""The demo's rounds: Hubei's two of 2024, over by now, and this year's 卓越级, accepting; all through the services."""

from datetime import datetime, timedelta

from portal import clock, walls
from portal.actors import Actor, Place
from portal.demo.cast import DOMAIN
from portal.models import Unit, User
from portal.selectors.people import hats
from tiers.models import Round
from tiers.rounds import end_of
from tiers.selectors.rounds import editions, programmes
from tiers.services import round_effects
from tiers.services import rounds as services
from tiers.terms import Programme


def somebody(account: str) -> Actor:
    """A demo account under its first hat."""
    user = User.objects.get(email=f"{account}@{DOMAIN}")
    with walls.stand(Place.at_door(user.pk)):
        hat = next(iter(hats(user)))
    return Actor(user=user, membership=hat)


def seed() -> bool:
    """All of them; False when they are there already."""
    with walls.stand(Place(office="system")):
        if Round.objects.filter(ref="HB-2024-E-1").exists():
            return False
    excellent = ended("2024-excellent-HB", announced="2024-11-28 10:00", reported="2024-11-29 15:00")
    ended("2024-advanced-HB", announced="2024-09-02 10:00", reported="2024-09-12 10:00")
    this_years(excellent)
    return True


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


def this_years(source: Round) -> Round:
    """This year's round, made from an earlier one, around the present day: it opened ten days ago."""
    officer, head, now = somebody("jingban"), somebody("fuze"), clock.now()
    today = clock.beijing(now).date()
    with walls.enter(officer):
        made = services.clone(
            source,
            edition=editions()[0],
            year=today.year,
            batch=1,
            opens_on=today - timedelta(days=10),
            actor=officer,
        )
        values = {name: getattr(made, name) for name in services.BASICS} | {
            "enterprise_until": end_of(today + timedelta(days=12)),
            "city_until": end_of(today + timedelta(days=20)),
            "unit_until": end_of(today + timedelta(days=45)),
            "publicity_days": 5,
        }
        made = services.edit_basics(made, values, version=made.version, actor=officer)
        clause = {"terms": {"publicity_clause": "通行做法"}}
        made = services.edit_terms(made, clause, version=made.version, actor=officer)
    with walls.enter(head):
        services.publish(made, actor=head, at=made.opens_at - timedelta(hours=8))
    return _caught_up(made, now)
