"""What the ladder adds to the home page and to the navigation."""

from portal import clock
from portal.actors import Actor
from portal.rules import may
from portal.selectors.home import Fact, News, Waiting, straight
from tiers.rounds import said
from tiers.selectors.announcements import HOME, concerning, published
from tiers.selectors.factories import factories
from tiers.selectors.filings import returned_to, waiting_for
from tiers.selectors.rounds import deadlines, rounds
from tiers.states import RoundState


def _filings_waiting(actor: Actor) -> int:
    return waiting_for(actor).count()


def waiting(actor: Actor) -> list[Waiting]:
    """What waits on the ladder."""
    lines = []
    if may(actor, "filing.list"):
        refs = waiting_for(actor).values_list("ref", flat=True)
        lines.append(straight(Waiting(len(refs), "件基础级备案待确认", "filings"), ("filing", refs)))
    return lines + _next_steps(actor) + _rounds_waiting(actor)


def _next_steps(actor: Actor) -> list[Waiting]:
    """What an enterprise does next: register a factory, assess it, mend what its city returned."""
    if not may(actor, "factory.open"):
        return []
    own = factories(actor).filter(is_closed=False)
    if not own.exists():
        return [Waiting(1, "项准备工作：登记本企业的工厂", "factory_new", "自评和申报都以工厂为单位")]
    unassessed = own.filter(assessments=None).count()
    return [
        Waiting(returned_to(actor).count(), "件基础级备案被退回", "factories", "请按退回理由修改自评后重新提交"),
        Waiting(unassessed, "个工厂尚未开展自评", "factories", "对照要素条件自评，找出所处层级和差距"),
    ]


def _rounds_waiting(actor: Actor) -> list[Waiting]:
    if not may(actor, "round.list"):
        return []
    now, lines = clock.now(), []
    if running := deadlines(actor, now):
        nearest = running[0]
        hint = f"最近截止：{said(nearest.until)}（北京时间），{nearest.left}"
        found = Waiting(len(running), f"个批次的{nearest.window.label}正在进行", "rounds", hint)
        lines.append(straight(found, ("round", (deadline.round.ref for deadline in running))))
    if may(actor, "round.add"):
        drafts = rounds(actor).filter(state=RoundState.DRAFT).values_list("ref", flat=True)
        found = Waiting(len(drafts), "个申报批次尚在草拟", "rounds", "完善后由负责人发布")
        lines.append(straight(found, ("round", drafts)))
    return lines


def facts(actor: Actor) -> list[Fact]:
    """Figures of the ladder about the actor's own place."""
    return [Fact("智能工厂", factories(actor).count(), "个", "factories")] if may(actor, "factory.list") else []


def news(actor: Actor) -> list[News]:
    """The newest announcements that concern the actor; for a visitor the newest of all."""
    rows = concerning(actor) if actor.role else published()
    return [
        News(row.title, row.office.name, row.published_at, "announcement", row.ref, row.is_pinned)
        for row in rows[:HOME]
        if row.published_at
    ]


COUNTS = {"filings": _filings_waiting}
