"""Who is at which section of an application right now."""

from applications.models import Application, Presence
from applications.selectors.pages import present
from applications.services.beginning import keys_of
from applications.services.writing import ask
from portal import clock
from portal.actors import Actor


def seen(application: Application, section: str, *, actor: Actor) -> list[str]:
    """Note that somebody has a section open; the names of the others who have. Raises Denied."""
    ask(actor, application)
    now = clock.now()
    Presence.objects.bulk_create(
        [Presence(application=application, section=section, user=actor.person, at=now, **keys_of(application))],
        update_conflicts=True,
        unique_fields=["application", "section", "user"],
        update_fields=["at"],
    )
    return present(application, actor).get(section, [])
