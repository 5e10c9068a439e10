"""The addresses of experts: the pool, panels, sheets, visits."""

from datetime import timedelta
from io import BytesIO
from typing import Any

from applications.selectors.applications import file_keys
from portal import clock, walls
from review.models import Seat
from review.services import visits
from review.services.visits import Planning
from tests import judging, seals
from tests.factories import People
from tests.samples.kinds import Sample
from tests.samples.reviewing import ELSEWHERE

LEAD = {"unit_officer", "unit_head"}
OTHER_LEADS = {"unit_head_hunan", "group_officer", "group_head"}
EXPERT = {"expert"}


def _round(**more: Any) -> Sample:
    """Of a round: its unit's lead office."""
    return Sample(LEAD, lambda w: [w.judged_round.ref], else_=403, but=ELSEWHERE, **more)


def _panel(who: set[str] = LEAD, **more: Any) -> Sample:
    return Sample(who, lambda w: [w.panel.ref], **more)


def _sheet(who: set[str] = EXPERT, **more: Any) -> Sample:
    return Sample(who, lambda w: [w.sheet.ref], **more)


def _visit(**more: Any) -> Sample:
    return Sample(LEAD | EXPERT, lambda w: [w.visit.ref], **more)


SAMPLES: dict[str, Sample] = {
    "experts": Sample(LEAD | OTHER_LEADS, else_=403),
    "expert_add": Sample(LEAD | OTHER_LEADS, else_=403),
    "expert": Sample(LEAD, lambda w: [w.profile.ref]),
    "own_profile": Sample(EXPERT, else_=403),
    "panels": _round(),
    "panel_draw": _round(),
    "panel": _panel(),
    "panel_amend": _panel(),
    "panel_invite": _panel(),
    "panel_chair": _panel(),
    "panel_assign": _panel(),
    "panel_give": _panel(),
    "panel_waive": _panel({"unit_head"}, but={"unit_officer": 403}),
    "panel_start": _panel(method="post"),
    "panel_reseal": _panel(),
    "panel_resume": _panel(),
    "panel_close": _panel(method="post"),
    "panel_open": _panel(EXPERT),
    "panel_scores": _panel(EXPERT),
    "seat_answer": Sample(EXPERT, lambda w: [w.seat], but=dict.fromkeys(LEAD, 403)),
    "seat_release": Sample(LEAD, lambda w: [w.seat], but={"expert": 403}),
    "sheets": Sample(EXPERT, else_=403),
    "sheet": _sheet(),
    "sheet_declare": _sheet(),
    "sheet_recuse": _sheet(),
    "sheet_sign": _sheet(),
    "sheet_file": Sample(EXPERT, lambda w: [w.sheet.ref, w.judged_file]),
    "sheet_signed": _sheet(LEAD),
    "sheet_reopen": _sheet(LEAD),
    "sheet_release": _sheet(LEAD),
    "api_sheet": _sheet(method="put", data={"edition": 0, "scores": {}, "opinion": ""}),
    "visits": Sample(LEAD | OTHER_LEADS | EXPERT, else_=403),
    "round_visits": _round(),
    "visit_plan": Sample(LEAD, lambda w: [w.candidate.application.ref]),
    "visit": _visit(),
    "visit_cancel": Sample(LEAD, lambda w: [w.visit.ref], but={"expert": 403}),
    "visit_photo_add": _visit(method="post"),
    "visit_photo": Sample(LEAD | EXPERT, lambda w: [w.visit.ref, w.photo]),
    "visit_photo_strike": Sample(LEAD | EXPERT, lambda w: [w.visit.ref, w.photo], method="post"),
}


def planned(people: People, candidate: Any, team: tuple[Any, ...], place: str = "厂区") -> Any:
    """A visit that was arranged."""
    planning = Planning(clock.now() + timedelta(hours=1), place, team)
    with walls.enter(people.unit_officer):
        return visits.plan(judging.fresh(candidate), planning, actor=people.unit_officer)


def things(people: People) -> dict[str, Any]:
    """A panel of the cast's expert, who has declared for one candidate and goes along on a visit to it."""
    (candidate,) = judging.candidates(people, 1, batch=17)
    profile = judging.profile(people, people.expert)
    panel = judging.scoring(people, [(people.expert, profile)], [candidate])
    sheet = judging.declared(people.expert, candidate)
    visit = planned(people, candidate, (profile,))
    with walls.enter(people.unit_officer):
        photo = visits.add_photo(
            visit, BytesIO(seals.picture(ground=(247, 245, 243))), "现场.png", caption="", actor=people.unit_officer
        )
    with walls.system("test"):
        document = candidate.application.submissions.get(version=1).document
        seat = Seat.objects.get(panel=panel).pk
    return {
        "judged_round": candidate.round, "candidate": candidate, "profile": profile, "panel": panel, "sheet": sheet,
        "seat": seat, "visit": visit, "photo": photo.pk, "judged_file": min(file_keys(document)),
    }  # fmt: skip
