"""A book filled in plausibly, for any form: known questions have their own answers, others one that fits their kind."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from portal.declared import Field, Form, Kind, Section, Values, row_key
from tiers.eligibility import ACCIDENTS

_TEXT = (
    "围绕设计、生产、管理、服务全过程，本工厂统一规划网络、数据和系统底座，关键工序实现自动化作业和在线检测，"
    "计划、质量、设备、能源数据贯通，形成可复制的建设路径。"
)
_RICH = f"{_TEXT}\n\n- 数据统一采集与治理\n- 关键装备互联互通\n\n| 项目 | 建设前 | 建设后 |\n| 交付周期 | 45天 | 30天 |"
KNOWN: dict[str, str] = {
    "founded_on": "2008-05-16",
    "started_on": "2021-03-01",
    "finished_on": "2024-06-30",
    "revenue": "86500",
    "staff": "920",
    "investment": "12800",
    "equipment_investment": "8200",
    "software_investment": "3100",
    "business": "通用机械零部件的研发、制造和销售，主要产品国内市场占有率居前列。",
    "maturity.score": "3.24",
    "maturity.level": "3",
    "maturity.date": "2024-09-20",
    "maturity.by": "self",
    "email": "contact@example.cn",
}
# One scenario in each 环节 of the guide that starts it, so that all five are covered.
_SCENARIOS = ("工厂建设", "产品设计", "生产作业", "质量管控", "计划调度", "供应链管理")


def made_up_book(form: Form, facts: Values) -> dict[str, dict[str, Any]]:
    """Answers to everything that is required, section by section; `facts`: what is taken over is not made up."""
    return {section.key: _section(section, facts) for section in form.sections}


def _section(section: Section, facts: Values) -> dict[str, Any]:
    said: dict[str, Any] = {}
    for asked in section.fields.values():
        if asked.kind is Kind.ROWS:
            said |= dict(_rows(asked))
        elif _is_filled(asked, facts) and (value := _answer(asked)):
            said[asked.key] = value
    return said


def _is_filled(asked: Field, facts: Values) -> bool:
    if asked.kind in {Kind.FILES, Kind.PICK} or asked.key in facts:
        return False
    return asked.required or asked.key in KNOWN or asked.kind is Kind.RICH


def _rows(table: Field) -> Iterator[tuple[str, dict[str, str]]]:
    area = next((column for column in table.columns if column.key == "area"), None)
    guide = [code for code, _ in area.choices] if area else []
    areas = [name for name in _SCENARIOS if name in guide] or guide[:5] or [""]
    for place, name in enumerate(areas):
        cells = {column.key: _answer(column, place) for column in table.columns}
        if area:
            cells |= {"area": name, "name": f"{name}典型场景", "instance": f"{name}示范应用{place + 1}"}
        yield row_key(table.key, f"demo{place}"), cells


def _answer(asked: Field, place: int = 0) -> str:
    if asked.key in KNOWN:
        return KNOWN[asked.key]
    match asked.kind:
        case Kind.YES_NO:
            return "yes" if place < 2 or not asked.key.endswith("ai") else "no"
        case Kind.CHOICE:
            return asked.choices[0][0]
        case Kind.DATE:
            return "2023-06-30"
        case Kind.NUMBER:
            return _number(asked)
        case Kind.RICH:
            return _RICH
        case Kind.LONG:
            return _TEXT[: asked.limit or None]
        case _:
            return "示例内容" if asked.required else ""


def _number(asked: Field) -> str:
    """Counts and figures that give a gain: part of whole, before and after."""
    known = {"part": "82", "whole": "100", "before": "100", "after": "120"}
    value = Decimal(known.get(asked.key.rpartition(".")[2], "12"))
    if asked.most is not None:
        value = min(value, asked.most)
    return str(value if asked.least is None else max(value, asked.least))


def screening_answers(section: Section) -> dict[str, str]:
    """What an applicant says who meets every condition that it is asked about."""
    said = {}
    for asked in section.fields.values():
        if asked.kind is Kind.YES_NO:
            said[asked.key] = "no" if asked.key.rpartition(".")[2] in ACCIDENTS else "yes"
        elif asked.kind is Kind.CHOICE:
            said[asked.key] = asked.choices[-2][0]
        else:
            said[asked.key] = "正在按计划推进，已具备相应条件。"
    return said
