"""How a figure is taken and judged."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

WIDE = 2.0  # a goal missed by this factor is a failure; less may be the machine


@dataclass(frozen=True)
class Figure:
    """One line of the table; `goal` is the most it may be, None where none is set."""

    what: str
    measured: float
    unit: str
    goal: float | None = None
    note: str = ""

    @property
    def verdict(self) -> str:
        """How the figure stands to its goal."""
        if self.goal is None:
            return ""
        if self.measured <= self.goal:
            return "kept"
        return "missed" if self.measured <= self.goal * WIDE else "FAILED"

    def __str__(self) -> str:
        goal = "" if self.goal is None else f"≤ {self.goal:g}"
        return f"{self.what:<58}{self.measured:>9.3f} {self.unit:<4}{goal:>9}  {self.verdict:<7}{self.note}".rstrip()


def seconds(act: Callable[[], Any]) -> float:
    """How long one run takes."""
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def median_of(act: Callable[[], Any], runs: int) -> float:
    """The median of so many runs, after one that warms up."""
    act()
    return statistics.median(seconds(act) for _ in range(runs))


def least_of(act: Callable[[], Any], runs: int) -> float:
    """The least of so many runs: what it takes when nobody else is busy."""
    act()
    return min(seconds(act) for _ in range(runs))


def interleaved(
    one: Callable[[], Any], other: Callable[[], Any], *, rounds: int, runs: int, between: Callable[[bool], None]
) -> tuple[float, float]:
    """Medians of two acts taken in turns, so that a busy moment of the machine meets both.

    `between` is told before each turn whether it is the first act's.
    """
    taken: dict[bool, list[float]] = {True: [], False: []}
    for _ in range(rounds):
        for is_first, act in ((True, one), (False, other)):
            between(is_first)
            act()
            taken[is_first] += [seconds(act) for _ in range(runs)]
    return statistics.median(taken[True]), statistics.median(taken[False])
