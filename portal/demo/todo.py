"""What each account of the demo can do now: the same lines that its home page shows."""

from dataclasses import dataclass

from django.core.cache import cache

from portal import walls
from portal.demo.cast import CAST, NEIGHBOURS, Seat
from portal.demo.parts import Progress
from portal.demo.seed import somebody
from portal.models import User
from portal.rooms import declared
from portal.selectors.home import all_waiting

_SECONDS = 60  # it is asked of everybody at once, and need not be exact


@dataclass(frozen=True)
class Account:
    """A demo account, and what waits for it; None: nobody looked."""

    seat: Seat
    todo: tuple[str, ...] | None


def accounts() -> tuple[list[Account], list[Account]]:
    """The cast with what each can do now, and the people of the other cities."""
    found: dict[str, tuple[str, ...]] = cache.get("demo-todo", {})
    if not found:
        there = set(User.objects.filter(email__in=[seat.email for seat in CAST]).values_list("email", flat=True))
        found = {seat.account: _todo(seat) for seat in CAST if seat.role and seat.email in there}
        cache.set("demo-todo", found, _SECONDS)
    return [Account(seat, found.get(seat.account, ())) for seat in CAST], [Account(seat, None) for seat in NEIGHBOURS]


def _todo(seat: Seat) -> tuple[str, ...]:
    who = somebody(seat.account)
    with walls.enter(who):
        return tuple(f"{line.count}{line.label}" for line in all_waiting(who) if line.page != "notices")


def progress() -> Progress | None:
    """How far the demo world is; None before its first part."""
    return next((found for ask in declared("demo.world", "progress") if (found := ask())), None)
