"""The addresses of papers, packages and tables."""

import io
from typing import Any

import pikepdf
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from portal import clock, walls
from portal.models import Package, Paper
from portal.papers import new_code
from tests import applications as made
from tests import rounds
from tests.factories import People
from tests.samples import ladder
from tests.samples.applications import LEAD_A, OWN
from tests.samples.kinds import ABOVE_A, Sample

OFFICES = ABOVE_A | {"city_reviewer_b", "city_head_b", "unit_head_hunan", "group_officer", "group_head"}


def _paper(*, who: set[str] = OWN | LEAD_A, **kwargs: Any) -> Sample:
    return Sample(who, lambda w: [w.paper.code], **kwargs)


def _package(*, method: str = "get", **kwargs: Any) -> Sample:
    return Sample({"unit_officer", "unit_head"}, lambda w: [w.package], method=method, **kwargs)


SAMPLES: dict[str, Sample] = {
    "paper_issue": Sample(OWN | LEAD_A, lambda w: ["book", f"{w.handed_in.ref}/1"], method="post"),
    "paper": _paper(),
    "paper_file": _paper(),
    "paper_retry": _paper(who=set(), method="post", but=dict.fromkeys(OWN | LEAD_A, 409)),
    "paper_check": Sample(OFFICES, else_=403),
    "verify_any": Sample(None, public=True),
    "verify": Sample(None, lambda w: [w.paper.code], public=True),
    "exports": Sample(ladder.SAMPLES["factories"].who, else_=403),
    "export": Sample(ladder.SAMPLES["factories"].who, lambda _w: ["factories", "csv"], else_=403),
    "packages": Sample(OFFICES, else_=403),
    "package": _package(),
    "package_file": _package(),
    "package_retry": _package(method="post"),
}


def things(people: People) -> dict[str, Any]:
    """A paper of Wuhan's enterprise and a package of the province's, both there with something in them."""
    row = made.submitted(people, round_=rounds.current(people, batch=5))
    content = io.BytesIO()
    with pikepdf.new() as blank:
        blank.add_blank_page()
        blank.save(content)
    stored = default_storage.save("papers/sample.pdf", ContentFile(content.getvalue()))
    facts = {"digest": "d" * 64, "stored": stored, "size": len(content.getvalue())}
    with walls.system("test"):
        version = row.submissions.get(version=1)
        keys = {"unit_id": row.unit_id, "city_id": row.city_id}
        paper = Paper.objects.create(
            kind="book", subject=f"{row.ref}/1", number=version.number, version=1, source=version.digest, template="t",
            code=new_code(), secret="s", state="made", issuer="甲企业", issued_at=clock.now(), marks=["m"],
            enterprise_id=row.enterprise_id, **keys, **facts,
        )  # fmt: skip
        head = people.unit_head.person
        package = Package.objects.create(
            ref="WB-SAMPLE", kind="books", about=row.round.ref, state="made", asked_at=clock.now(), asked_by=head,
            unit_id=row.unit_id, **facts,
        )  # fmt: skip
        package.items.create(paper=paper, name="a.pdf", position=1, unit_id=row.unit_id)
    return {"handed_in": row, "paper": paper, "package": package.ref}
