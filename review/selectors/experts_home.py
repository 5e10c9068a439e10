"""What waits for experts, and for the unit that asked them: lines of the home page."""

from dataclasses import replace
from typing import Any

from django.db.models import Count, Q, QuerySet

from portal.actors import Actor
from portal.rules import may
from portal.selectors.home import Waiting, straight
from review.models import Panel, ScoreSheet, Seat, SiteVisit
from review.selectors.experts import own_profile
from review.selectors.sheets import own_sheets
from review.states import PanelState, SeatState, SheetState, VisitState


def of_experts(actor: Actor) -> list[Waiting]:
    """An expert's invitations, sheets and visits; for the unit what experts leave to be done."""
    if may(actor, "sheet.list"):
        return _own(actor)
    return _of_unit(actor) if may(actor, "panel.list") else []


def _own(actor: Actor) -> list[Waiting]:
    own = {"user": actor.person, "unit": actor.stands("unit")}
    sheets = own_sheets(actor).filter(panel__state=PanelState.SCORING).order_by()
    counts = sheets.aggregate(
        assigned=Count("pk", filter=Q(state=SheetState.ASSIGNED)), open=Count("pk", filter=Q(state=SheetState.OPEN))
    )
    visits = SiteVisit.objects.filter(members__user=actor.person, unit=actor.stands("unit"), state=VisitState.PLANNED)
    return [
        Waiting(0 if own_profile(actor) else 1, "项专家信息待填写", "own_profile", "填写后方可受邀"),
        Waiting(Seat.objects.filter(**own, state=SeatState.INVITED).count(), "份评审邀请待答复", "sheets"),
        Waiting(counts["assigned"], "份评分表待声明", "sheets", "声明后方可查阅申报书"),
        Waiting(counts["open"], "份评分表待签署", "sheets"),
        Waiting(visits.count(), "次现场核查待完成", "visits"),
    ]


def _of_unit(actor: Actor) -> list[Waiting]:
    panels = Panel.objects.filter(unit=actor.stands("unit"))
    declined = Seat.objects.filter(panel__in=panels.filter(state=PanelState.FORMING), state=SeatState.DECLINED)
    recused = ScoreSheet.objects.filter(panel__in=panels.filter(state=PanelState.SCORING), state=SheetState.RECUSED)
    visits = SiteVisit.objects.filter(unit=actor.stands("unit"), state=VisitState.PLANNED)
    return [
        _by_panel(declined, Waiting(0, "位专家谢绝邀请", "rounds", "请另行邀请")),
        _by_panel(recused, Waiting(0, "份评分表由专家声明回避", "rounds", "请核对是否须另行分配")),
        Waiting(visits.count(), "次现场核查待完成", "visits"),
    ]


def _by_panel(rows: QuerySet[Any], line: Waiting) -> Waiting:
    """Straight to the panel that is concerned, or to the panels of its round."""
    places = rows.values_list("panel__ref", "panel__round__ref")
    ways = ("panel", [panel for panel, _ in places]), ("panels", [round_ for _, round_ in places])
    return straight(replace(line, count=len(places)), *ways)
