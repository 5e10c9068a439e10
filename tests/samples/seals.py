"""The addresses of seals, and of the seals on a paper."""

import io
from typing import Any

from applications.models import Submission
from applications.selectors.printing import key_of
from portal import walls
from portal.services import seals
from tests.factories import People
from tests.samples.kinds import ABOVE_A, Sample
from tests.seals import issued, paper, picture

OWN = {"enterprise_admin_a", "enterprise_clerk_a"}
READING = OWN | ABOVE_A - {"city_joint_a", "unit_joint"}
KEEPING = {
    "enterprise_admin_a", "enterprise_admin_b", "enterprise_admin_group", "city_head_a", "city_joint_a", "city_head_b",
    "unit_head", "unit_joint", "unit_head_hunan", "group_head",
}  # fmt: skip

SAMPLES: dict[str, Sample] = {
    "seal": Sample(KEEPING, else_=403),
    "seal_picture": Sample({"unit_head"}, else_=403, but=dict.fromkeys(KEEPING, 404)),
    "seal_remove": Sample(KEEPING, method="post", else_=403),
    "paper_seals": Sample(READING, lambda w: [w.paper.code]),
    "paper_stamp": Sample(
        {"unit_head"}, lambda w: [w.paper.code, "unit"], but=dict.fromkeys(READING - {"unit_head"}, 403)
    ),
}


def things(people: People) -> dict[str, Any]:
    """The book of the application that was handed in for the addresses of applications, and the unit's seal."""
    with walls.system("test"):
        submission = (
            Submission.objects.select_related("application").filter(enterprise=people.enterprise_a).latest("pk")
        )
    keys = {"unit_id": submission.unit_id, "city_id": submission.city_id, "enterprise_id": submission.enterprise_id}
    with walls.enter(people.unit_head):
        seals.keep(io.BytesIO(picture()), "印章.png", actor=people.unit_head)
    content = paper(keys=("enterprise", "unit"))
    return {"paper": issued(content, kind="book", subject=key_of(submission), number=submission.number, **keys)}
