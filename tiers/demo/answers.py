"""Plausible answers of an invented factory: the same for the same seed."""

import random
from typing import Any

from portal.declared import row_key
from portal.demo.trades import Trade, trade_of
from tiers.assessment_form import BASICS, EFFECTS, INDICATORS, MATURITY, SCENARIOS
from tiers.editions import Edition, Element, IndicatorKind

Answers = dict[str, dict[str, Any]]

_SCORES = {0: ("1.35", "1"), 1: ("2.12", "2"), 2: ("2.66", "2"), 3: ("3.24", "3"), 4: ("4.05", "4")}
_ANY = trade_of("C34")
# What a scenario of each 环节 is called, and how somebody of a trade names their instance of it.
_NAMES = {
    "工厂建设": ("车间数字化设计", "{product}车间三维布局与物流仿真"),
    "信息基础设施": ("工业网络建设", "{first}至{last}全线工业以太网"),
    "产品设计": ("产品数字化设计", "{product}参数化设计"),
    "工艺设计": ("工艺数字化设计", "{second}工艺仿真与参数优化"),
    "生产作业": ("产线自动化作业", "{device}集群自动化作业"),
    "质量管控": ("在线智能检测", "{fault}在线检测"),
    "设备管理": ("设备运行监控", "{machine}状态监测与预测性维护"),
    "计划调度": ("车间智能排产", "{second}与{third}联合排产"),
    "仓储物流": ("智能仓储", "{product}立体库与自动配送"),
    "安全管控": ("安全一体化管控", "{third}区域风险监测"),
    "能碳管理": ("能源智能管控", "{burden}优化"),
    "环保管理": ("污染在线管控", "{third}工序排放在线监测"),
    "营销与售后": ("客户主动服务", "面向{customers}的远程服务"),
    "供应链管理": ("供应商协同", "{product}关键物料供应商协同"),
}


def scenario_of(guide: str, trade: Trade) -> tuple[str, str]:
    """What a scenario of a 环节 is called, and its instance in a trade's own words."""
    name, instance = _NAMES.get(guide, (f"{guide}场景", f"{{product}}{guide}应用"))
    first, second, third, last = trade.steps
    machine, device, _ = trade.devices
    words = {"first": first, "second": second, "third": third, "last": last, "machine": machine, "device": device}
    words |= {"fault": trade.fault, "burden": trade.burden, "customers": trade.customers, "product": trade.product}
    return name, instance.format(**words)


def made_up(edition: Edition, rank: int, rng: random.Random, aim: str = "leading", trade: Trade = _ANY) -> Answers:
    """Answers of a factory that about meets the tier of that rank (0: not even the lowest) in an edition."""
    top = edition.tier(aim).rank
    sections: Answers = {
        BASICS: _basics(edition),
        MATURITY: _maturity(rank),
        SCENARIOS: _scenarios(edition, rank, rng, trade),
    }
    rows = [key.partition("[")[2][:-1] for key in sections[SCENARIOS]]
    for tier in edition.tiers:
        for element in tier.elements:
            if tier.rank <= top:
                key = element.area or EFFECTS
                sections.setdefault(key, {}).update(_element(element, tier.rank, rank, rng, rows))
    sections[INDICATORS] = _indicators(edition, rank, rng, sections[SCENARIOS])
    return sections


def _basics(edition: Edition) -> dict[str, str]:
    return {f"{basic.code}.met": "yes" for basic in edition.basics if not basic.gate}


def _maturity(rank: int) -> dict[str, str]:
    score, level = _SCORES[rank]
    return {"score": score, "level": level, "date": "2024-09-20", "by": "self"}


def _scenarios(edition: Edition, rank: int, rng: random.Random, trade: Trade) -> dict[str, Any]:
    """Scenarios in every 环节 that the tier covers, and in the one that makes the first step."""
    covered = edition.tiers[max(rank - 1, 0)].coverage.areas
    rows: dict[str, Any] = {}
    for number, area in enumerate(edition.areas):
        if area.code in covered or rng.random() < 0.2:
            for place, guide in enumerate(area.guide[: 1 + rng.randrange(2)]):
                name, instance = scenario_of(guide, trade)
                ai = rng.choice(["yes", "no"]) if number % 3 else "yes"  # a fifth at least, whatever is drawn
                cells = {"area": guide, "name": name, "instance": instance, "ai": ai, "note": ""}
                # The same row every year, so that a copied assessment is continued and not doubled.
                rows[row_key(SCENARIOS, f"m{number:02d}{place}")] = cells
    return rows


def _element(element: Element, tier: int, rank: int, rng: random.Random, rows: list[str]) -> dict[str, Any]:
    """Met up to the rank; above it mostly not, so that there is a gap to read."""
    if tier <= rank:
        grade = rng.choice(["1", "1", "0.8"])
    elif tier == rank + 1:
        grade = rng.choice(["0.8", "0.5", "0.5", "0", ""])
    else:
        grade = rng.choice(["0.5", "0", "", ""])
    answers: dict[str, Any] = {}
    if grade:
        answers[f"{element.code}.grade"] = grade
    if tier <= rank and rng.random() < 0.3:
        answers[f"{element.code}.note"] = "已建成并稳定运行，见相关验收记录。"
        answers[f"{element.code}.shown"] = rng.sample(rows, min(1, len(rows)))
    return answers


def _indicators(edition: Edition, rank: int, rng: random.Random, rows: dict[str, Any]) -> dict[str, str]:
    answers: dict[str, str] = {}
    for indicator in edition.indicators:
        code = indicator.code
        match indicator.kind:
            case IndicatorKind.RATIO:
                whole = rng.randrange(40, 200)
                part = round(whole * (0.5 + 0.1 * rank))
                answers |= {f"{code}.part": str(part), f"{code}.whole": str(whole)}
            case IndicatorKind.INCREASE:
                before = rng.randrange(50, 90)
                answers |= {f"{code}.before": str(before), f"{code}.after": str(before + rng.randrange(5, 25))}
            case IndicatorKind.DECREASE:
                before = rng.randrange(50, 90)
                answers |= {f"{code}.before": str(before), f"{code}.after": str(before - rng.randrange(5, 40))}
            case IndicatorKind.LEVEL:
                answers[f"{code}.value"] = str(rng.randrange(70, 99))
            case IndicatorKind.COUNT:
                answers[f"{code}.value"] = str(rng.randrange(1, 20))
    uses = [row["ai"] == "yes" for row in rows.values()]
    return answers | {"ai_scenarios.part": str(sum(uses)), "ai_scenarios.whole": str(len(uses) or 1)}
