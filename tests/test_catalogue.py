"""Loading editions: told beforehand, twice the same, all or nothing, and never changed afterwards."""

import shutil
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction

from portal import walls
from portal.actors import Actor, Place
from portal.audit import AuditEvent
from portal.errors import Malformed
from tiers.models import Edition
from tiers.services import catalogue

pytestmark = pytest.mark.django_db
LOADER = Actor(system="test")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The shipped files under codes of their own: the real ones are loaded with the test database, and stay."""
    shutil.copytree(catalogue.FOLDER, tmp_path, dirs_exist_ok=True)
    for year in ("2024", "2025"):
        _edit(
            tmp_path, f"{year}.toml", lambda text, year=year: text.replace(f'code = "{year}"', f'code = "t{year}"', 1)
        )
    return tmp_path


def _loaded() -> int:
    return Edition.objects.filter(code__startswith="t").count()


def _edit(folder: Path, name: str, change: Callable[[str], str]) -> None:
    file = folder / name
    text = file.read_text("utf-8")
    assert change(text) != text
    file.write_text(change(text), "utf-8")


def test_loading_twice_changes_nothing_the_second_time(folder: Path) -> None:
    assert [(c.code, c.revision) for c in catalogue.load(folder, actor=LOADER)] == [("t2024", 1), ("t2025", 1)]
    assert catalogue.load(folder, actor=LOADER) == []
    with walls.stand(Place(office="auditor")):
        assert AuditEvent.objects.filter(verb="edition.load", subject_label__startswith="t").count() == 2


def test_what_was_loaded_reads_back_as_the_same_conditions() -> None:
    value = Edition.objects.get(code="2024").value
    assert [tier.name for tier in value.tiers] == ["基础级", "先进级", "卓越级", "领航级"]
    assert Edition.objects.get(code="2025").value.scenarios[39].name == "供应链物流智能配送"


def test_dry_run_tells_and_writes_nothing(folder: Path) -> None:
    out = StringIO()
    call_command("load_catalogue", "--dry-run", "--folder", str(folder), stdout=out)
    assert "2024.toml: t2024 r1" in out.getvalue()
    assert "+ tier: 4 tables" in out.getvalue()
    assert _loaded() == 0


def test_correction_is_a_new_revision_and_says_what_differs(folder: Path) -> None:
    catalogue.load(folder, actor=LOADER)
    _edit(folder, "2024.toml", lambda t: t.replace("most = 100", "most = 99", 1))
    with pytest.raises(Malformed, match=r"2024\.toml.*never changes.*revision 2.*indicator\.numerical_control\.most"):
        catalogue.plan(folder)
    for name in ("2024.toml", "2025.toml"):  # 2025 extends 2024, so the correction is one of both
        _edit(folder, name, lambda t: t.replace("revision = 1", "revision = 2", 1))
    for change in catalogue.plan(folder):
        assert "~ indicator.numerical_control.most: 100 → 99" in change.lines
        assert len(change.lines) == 2, "that, and the number of the revision"
    assert len(catalogue.load(folder, actor=LOADER)) == 2
    assert Edition.objects.filter(code="t2024").count() == 2, "what was measured against the first is still found"


def test_one_bad_file_and_nothing_is_loaded(folder: Path) -> None:
    _edit(folder, "2025.toml", lambda t: t.replace('guide_area = "产品研发"', 'guide_area = "月球"', 1))
    with pytest.raises(CommandError, match=r"2025\.toml.*月球"):
        call_command("load_catalogue", "--folder", str(folder))
    assert _loaded() == 0


@pytest.mark.parametrize("statement", ["update", "delete"])
def test_loaded_edition_never_changes(statement: str) -> None:
    catalogue.load(actor=LOADER)
    rows = Edition.objects.filter(code="2024")
    with pytest.raises(DatabaseError, match="Cannot"), transaction.atomic():
        rows.update(name="改") if statement == "update" else rows.delete()
