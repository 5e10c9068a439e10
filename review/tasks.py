"""Background work of the review; each task may run twice, or on two machines at once, without harm."""

from celery import shared_task

from portal import walls
from portal.actors import Place
from review.services import city_lists, visits


@shared_task
def lock_lists() -> None:
    """Lock the lists that were not sent in time."""
    with walls.stand(Place(office="system")):
        city_lists.lock_due()


@shared_task
def sweep_photos() -> None:
    """Remove stored photographs of visits that no row points at."""
    with walls.stand(Place(office="system")):
        visits.sweep()
