"""What the portal knows of an applicant before it asks, and where somebody goes whom a round is not for."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, When

from portal.models import Enterprise
from tiers.answers import ladder_answers
from tiers.assessment_form import BASICS, MATURITY
from tiers.eligibility import Facts, Held, level_name
from tiers.ladder import maturity_level
from tiers.models import Factory, Recognition, Round, SelfAssessment
from tiers.names import TIER_NAMES
from tiers.selectors.recognitions import bar_of, titles_and_revocations
from tiers.states import RecognitionState, RoundState
from tiers.titles import TITLES, title_of


def facts(round_: Round, factory: Factory, at: datetime, enterprise: Enterprise | None = None) -> Facts:
    """Everything on file that the rules of a round can turn on: register, titles, bars, the factory's self-assessment.

    Three queries when the round came with its unit and edition, and the enterprise with its region and group.
    """
    enterprise = enterprise or Enterprise.objects.select_related("region", "group").get(pk=factory.enterprise_id)
    rows = list(titles_and_revocations(enterprise))
    held = _titles(rows, factory)
    bar = bar_of(rows, enterprise.code, at)
    registered, measured = _registered(round_, enterprise), _measured(round_, factory)
    return Facts(
        is_branch=enterprise.is_branch,
        industry=enterprise.industry_id,
        is_in_unit=_is_in(round_, enterprise),
        is_central=enterprise.is_central,
        is_of_group=enterprise.group_id == round_.unit_id,
        is_above_scale=enterprise.is_above_scale,
        held=tuple(_held(row) for row in held),
        tiers_held=_down_from(row.title for row in held),
        is_barred=bar is not None,
        tiers_met=measured.tiers_met,
        basics_met=measured.basics_met,
        maturity_level=measured.maturity_level,
        told={
            **registered,
            **measured.told,
            "held": _named(held),
            "tiers_held": _named([row for row in held if row.title_value.rank]),
            "is_barred": bar.sentence if bar else "没有尚未期满的撤销记录",
        },
    )


# -- the register ----------------------------------------------------------------------------------------------------
def _is_in(round_: Round, enterprise: Enterprise) -> bool:
    """A central enterprise belongs to its group's unit, and is registered in a province all the same."""
    where = {enterprise.region_id, enterprise.region.parent_id}
    return enterprise.unit_id == round_.unit_id or (enterprise.is_central and round_.unit.region_id in where)


def _registered(round_: Round, enterprise: Enterprise) -> dict[str, str]:
    whose = f"中央企业所属单位（{enterprise.group.name}）" if enterprise.group else "非中央企业"
    branch = f"法人的分支机构（所属法人：{enterprise.branch_of_name}）" if enterprise.is_branch else "独立法人"
    return {
        "is_branch": branch,
        "is_in_unit": f"注册地：{enterprise.region.name}",
        "is_central": whose,
        "is_of_group": whose,
        "is_above_scale": "规模以上工业企业" if enterprise.is_above_scale else "非规模以上工业企业",
    }


# -- titles ----------------------------------------------------------------------------------------------------------
def _titles(rows: list[Recognition], factory: Factory) -> list[Recognition]:
    """The enterprise's valid titles but those of its other factories; one not linked to any factory yet counts."""
    valid = (r for r in rows if r.state == RecognitionState.VALID and r.enterprise_id == factory.enterprise_id)
    return [row for row in valid if title_of(row.title).is_of_enterprise or row.factory_id in (None, factory.pk)]


def _held(row: Recognition) -> Held:
    title = row.title_value
    return Held(row.title, row.selection_year or row.year, bool(row.passed_acceptance) or not title.has_acceptance)


def _down_from(titles: Iterable[str]) -> frozenset[str]:
    """A higher tier stands for those below it."""
    highest = max((title_of(code).rank for code in titles), default=0)
    return frozenset(title.code for title in TITLES if 0 < title.rank <= highest)


def _named(rows: list[Recognition]) -> str:
    return "；".join(_name(row) for row in rows) or "没有有效记录"


def _name(row: Recognition) -> str:
    title = row.title_value
    said = [f"{row.selection_year}年揭榜" if row.selection_year else f"{row.year}年"]
    if title.has_acceptance:
        said.append("已通过验收" if row.passed_acceptance else "没有通过验收的记录")
    if row.factory_id is None and not title.is_of_enterprise:
        said.append(f"项目“{row.project}”，尚未与工厂核对")
    return f"{title.name}（{'，'.join(said)}）"


# -- the self-assessment ---------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class _Measured:
    """What a self-assessment says; None: it doesn't."""

    tiers_met: frozenset[str] | None
    basics_met: bool | None
    maturity_level: int | None
    told: dict[str, str]


def _measured(round_: Round, factory: Factory) -> _Measured:
    """The current assessment of the round's year, else the latest one.

    Conditions of another edition say nothing about this round's; the level of maturity holds whichever edition it was.
    """
    row = assessment_in_use(round_, factory)
    if row is None:
        return _Measured(None, None, None, dict.fromkeys(("tiers_met", "basics_met", "maturity_level"), "尚无自评"))
    edition, name = round_.edition.value, f"{row.year}年度自评 {row.ref}"
    sections = row.sections.filter(key__in=[BASICS, MATURITY]).values_list("key", "answers")
    answers = ladder_answers(edition, dict(sections))
    level = None if answers.maturity is None else maturity_level(answers.maturity)
    scored = f"{answers.maturity}分，{level_name(level)}" if level is not None else "未填写成熟度"
    told = {"maturity_level": f"{name}：{scored}"}
    if row.edition.code != edition.code:
        other = f"{name}依据{row.edition.name}，与本批次所依据的{edition.name}不同，不据以核对"
        return _Measured(None, None, level, told | {"tiers_met": other, "basics_met": other})
    reached = f"达到{TIER_NAMES[row.reached]}" if row.reached in TIER_NAMES else "未达到基础级"
    return _Measured(
        _down_from([row.reached]) if row.saved_at else None,
        _all_met(list(answers.basics.values())),
        level,
        told | {"tiers_met": f"{name}：对标{row.aim_label}，{reached}", "basics_met": name},
    )


def assessment_in_use(round_: Round, factory: Factory) -> SelfAssessment | None:
    """The self-assessment that speaks for a factory in a round: the current one of its year, else the latest."""
    rows = SelfAssessment.objects.filter(factory=factory, is_current=True)
    this_year_first = Case(When(year=round_.year, then=0), default=1)
    return rows.select_related("edition").defer("edition__document").order_by(this_year_first, "-year").first()


def _all_met(said: list[bool | None]) -> bool | None:
    """False as soon as one is not met; None while one is not answered."""
    if False in said:
        return False
    return None if None in said else True


# -- where to go -----------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Channel:
    """Where an enterprise applies when not in this round: its own unit, with its rounds of this tier and year."""

    sentence: str
    rounds: tuple[Round, ...]


def channel(enterprise: Enterprise, round_: Round) -> Channel | None:
    """Where an enterprise goes that another unit looks after: its group, or the unit of its place; None for its own."""
    if enterprise.unit_id == round_.unit_id:
        return None
    unit = enterprise.unit
    rounds = Round.objects.filter(unit=unit, tier=round_.tier, year=round_.year).exclude(state=RoundState.DRAFT)
    found = tuple(rounds.order_by("batch"))
    whose = (
        f"贵单位为{unit.name}所属企业，中央企业另有申报渠道" if enterprise.group_id else f"贵单位由{unit.name}组织推荐"
    )
    what = f"{round_.year}年度{round_.get_tier_display()}智能工厂"
    then = "请在其发布的批次中申报。" if found else f"{unit.name}尚未在本平台发布{what}的申报批次，请与其联系。"
    return Channel(f"{whose}。{then}", found)
