"""Setting the clock of a rehearsal."""

from datetime import datetime

from django.conf import settings
from django.db import transaction

from portal import audit, clock, rehearsal
from portal.actors import Actor
from portal.errors import Refused
from portal.models import RehearsalClock


@transaction.atomic
def set_clock(to: datetime, *, held: bool = False, actor: Actor) -> None:
    """Have every process of the installation go by this instant from now on; `held`: until the clock is set again.

    Raises Refused where the portal is no rehearsal.
    """
    if not settings.IS_REHEARSAL:
        raise Refused("本平台不是演练环境，时钟不能设定。")
    values = {"shown_at": to, "set_at": clock.real(), "is_held": held}
    row, _ = RehearsalClock.objects.update_or_create(number=1, defaults=values)
    rehearsal.forget()
    transaction.on_commit(rehearsal.forget)
    audit.record("rehearsal.set_clock", row, actor, to=to, held=held)


def begin() -> None:
    """Set a rehearsal's clock to where the settings have it begin, unless it goes already."""
    if settings.IS_REHEARSAL and not RehearsalClock.objects.exists():
        set_clock(settings.REHEARSAL_FROM, actor=Actor(system="演练准备"))
