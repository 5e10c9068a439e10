"""Panels: drawn up by industry, manned by experts who agree, begun, opened by their chair, closed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction

from portal import audit, clock, walls
from portal.actors import Actor
from portal.errors import Denied, Refused
from portal.models import User
from portal.references import new_ref
from portal.rules import may
from portal.workflow import locked, move
from review.models import Expert, Panel, PanelDivision, ScoreSheet, Seat
from review.selectors.panels import candidates_of, judged, lacking_to_open, lacking_to_start
from review.services import grants, panel_notices
from review.states import PanelState, SeatState, SheetState
from tiers.models import Round


@dataclass(frozen=True)
class Drawing:
    """What an officer decides about a panel."""

    name: str
    divisions: tuple[str, ...]
    per: int = 5
    is_blind: bool = False
    avoids_city: bool = False


# -- drawing ---------------------------------------------------------------------------------------------------------
def draw(round_: Round, said: Drawing, *, actor: Actor) -> Panel:
    """A panel for some industries of a round; each is one panel's at most. Raises Denied, Refused."""
    if not may(actor, "panel.draw", round_):
        raise Denied("panel.draw")
    with transaction.atomic():
        _lock_round(round_)
        _look_over(round_, said)
        row = Panel.objects.create(
            unit_id=round_.unit_id, round=round_, ref=new_ref("PS"), name=said.name.strip(), per=said.per,
            is_blind=said.is_blind, avoids_city=said.avoids_city, drawn_at=clock.now(), drawn_by=actor.person,
        )  # fmt: skip
        _put_divisions(row, said.divisions)
        audit.record("panel.draw", row, actor, round=round_.ref, divisions=list(said.divisions))
    return row


def amend(panel: Panel, said: Drawing, *, actor: Actor) -> Panel:
    """Change a panel while nobody has been given anything to judge. Raises Denied, Refused."""
    if not may(actor, "panel.draw", panel):
        raise Denied("panel.draw")
    with transaction.atomic():
        _lock_round(panel.round)
        row = Panel.objects.select_for_update(of=("self",)).select_related("round").get(pk=panel.pk)
        if row.state != PanelState.FORMING or row.sheets.exists():
            raise Refused("已分配评分表的专家组不能再调整行业和评审方式。")
        _look_over(row.round, said, besides=row)
        row.name, row.per, row.is_blind = said.name.strip(), said.per, said.is_blind
        row.avoids_city = said.avoids_city
        row.save(update_fields=["name", "per", "is_blind", "avoids_city"])
        _put_divisions(row, said.divisions)
        audit.record("panel.amend", row, actor, divisions=list(said.divisions))
    return row


def _lock_round(round_: Round) -> None:
    """One at a time draws panels of a round: an industry is not given away twice."""
    Round.objects.select_for_update(of=("self",), no_key=True).get(pk=round_.pk)


def _look_over(round_: Round, said: Drawing, besides: Panel | None = None) -> None:
    reasons = []
    if not said.divisions:
        reasons.append("请至少选择一个行业大类。")
    others = PanelDivision.objects.filter(round=round_, division__in=said.divisions).select_related("panel")
    for row in others.exclude(panel=besides) if besides else others:
        reasons.append(f"行业大类{row.division}已由“{row.panel.name}”评审。")
    named = Panel.objects.filter(round=round_, name=said.name.strip())
    if (named.exclude(pk=besides.pk) if besides else named).exists():
        reasons.append("本批次已有同名的专家组。")
    if reasons:
        raise Refused(*reasons)


def _put_divisions(panel: Panel, codes: Sequence[str]) -> None:
    panel.divisions.all().delete()
    PanelDivision.objects.bulk_create(
        PanelDivision(unit_id=panel.unit_id, panel=panel, round=panel.round, division=code) for code in set(codes)
    )
    judged(panel.round).filter(panel=panel).update(panel=None)
    gather(panel)


def gather(panel: Panel) -> None:
    """Candidates of its industries are the panel's; also those that were accepted after it was drawn up."""
    candidates_of(panel).exclude(panel=panel).update(panel=panel)


# -- seats -----------------------------------------------------------------------------------------------------------
def invite(panel: Panel, experts: Iterable[Expert], *, actor: Actor) -> list[Seat]:
    """Ask experts of the pool; those who declined may be asked again. Raises Denied, Refused."""
    if not may(actor, "panel.draw", panel):
        raise Denied("seat.invite")
    with locked(panel) as row:
        if row.state == PanelState.CLOSED:
            raise Refused("该评审组已结束评审。")
        seats = {seat.expert_id: seat for seat in row.seats.all()}
        asked = [_seat(row, expert, seats.get(expert.pk), actor) for expert in experts]
        if not asked:
            raise Refused("请选择要邀请的专家。")
        panel_notices.invited(asked, panel)
    return asked


def _seat(panel: Panel, expert: Expert, held: Seat | None, actor: Actor) -> Seat:
    if not expert.is_active or expert.unit_id != panel.unit_id:
        raise Refused(f"{expert.user.name}不在本单位专家库中。")
    if held is not None:
        changes = {"asked_at": clock.now(), "answered_at": None, "reason": ""}
        return move(held, "invite", actor=actor, changes=changes)
    made = Seat.objects.create(
        unit_id=panel.unit_id, panel=panel, expert=expert, user_id=expert.user_id, asked_at=clock.now()
    )
    audit.record("seat.invite", made, actor, expert=expert.ref)
    return made


def answer(seat: Seat, *, comes: bool, reason: str = "", actor: Actor) -> Seat:
    """An expert says whether they come. Raises Denied, Refused."""
    changes = {"answered_at": clock.now(), "reason": reason.strip()[:300]}
    with transaction.atomic():
        row = move(seat, "consent" if comes else "decline", actor=actor, changes=changes, reason=reason.strip())
        with walls.system("通知组织评审的部门"):
            panel_notices.answered(row)
    return row


def release_seat(seat: Seat, *, reason: str, actor: Actor) -> Seat:
    """Take somebody off a panel, with what they have not signed. Raises Denied, Refused."""
    with transaction.atomic():
        row = move(seat, "release", actor=actor, changes={"reason": reason.strip()[:300]}, reason=reason)
        if row.panel.chair_id == row.expert_id and row.panel.state != PanelState.FORMING:
            raise Refused("请先另行指定组长。")
        if row.panel.chair_id == row.expert_id:
            Panel.objects.filter(pk=row.panel_id).update(chair=None)
        sheets = ScoreSheet.objects.filter(panel=row.panel_id, expert=row.expert_id).order_by("pk")
        for sheet in sheets.filter(state__in=(SheetState.ASSIGNED, SheetState.OPEN)):
            move(sheet, "release", actor=actor, changes={"reason": reason.strip()[:500]}, reason=reason)
        with walls.system("专家退出，收回评审授权"):
            grants.take_back_all(sheets)
        panel_notices.released(row)
    return row


def name_chair(panel: Panel, expert: Expert, *, actor: Actor) -> Panel:
    """Who leads the panel: somebody who consented to sit on it. Raises Denied, Refused."""
    if not may(actor, "panel.draw", panel):
        raise Denied("panel.draw")
    with locked(panel) as row:
        if not row.seats.filter(expert=expert, state=SeatState.CONSENTED).exists():
            raise Refused("组长须是已同意参加的专家。")
        row.chair = expert
        row.save(update_fields=["chair"])
        audit.record("panel.amend", row, actor, chair=expert.ref)
    return row


# -- its course ------------------------------------------------------------------------------------------------------
def start(panel: Panel, *, actor: Actor) -> Panel:
    """Experts may begin. Raises Denied, Refused with everything that is lacking."""
    with transaction.atomic():
        gather(panel)
        row = move(panel, "start", actor=actor, lacking=lacking_to_start(panel))
        panel_notices.started(row, _people(row))
    return row


def _people(panel: Panel) -> list[User]:
    return [seat.user for seat in panel.seats.filter(state=SeatState.CONSENTED).select_related("user")]


def open_up(panel: Panel, *, actor: Actor) -> Panel:
    """The chair lets the panel see each other's sheets, once all are signed. Raises Denied, Refused."""
    if not may(actor, "panel.open", panel):
        raise Denied("panel.open")
    with walls.system("组长开放评分表互看"):
        row = move(panel, "open", actor=actor, changes={"opened_at": clock.now()}, lacking=lacking_to_open(panel))
        panel_notices.opened(row, _people(row))
    return row


def reseal(panel: Panel, *, reason: str, actor: Actor) -> Panel:
    """Each for themselves again, because a sheet has to be looked at anew. Raises Denied, Refused."""
    return move(panel, "reseal", actor=actor, changes={"opened_at": None}, reason=reason)


def close(panel: Panel, *, actor: Actor) -> Panel:
    """It has done its work: nobody reads the books any more. Raises Denied, Refused."""
    with transaction.atomic():
        row = move(panel, "close", actor=actor)
        with walls.system("评审结束，收回评审授权"):
            grants.take_back_all(row.sheets.all())
    return row


def resume(panel: Panel, *, reason: str, actor: Actor) -> Panel:
    """It has to go on after all. Raises Denied, Refused."""
    with transaction.atomic():
        row = move(panel, "resume", actor=actor, reason=reason)
        with walls.system("恢复评审，恢复评审授权"):
            grants.lend_again(row.sheets.select_related("user", "application"))
    return row
