"""Self-assessments: saved by several people at once, measured at once, copied, compared, and one of them current."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from portal import walls
from portal.actors import Actor
from portal.audit import AuditEvent
from portal.declared import Unreadable
from portal.errors import Denied, Hidden, Refused, Stale
from tests import factories
from tests.factories import People
from tiers.models import AssessmentSection, Edition, Factory, SelfAssessment
from tiers.selectors.assessments import assessment_for, paper
from tiers.selectors.editions import edition_for
from tiers.selectors.imports import scenario_preview
from tiers.services import assessments, imports
from tiers.services.assessments import MOST_DRAFTS

pytestmark = pytest.mark.django_db
GRADE = "basic.operation.1.grade"
NOTE = "basic.operation.1.note"


@pytest.fixture
def clerk(people: People) -> Actor:
    return people.enterprise_clerk_a


@pytest.fixture
def factory(people: People) -> Factory:
    return factories.factory(people.enterprise_a)


@pytest.fixture
def row(factory: Factory, clerk: Actor) -> SelfAssessment:
    return factories.assessment(factory, clerk)


def _save(row: SelfAssessment, changes: dict[str, Any], version: int, actor: Actor, key: str = "operation") -> Any:
    with walls.enter(actor):
        return assessments.save(row, key, changes, version=version, actor=actor)


def test_first_of_a_year_is_current_and_a_second_is_a_draft_beside_it(factory: Factory, clerk: Actor) -> None:
    first, second = (factories.assessment(factory, clerk, name=name) for name in ("一", "二"))
    other_year = factories.assessment(factory, clerk, year=2025)
    assert [first.is_current, second.is_current, other_year.is_current] == [True, False, True]
    with walls.enter(clerk):
        assessments.make_current(second, actor=clerk)
        assert list(SelfAssessment.objects.filter(is_current=True, year=2024)) == [second]
        with pytest.raises(Refused, match="已是当前方案"):
            assessments.make_current(second, actor=clerk)


def test_database_holds_one_current_a_year(factory: Factory, clerk: Actor) -> None:
    first, second = (factories.assessment(factory, clerk, name=name) for name in ("一", "二"))
    assert first.is_current
    with walls.system("test"), pytest.raises(IntegrityError), transaction.atomic():
        SelfAssessment.objects.filter(pk=second.pk).update(is_current=True)


def test_drafts_of_a_year_are_limited(factory: Factory, clerk: Actor) -> None:
    for number in range(MOST_DRAFTS):
        factories.assessment(factory, clerk, name=str(number))
    with pytest.raises(Refused, match="已有50个自评方案"):
        factories.assessment(factory, clerk)


def test_closed_factory_is_not_assessed(people: People, clerk: Actor) -> None:
    closed = factories.factory(people.enterprise_a, is_closed=True)
    with pytest.raises(Refused, match="已停用"):
        factories.assessment(closed, clerk)


def test_saving_measures_at_once_and_tells_the_factory(factory: Factory, clerk: Actor) -> None:
    row = factories.assessment(factory, clerk, aim="advanced", rank=2)
    with walls.enter(clerk):
        assert (row.reached, Factory.objects.get(pk=factory.pk).reached_tier) == ("advanced", "advanced")
        assert Decimal(row.scores["advanced"]["operation"]) >= 80
        section = row.sections.get(key="operation")
        assessments.save(row, "operation", {GRADE: "0.5"}, version=section.version, actor=clerk)
        row.refresh_from_db()
        assert (row.reached, Factory.objects.get(pk=factory.pk).reached_tier) == ("", "")
        assert row.unmet >= 1


def test_draft_that_is_not_current_does_not_speak_for_the_factory(factory: Factory, clerk: Actor) -> None:
    factories.assessment(factory, clerk)
    better = factories.assessment(factory, clerk, name="二", rank=1)
    with walls.enter(clerk):
        assert (better.reached, Factory.objects.get(pk=factory.pk).reached_tier) == ("basic", "")
        assessments.make_current(better, actor=clerk)
        assert Factory.objects.get(pk=factory.pk).reached_tier == "basic"


def test_latest_year_speaks_for_the_factory(factory: Factory, clerk: Actor) -> None:
    factories.assessment(factory, clerk, year=2025)
    factories.assessment(factory, clerk, year=2024, rank=1)
    with walls.enter(clerk):
        assert Factory.objects.get(pk=factory.pk).reached_tier == ""


def test_two_people_who_change_different_answers_both_keep_theirs(
    row: SelfAssessment, clerk: Actor, people: People
) -> None:
    _save(row, {GRADE: "1"}, 0, clerk)
    saved, _ = _save(row, {NOTE: "另一人写的"}, 0, people.enterprise_admin_a)
    assert saved.version == 2
    assert saved.others == {GRADE: "1"}
    with walls.enter(clerk):
        assert row.sections.get(key="operation").answers == {GRADE: "1", NOTE: "另一人写的"}


def test_same_answer_changed_by_two_is_stale_with_both_texts_and_nothing_is_lost(
    row: SelfAssessment, clerk: Actor, people: People
) -> None:
    _save(row, {NOTE: "甲的说明"}, 0, people.enterprise_admin_a)
    with pytest.raises(Stale) as stale:
        _save(row, {NOTE: "乙的说明", GRADE: "1"}, 0, clerk)
    (conflict,) = stale.value.conflicts
    assert (conflict["mine"], conflict["theirs"], conflict["label"]) == (
        "乙的说明", "甲的说明", "开展关键装备和工艺数字化升级：说明",
    )  # fmt: skip
    assert people.enterprise_admin_a.user.name in stale.value.reasons[0]
    with walls.enter(clerk):
        assert row.sections.get(key="operation").answers == {NOTE: "甲的说明"}
    saved, _ = _save(row, {NOTE: "乙的说明", GRADE: "1"}, stale.value.version, clerk)
    assert saved.version == 2


def test_both_who_write_the_same_do_not_clash(row: SelfAssessment, clerk: Actor, people: People) -> None:
    _save(row, {GRADE: "1"}, 0, people.enterprise_admin_a)
    saved, _ = _save(row, {GRADE: "1"}, 0, clerk)
    assert (saved.version, saved.changed) == (1, ())


def test_row_that_one_changed_and_the_other_took_away_clashes(
    row: SelfAssessment, clerk: Actor, people: People
) -> None:
    cells = {"area": "生产作业", "name": "名", "instance": "例", "ai": "no", "note": ""}
    _save(row, {"scenarios[m1]": cells, "scenarios[m2]": cells}, 0, clerk, "scenarios")
    _save(row, {"scenarios[m1]": cells | {"ai": "yes"}}, 1, people.enterprise_admin_a, "scenarios")
    with pytest.raises(Stale):
        _save(row, {"scenarios[m1]": None}, 1, clerk, "scenarios")
    saved, _ = _save(row, {"scenarios[m2]": None}, 1, clerk, "scenarios")
    assert saved.others.keys() == {"scenarios[m1]"}


def test_saving_twice_does_no_harm_and_records_once(row: SelfAssessment, clerk: Actor, people: People) -> None:
    _save(row, {GRADE: "1"}, 0, clerk)
    _save(row, {GRADE: "1"}, 1, clerk)
    with walls.enter(people.auditor):
        events = AuditEvent.objects.filter(verb="assessment.save", subject_id=str(row.pk))
        assert [(e.actor, e.data["section"], e.data["fields"]) for e in events] == [(clerk.user, "operation", 1)]


def test_version_from_nowhere_and_unknown_sections_and_keys_are_refused(row: SelfAssessment, clerk: Actor) -> None:
    with pytest.raises(Refused, match="刷新页面"):
        _save(row, {GRADE: "1"}, 7, clerk)
    with pytest.raises(Hidden):
        _save(row, {}, 0, clerk, "nothing")
    with pytest.raises(Unreadable):
        _save(row, {"excellent.operation.1.grade": "1"}, 0, clerk)  # above the aim: not asked


def test_neighbour_city_and_unit_read_no_assessment(row: SelfAssessment, people: People) -> None:
    for name, actor in people.actors().items():
        with walls.enter(actor):
            if name in {"enterprise_admin_a", "enterprise_clerk_a"}:
                assert assessment_for(actor, row.ref) == row
            else:
                with pytest.raises(Hidden):
                    assessment_for(actor, row.ref)
                with pytest.raises((Denied, Refused)):
                    assessments.save(row, "operation", {GRADE: "1"}, version=0, actor=actor)


def test_copy_from_last_year_takes_answers_and_evidence_and_stands_by_itself(factory: Factory, clerk: Actor) -> None:
    last = factories.assessment(factory, clerk, year=2024, rank=1)
    now = factories.assessment(factory, clerk, year=2025, edition="2025", copy=last)
    with walls.enter(clerk):
        assert paper(now).sections["operation"] == paper(last).sections["operation"]
        assert now.reached == "basic"
        section = now.sections.get(key="operation")
        assessments.save(now, "operation", {NOTE: "今年新写"}, version=section.version, actor=clerk)
        assert NOTE not in paper(last).sections["operation"] or paper(last).sections["operation"][NOTE] != "今年新写"
        with pytest.raises(Refused, match="由该方案复制"):
            assessments.discard(last, actor=clerk)


def test_aim_can_be_lowered_without_losing_answers(factory: Factory, clerk: Actor) -> None:
    row = factories.assessment(factory, clerk, aim="advanced", rank=2)
    with walls.enter(clerk):
        lower = assessments.amend(row, name="改名", aim="basic", actor=clerk)
        assert "advanced.operation.1.grade" not in paper(lower).form.section("operation").fields
        assert "advanced.operation.1.grade" in paper(lower).sections["operation"]
        assert lower.reached == "advanced"


def test_draft_is_deleted_with_its_answers_unless_it_is_current_beside_another(factory: Factory, clerk: Actor) -> None:
    first, second = (factories.assessment(factory, clerk, name=name) for name in ("一", "二"))
    with walls.enter(clerk):
        with pytest.raises(Refused, match="当前方案"):
            assessments.discard(first, actor=clerk)
        assessments.discard(second, actor=clerk)
        assert not AssessmentSection.objects.filter(assessment_id=second.pk).exists()
        assessments.discard(first, actor=clerk)
        assert Factory.objects.get(pk=factory.pk).reached_tier == ""
        with pytest.raises(Refused, match="已被删除"):
            assessments.save(second, "operation", {GRADE: "1"}, version=0, actor=clerk)


def test_rows_of_another_enterprise_cannot_hang_on_an_assessment(row: SelfAssessment, people: People) -> None:
    b = people.enterprise_b
    keys = {"unit_id": b.unit_id, "city_id": b.city_id, "enterprise_id": b.pk}
    with walls.system("test"), pytest.raises(IntegrityError), transaction.atomic():
        AssessmentSection.objects.create(assessment=row, key="x", **keys)
        connection.check_constraints()


def test_edition_that_an_assessment_uses_does_not_change(row: SelfAssessment) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        Edition.objects.filter(pk=row.edition_id).update(name="x")


def test_imported_list_of_scenarios_is_what_the_form_offers(
    row: SelfAssessment, people: People, client_as: Callable[..., Client]
) -> None:
    address, clerk = reverse("section", args=[row.ref, "scenarios"]), client_as(people.enterprise_clerk_a)
    assert "设备故障诊断" not in clerk.get(address).content.decode()
    with walls.enter(people.system_admin):
        content = "环节,序号,场景名称\n设备管理,1,设备故障诊断\n生产作业,2,人机协同制造\n".encode()
        said = {"source": "工信厅通装函〔2024〕361号", "actor": people.system_admin}
        batch = imports.upload_scenarios(edition_for("2024"), content, "清单.csv", **said)
        imports.confirm_scenarios(batch, seen=scenario_preview(batch).seen, actor=people.system_admin)
    page = clerk.get(address).content.decode()
    assert '<option value="设备故障诊断">' in page
    assert '<option value="人机协同制造">' in page
