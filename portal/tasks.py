"""Background work of the ground floor; each task may run twice, or on two machines at once, without harm."""

from celery import shared_task
from django.core.management import call_command

from portal import clock, walls
from portal.actors import Place
from portal.models import Heartbeat
from portal.services import invitations, mail, packages, papers, record, seals, upkeep


@shared_task
def heartbeat() -> None:
    """Show that beat sends and the worker works."""
    Heartbeat.objects.update_or_create(name="worker", defaults={"at": clock.now()})


@shared_task
def seal_record() -> None:
    """Seal what has been put on record since the last time."""
    with walls.stand(Place(office="auditor")):
        record.seal()


@shared_task
def deliver_mail(mail_id: str) -> None:
    """Send one message from the outbox."""
    mail.deliver(mail_id)


@shared_task
def deliver_waiting_mail() -> None:
    """Send what is left in the outbox: Redis or the mail server was away."""
    mail.deliver_waiting()


@shared_task
def make_paper(pk: int) -> None:
    """Make a paper that somebody asked for."""
    if papers.make(pk):
        packages.told(pk)


@shared_task
def make_waiting_papers() -> None:
    """Make the papers that are left: Redis was away, or a worker was ended in the middle."""
    for pk in papers.waiting():
        make_paper(pk)


@shared_task
def make_package(pk: int) -> None:
    """Put a package together if its papers are there."""
    packages.make(pk)


@shared_task
def make_waiting_packages() -> None:
    """Put together the packages that are left."""
    for pk in packages.waiting():
        packages.make(pk)


@shared_task
def sweep_papers() -> None:
    """Remove papers, packages, pictures of seals and stamped files that nothing points at."""
    papers.sweep()
    packages.sweep()
    with walls.stand(Place(office="system")):
        seals.sweep()


@shared_task
def expire_invitations() -> None:
    """Mark invitations that nobody accepted in time."""
    invitations.expire_due()


@shared_task
def clear_sessions() -> None:
    """Remove sessions that ended."""
    call_command("clearsessions")


@shared_task
def clear_counters() -> None:
    """Remove throttling counters whose time is over."""
    upkeep.clear_counters()
