"""What stands on the papers of the review, as plain values: whoever decides fills them in, templates draw them. Pure.

A signatory's `key` names the place of its seal: "city", "city-finance", "unit", "unit-data" (place and department).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from tiers.terms import Column


@dataclass(frozen=True)
class Signatory:
    """An office that signs, and the key of its seal's place."""

    key: str
    name: str


@dataclass(frozen=True)
class Contact:
    """Who can be asked."""

    name: str
    phone: str
    address: str = ""
    email: str = ""


# -- 推荐汇总表 --------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class SummaryTable:
    """The table in which a city or a unit recommends (399号 附件4): columns are the round's, rows in priority order.

    `rows`: cells by the column's code. `size`: "A4" or "A3", always landscape.
    """

    tier: str
    year: int
    issuer: str
    columns: tuple[Column, ...]
    rows: tuple[Mapping[str, str], ...]
    signatories: tuple[Signatory, ...]
    on: date
    contact: Contact
    size: str = "A4"

    @property
    def title(self) -> str:
        """Its heading."""
        return f"{self.year}年度{self.tier}智能工厂项目推荐汇总表"

    @property
    def lines(self) -> tuple[tuple[tuple[str, str], ...], ...]:
        """Rows as (column's code, text); the position is the row's place, whatever its cells say."""
        return tuple(
            tuple((c.code, str(place) if c.code == "position" else row.get(c.code, "")) for c in self.columns)
            for place, row in enumerate(self.rows, start=1)
        )


# -- letters ---------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Letter:
    """A letter (函) of one office or several. `number`: the office's own 发文字号, often given later by hand."""

    mark: str
    number: str
    title: str
    to: str
    paragraphs: tuple[str, ...]
    enclosures: tuple[str, ...]
    signatories: tuple[Signatory, ...]
    on: date
    contact: Contact | None = None


@dataclass(frozen=True)
class Recommendation:
    """What a letter of recommendation says: whom, under which notice, by whom, to whom; who applies directly."""

    tier: str
    year: int
    notice: str
    place: str
    to: str
    projects: tuple[str, ...]
    signatories: tuple[Signatory, ...]
    on: date
    contact: Contact
    number: str = ""
    direct: tuple[str, ...] = ()


def city_letter(said: Recommendation) -> Letter:
    """联合推荐函 of a city (82号 二(三)1): its lead office and the joint departments to the unit's lead office."""
    lead, what = said.signatories[0].name, f"{said.year}年度{said.tier}智能工厂"
    first, count = said.projects[0], len(said.projects)
    return Letter(
        mark=lead,
        number=said.number,
        title=f"{_together(said)}关于推荐{what}项目的函",
        to=said.to,
        paragraphs=(
            f"根据{said.notice}要求，{lead}会同相关部门组织开展了{said.place}{what}申报和初审工作。"
            f"经对申报材料初审，现推荐“{first}”{'等' if count > 1 else '共'}{count}个项目，推荐优先顺序见附件1。",
            "所推荐项目的纸质申报书已与平台线上填报内容核对一致，一式两份随函报送。",
            "专此函达，请予审核。",
        ),
        enclosures=(f"{what}项目推荐汇总表", "申报书（纸质版，一式两份）"),
        signatories=said.signatories,
        on=said.on,
        contact=said.contact,
    )


def unit_letter(said: Recommendation) -> Letter:
    """推荐函 of a unit (399号 二(二)3): its lead office and the joint departments to the ministry."""
    lead, what = said.signatories[0].name, f"{said.year}年度{said.tier}智能工厂"
    first, count = said.projects[0], len(said.projects)
    return Letter(
        mark=lead,
        number=said.number,
        title=f"{_together(said)}关于推荐{what}项目的函",
        to=said.to,
        paragraphs=(
            f"根据{said.notice}要求，{lead}会同相关部门组织专家对{said.place}申报项目进行了评审核查。"
            f"经审核，现推荐“{first}”{'等' if count > 1 else '共'}{count}个项目，推荐优先顺序见附件1。",
            *_direct(said),
            "所推荐项目已完成线上审核，纸质申报书与线上填报内容一致。加盖公章的纸质版申报书和推荐汇总表各1份随函报送。",
            "专此函达。",
        ),
        enclosures=(f"{what}项目推荐汇总表", "申报书（纸质版，各1份）"),
        signatories=said.signatories,
        on=said.on,
        contact=said.contact,
    )


def _direct(said: Recommendation) -> tuple[str, ...]:
    """Those on the direct way are named, and take no place (82号 二(三)4)."""
    if not said.direct:
        return ()
    names = "、".join(f"“{name}”" for name in said.direct)
    return (f"另有{names}共{len(said.direct)}个项目按规定直接申报，不占推荐名额，不列入推荐优先顺序。",)


def _together(said: Recommendation) -> str:
    count = len(said.signatories)
    return f"{said.signatories[0].name}等{count}部门" if count > 1 else said.signatories[0].name


# -- judging ---------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Scored:
    """One line of a score sheet."""

    name: str
    weight: Decimal
    score: Decimal | None
    reason: str = ""


@dataclass(frozen=True)
class ScoreSheet:
    """An expert's sheet about one application (专家评分表)."""

    round: str
    number: str
    project: str
    applicant: str
    panel: str
    expert: str
    lines: tuple[Scored, ...]
    opinion: str
    on: date | None = None

    @property
    def total(self) -> Decimal:
        """What the scores sum up to."""
        return sum((line.score for line in self.lines if line.score is not None), Decimal(0))

    @property
    def full(self) -> Decimal:
        """The most that can be scored."""
        return sum((line.weight for line in self.lines), Decimal(0))


@dataclass(frozen=True)
class Judge:
    """An expert at a panel's meeting; `recused`: from which projects, in a sentence, or empty."""

    name: str
    organisation: str
    title: str
    is_chair: bool = False
    recused: str = ""


@dataclass(frozen=True)
class Judged:
    """What a panel found about one application."""

    applicant: str
    project: str
    score: str
    conclusion: str


@dataclass(frozen=True)
class Minutes:
    """The minutes of a panel's meeting (专家组评审意见), signed by each expert."""

    round: str
    panel: str
    held_at: datetime
    place: str
    judges: tuple[Judge, ...]
    results: tuple[Judged, ...]
    opinions: tuple[str, ...]
    keeper: str


# -- making public ---------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Listed:
    """One line of what is made public."""

    applicant: str
    project: str
    place: str


@dataclass(frozen=True)
class PublicNotice:
    """公示: who is going to be recommended or recognised, from when to when, and how to object."""

    title: str
    basis: str
    rows: tuple[Listed, ...]
    begins_on: date
    ends_on: date
    workdays: int
    contact: Contact
    signatories: tuple[Signatory, ...]
    on: date
