"""Waiting for what the worker, the press and beat do: the script never does it for them."""

import time
from collections.abc import Callable, Iterable
from typing import Any

from portal import walls
from portal.models import Paper
from portal.states import PaperState

MOST_SECONDS = 300


class Unfinished(Exception):
    """What was waited for did not come."""


def until(what: str, is_done: Callable[[], bool]) -> None:
    """Wait until it is done; the clock that is looked at is the machine's own. Raises Unfinished."""
    end = time.monotonic() + MOST_SECONDS
    while time.monotonic() < end:
        with walls.system("演练：等待后台办理"):
            if is_done():
                return
        time.sleep(0.5)
    raise Unfinished(f"{what}: not done after {MOST_SECONDS} s")


def papers(asked: Iterable[Paper]) -> list[Paper]:
    """The papers, made by the press. Raises Unfinished, also when one failed."""
    keys = [paper.pk for paper in asked]
    found: list[Any] = []

    def made() -> bool:
        found[:] = Paper.objects.filter(pk__in=keys).order_by("pk")
        if failed := [paper for paper in found if paper.state == PaperState.FAILED]:
            raise Unfinished(f"{failed[0]}: {failed[0].failure}")
        return all(paper.state == PaperState.MADE for paper in found)

    until("papers", made)
    by_key = {paper.pk: paper for paper in found}
    return [by_key[key] for key in keys]
