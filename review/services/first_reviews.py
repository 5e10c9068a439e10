"""The first review: taken up, checked, decided, taken back; and asked to be looked at again (82号 二(三)1)."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import transaction

from applications.guards import review_open
from applications.models import Application
from applications.services.beginning import keys_of
from applications.services.course import note
from applications.services.locking import lock
from applications.states import ApplicationState
from portal import audit, clock, walls
from portal.actors import Actor
from portal.errors import Denied, Refused
from portal.models import User
from portal.rules import may
from portal.workflow import move
from review.guards import ANSWERS, CHECKLIST, list_fixed
from review.models import CityList, FirstReview, Reconsideration, Rejection, Tie
from review.profiles import profile_of
from review.selectors.first_reviews import colleagues, is_tied
from review.services import candidates, notices
from review.services.ranking import PORTAL, list_for_update, put_in, take_out
from review.states import FirstReviewState
from tiers.models import Edition, kept

_MOST = 4000


# -- the desk --------------------------------------------------------------------------------------------------------
@contextmanager
def reviewing(application: Application, actor: Actor, edition: int | None = None) -> Iterator[FirstReview]:
    """The review of the version that stands, locked with its application, for whoever may work on it.

    `edition`: what its reader saw; None where nothing of it is overwritten. Raises Denied, Refused.
    """
    if not may(actor, "first_review.review", application):
        raise Denied("first_review.review")
    with transaction.atomic():
        row = lock(application)
        if is_tied(actor, row):
            raise Refused("您已声明与该申报单位存在利害关系，须回避，不能参与其初审。")
        if row.state != ApplicationState.SUBMITTED:
            raise Refused("该申报当前不在审核中（已撤回或退回修改），不能办理初审。")
        if reason := review_open(row, at=clock.now()):
            raise Refused(reason)
        review = _current(row)
        if edition is not None and review.edition != edition:
            who = f"（{review.reviewer.name}）" if review.reviewer else ""
            raise Refused(f"该申报的初审刚被他人{who}更新，为免覆盖，本次未保存；请核对后重新提交。")
        review.application = row
        yield review


def _current(row: Application) -> FirstReview:
    """Its review, locked; one of an older version is begun anew."""
    made, _ = FirstReview.objects.get_or_create(application=row, defaults={"version": row.version, **keys_of(row)})
    review = FirstReview.objects.select_for_update(of=("self",)).select_related("reviewer").get(pk=made.pk)
    if review.version != row.version:
        fresh = {"version": row.version, "checklist": {}, "edition": review.edition + 1}
        if review.state != FirstReviewState.OPEN:
            review = move(review, "renew", actor=PORTAL, changes=fresh)
        else:
            for field, value in fresh.items():
                setattr(review, field, value)
            review.save(update_fields=list(fresh))
    return review


def take(application: Application, *, edition: int | None, actor: Actor) -> FirstReview:
    """Take the review upon oneself, also from a colleague, which stays on record. Raises Denied, Refused."""
    return assign(application, actor.person, edition=edition, actor=actor)


def assign(application: Application, user: User, *, edition: int | None, actor: Actor) -> FirstReview:
    """Give the review to somebody of the office. Raises Denied, Refused: not of the office, tied to the applicant."""
    with reviewing(application, actor, edition) as review:
        if user.pk != actor.person.pk:
            if not colleagues(actor).filter(pk=user.pk).exists():
                raise Refused("只能分配给本单位的在职初审人员。")
            if Tie.objects.filter(application=application, user=user).exists():
                raise Refused(f"{user.name}已声明回避，不能承办该申报的初审。")
        before = review.reviewer.name if review.reviewer else ""
        review.reviewer, review.edition = user, review.edition + 1
        review.save(update_fields=["reviewer", "edition"])
        verb = "first_review.take" if user.pk == actor.person.pk else "first_review.assign"
        audit.record(verb, review.application, actor, before=before, after=user.name)
        if user.pk != actor.person.pk:
            notices.assigned(review, user, actor.person)
    return review


def save(
    application: Application, *, checklist: Mapping[str, Any], opinion: str, edition: int, actor: Actor
) -> FirstReview:
    """Keep what has been found so far. Raises Denied, Refused."""
    with reviewing(application, actor, edition) as review:
        _mine(review, actor)
        changes = _said(review, checklist, opinion, actor)
        for field, value in changes.items():
            setattr(review, field, value)
        review.save(update_fields=list(changes))
        audit.record("first_review.save", review.application, actor, checklist=review.checklist, opinion=review.opinion)
    return review


def _mine(review: FirstReview, actor: Actor) -> None:
    """Whoever works on it has it; another's is taken over first, openly."""
    if review.reviewer is not None and review.reviewer_id != actor.person.pk:
        raise Refused(f"该申报由{review.reviewer.name}承办，请先点“由我承办”。")


def _said(review: FirstReview, checklist: Mapping[str, Any], opinion: str, actor: Actor) -> dict[str, Any]:
    answers = {
        key: {"answer": checklist[key]["answer"], "note": str(checklist[key].get("note", "")).strip()[:500]}
        for key, _, _ in CHECKLIST
        if checklist.get(key, {}).get("answer") in ANSWERS or str(checklist.get(key, {}).get("note", "")).strip()
    }
    return {
        "checklist": answers,
        "opinion": opinion.strip()[:_MOST],
        "edition": review.edition + 1,
        "reviewer_id": actor.person.pk,
    }


# -- deciding --------------------------------------------------------------------------------------------------------
def decide(
    application: Application,
    *,
    passes: bool,
    checklist: Mapping[str, Any],
    opinion: str,
    edition: int,
    actor: Actor,
    reason: str = "",
) -> FirstReview:
    """Pass it, which gives it the last place in the city's order, or reject it with a reason the applicant reads.

    Raises Denied, Refused with every reason.
    """
    with reviewing(application, actor, edition) as review:
        _mine(review, actor)
        row, now = review.application, clock.now()
        city_list = _changeable(row)
        said = _said(review, checklist, opinion, actor)
        decided = {**said, "decided_at": now, "decided_by": actor.person}
        review = move(
            review,
            "pass" if passes else "reject",
            actor=actor,
            at=now,
            changes=decided,
            checklist=said["checklist"],
            reason=reason.strip(),
        )
        if passes:
            note(row, "通过初审", actor=actor, at=now, opinion=said["opinion"], is_public=False)
            if city_list is not None:
                put_in(city_list, [(row, profile(row))], actor=actor)
            elif may(actor, "candidate.list"):
                candidates.arrive_alone(row, actor=actor, at=now)
        else:
            _rejected(row, reason.strip(), actor, now)
    return review


def _changeable(row: Application) -> CityList | None:
    """The list that a decision changes, locked. Raises Refused once it has gone up, or its time is over."""
    city_list = list_for_update(row)
    if reason := list_fixed(city_list):
        raise Refused(reason)
    return city_list


def profile(row: Application) -> dict[str, Any]:
    """What is weighed beside it in the order, out of the version that stands."""
    document = row.submissions.values_list("document", flat=True).get(version=row.version)
    return profile_of(document, kept(Edition, row.round.edition_id).value, row.factory.held_tier)


def _rejected(row: Application, reason: str, actor: Actor, now: datetime) -> None:
    Rejection.objects.create(
        application=row, version=row.version, reason=reason, office=actor.place_label, at=now, **keys_of(row)
    )
    note(row, "不予推荐", actor=actor, at=now, opinion=reason)
    notices.rejected(row, reason)


def reopen(application: Application, *, reason: str, edition: int, actor: Actor) -> FirstReview:
    """Take a decision back before the list goes up: it leaves the order. Raises Denied, Refused."""
    with reviewing(application, actor, edition) as review:
        row = review.application
        city_list = _changeable(row)
        was = review.state
        changes = {"edition": review.edition + 1}
        review = move(review, "reopen", actor=actor, changes=changes, reason=reason.strip())
        if city_list is not None:
            take_out(city_list, [row], actor=actor, why="撤销初审结论")
        else:
            candidates.recall_of(row, reason=f"撤销初审结论：{reason.strip()}", at=clock.now())
        # Whoever was told of a rejection is told that it no longer stands.
        is_public = was == FirstReviewState.REJECTED
        note(row, "撤销初审结论", actor=actor, at=clock.now(), opinion=reason.strip(), is_public=is_public)
        if is_public:
            notices.reopened(row)
    return review


# -- ties ------------------------------------------------------------------------------------------------------------
def declare_tie(application: Application, text: str, *, actor: Actor) -> Tie:
    """Somebody of the office declares a tie to the applicant; their part in it ends. Raises Denied, Refused."""
    if not may(actor, "first_review.review", application):
        raise Denied("first_review.review")
    if not text.strip():
        raise Refused("请说明与申报单位的关系。")
    with transaction.atomic():
        row = lock(application)
        if is_tied(actor, row):
            raise Refused("您已声明回避，无需重复声明。")
        made = Tie.objects.create(
            application=row, user=actor.person, text=text.strip()[:300], at=clock.now(), **keys_of(row)
        )
        audit.record("first_review.tie", row, actor, reason=made.text)
        review = FirstReview.objects.select_for_update(of=("self",)).filter(application=row).first()
        if review is not None and review.reviewer_id == actor.person.pk:
            review.reviewer, review.edition = None, review.edition + 1
            review.save(update_fields=["reviewer", "edition"])
        note(row, "初审人员声明回避", actor=actor, at=made.at, is_public=False)
        notices.tied(row, actor.person)
    return made


# -- the applicant ---------------------------------------------------------------------------------------------------
def reconsider(application: Application, *, reason: str, actor: Actor) -> Reconsideration:
    """The applicant asks, once, that a rejection be looked at again. Raises Denied, Refused."""
    if not may(actor, "application.withdraw", application):
        raise Denied("first_review.reconsider")
    with transaction.atomic():
        row = lock(application)
        if Reconsideration.objects.filter(application=row).exists():
            raise Refused("已申请过复核；每项申报只能申请一次。")
        now = clock.now()
        with walls.system("企业申请复核"):
            review = FirstReview.objects.filter(application=row).first()
            if review is None:
                raise Refused("该申报没有不予推荐的结论，无需复核。")
            if reason_ := list_fixed(CityList.objects.filter(round=row.round_id, city=row.city_id).first()):
                raise Refused(reason_)
            review = move(
                review, "reconsider", actor=actor, at=now, changes={"edition": review.edition + 1}, reason=reason
            )
            notices.reconsidered(review)
        made = Reconsideration.objects.create(
            application=row, reason=reason.strip(), at=now, by=actor.person, **keys_of(row)
        )
        note(row, "申请复核", actor=actor, at=now, opinion=reason.strip())
    return made
