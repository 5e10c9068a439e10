"""What the walls cost where an office lists the enterprises of its place, and where an enterprise opens its own."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from bench.measure import Figure, interleaved
from portal import walls
from portal.actors import Actor
from portal.selectors.enterprises import enterprise_for, enterprises
from portal.views.page import PER_PAGE, BoundedPaginator

GOAL = 1.15
ROUNDS, RUNS = 20, 8


def first_page(actor: Actor) -> int:
    """The list page's own two queries: the keys as far as a reader goes, and the first page of them."""
    page = BoundedPaginator(enterprises(actor), PER_PAGE, 1).get_page(1)
    return len(list(page.object_list))


def measured(people: dict[str, Actor], owner: Any) -> Iterator[Figure]:
    """One figure for each of them; `owner` switches the walls."""
    acts: dict[str, Callable[[], Any]] = {name: partial(first_page, people[name]) for name in ("city", "unit")}
    own = people["enterprise"].membership
    assert own
    assert own.enterprise
    acts["enterprise"] = partial(enterprise_for, people["enterprise"], own.enterprise.code)
    for name, act in acts.items():
        at_place = partial(_at_place, people[name], act)
        try:
            up, down = interleaved(at_place, at_place, rounds=ROUNDS, runs=RUNS, between=partial(_switch, owner))
        finally:
            _switch(owner, True)
        note = f"{up * 1000:.2f} ms with, {down * 1000:.2f} ms without"
        yield Figure(f"walls: list as {name}, with them to without", up / down, "×", GOAL, note)


def _at_place(actor: Actor, act: Callable[[], Any]) -> None:
    with walls.enter(actor):
        act()


def _switch(owner: Any, is_on: bool) -> None:
    owner.execute(f"ALTER TABLE portal_enterprise {'ENABLE' if is_on else 'DISABLE'} ROW LEVEL SECURITY")
