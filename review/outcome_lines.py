"""A line of the ministry's results: what its columns are, and text → facts with what is wrong with them."""

import re
from datetime import date
from typing import Any
from unicodedata import normalize

from portal.credit_code import credit_code_error, normalised
from portal.sheets import Fault
from review.states import Result

UNIT, CODE, NAME, PROJECT, RESULT, DOCUMENT, ON, ADVICE = HEADINGS = (
    "推荐单位", "统一社会信用代码", "企业名称", "项目名称", "结果", "文号", "公布日期", "咨询意见",
)  # fmt: skip
WORDS = {Result.RECOGNISED.label: Result.RECOGNISED, Result.NOT_RECOGNISED.label: Result.NOT_RECOGNISED}
ALLOWED = {RESULT: list(WORDS)}
EXAMPLE_MARK = "（示例行，导入前请删除）"
EXAMPLE = (
    "湖北省", "914200001234567890", f"{EXAMPLE_MARK}某某智能制造有限公司", "某某智能工厂项目", "认定",
    "工信厅联通装函〔2025〕000号", "2025-01-10", "",
)  # fmt: skip
MOST_ADVICE = 2_000
_DAY = re.compile(r"(\d{4})[-./年](\d{1,2})[-./月](\d{1,2})日?(?: 00:00:00)?")


def parsed(cells: dict[str, str], today: date) -> tuple[dict[str, Any], list[Fault]]:
    """The facts of one line by field name, and what is wrong; with faults the facts may be incomplete."""
    faults = [Fault(heading, "必填，不能为空。") for heading in (NAME, PROJECT, DOCUMENT) if not cells[heading]]
    if cells[NAME].startswith(EXAMPLE_MARK):
        faults.append(Fault(NAME, "这是模板中的示例行，请删除后再上传。"))
    if len(cells[DOCUMENT]) > 100:
        faults.append(Fault(DOCUMENT, "不得超过100字。"))
    if len(cells[ADVICE]) > MOST_ADVICE:
        faults.append(Fault(ADVICE, f"不得超过{MOST_ADVICE}字。"))
    code = normalised(cells[CODE])
    if error := credit_code_error(code):
        faults.append(Fault(CODE, error if code else "必填，不能为空。"))
    result = WORDS.get(cells[RESULT])
    if result is None:
        faults.append(Fault(RESULT, f"应为：{'、'.join(WORDS)}。"))
    on = _day(cells[ON], today, faults)
    values = {
        "code": code, "name": cells[NAME], "project": cells[PROJECT], "result": result, "document": cells[DOCUMENT],
        "on": on.isoformat() if on else "", "advice": cells[ADVICE],
    }  # fmt: skip
    return values, faults


def _day(text: str, today: date, faults: list[Fault]) -> date | None:
    match = _DAY.fullmatch(normalize("NFKC", text))
    try:
        day = date(*(int(part) for part in match.groups())) if match else None
    except ValueError:
        day = None
    if day is None:
        faults.append(Fault(ON, "应为日期，如 2025-01-10。" if text else "必填，不能为空。"))
    elif day > today:
        faults.append(Fault(ON, "公布日期不能晚于今天。"))
        return None
    return day


def key(values: dict[str, Any]) -> tuple[str, str]:
    """What makes one entry of a batch the same as another."""
    return values["code"], values["project"]
