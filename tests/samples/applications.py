"""The addresses of applications."""

from typing import Any

from applications.services import writing
from portal import walls
from tests import applications as made
from tests import rounds
from tests.factories import People
from tests.samples.kinds import ABOVE_A, Sample

OWN = {"enterprise_admin_a", "enterprise_clerk_a"}
ENTERPRISES = OWN | {"enterprise_admin_b", "enterprise_admin_group"}
LEAD_A = ABOVE_A - {"city_joint_a", "unit_joint"}
LEADS = LEAD_A | {"city_reviewer_b", "city_head_b", "unit_head_hunan", "group_officer", "group_head"}


def _draft(*more: Any, who: set[str] = OWN, **kwargs: Any) -> Sample:
    return Sample(who, lambda w: [w.draft.ref, *more], **kwargs)


def _handed_in(*more: Any, who: set[str] = OWN | LEAD_A, **kwargs: Any) -> Sample:
    return Sample(who, lambda w: [w.handed_in.ref, *more], **kwargs)


SAMPLES: dict[str, Sample] = {
    "apply": Sample(ENTERPRISES, lambda w: [w.draft.round.ref], else_=403),
    "applications": Sample(ENTERPRISES | LEADS, else_=403),
    "application": _handed_in(),
    "application_section": _draft("factory"),
    "attachment": Sample(OWN, lambda w: [w.draft.ref, w.file]),
    "late_draft": Sample(OWN, lambda w: [w.draft.ref, w.late]),
    "application_sources": _draft(),
    "application_carry_over": _draft(method="post"),
    "application_check": _draft(),
    "application_ask": _draft(method="post"),
    "application_submit": _draft(),
    "application_withdraw": _handed_in(who={"enterprise_admin_a"}, method="post", but={"enterprise_clerk_a": 403}),
    "application_discard": _draft(method="post"),
    "application_return": _handed_in(
        who={"city_reviewer_a", "city_head_a"}, but=dict.fromkeys(OWN | {"unit_officer", "unit_head"}, 403)
    ),
    "application_extend": _handed_in(
        who={"unit_officer", "unit_head"}, but=dict.fromkeys(OWN | {"city_reviewer_a", "city_head_a"}, 403)
    ),
    "submission": _handed_in(1),
    "confirmation": _handed_in(1, who=OWN),
    "receipt": _handed_in(1, who=OWN),
    "submission_document": _handed_in(1),
    "submission_changes": _handed_in(1, who=set()),
    "submitted_file": Sample(OWN | LEAD_A, lambda w: [w.handed_in.ref, 1, w.submitted_file]),
    "api_application_section": _draft("factory", method="patch", data={"version": 0, "answers": {}}),
    "api_presence": _draft("factory", method="put"),
    "api_application_files": _draft(who=set(), method="post", but=dict.fromkeys(OWN, 400)),
    "api_application_file": Sample(set(), lambda w: [w.draft.ref, 0], "delete"),
}


def things(people: People) -> dict[str, Any]:
    """An application that was handed in, and a draft with a file and something that came too late."""
    round_, clerk = rounds.current(people), people.enterprise_clerk_a
    handed_in = made.submitted(people, round_=round_)
    draft = made.filled(people, round_=round_, factory=made.eligible_factory(people))
    with walls.enter(clerk):
        late = writing.keep_late(draft, "factory", {"project": "迟了"}, reason="已截止", actor=clerk)
        file, submitted = draft.files.first(), handed_in.files.first()
    return {"handed_in": handed_in, "draft": draft, "late": late.pk, "file": file.pk, "submitted_file": submitted.pk}
