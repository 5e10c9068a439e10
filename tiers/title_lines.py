"""A line of a list of titles: what its columns are, and text → facts with what is wrong with them."""

import re
from typing import Any
from unicodedata import normalize

from portal.credit_code import credit_code_error, normalised
from portal.sheets import Fault
from tiers.titles import TITLES, Title, misfits, named

CODE, NAME, PROJECT, TITLE, YEAR, BATCH, DOCUMENT, SELECTION, ACCEPTANCE = HEADINGS = (
    "统一社会信用代码", "企业名称", "项目（工厂）名称", "荣誉称号", "年度", "批次", "文号", "揭榜年度", "是否通过验收",
)  # fmt: skip
HEADING_OF = {
    "code": CODE, "name": NAME, "project": PROJECT, "title": TITLE, "year": YEAR, "batch": BATCH,
    "document": DOCUMENT, "selection_year": SELECTION, "passed_acceptance": ACCEPTANCE,
}  # fmt: skip
EXAMPLE_MARK = "（示例行，导入前请删除）"
EXAMPLE = (
    "914200001234567890", f"{EXAMPLE_MARK}某某智能制造有限公司", "某某智能工厂", "国家智能制造示范工厂", "2023", "1",
    "工信部联通装函〔2023〕000号", "2021", "是",
)  # fmt: skip
ALLOWED = {TITLE: [title.name for title in TITLES], ACCEPTANCE: ["是", "否"]}
_LONGEST = {NAME: 100, PROJECT: 200, DOCUMENT: 100}
_NUMERALS = {numeral: number for number, numeral in enumerate("一二三四五六七八九十", start=1)}
_YES_NO = {"": None, "是": True, "已通过": True, "通过": True, "否": False, "未通过": False}


def parsed(cells: dict[str, str], this_year: int) -> tuple[dict[str, Any], list[Fault]]:
    """The facts of one line by field name, and what is wrong; with faults the facts may be incomplete."""
    faults = [Fault(heading, f"不得超过{most}字。") for heading, most in _LONGEST.items() if len(cells[heading]) > most]
    faults += [Fault(heading, "必填，不能为空。") for heading in (NAME, DOCUMENT) if not cells[heading]]
    if cells[NAME].startswith(EXAMPLE_MARK):
        faults.append(Fault(NAME, "这是模板中的示例行，请删除后再上传。"))
    code = normalised(cells[CODE])
    if error := credit_code_error(code):
        faults.append(Fault(CODE, error if code else "必填，不能为空。"))
    values: dict[str, Any] = {
        "code": code,
        "name": cells[NAME],
        "project": cells[PROJECT],
        "document": cells[DOCUMENT],
    }
    title = _title(cells[TITLE], faults)
    year = _year(cells, YEAR, faults, needed=True)
    selection_year = _year(cells, SELECTION, faults)
    acceptance = _acceptance(cells[ACCEPTANCE], faults)
    values |= {"title": title.code if title else "", "year": year, "batch": _batch(cells[BATCH], faults)}
    values |= {"selection_year": selection_year, "passed_acceptance": acceptance}
    if title and year and not {SELECTION, ACCEPTANCE} & {fault.heading for fault in faults}:
        found = misfits(
            title,
            project=cells[PROJECT],
            year=year,
            selection_year=selection_year,
            passed_acceptance=acceptance,
            this_year=this_year,
        )
        faults += [Fault(HEADING_OF[field], sentence) for field, sentence in found]
    return values, faults


def key(values: dict[str, Any]) -> tuple[Any, ...]:
    """What makes one title of a unit the same as another."""
    return tuple(values[field] for field in ("code", "title", "project", "year", "batch"))


def _title(text: str, faults: list[Fault]) -> Title | None:
    title = named(text)
    if title is None:
        names = "、".join(ALLOWED[TITLE])
        faults.append(Fault(TITLE, f"不是平台所列的荣誉称号，应为：{names}。" if text else "必填，不能为空。"))
    return title


def _year(cells: dict[str, str], heading: str, faults: list[Fault], *, needed: bool = False) -> int | None:
    text = normalize("NFKC", cells[heading])
    if not text and not needed:
        return None
    if match := re.fullmatch(r"([0-9]{4})(年|年度)?", text):
        return int(match[1])
    faults.append(Fault(heading, "应为四位数字的年份，如 2024。" if text else "必填，不能为空。"))
    return None


def _batch(text: str, faults: list[Fault]) -> int:
    match = re.fullmatch(r"第?([0-9]{1,2}|[一二三四五六七八九十])批?", normalize("NFKC", text) or "1")
    number = _NUMERALS.get(match[1]) or int(match[1]) if match else 0
    if not number:
        faults.append(Fault(BATCH, "应为 1、2 或“第一批”这样的批次；只有一批的可留空。"))
    return number


def _acceptance(text: str, faults: list[Fault]) -> bool | None:
    if text not in _YES_NO:
        faults.append(Fault(ACCEPTANCE, "应为“是”或“否”；不清楚或不涉及的请留空。"))
    return _YES_NO.get(text)
