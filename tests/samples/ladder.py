"""The addresses of factories, self-assessments and filings."""

from typing import Any

from portal import walls
from tests import factories
from tests.factories import People
from tests.samples.kinds import ABOVE, ABOVE_A, Sample
from tiers.services import filings

OWN = {"enterprise_admin_a", "enterprise_clerk_a"}
ENTERPRISES = OWN | {"enterprise_admin_b", "enterprise_admin_group"}
LEAD = ABOVE - {"city_joint_a", "unit_joint"}
ABOVE_FORBIDDEN = dict.fromkeys(ABOVE_A, 403)
LEAD_A = ABOVE_A - {"city_joint_a", "unit_joint"}
DECIDING = {"city_reviewer_a", "city_head_a"}

SAMPLES: dict[str, Sample] = {
    "factories": Sample(ENTERPRISES | ABOVE, else_=403),
    "factory_new": Sample(ENTERPRISES, else_=403),
    "factory": Sample(OWN | ABOVE_A, lambda w: [w.factory.ref]),
    "factory_amend": Sample(OWN, lambda w: [w.factory.ref], but=ABOVE_FORBIDDEN),
    "assessment_begin": Sample(OWN, lambda w: [w.factory.ref], but=ABOVE_FORBIDDEN),
    "assessment": Sample(OWN, lambda w: [w.assessment.ref]),
    "assessment_amend": Sample(OWN, lambda w: [w.assessment.ref]),
    "assessment_make_current": Sample(OWN, lambda w: [w.assessment.ref], "post"),
    "assessment_discard": Sample(OWN, lambda w: [w.assessment.ref], "post"),
    "section": Sample(OWN, lambda w: [w.assessment.ref, "operation"]),
    "result": Sample(OWN, lambda w: [w.assessment.ref]),
    "compare": Sample(OWN, lambda w: [w.assessment.ref, w.earlier.ref]),
    "evidence_file": Sample(set(), lambda w: [w.assessment.ref, 0]),
    "file": Sample(OWN, lambda w: [w.assessment.ref]),
    "filings": Sample(LEAD, else_=403),
    "filing": Sample(OWN | LEAD_A, lambda w: [w.filing.ref]),
    "filing_confirm": Sample(DECIDING, lambda w: [w.filing.ref], "post", but=dict.fromkeys(OWN | LEAD_A, 403)),
    "filing_return": Sample(
        DECIDING, lambda w: [w.filing.ref], "post", {"reason": "补充"}, but=dict.fromkeys(OWN | LEAD_A, 403)
    ),
    "filing_withdraw": Sample(OWN, lambda w: [w.filing.ref], "post", but=dict.fromkeys(LEAD_A, 403)),
    "filed_file": Sample(set(), lambda w: [w.filing.ref, 0]),
    "api_section": Sample(OWN, lambda w: [w.assessment.ref, "operation"], "patch", {"version": 0, "answers": {}}),
    "api_files": Sample(set(), lambda w: [w.assessment.ref], "post", but=dict.fromkeys(OWN, 400)),
    "api_file": Sample(set(), lambda w: [w.assessment.ref, 0], "delete"),
}


def things(people: People) -> dict[str, Any]:
    """A factory with two years' assessments, and a filing of it."""
    clerk = people.enterprise_clerk_a
    factory = factories.factory(people.enterprise_a)
    earlier = factories.assessment(factory, clerk, year=2024, aim="basic", rank=1)
    with walls.enter(clerk):
        filing = filings.file(earlier, is_true=True, actor=clerk)
    return {
        "factory": factory,
        "assessment": factories.assessment(factory, clerk, year=2025),
        "earlier": earlier,
        "filing": filing,
    }
