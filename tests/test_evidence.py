"""Evidence: told by its first bytes, kept under a name of the portal's own, handed out to its enterprise only."""

import hashlib
import io
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from portal import walls
from portal.actors import Actor
from portal.errors import Hidden, Refused
from portal.uploads import STANDARD, examined
from tests import factories
from tests.factories import People
from tests.uploads import PDF, PNG, pdf
from tiers import tasks
from tiers.assessment_form import MOST_FILES
from tiers.models import AssessmentFile, SelfAssessment
from tiers.services import assessments, evidence

pytestmark = pytest.mark.django_db
FIELD = "basic.operation.1.files"


@pytest.fixture(autouse=True)
def own_media(settings: object, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def row(people: People) -> SelfAssessment:
    return factories.assessment(factories.factory(people.enterprise_a), people.enterprise_clerk_a)


def _add(row: SelfAssessment, actor: Actor, content: bytes = PDF, name: str = "报告.pdf") -> AssessmentFile:
    with walls.enter(actor):
        return evidence.add(row, FIELD, io.BytesIO(content), name, actor=actor)


@pytest.mark.parametrize(
    ("content", "name", "says"),
    [
        (b"PK\x03\x04zip", "压缩.zip", "不是可接受的文件"),
        (b"<html>", "报告.pdf", "不是可接受的文件"),
        (b"", "空.pdf", "不是可接受的文件"),
        (b"MZ\x90", "程序.png", "不是可接受的文件"),
        (b"%PDF-" + b"0" * STANDARD.most_bytes, "大.pdf", "超过 10 MB"),
    ],
)
def test_what_is_no_document_or_too_large_is_refused_by_its_content(content: bytes, name: str, says: str) -> None:
    with pytest.raises(Refused, match=says):
        examined(io.BytesIO(content), name)


@pytest.mark.parametrize("name", ["../../etc/passwd", "C:\\secret\\现场.png", "a\x00b.png", "\u202egpj.png", ""])
def test_name_is_shown_without_paths_or_tricks(name: str) -> None:
    shown = examined(io.BytesIO(PNG), name).name
    assert shown
    assert not set(shown) & set("/\\\x00\u202e")
    assert shown.endswith(".png"), "it says what it is"


def test_file_is_kept_under_a_name_of_the_portals_own(row: SelfAssessment, people: People, tmp_path: Path) -> None:
    file = _add(row, people.enterprise_clerk_a, PNG, "../现场.jpg")
    assert (file.name, file.media_type, file.section) == ("现场.png", "image/png", "operation")
    assert file.stored.endswith(".png")
    (kept,) = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert kept.read_bytes().startswith(b"\x89PNG")
    assert "现场" not in kept.name


def test_same_content_twice_too_many_and_unknown_fields_are_refused(row: SelfAssessment, people: People) -> None:
    clerk = people.enterprise_clerk_a
    for number in range(MOST_FILES):
        _add(row, clerk, pdf(mark=str(number)))
    with pytest.raises(Refused, match="最多上传5个"):
        _add(row, clerk, PNG, "现场.png")
    with walls.enter(clerk), pytest.raises(Hidden):
        evidence.add(row, "basic.operation.1.grade", io.BytesIO(PDF), "x.pdf", actor=clerk)
    evidence_of = AssessmentFile.objects.filter(assessment=row)
    with walls.enter(clerk):
        first = evidence_of.get(digest=hashlib.sha256(pdf(mark="0")).hexdigest())
        evidence.remove(first, actor=clerk)
        evidence.remove(first, actor=clerk)  # twice does no harm
        assert evidence_of.filter(removed_at=None).count() == MOST_FILES - 1
    with pytest.raises(Refused, match="内容相同"):
        _add(row, clerk, pdf(mark="1"))


def test_copy_points_at_the_same_content_and_outlives_its_removal(row: SelfAssessment, people: People) -> None:
    clerk = people.enterprise_clerk_a
    file = _add(row, clerk)
    copy = factories.assessment(row.factory, clerk, year=2025, copy=row)
    with walls.enter(clerk):
        (copied,) = copy.files.all()
        evidence.remove(file, actor=clerk)
        assert (copied.stored, copied.digest, copied.removed_at) == (file.stored, file.digest, None)
        assessments.discard(copy, actor=clerk)
        with evidence.opened(file.stored) as content:
            assert content.read() == PDF


def test_file_is_handed_out_to_be_saved_and_to_nobody_else(
    row: SelfAssessment, people: People, client_as: Callable[..., Client]
) -> None:
    file = _add(row, people.enterprise_clerk_a)
    address = reverse("evidence_file", args=[row.ref, file.pk])
    answer = client_as(people.enterprise_admin_a).get(address)
    assert b"".join(answer.streaming_content) == PDF
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    for name in ("enterprise_admin_b", "city_head_a", "unit_head", "ministry", "expert"):
        assert client_as(people.actors()[name]).get(address).status_code == 404, name


def test_filed_evidence_is_read_by_the_city_that_decides_and_stays_when_it_is_removed(
    people: People, client_as: Callable[..., Client]
) -> None:
    from tiers.services import filings

    clerk = people.enterprise_clerk_a
    row = factories.assessment(factories.factory(people.enterprise_a), clerk, aim="basic", rank=1)
    file, later = _add(row, clerk), None
    with walls.enter(clerk):
        filing = filings.file(row, is_true=True, actor=clerk)
        evidence.remove(file, actor=clerk)
    later = _add(row, clerk, PNG, "现场.png")
    client = client_as(people.city_reviewer_a)
    answer = client.get(reverse("filed_file", args=[filing.ref, file.pk]))
    assert b"".join(answer.streaming_content) == PDF
    assert client.get(reverse("filed_file", args=[filing.ref, later.pk])).status_code == 404
    assert client_as(people.city_head_b).get(reverse("filed_file", args=[filing.ref, file.pk])).status_code == 404


def test_sweep_takes_what_nothing_points_at_and_leaves_what_is_young_or_used(
    row: SelfAssessment, people: People, tmp_path: Path
) -> None:
    used = _add(row, people.enterprise_clerk_a)
    folder = (tmp_path / used.stored).parent
    for name, age in (("old", 100_000), ("young", 10)):
        (folder / name).write_bytes(b"x")
        os.utime(folder / name, (time.time() - age,) * 2)
    os.utime(tmp_path / used.stored, (0, 0))
    tasks.sweep_evidence()
    assert {path.name for path in folder.iterdir()} == {Path(used.stored).name, "young"}
    tasks.sweep_evidence()
