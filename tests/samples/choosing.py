"""The addresses of candidates, of the choice among them, and of a unit's list."""

from typing import Any

from portal import walls
from review.services import choosing
from tests import choice
from tests.factories import People
from tests.samples.kinds import ABOVE_A, STAFF_A, Sample
from tests.samples.reviewing import APPLICANTS, CITIES_B, UNIT_LEAD

# A round's pages are seen by whoever sees the round; what is judged in it is its unit's.
_SEEN = dict.fromkeys((*ABOVE_A, *CITIES_B, *APPLICANTS, "enterprise_admin_b"), 403)
_ROUND: dict[str, Any] = {"args": lambda w: [w.judged_round.ref], "but": _SEEN}


def _act(name: str, **more: Any) -> Sample:
    """Something the unit does about a candidate; its city sees the candidate, and doesn't do it."""
    return Sample(UNIT_LEAD, lambda w: [w.candidate], but=dict.fromkeys(STAFF_A, 403), **more)


SAMPLES: dict[str, Sample] = {
    "candidates": Sample(UNIT_LEAD, **_ROUND),
    "candidates_accept": Sample(UNIT_LEAD, method="post", **_ROUND),
    "candidate": Sample(UNIT_LEAD | STAFF_A, lambda w: [w.candidate]),
    "candidate_accept": _act("accept"),
    "candidate_send_back": _act("send_back"),
    "candidate_refuse": _act("refuse"),
    "candidate_restore": _act("restore"),
    "candidate_answer": Sample(STAFF_A, lambda w: [w.candidate], but=dict.fromkeys(UNIT_LEAD, 403)),
    "candidate_recommend": _act("recommend"),
    "candidate_withdraw": _act("withdraw"),
    "candidate_explain": _act("explain"),
    "choice": Sample(UNIT_LEAD, **_ROUND),
    "choice_share": Sample(UNIT_LEAD, method="post", data={"share_0": "2"}, **_ROUND),
    "choice_fill": Sample(UNIT_LEAD, method="post", **_ROUND),
    "choice_many": Sample(UNIT_LEAD, **_ROUND),
    "unit_list": Sample(UNIT_LEAD, **_ROUND),
    "unit_list_move": Sample(UNIT_LEAD, method="post", data={"version": "1", "move": "up:x"}, **_ROUND),
    "unit_list_circulate": Sample(UNIT_LEAD, **_ROUND),
    "unit_list_take_back": Sample(UNIT_LEAD, **_ROUND),
    "unit_list_send": Sample({"unit_head"}, **_ROUND),
    "api_unit_list_order": Sample(
        UNIT_LEAD, lambda w: [w.judged_round.ref], "put", {"version": 0, "order": []}, but=_SEEN
    ),
}


def things(people: People) -> dict[str, Any]:
    """Two candidates of Wuhan, one of them recommended."""
    first, second = choice.accepted(people, 2, round_=choice.current(people, 11))
    seats = choice.panel(first.round, "装备制造组", [first, second])
    for row, total in ((first, 90), (second, 80)):
        choice.scored(row, seats, [total] * 5)
    with walls.enter(people.unit_officer):
        choosing.recommend(choice.fresh(first), actor=people.unit_officer)
    return {"judged_round": first.round, "candidate": second.application.ref}
