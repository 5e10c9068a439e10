"""The addresses of guidance: messages at an application."""

from typing import Any

from portal import walls
from review.services import messages
from tests import applications as made
from tests import rounds
from tests.factories import People
from tests.samples.applications import ENTERPRISES, LEADS, OWN
from tests.samples.kinds import Sample

CITY_A = {"city_reviewer_a", "city_head_a"}

SAMPLES: dict[str, Sample] = {
    "messages": Sample(ENTERPRISES | LEADS, else_=403),
    "conversation": Sample(OWN | CITY_A, lambda w: [w.talked.ref]),
    "message_strike": Sample(
        CITY_A, lambda w: [w.message], method="post", data={"reason": "误发"}, but=dict.fromkeys(OWN, 403)
    ),
}


def things(people: People) -> dict[str, Any]:
    """An application with a message of Wuhan's."""
    row = made.bare(people, rounds.current(people, batch=7))
    with walls.enter(people.city_reviewer_a):
        message = messages.write(row, text="请补充审计报告。", actor=people.city_reviewer_a)
    return {"talked": row, "message": message.pk}
