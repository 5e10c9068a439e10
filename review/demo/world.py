"""The demo world: which parts it has at which stage, in the order in which they are put in place."""

from dataclasses import dataclass
from enum import StrEnum

from applications.demo import seed as applicants
from applications.models import Application
from portal import walls
from portal.demo import seed as people
from portal.demo.parts import Part, Progress, progress_of, put_in_place, world_of
from review.demo import desk, stories
from review.demo.talks import talk
from tiers.demo import rounds
from tiers.demo.seed import FACTORIES, LADDER, PAST_ROUNDS, THIS_ROUND


class Stage(StrEnum):
    """How far this year's rounds have come; NOW: several of them, so that every role has something to do."""

    NOW = "now"
    EMPTY = "empty"
    OPEN = "open"
    CITY = "city"
    EXPERT = "expert"
    PUBLICITY = "publicity"
    DONE = "done"


PEOPLE = Part("people", "机构、人员和企业", people.seed)


def _open(number: int) -> None:
    """Applications are being written and looked over."""
    made = rounds.of_this_year(1)
    applicants.apply_all(made, number)
    with walls.system("载入演示数据：申报留言"):
        rows = Application.objects.filter(round=made).select_related("factory", "round__unit", "city__region")
        found = {row.factory.name: row for row in rows}
    talk(found)
    desk.seed(found)


def _group(number: int) -> None:
    """The central group's own round, with an application that lies before it."""
    made = rounds.of_group()
    row = applicants.begun(made, "襄阳电子装备工厂")
    writer = applicants.writer_of(row.enterprise)
    with walls.enter(writer):
        applicants.write(row, writer, number=number)
    applicants.submitted(row)


@dataclass(frozen=True)
class Batch:
    """A story of the world, as which batch of the year it is told."""

    code: str
    label: str
    story: stories.Story
    number: int

    @property
    def part(self) -> Part:
        """The part that tells it."""
        return Part(self.code, self.label, lambda seed: self.story(self.number, seed))


def _rounds(*batches: Batch) -> Part:
    """Their rounds, published at once: whoever works here meanwhile doesn't wait for a story to end."""

    def publish(_: int) -> None:
        for batch in batches:
            rounds.around(rounds.shipped(), batch.story.days, batch=batch.number)

    return Part("rounds", "本年度各批次", publish)


def _at(code: str, label: str, story: stories.Story) -> tuple[Part, ...]:
    """A world with one round this year."""
    batch = Batch(code, label, story, 1)
    return (PEOPLE, PAST_ROUNDS, _rounds(batch), LADDER, FACTORIES, batch.part)


_OPEN = Part("open", "受理中的申报", _open)
_BATCHES = (
    Batch("expert", "专家评审中的批次", stories.EXPERT, 2),
    Batch("city", "初审中的批次", stories.CITY, 3),
    Batch("publicity", "公示中的批次", stories.PUBLICITY, 4),
    Batch("reported", "部级审定中的批次", stories.REPORTED, 5),
    Batch("done", "已公布结果的批次", stories.DONE, 6),
)
WORLDS: dict[Stage, tuple[Part, ...]] = {
    Stage.EMPTY: (PEOPLE,),
    Stage.OPEN: (PEOPLE, PAST_ROUNDS, THIS_ROUND, LADDER, FACTORIES, _OPEN),
    Stage.CITY: _at("city", "初审中的批次", stories.CITY),
    Stage.EXPERT: _at("expert", "专家评审中的批次", stories.EXPERT),
    Stage.PUBLICITY: _at("publicity", "公示中的批次", stories.PUBLICITY),
    Stage.DONE: _at("done", "已公布结果的批次", stories.DONE),
    Stage.NOW: (
        PEOPLE,
        PAST_ROUNDS,
        THIS_ROUND,
        _rounds(*_BATCHES),
        LADDER,
        FACTORIES,
        _OPEN,
        *(batch.part for batch in _BATCHES),
        Part("group", "中央企业集团的批次", _group),
    ),
}
# What the first page and signing in need; the rest can follow while the portal serves.
NEEDED_FIRST = frozenset({PEOPLE.code, PAST_ROUNDS.code, THIS_ROUND.code, "rounds"})


def progress() -> Progress | None:
    """How far the world is that is there, or begun."""
    found = world_of()
    return progress_of(WORLDS[Stage(found[0])]) if found else None


def seed(stage: Stage = Stage.NOW, number: int = 1, *, first_only: bool = False) -> list[str]:
    """Put the world in place, as far as it isn't; the codes of the parts that were lacking.

    `first_only`: only what the first page needs. Raises NotADemo under production settings.
    """
    if world_of() is None and people.is_there():
        return []  # a world of an older version: left as it is
    parts = [part for part in WORLDS[stage] if not first_only or part.code in NEEDED_FIRST]
    return put_in_place(parts, stage=stage, seed=number)
