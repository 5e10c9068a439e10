"""Background work of the ladder; each task may run twice, or on two machines at once, without harm."""

from celery import shared_task

from tiers.services import round_effects


@shared_task
def advance_rounds() -> None:
    """Open, close and remind, then write the mail that tells of it."""
    round_effects.tick()
    round_effects.tell_waiting()
