"""Panels of a round: who sits on them, what they judge, how far they are; and how industries could be grouped."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet

from applications.states import Track
from portal.actors import Actor
from portal.errors import Hidden
from portal.models import Industry
from portal.rules import may
from review.models import Candidate, Expert, Panel, PanelDivision, ScoreSheet, Seat, Waiver
from review.selectors.experts import experts
from review.states import HELD_SHEETS, CandidateState, PanelState, SeatState, SheetState
from tiers.models import Round


def panels(actor: Actor) -> QuerySet[Panel]:
    """The panels of the actor's own unit."""
    if not may(actor, "panel.list"):
        return Panel.objects.none()
    return Panel.objects.filter(unit=actor.stands("unit")).select_related("round__unit", "chair__user")


def panel_for(actor: Actor, ref: str) -> Panel:
    """The gate to a panel, for the unit. Raises Hidden."""
    row = panels(actor).filter(ref=ref).first()
    if row is None:
        raise Hidden("panel", ref)
    return row


def seated_panel_for(actor: Actor, ref: str) -> Panel:
    """The gate to a panel for whoever consented to sit on it. Raises Hidden."""
    rows = Panel.objects.select_related("round", "chair__user")
    if may(actor, "expert.own"):
        row = rows.filter(ref=ref, seats__user=actor.person, seats__state=SeatState.CONSENTED).first()
        if row is not None and row.unit_id == actor.stands("unit"):
            return row
    raise Hidden("panel", ref)


def seat_for(actor: Actor, pk: int) -> Seat:
    """The gate to a seat: one's own, or one of the unit's panels. Raises Hidden."""
    rows = Seat.objects.select_related("panel__round", "user")
    if may(actor, "expert.own"):
        rows = rows.filter(user=actor.person, unit=actor.stands("unit"))
    elif may(actor, "panel.list"):
        rows = rows.filter(unit=actor.stands("unit"))
    else:
        rows = rows.none()
    row = rows.filter(pk=pk).first()
    if row is None:
        raise Hidden("seat", str(pk))
    return row


# -- candidates ------------------------------------------------------------------------------------------------------
def judged(round_: Round) -> QuerySet[Candidate]:
    """What a round's panels judge: what was accepted on the ordinary way (direct ones are not ranked, 82号 二(三)4)."""
    return Candidate.objects.filter(round=round_, state=CandidateState.ACCEPTED, track=Track.REGULAR)


def candidates_of(panel: Panel) -> QuerySet[Candidate]:
    """A panel's candidates: those of its industries."""
    divisions = PanelDivision.objects.filter(panel=panel).values("division")
    return judged(panel.round).filter(industry__in=divisions)


@dataclass(frozen=True)
class Division:
    """A division of GB/T 4754 in a round: how many candidates it has, and the panel that judges them, if any."""

    code: str
    name: str
    count: int
    panel: str


def divisions_of(round_: Round) -> list[Division]:
    """The industries of what was accepted in a round, most candidates first."""
    counts = Counter(judged(round_).values_list("industry", flat=True))
    taken = dict(PanelDivision.objects.filter(round=round_).values_list("division", "panel__name"))
    names = dict(Industry.objects.values_list("code", "name"))
    codes = sorted(counts.keys() | taken.keys(), key=lambda code: (-counts[code], code))
    return [Division(code, names.get(code, code), counts[code], taken.get(code, "")) for code in codes]


# Industries that know each other's factories, in the order of GB/T 4754; what is missing goes to its neighbours.
FAMILIES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("采矿与能源", ("B", "D", "C25", "C42")),
    ("消费品", ("C13", "C14", "C15", "C16", "C17", "C18", "C19", "C20", "C21", "C22", "C23", "C24", "C41")),
    ("化工与医药", ("C26", "C27", "C28", "C29")),
    ("材料与冶金", ("C30", "C31", "C32", "C33")),
    ("通用与专用装备", ("C34", "C35", "C40", "C43")),
    ("汽车与运输设备", ("C36", "C37")),
    ("电气与电子", ("C38", "C39")),
)


@dataclass(frozen=True)
class Group:
    """A group of industries that one panel could judge."""

    name: str
    divisions: tuple[str, ...]
    count: int


def suggested(counts: Mapping[str, int]) -> list[Group]:
    """Groups by family; small neighbours go together, so that none is far smaller than the others. Pure."""
    found = []
    for name, prefixes in FAMILIES:
        codes = tuple(code for code in sorted(counts) if code.startswith(prefixes) and counts[code])
        if codes:
            found.append(Group(name, codes, sum(counts[code] for code in codes)))
    least = max(1, sum(group.count for group in found) // max(1, 2 * len(found)))
    while len(found) > 1 and (small := min(found, key=lambda group: group.count)).count < least:
        place = found.index(small)
        beside = [n for n in (place - 1, place + 1) if 0 <= n < len(found)]
        other = min(beside, key=lambda n: found[n].count)
        first, second = sorted((place, other))
        one, two = found[first], found[second]
        joined = Group(f"{one.name}、{two.name}", (*one.divisions, *two.divisions), one.count + two.count)
        found[first : second + 1] = [joined]
    return found


def suggestions(divisions: list[Division]) -> list[Group]:
    """Groups for the industries that no panel has yet."""
    return suggested({row.code: row.count for row in divisions if not row.panel})


# -- how far they are ------------------------------------------------------------------------------------------------
def with_progress(rows: QuerySet[Panel]) -> QuerySet[Panel]:
    """Panels with their sheets: how many there are, declared, signed, and seats that consented."""
    held = Q(sheets__state__in=HELD_SHEETS)
    return rows.annotate(
        sheet_count=Count("sheets", filter=held),
        signed_count=Count("sheets", filter=Q(sheets__state=SheetState.SIGNED)),
        recused_count=Count("sheets", filter=Q(sheets__state=SheetState.RECUSED)),
    ).prefetch_related("divisions", "seats")


@dataclass(frozen=True)
class Sitting:
    """An expert on a panel with what they have to do."""

    seat: Seat
    expert: Expert
    held: int
    declared: int
    signed: int
    recused: int
    is_chair: bool


def sittings(panel: Panel) -> list[Sitting]:
    """Everybody on a panel, however they answered."""
    counts: Counter[tuple[int, str]] = Counter(ScoreSheet.objects.filter(panel=panel).values_list("expert", "state"))
    rows = panel.seats.select_related("expert__user", "user").order_by("expert__user__name", "pk")
    found = []
    for seat in rows:
        of = {state: counts[seat.expert_id, state] for state in SheetState.values}
        held = sum(of[state] for state in HELD_SHEETS)
        declared = of[SheetState.OPEN] + of[SheetState.SIGNED]
        found.append(
            Sitting(
                seat, seat.expert, held, declared, of[SheetState.SIGNED], of[SheetState.RECUSED],
                seat.expert_id == panel.chair_id,
            )
        )  # fmt: skip
    return found


def invitable(actor: Actor, panel: Panel) -> list[tuple[Expert, bool]]:
    """Whom of the pool one could still ask, those first who know the panel's industries."""
    taken = Seat.objects.filter(panel=panel, state__in=(SeatState.INVITED, SeatState.CONSENTED)).values("expert")
    known = {row.division for row in panel.divisions.all()}
    rows = [(e, bool(known & set(e.industries))) for e in experts(actor).filter(is_active=True).exclude(pk__in=taken)]
    return sorted(rows, key=lambda pair: (not pair[1], pair[0].user.name, pair[0].pk))


def waivers_of(panel: Panel) -> list[Waiver]:
    """Ties that were waived among these."""
    rows = Waiver.objects.filter(candidate__panel=panel, expert__seats__panel=panel)
    return list(rows.select_related("candidate", "expert__user", "by"))


def lacking_to_start(panel: Panel) -> list[str]:
    """What keeps a panel from beginning to score."""
    reasons = []
    seats = {seat.expert_id: seat.state for seat in panel.seats.all()}
    if SeatState.CONSENTED not in seats.values():
        reasons.append("还没有专家同意参加。")
    if panel.chair_id is None:
        reasons.append("请指定组长。")
    elif seats.get(panel.chair_id) != SeatState.CONSENTED:
        reasons.append("组长尚未同意参加。")
    judged_ = set(ScoreSheet.objects.filter(panel=panel, state__in=HELD_SHEETS).values_list("candidate", flat=True))
    left = [row.number for row in candidates_of(panel) if row.pk not in judged_]
    if left:
        more = f"等{len(left)}项" if len(left) > 3 else ""
        reasons.append(f"{'、'.join(left[:3])}{more}尚未分配专家。")
    elif not judged_:
        reasons.append("尚未分配评分表。")
    return reasons


def lacking_to_open(panel: Panel) -> list[str]:
    """What keeps a panel from seeing each other's sheets; to be asked behind all walls."""
    rows = ScoreSheet.objects.filter(panel=panel, state__in=HELD_SHEETS).exclude(state=SheetState.SIGNED)
    waited = Counter(rows.values_list("user__name", flat=True))
    if not ScoreSheet.objects.filter(panel=panel, state=SheetState.SIGNED).exists():
        return ["本组还没有已签署的评分表。"]
    return [f"{name}还有{count}份评分表未签署。" for name, count in sorted(waited.items())]


def progress(panel: Panel) -> dict[str, Any]:
    """What a chair knows of everybody's work before the panel is opened: how much is signed, and never what."""
    states = Counter(ScoreSheet.objects.filter(panel=panel).values_list("state", flat=True))
    return {
        "held": sum(states[state] for state in HELD_SHEETS),
        "signed": states[SheetState.SIGNED],
        "recused": states[SheetState.RECUSED],
        "lacking": lacking_to_open(panel) if panel.state == PanelState.SCORING else [],
    }
