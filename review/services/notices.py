"""Who is told what in the course of a review."""

from collections.abc import Iterable

from django.urls import reverse

from applications.models import Application
from applications.selectors.applications import people_of
from portal import walls
from portal.models import Membership, Office, User
from portal.roles import JOINT, Role
from portal.services.notices import tell
from portal.states import MembershipState
from review.models import Candidate, CityList, FirstReview, SignOff, UnitList
from tiers.rounds import said

_LEAD = {"city": (Role.CITY_REVIEWER, Role.CITY_HEAD), "unit": (Role.UNIT_OFFICER, Role.UNIT_HEAD)}


def _serving(roles: Iterable[Role], **place: object) -> list[User]:
    rows = Membership.objects.filter(state=MembershipState.ACTIVE, user__is_active=True, role__in=list(roles), **place)
    return [row.user for row in rows.select_related("user")]


def _applicants(row: Application) -> list[User]:
    return [m.user for m in people_of(row, Role.ENTERPRISE_ADMIN, Role.ENTERPRISE_CLERK)]


def _review_page(row: Application) -> str:
    return reverse("first_review", args=[row.ref])


def _own_page(row: Application) -> str:
    return reverse("application", args=[row.ref])


def reviewers_of(row: Application, *roles: Role) -> list[User]:
    """The people of the office that reviews it."""
    level = "city" if row.city_id else "unit"
    return _serving(roles or _LEAD[level], **{f"{level}_id": getattr(row, f"{level}_id")})


# -- the first review ------------------------------------------------------------------------------------------------
def assigned(review: FirstReview, user: User, by: User) -> None:
    """Somebody was given a review."""
    row = review.application
    tell([user], f"{by.name}将{row.enterprise.name}的申报（{row.number}）分配给您初审。", address=_review_page(row))


def rejected(row: Application, reason: str) -> None:
    """The applicant reads why it isn't recommended, and that it may ask once to have it looked at again."""
    text = f"{row.factory.name}的申报（{row.number}）经初审不予推荐。如有异议，可以申请复核一次。"
    tell(_applicants(row), text, address=_own_page(row), template="review_rejected", application=row, reason=reason)


def reopened(row: Application) -> None:
    """The applicant reads that a rejection no longer stands."""
    tell(_applicants(row), f"{row.factory.name}的申报（{row.number}）原不予推荐的结论已撤销。", address=_own_page(row))


def reconsidered(review: FirstReview) -> None:
    """The office learns that somebody else is to look at it again."""
    row = review.application
    people = [user for user in reviewers_of(row) if user.pk != review.decided_by_id]
    tell(
        people,
        f"{row.enterprise.name}对不予推荐申请复核（{row.number}），须由原初审人以外的人员办理。",
        address=_review_page(row),
    )


def tied(row: Application, who: User) -> None:
    """The heads learn that somebody has to be replaced."""
    level = "city" if row.city_id else "unit"
    heads = reviewers_of(row, _LEAD[level][1])
    tell(heads, f"{who.name}声明与{row.enterprise.name}存在利害关系，请另行安排初审人员。", address=_review_page(row))


def remind(row: Application, until: str) -> None:
    """An applicant that has not handed in yet is reminded by its bureau."""
    text = f"{row.factory.name}的申报尚未提交，企业申报截止时间为{until}（北京时间），请抓紧完成。"
    tell(_applicants(row), text, address=_own_page(row), template="review_remind", application=row, until=until)


# -- signing and sending ---------------------------------------------------------------------------------------------
def asked(sign_offs: Iterable[SignOff]) -> None:
    """The departments learn what they are asked to sign, and until when."""
    for row in sign_offs:
        people = _serving(JOINT, office_id=row.office_id)
        address = reverse("sign_off", args=[row.pk])
        tell(
            people,
            f"请于{said(row.due_at)}前答复会签事项：{row.question}",
            address=address,
            template="review_sign_off",
            sign_off=row,
            until=said(row.due_at),
        )


def answered(row: SignOff) -> None:
    """Whoever asked learns what a department said."""
    tell(
        [row.asked_by],
        f"{row.office.name}会签意见：{row.get_state_display()}。{row.reason}"[:300],
        address=_sign_off_page(row),
    )


def _sign_off_page(row: SignOff) -> str:
    if row.application is not None:
        return _review_page(row.application)
    if row.unit_issue is not None:
        return reverse("unit_list", args=[row.unit_issue.unit_list.round.ref])
    return list_page(row.issue.city_list) if row.issue is not None else ""


def list_page(row: CityList) -> str:
    """The page of a list."""
    return reverse("city_list", args=[row.ref])


def of_list(row: CityList, text: str, *, to: str) -> None:
    """People of the list's city, or of the unit it goes to."""
    with walls.system("告知名单的办理单位"):  # a city doesn't see who works at its unit
        people = _serving(_LEAD[to], **{f"{to}_id": getattr(row, f"{to}_id")})
    tell(people, text, address=list_page(row), template="review_list", city_list=row)


def offices(row: CityList) -> list[Office]:
    """The departments of the city that take part in the round, the lead first."""
    rows = Office.objects.filter(city=row.city_id, department__in=row.round.value.departments)
    return list(rows.order_by("-is_lead", "pk"))


# -- candidates ------------------------------------------------------------------------------------------------------
def of_candidate(row: Candidate, text: str, *, to: str) -> None:
    """People of the city that sent it up, or of the unit that judges it; nobody where it came from no city."""
    key = getattr(row, f"{to}_id")
    if key is None or (to == "city" and row.city_position is None):
        return
    with walls.system("告知参评项目的办理单位"):  # a city doesn't see who works at its unit
        people = _serving(_LEAD[to], **{f"{to}_id": key})
    tell(people, text[:300], address=reverse("candidate", args=[row.application.ref]))


def of_unit_list(row: UnitList, text: str) -> None:
    """The people of the unit's lead office."""
    tell(_serving(_LEAD["unit"], unit_id=row.unit_id), text, address=reverse("unit_list", args=[row.round.ref]))


def refused(row: Candidate) -> None:
    """The applicant reads that it isn't taken in, and why."""
    text = f"{row.project}（{row.number}）不予受理。{row.reason}"
    tell(_applicants(row.application), text[:300], address=_own_page(row.application))
