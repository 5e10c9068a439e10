"""Rounds for tests, made through the services."""

from datetime import date, datetime, timedelta
from typing import Any

from portal import clock, walls
from portal.actors import Actor
from portal.demo.seed import somebody
from portal.models import Unit
from tests.factories import People
from tiers.models import Announcement, CommonQuestion, Edition, Round
from tiers.selectors.rounds import programmes
from tiers.services import announcements, calendar, catalogue
from tiers.services import rounds as services
from tiers.states import RoundState

LOADER = Actor(system="test")
BEIJING = clock.BEIJING
DAY = timedelta(days=1)
MICROSECOND = timedelta(microseconds=1)


def at(text: str) -> datetime:
    """An instant on Beijing's clock, such as "2024-11-22 23:59:59"."""
    return datetime.fromisoformat(text).replace(tzinfo=BEIJING)


OPENS = at("2024-11-07 00:00:00")
ENTERPRISE_UNTIL = at("2024-11-22 23:59:59")
CITY_UNTIL = at("2024-11-25 23:59:59")
UNIT_UNTIL = at("2024-11-29 23:59:59")


def edition(code: str = "2024") -> Edition:
    """An edition, loaded if need be."""
    catalogue.load(actor=LOADER)
    return Edition.objects.get(code=code)


def draft(
    actor: Actor,
    programme: str = "2024-excellent-HB",
    *,
    opens_on: date | None = None,
    year: int = 2024,
    batch: int = 1,
) -> Round:
    """A draft of the actor's unit from a programme as shipped."""
    conditions = edition()
    chosen = next(found for found in programmes() if found.code == programme)
    opens_on = opens_on or clock.beijing(chosen.windows.opens_at).date()
    with walls.enter(actor):
        unit = Unit.objects.get(pk=actor.stands("unit"))
        return services.create(
            chosen, unit=unit, edition=conditions, year=year, batch=batch, opens_on=opens_on, actor=actor
        )


def published(people: People, *, when: datetime = OPENS - DAY, **kwargs: Any) -> Round:
    """Hubei's round as shipped, published by its head the day before it opens."""
    made = draft(people.unit_officer, **kwargs)
    with walls.enter(people.unit_head):
        return services.publish(made, actor=people.unit_head, at=when)


def current(people: People, **kwargs: Any) -> Round:
    """A round of Hubei that opened a week ago, by the present clock, and is accepting."""
    now = clock.now()
    opened = clock.beijing(now).date() - timedelta(days=7)
    made = published(people, when=now - 8 * DAY, opens_on=opened, year=opened.year, **kwargs)
    put_in_state(made, RoundState.ACCEPTING)
    return fresh(made)


# One way to each state along the edges of the table, for tests that need a round there whatever its dates say.
_WAY: dict[str, tuple[str, ...]] = {
    RoundState.DRAFT: (),
    RoundState.PUBLISHED: ("published",),
    RoundState.ACCEPTING: ("published", "accepting"),
    RoundState.FIRST_REVIEW: ("published", "accepting", "first_review"),
    RoundState.EXPERT_REVIEW: ("published", "accepting", "first_review", "expert_review"),
    RoundState.PUBLICITY: ("published", "accepting", "first_review", "expert_review", "publicity"),
    RoundState.REPORTING: ("published", "accepting", "first_review", "expert_review", "publicity", "reporting"),
    RoundState.FINISHED: (
        "published", "accepting", "first_review", "expert_review", "publicity", "reporting", "finished",
    ),
}  # fmt: skip


def put_in_state(round_: Round, state: str) -> None:
    """Along the edges, with no guard asked."""
    with walls.system("test"):
        rows = Round.objects.filter(pk=round_.pk)
        way = _WAY[state]
        there = rows.get().state
        for step in way[way.index(there) + 1 if there in way else 0 :]:
            rows.update(state=step)


def fresh(round_: Round) -> Round:
    """The row as it stands."""
    with walls.system("test"):
        return Round.objects.select_related("unit", "edition").get(pk=round_.pk)


def guidance_to_see() -> dict[str, Any]:
    """The demo's first question and its unit's announcement, and a draft of another."""
    officer = somebody("jingban")
    with walls.enter(officer):
        draft = announcements.draft(title="关于受理时间的公告", text="正文待核。", actor=officer)
        return {
            "question": CommonQuestion.objects.values_list("pk", flat=True)[0],
            "announcement": Announcement.objects.get(state="published", unit__code="HB").ref,
            "announcement_draft": draft.ref,
        }


def rounds_to_see() -> dict[str, Any]:
    """Rounds of the demo, and a draft of next year's, as browser tests name them in addresses."""
    calendar.load(actor=LOADER)
    public, officer = Round.objects.get(state=RoundState.ACCEPTING, unit__code="HB"), somebody("jingban")
    with walls.enter(officer):
        opens_on = clock.beijing(public.opens_at).date() + timedelta(days=365)
        made = services.clone(
            public, edition=public.edition, year=public.year + 1, batch=1, opens_on=opens_on, actor=officer
        )
        changes = {"criterion": public.terms["criterion"][:4]}
        services.edit_terms(made, changes, version=made.version, actor=officer)
    return {"round": public.ref, "round_draft": made.ref, "round_ended": "HB-2024-E-1"}
