"""Answers to a book's form for tests: complete and in agreement with themselves, to be spoilt one by one."""

from typing import Any

from portal.declared import Field, Form, Kind, Values
from tests import factories

NAME, FACTORY = "湖北某某制造有限公司", "某某智能工厂"
_TEXTS = {Kind.TEXT: "示例", Kind.LONG: "示例文字。", Kind.RICH: "示例文字。\n\n- 第一项\n- 第二项"}
AREAS = ("工厂建设", "产品设计", "生产作业", "计划调度", "供应链管理")  # one of the 2024 guide's for each of the five


def _answer(asked: Field) -> Any:
    if asked.kind is Kind.YES_NO:
        return "no"
    if asked.kind is Kind.CHOICE:
        return asked.choices[0][0]
    if asked.kind is Kind.NUMBER:
        return "60" if asked.key.endswith(("part", "before")) else "75"
    return {Kind.DATE: "2023-01-01", Kind.PICK: []}.get(asked.kind) or _TEXTS[asked.kind][: asked.limit or None]


def complete(form: Form, code: str = "") -> dict[str, dict[str, Any]]:
    """Answers to everything a form asks, except files; in a book of 2024 they agree with themselves."""
    found: dict[str, dict[str, Any]] = {}
    for section in form.sections:
        said = found.setdefault(section.key, {})
        for key, asked in section.fields.items():
            if asked.kind is Kind.ROWS:
                said[f"{key}[r1]"] = {column.key: _answer(column) for column in asked.columns}
            elif asked.kind is not Kind.FILES and not key.endswith((".value", ".na", ".note")):
                said[key] = _answer(asked)
            elif asked.required and asked.kind is Kind.NUMBER:
                said[key] = "50"
    _agree(found, code or factories.code())
    return {
        section.key: {k: v for k, v in found[section.key].items() if k.partition("[")[0] in section.fields}
        for section in form.sections
    }


def _agree(found: dict[str, dict[str, Any]], code: str) -> None:
    for section in ("unit", "factory", "scenarios", "effects"):
        found.setdefault(section, {})
    found["unit"] |= {
        "name": NAME, "code": code, "email": "a@b.example", "phone": "027-87230000", "is_above_scale": "yes",
        "revenue": "50000", "staff": "400", "founded_on": "2001-05-20",
    }  # fmt: skip
    found["factory"] |= {
        "factory_name": FACTORY, "started_on": "2021-03-01", "finished_on": "2023-12-31", "investment": "20000",
        "equipment_investment": "12000", "software_investment": "5000", "maturity.score": "3.2",
        "maturity.level": "3", "maturity.date": "2024-06-01", "maturity.by": "self", "maturity.organisation": "",
        "integrators[r1]": {"name": "某某集成有限公司", "code": "", "scope": "总体集成"},
    }  # fmt: skip
    found["scenarios"].pop("scenarios[r1]", None)
    found["scenarios"] |= {f"scenarios[r{n}]": scenario(area, ai=n < 3) for n, area in enumerate(AREAS, start=1)}
    found["scenarios"]["coverage_reason"] = ""
    found["effects"] |= {"ai_scenarios.part": "2", "ai_scenarios.whole": "5"}
    for falling in ("development_cycle", "defects", "operating_cost", "energy", "carbon"):
        found["effects"] |= {f"{falling}.before": "100", f"{falling}.after": "80"}


def scenario(area: str, *, ai: bool = False, **more: str) -> dict[str, str]:
    """A row of the table of scenarios."""
    said = {"area": area, "name": f"{area}场景", "instance": f"{area}实例", "ai": "yes" if ai else "no"}
    return said | {"text": "描述。", "equipment": "某装备（某厂）。", "effect": "成效。"} | more


def changed(answers: dict[str, Any], section: str, **said: Any) -> dict[str, Values]:
    """The same with other answers in one section; a key's "." and "[…]" are written as `__` and given whole."""
    return answers | {section: answers[section] | {key.replace("__", "."): value for key, value in said.items()}}
