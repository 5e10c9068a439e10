"""The ladder's verdict beside each self-assessment: with every save, and all anew when the arithmetic changes."""

from collections.abc import Iterable

from django.db import transaction

from portal import audit, clock, walls
from portal.actors import Actor, Place
from portal.declared import Values
from tiers.answers import Sections, ladder_answers
from tiers.ladder import Verdict, evaluate
from tiers.models import AssessmentSection, Factory, SelfAssessment

AT_ONCE = 200
_WRITTEN = ["reached", "scores", "unmet", "evaluated_at"]


def measure(row: SelfAssessment) -> None:
    """Write the verdict beside the answers, and onto the factory if this assessment speaks for it.

    The caller has locked the assessment, so that nobody measures what another is changing.
    """
    _verdict(row, dict(row.sections.values_list("key", "answers")))
    row.save(update_fields=[*_WRITTEN, "saved_at"])
    tell_factory(row.factory_id)


def _verdict(row: SelfAssessment, sections: Sections) -> None:
    edition = row.edition.value
    verdict = evaluate(edition, ladder_answers(edition, sections))
    row.reached = verdict.reached.code if verdict.reached else ""
    row.scores = scores_of(verdict)
    row.unmet = len(verdict.gap)
    row.evaluated_at = clock.now()


def scores_of(verdict: Verdict) -> dict[str, dict[str, str]]:
    """The scores as they are kept: tier → 环节 → 0–100."""
    return {s.tier.code: {area: str(score) for area, score in s.scores.items()} for s in verdict.standings}


def tell_factory(factory_id: int) -> None:
    """The factory's self-assessed tier is that of its latest year's current assessment."""
    latest = SelfAssessment.objects.filter(factory_id=factory_id, is_current=True).order_by("-year").first()
    Factory.objects.filter(pk=factory_id).update(reached_tier=latest.reached if latest else "")


def measure_all(actor: Actor) -> int:
    """Measure every assessment anew, a few at a time, each few in a transaction of their own; how many.

    Memory stays flat, and whoever is writing meanwhile waits for one short transaction at most.
    """
    last = measured = 0
    while numbers := _next(last):
        measured += _measure_these(numbers)
        last = numbers[-1]
    with walls.system("全部自评重新评估", actor):
        audit.record("assessment.measure_all", actor=actor, changed=measured)
    return measured


def _next(last: int) -> list[int]:
    with walls.stand(Place(office="system")):
        return list(SelfAssessment.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:AT_ONCE])


def _measure_these(numbers: Iterable[int]) -> int:
    """Those of these assessments that are still there, measured in one transaction."""
    with transaction.atomic(), walls.stand(Place(office="system")):
        # Factories before their assessments: the order in which everybody locks them.
        wanted = SelfAssessment.objects.filter(pk__in=numbers).values("factory_id")
        factories = Factory.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=wanted)
        list(factories.order_by("pk").values_list("pk"))
        rows = list(
            SelfAssessment.objects.select_for_update(of=("self",))
            .select_related("edition")
            .filter(pk__in=numbers)
            .order_by("pk")
        )
        answers: dict[int, dict[str, Values]] = {row.pk: {} for row in rows}
        sections = AssessmentSection.objects.filter(assessment__in=rows)
        for assessment, key, said in sections.values_list("assessment_id", "key", "answers"):
            answers[assessment][key] = said
        before = {row.pk: (row.reached, row.scores, row.unmet) for row in rows}
        for row in rows:
            _verdict(row, answers[row.pk])
        changed = [row for row in rows if before[row.pk] != (row.reached, row.scores, row.unmet)]
        SelfAssessment.objects.bulk_update(changed, _WRITTEN)
        SelfAssessment.objects.filter(pk__in=numbers).update(evaluated_at=clock.now())
        _tell_factories(rows)
    return len(rows)


def _tell_factories(rows: list[SelfAssessment]) -> None:
    """The factories that these assessments speak for, as far as no later year's speaks for them."""
    factories = {row.factory_id for row in rows if row.is_current}
    latest: dict[int, str] = {}
    current = SelfAssessment.objects.filter(factory__in=factories, is_current=True).order_by("year")
    for number, reached in current.values_list("factory_id", "reached"):
        latest[number] = reached
    changed = [f for f in Factory.objects.filter(pk__in=latest) if f.reached_tier != latest[f.pk]]
    for factory in changed:
        factory.reached_tier = latest[factory.pk]
    Factory.objects.bulk_update(changed, ["reached_tier"])
