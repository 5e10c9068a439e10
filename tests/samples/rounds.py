"""The addresses of rounds and of the calendar."""

from datetime import date
from typing import Any

from portal import walls
from tests import rounds as given
from tests.factories import People
from tests.samples.kinds import Sample
from tiers.services import calendar
from tiers.states import RoundState

LEAD = {"unit_officer", "unit_head", "unit_head_hunan", "group_officer", "group_head"}
OWN_LEAD = {"unit_officer", "unit_head"}
# Hubei's people who see what is published and can't change it.
READERS = {
    "enterprise_admin_a", "enterprise_clerk_a", "enterprise_admin_b", "city_reviewer_a", "city_head_a", "city_joint_a",
    "city_reviewer_b", "city_head_b", "unit_joint",
}  # fmt: skip
ALL = READERS | LEAD | {"enterprise_admin_group"}
_SEEN_ONLY = dict.fromkeys(READERS, 403)


def _draft(**kwargs: Any) -> Sample:
    return Sample(OWN_LEAD, lambda w: [w.round_draft.ref], **kwargs)


def _public(**kwargs: Any) -> Sample:
    return Sample(OWN_LEAD, lambda w: [w.round_public.ref], but=_SEEN_ONLY, **kwargs)


SAMPLES: dict[str, Sample] = {
    "rounds": Sample(ALL, else_=403),
    "round_add": Sample(LEAD, else_=403),
    "round": Sample(READERS | OWN_LEAD, lambda w: [w.round_public.ref]),
    "round_clone": _public(),
    "round_basics": _draft(),
    "round_general": _draft(),
    "round_rules": _draft(),
    "round_rows": Sample(OWN_LEAD, lambda w: [w.round_draft.ref, "criterion"]),
    "round_dates": _public(),
    "round_quota": _public(),
    "round_extend": _public(),
    "round_discard": _draft(method="post"),
    "round_act": Sample({"unit_head"}, lambda w: [w.round_draft.ref, "publish"], "post", but={"unit_officer": 403}),
    "calendar": Sample(LEAD | {"system_admin"}, else_=403),
    "calendar_remove": Sample({"system_admin"}, lambda w: [w.special_day.pk], "post"),
}


def things(people: People) -> dict[str, Any]:
    """A draft, a round that accepts applications, and a day of the calendar."""
    draft, public = given.draft(people.unit_officer, batch=9), given.published(people)
    given.put_in_state(public, RoundState.ACCEPTING)
    with walls.enter(people.system_admin):
        day = calendar.put(day=date(2031, 5, 1), name="劳动节", is_working=False, actor=people.system_admin)
    return {"round_draft": draft, "round_public": given.fresh(public), "special_day": day}
