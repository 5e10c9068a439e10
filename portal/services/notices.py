"""Telling people: a notice inside the portal and a mail, once a person, in the transaction of what they tell of."""

from collections.abc import Iterable

from portal import clock
from portal.actors import Actor
from portal.models import Notice, User
from portal.services import mail


def tell(people: Iterable[User], text: str, *, address: str = "", template: str = "", **context: object) -> None:
    """Tell each of these people; `address` is the page it leads to, `template` the mail that goes with it."""
    now = clock.now()
    told = {person.pk: person for person in people}.values()
    Notice.objects.bulk_create(Notice(user=person, at=now, text=text[:300], address=address) for person in told)
    if template:
        for person in told:
            mail.write(person.email, template, person=person, text=text, address=address, **context)


def mark_read(actor: Actor) -> None:
    """The person has seen their list: what came up to now is read."""
    User.objects.filter(pk=actor.person.pk).update(notices_read_at=clock.now())
