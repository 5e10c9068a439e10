"""Background work of the ladder; each task may run twice, or on two machines at once, without harm."""

from celery import shared_task

from portal import walls
from portal.actors import Actor, Place
from tiers.services import downloads, evidence, imports, measuring, recognitions, round_effects


@shared_task
def measure_all() -> int:
    """Measure every self-assessment anew, after the ladder's arithmetic changed."""
    return measuring.measure_all(Actor(system="平台后台"))


@shared_task
def link_recognitions() -> None:
    """Link titles to enterprises and factories that have come onto the register since they were recorded."""
    with walls.stand(Place(office="system")):
        recognitions.link_waiting()


@shared_task
def clear_imports() -> None:
    """Remove uploaded lists that nobody confirmed."""
    with walls.stand(Place(office="system")):
        imports.clear_lapsed()


@shared_task
def advance_rounds() -> None:
    """Open, close and remind, then write the mail that tells of it."""
    round_effects.tick()
    round_effects.tell_waiting()


@shared_task
def sweep_evidence() -> None:
    """Remove stored content that nothing points at any more."""
    with walls.stand(Place(office="system")):
        evidence.sweep()
        downloads.sweep()
