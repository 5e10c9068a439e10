"""Who judges what: candidates shared out among the experts of a panel. Pure, and reproducible from its seed.

Sheets are a flow from candidates to experts: a candidate takes so many, an expert so many. Augmenting paths give as
many as there can be; what fits an expert's fields is filled first, then loads are evened out without losing any fit.
Sets of candidates are the bits of one integer each, which makes 3,000 sheets a matter of milliseconds.
"""

import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

# Steps of a path: who hands on, to whom, which sheet (its bit).
_Path = list[tuple[int, int, int]]


@dataclass(frozen=True)
class Case:
    """A candidate to be judged: its key, and the division of GB/T 4754 it belongs to."""

    key: str
    industry: str


@dataclass(frozen=True)
class Judge:
    """An expert who may be given sheets: their key, the divisions they know, and how many more they take."""

    key: str
    industries: frozenset[str]
    room: int


@dataclass(frozen=True)
class Assignment:
    """Who judges what, new ones only, and where there were not enough: how many sheets each candidate lacks."""

    sheets: Mapping[str, tuple[str, ...]]
    lacking: Mapping[str, int]

    @property
    def count(self) -> int:
        """How many sheets there are."""
        return sum(len(judges) for judges in self.sheets.values())


def assign(
    cases: Collection[Case],
    judges: Collection[Judge],
    per: int,
    seed: str,
    *,
    barred: Collection[tuple[str, str]] = (),
    held: Mapping[str, Collection[str]] | None = None,
) -> Assignment:
    """Give every candidate `per` experts as far as there are. `barred`: (candidate, expert) that must not be;
    `held`: who has a candidate already, which counts and stays. The order of what is given changes nothing.
    """
    table = _Table(sorted(cases, key=lambda c: _lot(seed, c.key)), sorted(judges, key=lambda j: _lot(seed, j.key)))
    table.bar(barred)
    table.keep(held or {})
    table.fill(table.fits, per)
    table.fill(table.may, per)
    table.even_out()
    return table.result(per)


def _lot(seed: str, key: str) -> bytes:
    """A place in an order that only the seed decides."""
    return hashlib.sha256(f"{seed}|{key}".encode()).digest()


def _bits(mask: int) -> Iterator[int]:
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


@dataclass
class _Table:
    """Experts by candidates; a row is an expert, its integers hold one bit for each candidate."""

    cases: Sequence[Case]
    judges: Sequence[Judge]
    may: list[int] = field(init=False)
    fits: list[int] = field(init=False)
    has: list[int] = field(init=False)
    fixed: list[int] = field(init=False)
    load: list[int] = field(init=False)
    most: list[int] = field(init=False)

    def __post_init__(self) -> None:
        every = (1 << len(self.cases)) - 1
        of_industry: dict[str, int] = {}
        for place, case in enumerate(self.cases):
            of_industry[case.industry] = of_industry.get(case.industry, 0) | 1 << place
        self.may = [every for _ in self.judges]
        self.fits = [sum(of_industry.get(code, 0) for code in judge.industries) for judge in self.judges]
        self.has, self.fixed, self.load = ([0] * len(self.judges) for _ in range(3))
        self.most = [judge.room for judge in self.judges]
        self._place = {case.key: place for place, case in enumerate(self.cases)}
        self._row = {judge.key: row for row, judge in enumerate(self.judges)}
        # Experts who were given a candidate, and are no longer among those who can be given any.
        self._beside = [0] * len(self.cases)

    def bar(self, barred: Collection[tuple[str, str]]) -> None:
        for case, judge in barred:
            if case in self._place and judge in self._row:
                self.may[self._row[judge]] &= ~(1 << self._place[case])
        self.fits = [fit & may for fit, may in zip(self.fits, self.may, strict=True)]

    def keep(self, held: Mapping[str, Collection[str]]) -> None:
        for case, judges in held.items():
            if case not in self._place:
                continue
            for judge in set(judges):
                if judge in self._row:
                    self.fixed[self._row[judge]] |= 1 << self._place[case]
                else:
                    self._beside[self._place[case]] += 1
        self.has = list(self.fixed)
        self.load = [mask.bit_count() for mask in self.fixed]
        self.most = [judge.room + load for judge, load in zip(self.judges, self.load, strict=True)]

    # -- as many as there can be --------------------------------------------------------------------------------------
    def fill(self, allowed: Sequence[int], per: int) -> None:
        """One sheet a candidate in turn, so that none has many while another has none."""
        counts = [self._beside[place] + sum(has >> place & 1 for has in self.has) for place in range(len(self.cases))]
        waiting = [place for place in range(len(self.cases)) if counts[place] < per]
        # Whoever has the fewest experts to choose from comes first.
        choice = {place: sum(mask >> place & 1 for mask in allowed) for place in waiting}
        waiting.sort(key=lambda place: choice[place])
        while waiting:
            going_on = []
            for place in waiting:
                if self._augment(place, allowed):
                    counts[place] += 1
                    if counts[place] < per:
                        going_on.append(place)
            waiting = going_on

    def _augment(self, place: int, allowed: Sequence[int]) -> bool:
        """One more expert for a candidate: directly, or by others handing sheets on until somebody has room."""
        bit = 1 << place
        rows = [row for row in range(len(self.judges)) if allowed[row] & bit and not self.has[row] & bit]
        free = [row for row in rows if self.load[row] < self.most[row]]
        if free:
            self._give(min(free, key=lambda row: (self.load[row], row)), bit)
            return True
        path = self._path(rows, allowed, lambda row: self.load[row] < self.most[row])
        if path is None:
            return False
        self._hand_on(path)
        self._give(path[0][0], bit)
        return True

    def _path(self, starts: Sequence[int], allowed: Sequence[int], ends: Callable[[int], bool]) -> _Path | None:
        """Steps (from, to, sheet) along which each hands a sheet on, the last to one for whom `ends` holds."""
        came: dict[int, tuple[int, int] | None] = dict.fromkeys(starts)
        queue = list(starts)
        for row in queue:
            for other in range(len(self.judges)):
                if other in came:
                    continue
                if movable := self.has[row] & ~self.fixed[row] & allowed[other] & ~self.has[other]:
                    came[other] = (row, movable & -movable)
                    if ends(other):
                        return self._back(came, other)
                    queue.append(other)
        return None

    @staticmethod
    def _back(came: Mapping[int, tuple[int, int] | None], last: int) -> _Path:
        steps: _Path = []
        while step := came[last]:
            steps.insert(0, (step[0], last, step[1]))
            last = step[0]
        return steps

    def _hand_on(self, path: _Path) -> None:
        for giver, taker, bit in path:
            self.has[giver] &= ~bit
            self.load[giver] -= 1
            self._give(taker, bit)

    def _give(self, row: int, bit: int) -> None:
        self.has[row] |= bit
        self.load[row] += 1

    # -- evenly -------------------------------------------------------------------------------------------------------
    def even_out(self) -> None:
        """Move sheets from who has most to who has two fewer or less, through others if need be, losing no fit."""
        settled: set[int] = set()
        while True:
            rows = [row for row in range(len(self.judges)) if row not in settled]
            if not rows:
                return
            top = max(rows, key=lambda row: (self.load[row], -row))
            path = self._even_path(top)
            if path is None:
                settled.add(top)
            else:
                self._hand_on(path)
                settled.clear()

    def _even_path(self, top: int) -> _Path | None:
        """The way down from one expert; a sheet goes to somebody it fits as well as it did."""
        most = self.load[top] - 2
        if most < 0 or min(self.load) > most:
            return None
        came: dict[int, tuple[int, int] | None] = {top: None}
        queue = [top]
        for row in queue:
            mine = self.has[row] & ~self.fixed[row]
            for other in range(len(self.judges)):
                if other in came:
                    continue
                if movable := mine & self.may[other] & ~self.has[other] & (self.fits[other] | ~self.fits[row]):
                    came[other] = (row, movable & -movable)
                    if self.load[other] <= most and self.load[other] < self.most[other]:
                        return self._back(came, other)
                    queue.append(other)
        return None

    def result(self, per: int) -> Assignment:
        """What was given anew."""
        given: dict[str, list[str]] = {case.key: [] for case in self.cases}
        counts = dict(zip((case.key for case in self.cases), self._beside, strict=True))
        for row, judge in enumerate(self.judges):
            for place in _bits(self.has[row]):
                key = self.cases[place].key
                counts[key] += 1
                if not self.fixed[row] >> place & 1:
                    given[key].append(judge.key)
        sheets = {key: tuple(sorted(judges)) for key, judges in sorted(given.items())}
        return Assignment(sheets, {key: per - n for key, n in sorted(counts.items()) if n < per})
