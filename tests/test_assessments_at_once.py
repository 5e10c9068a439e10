"""Two sections of one assessment saved at once: both count in what is measured."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError

from portal import walls
from portal.actors import Actor
from portal.roles import Role
from tests import factories
from tests.test_committed import at_once
from tiers.models import Factory, SelfAssessment
from tiers.services import assessments, filings, measuring

GRADE = "basic.operation.1.grade"


def _sections_at_once() -> str:
    """Two people each save what the tier lacked last, in two sections at once; the tier that is then on record."""
    office = factories.enterprise("420100")
    clerk = factories.seat(Role.ENTERPRISE_CLERK, enterprise=office)
    admin = factories.seat(Role.ENTERPRISE_ADMIN, enterprise=office)
    row = factories.assessment(factories.factory(office), clerk, aim="basic", rank=1)
    keys = {"operation": GRADE, "basics": "basic.1.met"}
    with walls.enter(clerk):
        for key in keys:
            version = row.sections.get(key=key).version
            assessments.save(row, key, {keys[key]: ""}, version=version, actor=clerk)
        versions = dict(row.sections.values_list("key", "version"))
        assert SelfAssessment.objects.get(pk=row.pk).reached == ""

    def saving(actor: Actor, key: str, value: str) -> Any:
        def act() -> None:
            with walls.enter(actor):
                assessments.save(row, key, {keys[key]: value}, version=versions[key], actor=actor)

        return act

    results = at_once(saving(clerk, "operation", "1"), saving(admin, "basics", "yes"))
    assert not any(isinstance(result, Exception) for result in results), results
    with walls.enter(clerk):
        return SelfAssessment.objects.get(pk=row.pk).reached


def test_two_sections_saved_at_once_are_both_measured(own_database: str) -> None:
    assert [_sections_at_once() for _ in range(3)] == ["basic"] * 3


def test_without_the_lock_on_the_assessment_the_tier_would_be_missed(
    own_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control: each measures without the other's answers when both look before either has committed."""
    together = threading.Barrier(2)
    measure = assessments.measure

    def unlocked(assessment: SelfAssessment) -> SelfAssessment:
        return SelfAssessment.objects.select_related("edition", "factory").get(pk=assessment.pk)

    def measured_while_the_other_measures(row: SelfAssessment) -> None:
        if threading.current_thread() is not threading.main_thread():
            together.wait(10)
        measure(row)

    monkeypatch.setattr(assessments, "lock", unlocked)
    monkeypatch.setattr(assessments, "measure", measured_while_the_other_measures)
    assert _sections_at_once() == ""


def _saving_and_filing(prepare: Callable[[], None] = lambda: None) -> list[Any]:
    """What becomes of a save and a filing of one assessment at once, and of measuring it anew meanwhile."""
    of = factories.enterprise("420100")
    clerk = factories.seat(Role.ENTERPRISE_CLERK, enterprise=of)
    row = factories.assessment(factories.factory(of), clerk, aim="basic", rank=1)
    prepare()

    def save() -> None:
        with walls.enter(clerk):
            assessments.save(row, "operation", {"basic.operation.1.note": "同时写的"}, version=1, actor=clerk)

    def file() -> None:
        with walls.enter(clerk):
            filings.file(row, is_true=True, actor=clerk)

    return at_once(save, file, lambda: measuring._measure_these([row.pk]))


def test_saving_filing_and_measuring_at_once_wait_for_each_other(own_database: str) -> None:
    for _ in range(4):
        results = _saving_and_filing()
        assert not any(isinstance(result, Exception) for result in results), results


def test_locked_the_other_way_round_one_of_them_would_be_broken_off(
    own_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control: what locking the factory before the assessment is there for."""
    together = threading.Barrier(2)

    def locking(*models: Any) -> Any:
        def lock(assessment: SelfAssessment) -> SelfAssessment:
            keys = {Factory: assessment.factory_id, SelfAssessment: assessment.pk}
            for place, model in enumerate(models):
                model.objects.select_for_update(of=("self",)).get(pk=keys[model])
                if place == 0:
                    together.wait(10)
            return SelfAssessment.objects.select_related("edition", "factory").get(pk=assessment.pk)

        return lock

    def prepare() -> None:
        monkeypatch.setattr(assessments, "lock", locking(Factory, SelfAssessment))
        monkeypatch.setattr(filings, "lock", locking(SelfAssessment, Factory))
        monkeypatch.setattr(measuring, "_measure_these", lambda numbers: 0)

    results = _saving_and_filing(prepare)
    assert sum(isinstance(result, OperationalError) for result in results) == 1, results
