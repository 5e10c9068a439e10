"""Background work of the applications; each task may run twice, or on two machines at once, without harm."""

from celery import shared_task

from applications.services import course, files
from portal import walls
from portal.actors import Place


@shared_task
def lapse_corrections() -> None:
    """Let what was submitted before stand where the time for a correction is over."""
    with walls.stand(Place(office="system")):
        course.lapse_due()


@shared_task
def sweep_files() -> None:
    """Remove stored content that nothing points at any more."""
    with walls.stand(Place(office="system")):
        files.sweep()
