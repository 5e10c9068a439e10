"""Background work of the ladder; each task may run twice, or on two machines at once, without harm."""

from celery import shared_task

from portal import walls
from portal.actors import Place
from tiers.services import imports, recognitions


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
