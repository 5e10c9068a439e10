"""What the review adds to the home page."""

from django.db.models import F, Q

from portal import clock
from portal.actors import Actor
from portal.roles import Level
from portal.rules import may
from portal.selectors.home import News, Waiting
from review.models import Candidate, CityList
from review.selectors.copies import lacking
from review.selectors.experts_home import of_experts
from review.selectors.inbox import in_reach, reviewed_rounds
from review.selectors.messages import unread_by
from review.selectors.objections import notices, unsettled
from review.selectors.publicity import HOME, shown
from review.selectors.sign_offs import sign_offs
from review.states import CandidateState, FirstReviewState, ListState, PublicityState, SignOffState


def waiting(actor: Actor) -> list[Waiting]:
    """What waits in the review."""
    found = []
    if may(actor, "message.list"):
        found.append(Waiting(unread_by(actor).count(), "条留言未读", "messages"))
    if may(actor, "sign_off.list"):
        silent = sign_offs(actor).filter(state=SignOffState.ASKED).count()
        found.append(Waiting(silent, "件会签事项待答复", "sign_offs", "未答复的不视为同意"))
    if may(actor, "first_review.list"):
        found += _reviewing(actor)
    if may(actor, "objection.list"):
        found += _objections(actor)
    if actor.stands("enterprise") and may(actor, "application.list"):
        found += _asked(actor)
    return found + of_experts(actor)


def _objections(actor: Actor) -> list[Waiting]:
    rows = unsettled(actor)
    late = rows.filter(due_at__lt=clock.now()).count()
    hint = f"其中{late}件已超过办结时限" if late else ""
    return [Waiting(rows.count(), "件公示异议待办理", "objections", hint)]


def _asked(actor: Actor) -> list[Waiting]:
    open_ = notices(actor).filter(answered_at=None, due_at__gte=clock.now()).count()
    return [Waiting(open_, "件公示异议核实待书面说明", "applications", "见相应申报的页面；逾期不能再提交")]


def news(_actor: Actor) -> list[News]:
    """What is public now, for everybody."""
    rows = shown(clock.now()).filter(state=PublicityState.PUBLISHED, until__gte=clock.now())
    return [
        News(row.title, row.unit.name, row.begins_at, "publicity_page", row.ref) for row in rows[:HOME] if row.begins_at
    ]


def _reviewing(actor: Actor) -> list[Waiting]:
    at, undecided, paperless = clock.now(), 0, 0
    decided = Q(first_review__version=F("version")) & ~Q(first_review__state__in=_UNDECIDED)
    for round_ in reviewed_rounds(actor):
        if round_.unit_until >= at:
            paperless += len(lacking(actor, round_)) if round_.city_until and actor.stands("city") else 0
            undecided += in_reach(actor, round_).filter(state="submitted").exclude(decided).count()
    found = [
        Waiting(undecided, "件申报待初审", "reviews"),
        Waiting(paperless, "件申报的纸质件未收齐", "reviews", "报送名单前须收齐现行版本，一式两份"),
    ]
    if city := actor.stands("city"):
        back = Candidate.objects.filter(city=city, state=CandidateState.SENT_BACK, city_position__isnull=False)
        found.append(Waiting(back.count(), "个参评项目被省级退回", "reviews", "请说明后重新报送"))
        returned = CityList.objects.filter(city=city, state=ListState.RETURNED).count()
        found.append(Waiting(returned, "份推荐名单被省级退回", "reviews", "请按退回理由调整后重新会签、报送"))
    if actor.role is not None and actor.role.level is Level.UNIT:
        sent = CityList.objects.filter(unit=actor.stands("unit"), state=ListState.SENT).count()
        found.append(Waiting(sent, "份市州推荐名单待接收", "rounds"))
        arrived = Candidate.objects.filter(unit=actor.stands("unit"), state=CandidateState.ARRIVED).count()
        found.append(Waiting(arrived, "个参评项目待受理", "rounds"))
    return found


_UNDECIDED = (FirstReviewState.OPEN, FirstReviewState.RECONSIDERING)
