"""A book filled in plausibly, for any form: figures and prose of the applicant's trade, else what fits the kind."""

import random
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from applications.demo.wording import Pen
from portal.declared import Field, Form, Kind, Section, Values, row_key
from tiers.eligibility import ACCIDENTS

_TEXT = (
    "围绕设计、生产、管理、服务全过程，本工厂统一规划网络、数据和系统底座，关键工序实现自动化作业和在线检测，"
    "计划、质量、设备、能源数据贯通，形成可复制的建设路径。"
)
_RICH = f"{_TEXT}\n\n- 数据统一采集与治理\n- 关键装备互联互通\n\n| 项目 | 建设前 | 建设后 |\n| 交付周期 | 45天 | 30天 |"
KNOWN: dict[str, str] = {
    "maturity.score": "3.24",
    "maturity.level": "3",
    "maturity.date": "2024-09-20",
    "maturity.by": "self",
    "email": "contact@demo.example",
}


def _figures(draw: random.Random) -> dict[str, str]:
    """The applicant's size and the project's money, in agreement with each other."""
    investment = draw.randrange(42, 260) * 100
    equipment = investment * draw.randrange(52, 66) // 100
    return KNOWN | {
        "founded_on": f"{draw.randrange(1996, 2016)}-{draw.randrange(1, 13):02d}-{draw.randrange(1, 29):02d}",
        "started_on": f"2021-{draw.randrange(1, 10):02d}-01",
        "finished_on": f"2024-0{draw.randrange(3, 9)}-30",
        "revenue": str(investment * draw.randrange(4, 9)),
        "staff": str(draw.randrange(310, 2600)),
        "investment": str(investment),
        "equipment_investment": str(equipment),
        "software_investment": str(investment * draw.randrange(16, 27) // 100),
    }


# One scenario in each 环节 of the guide that starts it, so that all five are covered.
_SCENARIOS = ("工厂建设", "产品设计", "生产作业", "质量管控", "计划调度", "供应链管理")


def made_up_book(form: Form, facts: Values, pen: Pen) -> dict[str, dict[str, Any]]:
    """Answers to everything that is required, section by section; `facts`: what is taken over is not made up."""
    figures = _figures(pen.draw)
    return {section.key: _section(section, facts, figures, pen) for section in form.sections}


def _section(section: Section, facts: Values, figures: dict[str, str], pen: Pen) -> dict[str, Any]:
    said: dict[str, Any] = {}
    for asked in section.fields.values():
        if asked.kind is Kind.ROWS:
            said |= dict(_rows(asked, pen))
        elif _is_filled(asked, facts, figures) and (value := figures.get(asked.key) or _answer(asked, asked.key, pen)):
            said[asked.key] = value
    return said


def _is_filled(asked: Field, facts: Values, figures: dict[str, str]) -> bool:
    if asked.kind in {Kind.FILES, Kind.PICK} or asked.key in facts:
        return False
    return asked.required or asked.key in figures or asked.kind is Kind.RICH


def _rows(table: Field, pen: Pen) -> Iterator[tuple[str, dict[str, str]]]:
    area = next((column for column in table.columns if column.key == "area"), None)
    guide = [code for code, _ in area.choices] if area else []
    areas = [name for name in _SCENARIOS if name in guide] or guide[:5] or [""]
    for place, name in enumerate(areas):
        cells = {column.key: _answer(column, f"{table.key}.{column.key}", pen, place) for column in table.columns}
        if area:
            cells |= {"area": name, "name": f"{name}典型场景", "instance": f"{pen.words['product']}{name}应用"[:50]}
        yield row_key(table.key, f"demo{place}"), cells


def _answer(asked: Field, key: str, pen: Pen, place: int = 0) -> str:
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
            return pen.text(key) or _RICH
        case Kind.LONG:
            return (pen.text(key) or _TEXT)[: asked.limit or None]
        case _:
            return pen.text(key)[: asked.limit or None] or ("示例内容" if asked.required else "")


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
