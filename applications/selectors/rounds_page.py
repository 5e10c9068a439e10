"""What applications add to the page of a round."""

from portal.actors import Actor
from portal.rules import may
from tiers.models import Round
from tiers.selectors.rounds import Deadline, RoundAct


def offered(actor: Actor, round_: Round, deadline: Deadline | None) -> list[RoundAct]:
    """Whoever writes for an enterprise may go on to apply while the round is open for it."""
    if deadline is None or not may(actor, "application.begin", actor.membership):
        return []
    return [RoundAct("核对条件并申报", "apply", round_.ref)]
