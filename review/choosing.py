"""Whom to recommend: ranked within industries, the quota split over them, and what each cut means. Pure.

82号 二(三)3: 分行业按得分顺序推荐. How the quota is split between industries is not said: the officer decides, and sees
what follows. Within an industry the scores' order holds; whoever departs from it gives a reason.
"""

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from review.scoring import places


@dataclass(frozen=True)
class Line:
    """A candidate as it is weighed. `breakers`: what the round parts equal scores by; `bar`: why it can't be chosen."""

    key: Hashable
    group: str
    name: str
    city: str
    industry: str
    score: Decimal | None
    breakers: tuple[Decimal, ...] = ()
    is_chosen: bool = False
    bar: str = ""
    rank: int = 0
    is_tied: bool = False


@dataclass(frozen=True)
class Cut:
    """A group at its share of the quota.

    `inside`: who the scores would take; `just_out`: the next below; `tied_at_cut`: equal scores on both sides of it.
    `left`: places that the group can't fill.
    """

    group: str
    places: int
    lines: tuple[Line, ...]
    inside: tuple[Line, ...]
    just_out: tuple[Line, ...]
    tied_at_cut: bool
    left: int

    @property
    def chosen(self) -> tuple[Line, ...]:
        """Who is recommended now."""
        return tuple(line for line in self.lines if line.is_chosen)

    @property
    def is_as_scored(self) -> bool:
        """Whether those recommended are those whom the scores would take."""
        return {line.key for line in self.chosen} == {line.key for line in self.inside}


def ranked(lines: Sequence[Line]) -> list[Line]:
    """The lines of one group in score order, each with its rank; those without a score come last, without rank."""
    scored = {line.key: (line.score, *line.breakers) for line in lines if line.score is not None}
    found = places(scored)
    placed = [
        replace(line, rank=found[line.key].rank, is_tied=found[line.key].is_tied) for line in lines if line.key in found
    ]
    placed.sort(key=lambda line: (line.rank, line.name, repr(line.key)))
    return placed + sorted((line for line in lines if line.score is None), key=lambda line: (line.name, repr(line.key)))


def groups(lines: Sequence[Line]) -> dict[str, list[Line]]:
    """The ranked lines of each group, groups by name."""
    held: dict[str, list[Line]] = {}
    for line in lines:
        held.setdefault(line.group, []).append(line)
    return {group: ranked(held[group]) for group in sorted(held)}


def cut(group: str, lines: Sequence[Line], share: int) -> Cut:
    """What a share of so many places means for a group; `lines` are ranked. A tie at the cut puts none of the tied in.

    Whoever is barred is passed over and takes no place.
    """
    able = [line for line in lines if line.rank and not line.bar]
    inside, just_out = list(able[:share]), list(able[share : share + 1])
    tied = bool(inside and just_out and inside[-1].rank == just_out[0].rank)
    if tied:
        rank = just_out[0].rank
        inside = [line for line in inside if line.rank != rank]
        just_out = [line for line in able if line.rank == rank]
    elif just_out:
        just_out = [line for line in able[share:] if line.rank == just_out[0].rank]
    return Cut(
        group, share, tuple(lines), tuple(inside), tuple(just_out), tied, 0 if tied else max(share - len(inside), 0)
    )


def suggested(sizes: Mapping[str, int], quota: int) -> dict[str, int]:
    """A split in proportion to the groups' sizes, by largest remainder, none above its size; the same every time."""
    total = sum(sizes.values())
    quota = min(quota, total)
    if not total:
        return dict.fromkeys(sizes, 0)
    shares = {group: size * quota // total for group, size in sizes.items()}
    rest = quota - sum(shares.values())
    order = sorted(sizes, key=lambda group: (-(sizes[group] * quota % total), -sizes[group], group))
    for group in order * (rest + 1):
        if rest and shares[group] < sizes[group]:
            shares[group], rest = shares[group] + 1, rest - 1
    return shares


def passed_over(line: Line, lines: Sequence[Line]) -> list[Line]:
    """Who of the same group stands before it, or level with it, and is neither chosen nor barred: what needs a reason.

    `lines` are ranked. Without a score everybody who has one stands before it.
    """
    return [
        other
        for other in lines
        if other.key != line.key
        and other.rank
        and not other.is_chosen
        and not other.bar
        and (not line.rank or other.rank <= line.rank)
    ]


@dataclass(frozen=True)
class Departure:
    """Somebody recommended before others whom the scores put ahead of, or level with, them."""

    line: Line
    before: tuple[Line, ...]


def departures(lines: Sequence[Line]) -> list[Departure]:
    """All of a group: `lines` are ranked."""
    found = [Departure(line, tuple(passed_over(line, lines))) for line in lines if line.is_chosen]
    return [departure for departure in found if departure.before]


def next_in_line(lines: Sequence[Line]) -> list[Line]:
    """Who of a group would be taken next: the best not chosen and not barred, several when they are level."""
    free = [line for line in lines if line.rank and not line.is_chosen and not line.bar]
    return [line for line in free if line.rank == free[0].rank]


def coverage(lines: Sequence[Line], by: str, among: Sequence[Line]) -> list[tuple[str, int, int]]:
    """(value, how many of `lines`, how many of all in `among`) of cities or industries, most of all first."""
    here, all_ = (Counter(getattr(line, by) for line in held) for held in (lines, among))
    return sorted(((value, here[value], count) for value, count in all_.items()), key=lambda row: (-row[2], row[0]))
