"""Who is told what of publicity, objections, what was sent to the ministry, and results."""

from collections.abc import Iterable

from django.urls import reverse

from portal import walls
from portal.models import Membership, User
from portal.roles import Role
from portal.services import mail
from portal.services.notices import tell
from portal.states import MembershipState
from review.models import Dispatch, Objection, ObjectionNotice, Outcome, Publicity
from review.states import Result
from tiers.models import Round
from tiers.rounds import said

LEAD = (Role.UNIT_OFFICER, Role.UNIT_HEAD)
CITY = (Role.CITY_REVIEWER, Role.CITY_HEAD)
APPLICANTS = (Role.ENTERPRISE_ADMIN, Role.ENTERPRISE_CLERK)


def serving(roles: Iterable[Role], **place: object) -> list[User]:
    """The people in these roles at a place, behind whatever walls; the caller stands where that is allowed."""
    rows = Membership.objects.filter(state=MembershipState.ACTIVE, user__is_active=True, role__in=list(roles), **place)
    return [row.user for row in rows.select_related("user").order_by("pk")]


# -- publicity -------------------------------------------------------------------------------------------------------
def published(row: Publicity) -> None:
    """The round's cities and its unit learn from when to when it is public."""
    if row.begins_at is None or row.until is None:
        return
    text = f"{row.title}：公示自{said(row.begins_at)}起，至{said(row.until)}止。"
    tell(serving((*LEAD, *CITY), unit_id=row.unit_id), text, address=_page(row))


def publicity_withdrawn(row: Publicity) -> None:
    """The same people learn that it was taken back."""
    tell(serving((*LEAD, *CITY), unit_id=row.unit_id), f"{row.title}已撤回：{row.reason}"[:300], address=_page(row))


def _page(row: Publicity) -> str:
    return reverse("publicity_page", args=[row.ref])


# -- objections ------------------------------------------------------------------------------------------------------
def lodged(row: Objection) -> None:
    """The unit's lead office learns that there is one; not whose, which its page says."""
    text = f"收到公示异议（{row.ref}），涉及{row.about}，请及时办理。"
    tell(serving(LEAD, unit_id=row.unit_id), text[:300], address=reverse("objection", args=[row.ref]))


def to_objector(row: Objection, text: str) -> None:
    """Whoever objected reads by mail how it stands, if they gave an address; an account they need none."""
    if row.email:
        mail.write(row.email, "objection", objection=row, text=text)


def enterprise_asked(notice: ObjectionNotice) -> None:
    """The enterprise learns what it is asked; not by whom it was brought up."""
    text = f"公示期间收到涉及“{notice.factory.name}”的异议，请于{said(notice.due_at)}前书面说明。"
    people = serving(APPLICANTS, enterprise_id=notice.enterprise_id)
    tell(people, text, address=reverse("objection_notice", args=[notice.ref]), template="notice", about="公示异议核实")


def enterprise_answered(row: Objection) -> None:
    """The office learns that the enterprise has answered."""
    with walls.system("告知异议办理人：企业已答复"):
        people = serving(LEAD, unit_id=row.unit_id)
    tell(people, f"公示异议（{row.ref}）所涉企业已提交书面说明。", address=reverse("objection", args=[row.ref]))


def recommendation_lost(round_: Round, enterprise_id: int, factory: str, reason: str) -> None:
    """The enterprise learns that it is no longer recommended, and why."""
    people = serving(APPLICANTS, enterprise_id=enterprise_id)
    text = f"“{factory}”不再列入{round_.name}推荐名单。理由：{reason}"
    tell(people, text[:300], address=reverse("applications"), template="notice", about="推荐名单调整")


# -- the ministry ----------------------------------------------------------------------------------------------------
def dispatched(row: Dispatch) -> None:
    """The ministry learns what came from which unit."""
    with walls.system("告知部级：上报件已到"):
        people = serving([Role.MINISTRY])
        unit = row.round.unit.name
    text = f"{unit}已上报{row.round.year}年度推荐名单（{row.ref}，第{row.version}版）。"
    tell(people, text, address=reverse("dispatch", args=[row.ref]))


def dispatch_moved(row: Dispatch, text: str) -> None:
    """The unit learns what the ministry did with it."""
    with walls.system("告知上报单位"):
        people = serving(LEAD, unit_id=row.unit_id)
    tell(people, text[:300], address=reverse("dispatch", args=[row.ref]), template="notice", about="部级办理情况")


def results(round_: Round, made: Iterable[Outcome]) -> None:
    """Enterprises learn their own result, cities and the unit that there are results; the caller stands anywhere."""
    rows = list(made)
    for row in rows:
        text = f"“{row.factory.name}”申报{round_.name}的结果：{row.get_result_display()}。"
        text += f"（{row.document}）" if row.document else ""
        address = reverse("application", args=[row.ref])
        people = serving(APPLICANTS, enterprise_id=row.enterprise_id)
        tell(people, text[:300], address=address, template="notice", about="评审结果")
    recognised = sum(row.result == Result.RECOGNISED for row in rows)
    text = f"{round_.name}的评审结果已公布，认定{recognised}个，本批次已结束。"
    people = serving((*LEAD, *CITY), unit_id=round_.unit_id)
    tell(people, text[:300], address=reverse("round", args=[round_.ref]))
