"""Background work of the review; each task may run twice, or on two machines at once, without harm."""

from celery import shared_task

from portal import walls
from portal.actors import Place
from review.services import city_lists, objections, publicity, visits


@shared_task
def lock_lists() -> None:
    """Lock the lists that were not sent in time."""
    with walls.stand(Place(office="system")):
        city_lists.lock_due()


@shared_task
def begin_publicities() -> None:
    """Let rounds go on whose publicity has begun by the clock."""
    with walls.stand(Place(office="system")):
        publicity.begin_due()


@shared_task
def sweep_objections() -> None:
    """Remove stored evidence that nothing points at."""
    with walls.stand(Place(office="system")):
        objections.sweep()


@shared_task
def sweep_photos() -> None:
    """Remove stored photographs of visits that no row points at."""
    with walls.stand(Place(office="system")):
        visits.sweep()
