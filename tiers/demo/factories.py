"""Factories of the demo world, with their self-assessments and filings."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from portal import walls
from portal.actors import Actor
from portal.demo.companies import companies
from portal.demo.trades import trade_of
from portal.models import Enterprise, Membership
from portal.roles import Role
from portal.selectors.people import hats
from portal.states import MembershipState
from tiers.demo.answers import Answers, made_up
from tiers.models import Edition, Factory, SelfAssessment
from tiers.services import assessments, factories, filings


@dataclass(frozen=True)
class Works:
    """A factory: part of its enterprise's name, its own, and what each year's assessments reach.

    `years`: (year, edition, rank reached, tier aimed at); `filed`: filed for the last of them, and how it went.
    """

    of: str
    name: str
    years: tuple[tuple[int, str, int, str], ...]
    filed: str = ""
    started: int = 2016


WORKS = (
    Works(
        "星桥",
        "精密传动部件智能工厂",
        ((2024, "2024", 1, "advanced"), (2025, "2025", 2, "excellent"), (2026, "2025", 3, "excellent")),
    ),
    Works("星桥", "二期精密加工工厂", ((2026, "2025", 1, "advanced"),), "filed", 2022),
    Works("峡江", "猇亭精细化工工厂", ((2025, "2025", 2, "advanced"), (2026, "2025", 3, "excellent"))),
    Works("华岭", "襄阳电子装备工厂", ((2026, "2025", 3, "excellent"),)),
    Works("云帆", "光谷传感器工厂", ((2026, "2025", 3, "excellent"),), "confirmed"),
    Works("鹦鹉洲", "制剂工厂", ((2026, "2025", 1, "advanced"),), "filed"),
    Works("长丰", "车身部件智能工厂", ((2025, "2025", 2, "advanced"), (2026, "2025", 3, "excellent"))),
    Works("磁湖", "特种钢管工厂", ((2026, "2025", 2, "excellent"),)),
    Works("车桥", "十堰车桥工厂", ((2026, "2025", 3, "excellent"),)),
    Works("清江", "高低压成套工厂", ((2026, "2025", 1, "advanced"),), "returned"),
    Works("隆中", "精密轴承工厂", ((2026, "2025", 2, "excellent"),)),
    Works("葛店", "医用材料工厂", ((2026, "2025", 1, "advanced"),)),
    Works("漳河", "阀门铸造工厂", ((2026, "2025", 0, "basic"),)),
    Works("澴川", "文化用纸工厂", ((2026, "2025", 2, "advanced"),)),
    Works("江津湾", "日化工厂", ((2026, "2025", 1, "advanced"),)),
    Works("沔阳", "无纺布工厂", ((2026, "2025", 1, "basic"),)),
    Works("云帆", "光谷封装测试工厂", ((2026, "2025", 3, "excellent"),), started=2020),
    Works("鹦鹉洲", "生物制剂二期工厂", ((2026, "2025", 3, "excellent"),), started=2021),
)  # fmt: skip


def drawn_works(number: int) -> list[Works]:
    """One factory for each enterprise that the world's seed names, climbing over the years to where it may apply."""
    found = []
    for place, company in enumerate(row for row in companies(number) if row.factory):
        started, year = 2012 + place % 9, ((2026, "2025", 3, "excellent"),)
        earlier = ((2025, "2025", 2, "excellent"),) if place % 4 == 0 else ()
        found.append(Works(company.name, company.factory, (*earlier, *year), started=started))
    return found


def seed_factories(works: Sequence[Works] = WORKS, number: int = 1) -> int:
    """Put factories in place; how many. The enterprises must be there."""
    for place, one in enumerate(works):
        _factory(one, random.Random(f"{number}/{one.of}/{one.name}/{place}"))  # noqa: S311 — a demo, the same each time
    return len(works)


def _someone(enterprise: Enterprise, *roles: Role) -> Actor:
    membership = (
        Membership.objects.filter(enterprise=enterprise, role__in=roles, state=MembershipState.ACTIVE)
        .select_related("user")
        .first()
    )
    if membership is None:
        raise LookupError(f"nobody acts for {enterprise}")
    return Actor(user=membership.user, membership=next(h for h in hats(membership.user) if h.pk == membership.pk))


def _factory(works: Works, rng: random.Random) -> None:
    with walls.system("载入演示数据：工厂"):
        enterprise = Enterprise.objects.select_related("region", "industry").get(name__contains=works.of)
        actor = _someone(enterprise, Role.ENTERPRISE_CLERK, Role.ENTERPRISE_ADMIN)
    with walls.enter(actor):
        facts = {
            "name": works.name,
            "region": enterprise.region,
            "address": enterprise.address,
            "industry": enterprise.industry,
            "industry_class": "",
            "started_on": date(works.started, 6, 1),
        }
        factory = factories.open_factory(facts, actor=actor)
        last = None
        for year, edition, rank, aim in works.years:
            conditions = Edition.objects.filter(code=edition).order_by("-revision")[0].value
            answers = made_up(conditions, rank, rng, aim, trade_of(enterprise.industry_id))
            last = _assessment(factory, edition, last, answers, year=year, aim=aim, actor=actor)
    if works.filed and last:
        _filing(last, works.filed, actor)


def _assessment(
    factory: Factory, code: str, copy: SelfAssessment | None, answers: Answers, *, year: int, aim: str, actor: Actor
) -> SelfAssessment:
    edition = Edition.objects.filter(code=code).order_by("-revision")[0]
    row = assessments.begin(factory, edition=edition, year=year, aim=aim, name="方案一", actor=actor, copy=copy)
    versions = dict(row.sections.values_list("key", "version"))
    for key in answers.keys() & versions.keys():
        assessments.save(row, key, answers[key], version=versions[key], actor=actor)
    return SelfAssessment.objects.get(pk=row.pk)


def _filing(assessment: SelfAssessment, how: str, actor: Actor) -> None:
    with walls.enter(actor):
        filing = filings.file(assessment, is_true=True, actor=actor)
    if how == "filed":
        return
    with walls.system("载入演示数据：由谁办理备案"):
        officer = Membership.objects.filter(role=Role.CITY_REVIEWER, city=filing.city).select_related("user")[0]
        decider = Actor(user=officer.user, membership=next(h for h in hats(officer.user) if h.pk == officer.pk))
    with walls.enter(decider):
        if how == "confirmed":
            filings.confirm(filing, actor=decider)
        else:
            filings.send_back(filing, reason="请补充关键生产工序自动化作业的证明材料后重新提交。", actor=decider)
