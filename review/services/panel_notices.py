"""Who is told what while experts judge."""

from collections.abc import Iterable

from django.urls import reverse

from portal.models import Membership, User
from portal.roles import Role
from portal.services.notices import tell
from portal.states import MembershipState
from review.models import Panel, ScoreSheet, Seat, SiteVisit
from tiers.rounds import said


def office(unit_id: int, *roles: Role) -> list[User]:
    """The people of the unit's lead office."""
    wanted = roles or (Role.UNIT_OFFICER, Role.UNIT_HEAD)
    rows = Membership.objects.filter(unit=unit_id, role__in=wanted, state=MembershipState.ACTIVE, user__is_active=True)
    return [row.user for row in rows.select_related("user")]


def _panel_page(panel: Panel) -> str:
    return reverse("panel", args=[panel.ref])


def _desk() -> str:
    return reverse("sheets")


def invited(seats: Iterable[Seat], panel: Panel) -> None:
    """Experts learn what they are asked to, and answer on their page."""
    text = f"邀请您参加{panel.round.name}专家评审（{panel.name}），请登录平台答复。"
    tell([seat.user for seat in seats], text, address=_desk(), template="expert_invited", panel=panel)


def answered(seat: Seat) -> None:
    """The office learns who comes."""
    word = "同意参加" if seat.state == "consented" else "谢绝参加"
    tell(office(seat.unit_id), f"{seat.user.name}{word}{seat.panel.name}的评审。", address=_panel_page(seat.panel))


def released(seat: Seat) -> None:
    """An expert learns that they are no longer asked."""
    tell([seat.user], f"您不再参加{seat.panel.name}的评审。说明：{seat.reason}"[:300], address=_desk())


def started(panel: Panel, people: Iterable[User]) -> None:
    """Experts learn that they can begin, and until when."""
    until = said(panel.round.unit_until)
    text = f"{panel.name}开始评分，请先声明有无利害关系，再逐项评分，于{until}（北京时间）前完成签署。"
    tell(people, text, address=_desk(), template="expert_started", panel=panel, until=until)


def given(sheets: Iterable[ScoreSheet], panel: Panel) -> None:
    """Experts learn that there is more for them to do."""
    if panel.state == "scoring":
        tell([sheet.user for sheet in sheets], f"{panel.name}新分配给您评分表，请办理。", address=_desk())


def recused(sheet: ScoreSheet) -> None:
    """The office learns that somebody else is needed."""
    text = f"{sheet.user.name}对{sheet.number}声明回避，请另行分配专家。"
    tell(office(sheet.unit_id), text, address=_panel_page(sheet.panel))


def reopened(sheet: ScoreSheet, reason: str) -> None:
    """An expert learns what has to be looked at again, and why."""
    address = reverse("sheet", args=[sheet.ref])
    tell([sheet.user], f"您对{sheet.number}的评分表被退回重评：{reason}"[:300], address=address)


def taken(sheet: ScoreSheet, reason: str) -> None:
    """An expert learns that a sheet is no longer theirs."""
    tell([sheet.user], f"您不再评审{sheet.number}：{reason}"[:300], address=_desk())


def opened(panel: Panel, people: Iterable[User]) -> None:
    """Everybody on the panel, and the office, learn that sheets can be compared."""
    text = f"{panel.name}的评分表已全部签署，组长已开放互看。"
    tell(people, text, address=reverse("panel_scores", args=[panel.ref]))
    tell(office(panel.unit_id), text, address=_panel_page(panel))


def visit_planned(visit: SiteVisit, people: Iterable[User], applicants: Iterable[User]) -> None:
    """The team and the applicant learn when and where."""
    when = said(visit.planned_at)
    address = reverse("visit", args=[visit.ref])
    tell(people, f"请参加对{visit.name}的现场核查：{when}，{visit.place}。"[:300], address=address)
    own = reverse("application", args=[visit.candidate.application.ref])
    tell(applicants, f"定于{when}在{visit.place}开展现场核查，请做好准备。"[:300], address=own)


def visit_cancelled(visit: SiteVisit, people: Iterable[User], applicants: Iterable[User]) -> None:
    """They learn that nobody comes."""
    text = f"原定{said(visit.planned_at)}对{visit.name}的现场核查取消：{visit.reason}"[:300]
    tell([*people, *applicants], text)
