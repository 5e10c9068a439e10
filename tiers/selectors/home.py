"""What the ladder adds to the home page and to the navigation."""

from portal.actors import Actor
from portal.rules import may
from portal.selectors.home import Waiting
from tiers.selectors.factories import factories
from tiers.selectors.filings import waiting_for


def _filings_waiting(actor: Actor) -> int:
    return waiting_for(actor).count()


def waiting(actor: Actor) -> list[Waiting]:
    """What waits on the ladder."""
    if may(actor, "filing.list"):
        return [Waiting(_filings_waiting(actor), "件基础级备案待确认", "filings")]
    return []


def facts(actor: Actor) -> list[tuple[str, int]]:
    """Figures of the ladder about the actor's own place."""
    return [("智能工厂", factories(actor).count())] if may(actor, "factory.list") else []


COUNTS = {"filings": _filings_waiting}
