"""The addresses of the review."""

from typing import Any

from portal import clock, walls
from review.services import copies
from review.services.copies import Arrived
from tests import applications as made
from tests import rounds
from tests.factories import People
from tests.samples.applications import LEAD_A
from tests.samples.kinds import Sample

CITIES_B = {"city_reviewer_b", "city_head_b"}

SAMPLES: dict[str, Sample] = {
    "copies": Sample(LEAD_A | CITIES_B, lambda w: [w.round.ref], else_=403, but={
        "unit_head_hunan": 404, "group_officer": 404, "group_head": 404,
    }),
    "copies_strike": Sample(
        {"city_reviewer_a", "city_head_a"}, lambda w: [w.copies], method="post", data={"reason": "登记有误"}
    ),
}  # fmt: skip


def things(people: People) -> dict[str, Any]:
    """A round, and copies that arrived in Wuhan."""
    round_, city = rounds.current(people, batch=6), people.city_reviewer_a
    row = made.submitted(people, round_=round_)
    with walls.enter(city):
        today = clock.beijing(clock.now()).date()
        (kept,) = copies.record([Arrived(row, 1, 2)], arrived_on=today, actor=city)
    return {"round": round_, "copies": kept.pk}
