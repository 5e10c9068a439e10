"""What becomes of files: orphans are swept, what was submitted is kept for good."""

import io
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine

from applications import tasks
from applications.models import Attachment
from applications.services import files, submitting
from portal import clock, walls
from tests import applications as made
from tests.factories import People
from tests.uploads import pdf

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_media(settings: object, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = str(tmp_path)  # type: ignore[attr-defined]


def _lying(tmp_path: Path) -> set[str]:
    return {path.name for path in tmp_path.rglob("*.pdf")}


def test_orphans_are_swept_and_what_was_submitted_is_kept(people: People, tmp_path: Path) -> None:
    row, clerk = made.submitted(people), people.enterprise_clerk_a
    with walls.enter(people.enterprise_admin_a):
        row = submitting.withdraw(row, actor=people.enterprise_admin_a)
    with walls.enter(clerk):
        submitted = row.files.get(field="attachment.licence")
        files.remove(submitted, actor=clerk)
        dropped = files.add(made.fresh(row), "attachment.honours", io.BytesIO(pdf(mark="x")), "奖状.pdf", actor=clerk)
        files.remove(dropped, actor=clerk)
    orphan = tmp_path / Path(dropped.stored).parent / "orphan.pdf"
    orphan.write_bytes(b"x")
    tasks.sweep_files()
    assert {orphan.name, Path(dropped.stored).name} <= _lying(tmp_path), "a row may not be committed yet"
    with time_machine.travel(clock.now() + timedelta(days=2)):
        tasks.sweep_files()
        tasks.sweep_files()
    assert not {orphan.name, Path(dropped.stored).name} & _lying(tmp_path)
    assert Path(submitted.stored).name in _lying(tmp_path)
    with walls.system("test"):
        assert Attachment.objects.filter(pk=submitted.pk).exists()
        assert not Attachment.objects.filter(pk=dropped.pk).exists()


def test_a_removed_file_comes_back_with_nothing_and_twice_is_no_harm(people: People) -> None:
    row, clerk = made.filled(people), people.enterprise_clerk_a
    with walls.enter(clerk):
        file = row.files.get(field="attachment.licence")
        files.remove(file, actor=clerk)
        files.remove(file, actor=clerk)
    assert made.fresh(row).progress["attachments"] == [3, 4]
