"""Measuring everything anew: what is on record follows the arithmetic, a few at a time, as often as one likes."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portal import walls
from portal.actors import Actor
from portal.audit import AuditEvent
from tests import factories
from tests.factories import People
from tiers import tasks
from tiers.models import AssessmentSection, Factory, SelfAssessment
from tiers.services import measuring

pytestmark = pytest.mark.django_db
SOMEBODY = Actor(system="test")


def _forgotten(people: People, count: int = 3) -> list[SelfAssessment]:
    """Assessments whose verdict on record is no longer what their answers say."""
    rows = []
    for number in range(count):
        of = people.enterprise_a if number % 2 else people.enterprise_b
        by = people.enterprise_clerk_a if number % 2 else people.enterprise_admin_b
        rows.append(factories.assessment(factories.factory(of), by, aim="basic", rank=1))
    with walls.system("test"):
        SelfAssessment.objects.update(reached="leading", scores={}, unmet=99)
        Factory.objects.update(reached_tier="leading")
    return rows


def test_everything_is_measured_across_all_places_and_factories_follow(people: People) -> None:
    _forgotten(people)
    assert measuring.measure_all(SOMEBODY) == 3
    with walls.system("test"):
        assert set(SelfAssessment.objects.values_list("reached", flat=True)) == {"basic"}
        assert set(Factory.objects.values_list("reached_tier", flat=True)) == {"basic"}
        assert all(row.scores["basic"] and row.unmet < 99 for row in SelfAssessment.objects.all())
    with walls.enter(people.auditor):
        assert AuditEvent.objects.get(verb="assessment.measure_all").data["changed"] == 3


def test_a_later_year_speaks_for_its_factory_whatever_the_order(people: People) -> None:
    (row,) = _forgotten(people, 1)
    later = factories.assessment(row.factory, people.enterprise_admin_b, year=2026)
    measuring.measure_all(SOMEBODY)
    with walls.system("test"):
        assert SelfAssessment.objects.get(pk=later.pk).reached == ""
        assert Factory.objects.get(pk=row.factory_id).reached_tier == ""


def test_twice_changes_nothing_the_second_time(people: People) -> None:
    _forgotten(people)
    measuring.measure_all(SOMEBODY)
    with walls.system("test"):
        before = list(SelfAssessment.objects.order_by("pk").values_list("reached", "scores", "unmet"))
    measuring.measure_all(SOMEBODY)
    with walls.system("test"):
        assert list(SelfAssessment.objects.order_by("pk").values_list("reached", "scores", "unmet")) == before


def test_chunks_take_the_same_queries_however_many_they_hold(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    _forgotten(people, 4)
    counts = []
    for size in (1, 4):
        monkeypatch.setattr(measuring, "AT_ONCE", size)
        with CaptureQueriesContext(connection) as queries:
            assert measuring.measure_all(SOMEBODY) == 4
        counts.append(len(queries))
    assert counts[1] < counts[0] / 2.5, counts


def test_worker_and_command_do_it(people: People) -> None:
    _forgotten(people, 1)
    assert tasks.measure_all() == 1
    out = StringIO()
    call_command("measure_assessments", stdout=out)
    assert "1 assessments measured." in out.getvalue()


def test_assessment_that_went_meanwhile_is_passed_over(people: People) -> None:
    (row,) = _forgotten(people, 1)
    numbers = measuring._next(0)
    with walls.system("test"):
        AssessmentSection.objects.all().delete()
        SelfAssessment.objects.filter(pk=row.pk).delete()
    assert measuring._measure_these(numbers) == 0
