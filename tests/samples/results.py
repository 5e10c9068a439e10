"""The addresses of what is made public, objected to, sent to the ministry and decided."""

from typing import Any

from portal import walls
from portal.models import Paper
from portal.services import papers
from review import outcome_lines
from review.selectors.dispatches import batches
from review.services import outcomes
from tests import publicities as made
from tests.factories import People
from tests.samples.kinds import Sample
from tests.sheets import xlsx

UNIT_LEAD = {"unit_officer", "unit_head"}
LEADS = UNIT_LEAD | {"unit_head_hunan", "group_officer", "group_head"}
HEAD = {"unit_head"}
NO_HEAD = {"unit_officer": 403}
MINISTRY = {"ministry"}
NOT_THE_UNIT = dict.fromkeys(UNIT_LEAD, 403)


def _draft(who: set[str] = UNIT_LEAD, **more: Any) -> Sample:
    return Sample(who, lambda w: [w.publicity_draft.ref], **more)


def _objection(who: set[str] = UNIT_LEAD, **more: Any) -> Sample:
    return Sample(who, lambda w: [w.objection_made.ref], **more)


def _dispatch(who: set[str], **more: Any) -> Sample:
    return Sample(who, lambda w: [w.dispatch_made.ref], **more)


_SHOWN: dict[str, Any] = {"args": lambda w: [w.publicity_shown.ref], "public": True}
_OF_ROUND = dict.fromkeys(
    ("enterprise_admin_a", "enterprise_clerk_a", "enterprise_admin_b", "city_reviewer_a", "city_head_a", "city_joint_a",
     "city_reviewer_b", "city_head_b", "unit_joint"), 403,
)  # fmt: skip
SAMPLES: dict[str, Sample] = {
    "publicity": Sample(None, public=True),
    "objection_lookup": Sample(None, public=True),
    "objection_receipt": Sample(None, public=True),
    "publicity_page": Sample(None, **_SHOWN),
    "publicity_file": Sample(None, **_SHOWN),
    "objection_lodge": Sample(None, **_SHOWN),
    "objection_record": Sample(UNIT_LEAD, lambda w: [w.publicity_shown.ref]),
    "publicity_draw": Sample(UNIT_LEAD, lambda w: [w.judged_round.ref], but=_OF_ROUND),
    "publicity_edit": _draft(),
    "publicity_redraw": _draft(method="post"),
    "publicity_discard": _draft(method="post"),
    "publicity_publish": _draft(HEAD, method="post", but=NO_HEAD),
    "publicity_withdraw": Sample(HEAD, lambda w: [w.publicity_shown.ref], but=NO_HEAD),
    "objections": Sample(LEADS, else_=403),
    "objection": _objection(),
    "objection_accept": _objection(),
    "objection_refuse": _objection(),
    "objection_ask": _objection(),
    "objection_dismiss": _objection(HEAD, but=NO_HEAD),
    "objection_uphold": _objection(HEAD, but=NO_HEAD),
    "objection_file": Sample(UNIT_LEAD, lambda w: [w.objection_made.ref, w.objection_evidence]),
    "objection_notice": Sample({"enterprise_admin_a", "enterprise_clerk_a"}, lambda w: [w.objection_notice.ref]),
    "dispatches": Sample(LEADS | MINISTRY, else_=403),
    "dispatch": _dispatch(UNIT_LEAD | MINISTRY),
    "dispatch_package": _dispatch(UNIT_LEAD | MINISTRY),
    "dispatch_book": Sample(UNIT_LEAD | MINISTRY, lambda w: [w.dispatch_made.ref, 1]),
    "dispatch_receive": _dispatch(MINISTRY, method="post", but=NOT_THE_UNIT),
    "dispatch_ask": _dispatch(MINISTRY, but=NOT_THE_UNIT),
    "dispatch_decide": _dispatch(MINISTRY, but=NOT_THE_UNIT),
    "outcome_template": Sample(MINISTRY, lambda w: [w.batch], else_=403),
    "outcome_upload": Sample(MINISTRY, lambda w: [w.batch], else_=403),
    "outcome_import": Sample(MINISTRY, lambda w: [w.outcome_upload]),
    "outcome_confirm": Sample(MINISTRY, lambda w: [w.outcome_upload], method="post", data={"seen": "0"}),
    "outcome_errors": Sample(MINISTRY, lambda w: [w.outcome_upload]),
    "outcome_record": Sample(HEAD, lambda w: [w.own_round.ref], but=_OF_ROUND | NO_HEAD),
}


def things(people: People) -> dict[str, Any]:
    """One that is public with an objection that is looked into, and a draft in another round."""
    shown = made.published(people, made.judged(people, batch=41))
    row = made.handled(made.lodged(shown, evidence=True)[0], people.unit_officer)
    notice = made.asked(row, people.unit_officer)
    draft = made.drawn(people, made.judged(people, batch=42))
    with walls.system("test"):
        evidence = row.files.get().pk
        notice_paper = Paper.objects.get(kind="public_notice", subject=shown.ref).pk
    papers.make(notice_paper)
    sent = made.sent(people, made.judged(people, days=0, batch=43))
    own = made.judged(people, days=0, batch=44, programme="2024-advanced-HB")
    with walls.enter(people.ministry):
        (batch,) = [one for one in batches() if one.number == 43]
        content = xlsx(outcome_lines.HEADINGS, outcome_lines.EXAMPLE)
        upload = outcomes.upload(batch, content, "a.xlsx", actor=people.ministry)
    return {
        "publicity_shown": shown, "publicity_draft": draft, "judged_round": draft.round, "objection_made": row,
        "objection_evidence": evidence, "objection_notice": notice,
        "dispatch_made": sent, "own_round": own, "batch": batch.key, "outcome_upload": upload.ref,
    }  # fmt: skip
