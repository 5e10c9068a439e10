"""What the review adds to the home page."""

from collections import Counter

from django.db.models import F, Q

from portal import clock
from portal.actors import Actor
from portal.roles import Level, Role
from portal.rules import may
from portal.selectors.home import News, Waiting, straight
from review.models import Candidate, CityList
from review.selectors.copies import lacking
from review.selectors.dispatches import dispatches
from review.selectors.experts_home import of_experts
from review.selectors.inbox import in_reach, reviewed_rounds
from review.selectors.messages import unread_by
from review.selectors.objections import notices, unsettled
from review.selectors.publicity import HOME, shown
from review.selectors.sign_offs import sign_offs
from review.selectors.sign_offs import waiting as answerable
from review.states import CandidateState, DispatchState, FirstReviewState, ListState, PublicityState, SignOffState


def waiting(actor: Actor) -> list[Waiting]:
    """What waits in the review."""
    found = []
    if may(actor, "message.list"):
        found.append(Waiting(unread_by(actor).count(), "条留言未读", "messages"))
    if may(actor, "sign_off.list"):
        silent = answerable(sign_offs(actor).filter(state=SignOffState.ASKED))
        line = Waiting(len(silent), "件会签事项待答复", "sign_offs", "未答复的不视为同意")
        found.append(straight(line, ("sign_off", (str(row.pk) for row in silent))))
    if may(actor, "first_review.list"):
        found += _reviewing(actor)
    if may(actor, "objection.list"):
        found += _objections(actor)
    if actor.stands("enterprise") and may(actor, "application.list"):
        found += _asked(actor)
    if may(actor, "dispatch.list"):
        found += _sent_up(actor)
    return found + of_experts(actor)


def _sent_up(actor: Actor) -> list[Waiting]:
    """What lies before the ministry; what a unit was asked to supplement."""
    states = Counter(dispatches(actor).order_by().values_list("state", flat=True))
    if actor.role is not Role.MINISTRY:
        asked = states[DispatchState.SUPPLEMENTING]
        return [Waiting(asked, "份上报件须补正", "dispatches", "请按部级要求补正后重新上报")]
    return [
        Waiting(states[DispatchState.SENT], "份上报件待接收", "dispatches"),
        Waiting(states[DispatchState.RECEIVED], "份上报件待公布结果", "dispatches"),
    ]


def _objections(actor: Actor) -> list[Waiting]:
    rows = unsettled(actor)
    late = rows.filter(due_at__lt=clock.now()).count()
    hint = f"其中{late}件已超过办结时限" if late else ""
    refs = rows.values_list("ref", flat=True)
    return [straight(Waiting(len(refs), "件公示异议待办理", "objections", hint), ("objection", refs))]


def _asked(actor: Actor) -> list[Waiting]:
    refs = notices(actor).filter(answered_at=None, due_at__gte=clock.now()).values_list("ref", flat=True)
    found = Waiting(len(refs), "件公示异议核实待书面说明", "applications", "见相应申报的页面；逾期不能再提交")
    return [straight(found, ("objection_notice", refs))]


def news(_actor: Actor) -> list[News]:
    """What is public now, for everybody."""
    rows = shown(clock.now()).filter(state=PublicityState.PUBLISHED, until__gte=clock.now())
    return [
        News(row.title, row.unit.name, row.begins_at, "publicity_page", row.ref) for row in rows[:HOME] if row.begins_at
    ]


def _reviewing(actor: Actor) -> list[Waiting]:
    at, undecided, paperless = clock.now(), Counter[str](), Counter[str]()
    decided = Q(first_review__version=F("version")) & ~Q(first_review__state__in=_UNDECIDED)
    for round_ in reviewed_rounds(actor):
        if round_.unit_until >= at:
            paperless[round_.ref] = len(lacking(actor, round_)) if round_.city_until and actor.stands("city") else 0
            undecided[round_.ref] = in_reach(actor, round_).filter(state="submitted").exclude(decided).count()
    hint = "报送名单前须收齐现行版本，一式两份"
    found = [
        straight(Waiting(undecided.total(), "件申报待初审", "reviews"), ("inbox", +undecided)),
        straight(Waiting(paperless.total(), "件申报的纸质件未收齐", "reviews", hint), ("copies", +paperless)),
    ]
    return found + _sent_back(actor) + _arrived(actor)


def _sent_back(actor: Actor) -> list[Waiting]:
    """What a city got back from its province."""
    found = []
    if city := actor.stands("city"):
        back = Candidate.objects.filter(city=city, state=CandidateState.SENT_BACK, city_position__isnull=False)
        refs = back.values_list("application__ref", flat=True)
        found.append(
            straight(Waiting(len(refs), "个参评项目被省级退回", "reviews", "请说明后重新报送"), ("candidate", refs))
        )
        lists = CityList.objects.filter(city=city, state=ListState.RETURNED).values_list("ref", flat=True)
        line = Waiting(len(lists), "份推荐名单被省级退回", "reviews", "请按退回理由调整后重新会签、报送")
        found.append(straight(line, ("city_list", lists)))
    return found


def _arrived(actor: Actor) -> list[Waiting]:
    """What came up to a unit from its cities."""
    found = []
    if actor.role is not None and actor.role.level is Level.UNIT:
        sent = CityList.objects.filter(unit=actor.stands("unit"), state=ListState.SENT)
        lists = sent.values_list("ref", "round__ref")
        ways = ("city_list", [ref for ref, _ in lists]), ("city_lists", [round_ for _, round_ in lists])
        found.append(straight(Waiting(len(lists), "份市州推荐名单待接收", "rounds"), *ways))
        arrived = Candidate.objects.filter(unit=actor.stands("unit"), state=CandidateState.ARRIVED)
        of_rounds = arrived.values_list("round__ref", flat=True)
        found.append(straight(Waiting(len(of_rounds), "个参评项目待受理", "rounds"), ("candidates", of_rounds)))
    return found


_UNDECIDED = (FirstReviewState.OPEN, FirstReviewState.RECONSIDERING)
