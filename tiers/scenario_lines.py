"""A line of a list of scenario names: what its columns are, and text → facts with what is wrong with them."""

import re
from unicodedata import normalize

from portal.sheets import Fault
from tiers.editions import Edition, Scenario

AREA, NUMBER, NAME = HEADINGS = ("环节", "序号", "场景名称")
EXAMPLE_MARK = "（示例行，导入前请删除）"
_LONGEST = 60


def areas(edition: Edition) -> list[str]:
    """The 环节 under which a scenario of this edition may stand: the guide's own, and what stands beside them."""
    return [*edition.area_of_guide, *([edition.beside] if edition.beside else [])]


def example(edition: Edition) -> tuple[str, str, str]:
    """A line that shows how one is filled in, and that is refused when it is left in."""
    return (areas(edition)[0], "1", f"{EXAMPLE_MARK}某某场景")


def parsed(cells: dict[str, str], edition: Edition) -> tuple[Scenario, list[Fault]]:
    """The scenario of one line, and what is wrong with it."""
    faults = []
    area, number, name = cells[AREA], normalize("NFKC", cells[NUMBER]), cells[NAME]
    if area not in areas(edition):
        known = "、".join(areas(edition))
        faults.append(Fault(AREA, f"不是该版指引的环节，应为：{known}。" if area else "必填，不能为空。"))
    if not re.fullmatch(r"[1-9][0-9]{0,2}", number):
        faults.append(Fault(NUMBER, "应为1至999的整数，全表连续编号。" if number else "必填，不能为空。"))
        number = "0"
    if not name or len(name) > _LONGEST:
        faults.append(Fault(NAME, f"不得超过{_LONGEST}字。" if name else "必填，不能为空。"))
    if name.startswith(EXAMPLE_MARK):
        faults.append(Fault(NAME, "这是模板中的示例行，请删除后再上传。"))
    return Scenario(int(number), name, area), faults
