"""What the ladder adds to the home page and to the navigation."""

from portal import clock
from portal.actors import Actor
from portal.rules import may
from portal.selectors.home import Waiting
from tiers.rounds import said
from tiers.selectors.factories import factories
from tiers.selectors.filings import waiting_for
from tiers.selectors.rounds import deadlines, rounds
from tiers.states import RoundState


def _filings_waiting(actor: Actor) -> int:
    return waiting_for(actor).count()


def waiting(actor: Actor) -> list[Waiting]:
    """What waits on the ladder."""
    lines = [Waiting(_filings_waiting(actor), "件基础级备案待确认", "filings")] if may(actor, "filing.list") else []
    return lines + _rounds_waiting(actor)


def _rounds_waiting(actor: Actor) -> list[Waiting]:
    if not may(actor, "round.list"):
        return []
    now, lines = clock.now(), []
    if running := deadlines(actor, now):
        nearest = running[0]
        hint = f"最近截止：{said(nearest.until)}（北京时间），{nearest.left}"
        lines.append(Waiting(len(running), f"个批次的{nearest.window.label}正在进行", "rounds", hint))
    if may(actor, "round.add"):
        drafts = rounds(actor).filter(state=RoundState.DRAFT).count()
        lines.append(Waiting(drafts, "个申报批次尚在草拟", "rounds", "完善后由负责人发布"))
    return lines


def facts(actor: Actor) -> list[tuple[str, int]]:
    """Figures of the ladder about the actor's own place."""
    return [("智能工厂", factories(actor).count())] if may(actor, "factory.list") else []


COUNTS = {"filings": _filings_waiting}
