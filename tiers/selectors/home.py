"""What the ladder adds to the home page and to the navigation."""

from portal import clock
from portal.actors import Actor
from portal.rules import may
from portal.selectors.home import Fact, Waiting
from tiers.rounds import said
from tiers.selectors.factories import factories, not_assessed
from tiers.selectors.filings import returned_filings, waiting_for
from tiers.selectors.rounds import deadlines, rounds
from tiers.states import RoundState


def _filings_waiting(actor: Actor) -> int:
    return waiting_for(actor).count()


def waiting(actor: Actor) -> list[Waiting]:
    """What waits on the ladder."""
    lines = [Waiting(_filings_waiting(actor), "件基础级备案待确认", "filings")] if may(actor, "filing.list") else []
    return lines + _rounds_waiting(actor) + _own_waiting(actor)


def _own_waiting(actor: Actor) -> list[Waiting]:
    """What an enterprise has still to do with its own factories this year."""
    if not may(actor, "factory.open"):
        return []
    year = clock.beijing(clock.now()).year
    unassessed = not_assessed(actor, year).count()
    returned = returned_filings(actor).count()
    return [
        Waiting(unassessed, f"个工厂尚未开展{year}年度自评", "factories", "自评可得出所处层级和差距"),
        Waiting(returned, "件基础级备案被退回", "factories", "请按退回意见修改后重新提交"),
    ]


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


def facts(actor: Actor) -> list[Fact]:
    """Figures of the ladder about the actor's own place."""
    return [Fact("智能工厂", factories(actor).count(), "个", "factories")] if may(actor, "factory.list") else []


def advice(actor: Actor) -> list[str]:
    """What an enterprise that is new here does first."""
    if may(actor, "factory.open") and not factories(actor).exists():
        return ["自评和申报都以工厂为单位。请先在“智能工厂”中登记一个已投产的工厂，再对照要素条件开展自评。"]
    return []


COUNTS = {"filings": _filings_waiting}
