"""The addresses of the first review, the inbox, a city's list and its signatures."""

from datetime import timedelta
from typing import Any

from portal import clock, walls
from review.models import SignOff
from review.services import bulk, findings, sign_offs, views
from tests import applications as made
from tests import reviews, rounds
from tests.factories import People
from tests.samples.applications import LEAD_A
from tests.samples.kinds import STAFF_A, Sample

CITIES_B = {"city_reviewer_b", "city_head_b"}
UNIT_LEAD = {"unit_officer", "unit_head"}
ELSEWHERE = {"unit_head_hunan": 404, "group_officer": 404, "group_head": 404}
APPLICANTS = {"enterprise_admin_a", "enterprise_clerk_a"}
# They see the application, and don't review it.
NOT_THEIRS = dict.fromkeys(UNIT_LEAD | APPLICANTS, 403)


def _desk(name: str, **more: Any) -> Sample:
    """Something of the desk: its own office, and nobody else; the unit sees the application, but doesn't review it."""
    return Sample(STAFF_A, lambda w: [w.reviewed.ref], but=NOT_THEIRS, **more)


SAMPLES: dict[str, Sample] = {
    "reviews": Sample(LEAD_A | CITIES_B | set(ELSEWHERE), else_=403),
    "inbox": Sample(LEAD_A | CITIES_B, lambda w: [w.review_round.ref], else_=403, but=ELSEWHERE),
    "inbox_preview": Sample(
        LEAD_A | CITIES_B, lambda w: [w.review_round.ref], method="post", data={"kind": "remind"}, else_=403,
        but=ELSEWHERE,
    ),
    "inbox_bulk": Sample(
        LEAD_A | CITIES_B, lambda w: [w.review_round.ref], method="post", data={"kind": "pass"}, else_=403,
        but=ELSEWHERE,
    ),
    "inbox_undo": Sample(
        {"city_reviewer_a"}, lambda w: [w.review_round.ref, w.bulk_step], method="post", else_=403,
        but={**dict.fromkeys((*UNIT_LEAD, *CITIES_B), 404), **ELSEWHERE},
    ),
    "inbox_keep_view": Sample(
        LEAD_A | CITIES_B, lambda w: [w.review_round.ref], method="post", data={"name": "待办", "state": "open"},
        else_=403, but=ELSEWHERE,
    ),
    "inbox_drop_view": Sample(
        {"city_reviewer_a"}, lambda w: [w.review_round.ref, w.saved_view], method="post", else_=403,
        but={**dict.fromkeys((*UNIT_LEAD, *CITIES_B, "city_head_a"), 404), **ELSEWHERE},
    ),
    "first_review": _desk("first_review"),
    "first_review_take": _desk("take", method="post"),
    "first_review_assign": _desk("assign"),
    "first_review_reopen": _desk("reopen"),
    "first_review_tie": _desk("tie"),
    "first_review_note": _desk("note"),
    "first_review_strike_note": Sample(
        {"city_reviewer_a"}, lambda w: [w.reviewed.ref, w.review_note], method="post",
        but={**NOT_THEIRS, "city_head_a": 403},
    ),
    "first_review_ask": _desk("ask"),
    "reconsider": Sample({"enterprise_admin_a"}, lambda w: [w.rejected.ref], but={"enterprise_clerk_a": 403}),
    "finding_record": Sample(STAFF_A | {"city_joint_a"}, lambda w: [w.reviewed.ref]),
    "finding_strike": Sample(STAFF_A, lambda w: [w.finding]),
    "city_list_begin": Sample(
        STAFF_A | CITIES_B, lambda w: [w.review_round.ref], method="post", else_=403, but=ELSEWHERE
    ),
    "city_lists": Sample(UNIT_LEAD, lambda w: [w.review_round.ref], else_=403, but=ELSEWHERE),
    "city_list_extend": Sample(UNIT_LEAD, lambda w: [w.review_round.ref, "420100"]),
    "city_list": Sample(STAFF_A, lambda w: [w.city_list.ref]),
    "city_list_move": Sample(
        STAFF_A, lambda w: [w.city_list.ref], method="post", data={"version": "0"},
    ),
    "city_list_circulate": Sample(STAFF_A, lambda w: [w.city_list.ref]),
    "city_list_take_back": Sample(STAFF_A, lambda w: [w.city_list.ref]),
    "city_list_send": Sample({"city_head_a"}, lambda w: [w.city_list.ref], but={"city_reviewer_a": 403}),
    "city_list_accept": Sample(set(), lambda w: [w.city_list.ref], method="post", but=dict.fromkeys(STAFF_A, 403)),
    "city_list_return": Sample(set(), lambda w: [w.city_list.ref], but=dict.fromkeys(STAFF_A, 403)),
    "sign_offs": Sample({"city_joint_a", "unit_joint"}, else_=403),
    "sign_off": Sample(STAFF_A | {"city_joint_a"}, lambda w: [w.sign_off]),
    "sign_off_record": Sample(STAFF_A, lambda w: [w.sign_off], but={"city_joint_a": 403}),
    "sign_off_resolve": Sample(STAFF_A, lambda w: [w.sign_off], but={"city_joint_a": 403}),
    "api_city_list_order": Sample(STAFF_A, lambda w: [w.city_list.ref], "put", {"version": 0, "order": []}),
}  # fmt: skip


def things(people: People) -> dict[str, Any]:
    """A round with one that is being reviewed and asked about, one that was rejected, and Wuhan's list."""
    round_, officer = rounds.current(people, batch=9), people.city_reviewer_a
    row = made.submitted(people, round_=round_)
    rejected, listed = reviews.copied(row, people), reviews.copied(row, people)
    reviews.decided(rejected, officer, passes=False, reason="不符合。")
    reviews.passed(listed, officer)
    with walls.enter(officer):
        current = row.submissions.get(version=1)
        current.application = row
        note = findings.annotate(current, section="factory", key="", text="请核对", actor=officer)
        fact = findings.record(row, kind="credit", text="无失信记录", source="信用中国", actor=officer)
        offices = sign_offs.departments(row.city_id, row.round.value.departments)
        due = clock.now() + timedelta(hours=1)
        sign_offs.ask_about(row, offices, question="请核查", due_at=due, actor=officer)
        step = bulk.carry_out(round_, [row.ref], "assign", actor=officer, user=officer.person)
        view = views.keep("待初审", "state=open", actor=officer)
        seat = people.city_joint_a.membership
        asked = SignOff.objects.get(application=row, office=seat.office_id if seat else None)
    return {
        "review_round": round_, "reviewed": row, "rejected": rejected, "review_note": note.pk, "finding": fact.pk,
        "bulk_step": step.pk, "saved_view": view.pk, "sign_off": asked.pk,
        "city_list": reviews.list_of(round_, officer),
    }  # fmt: skip
