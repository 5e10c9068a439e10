"""An expert's sheet in a real browser: kept as it is typed, its sum at once; without scripts by its button."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.browser import Visitor

pytestmark = pytest.mark.usefixtures("world")


def test_a_sheet_keeps_itself_and_shows_its_sum(visitor: Callable[..., Visitor], world: dict[str, Any]) -> None:
    expert = visitor("zhuanjia1")
    page = expert.go(f"/sheets/{world['sheet']}/")
    scores = page.locator("#score input[name^='score:']")
    assert scores.count() == 6
    scores.nth(0).fill("20.55")
    page.get_by_text("得分最多保留一位小数。").wait_for()
    for place in range(6):
        scores.nth(place).fill(f"{place + 5}.5")
    assert page.locator("[data-total]").inner_text() == "48.0"
    scores.nth(0).focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.name") == scores.nth(1).get_attribute("name")
    page.locator("#opinion").fill("方案可行。")
    page.get_by_text("已保存，").wait_for()
    page = expert.go(f"/sheets/{world['sheet']}/")
    assert page.locator("#score input[name^='score:']").nth(5).input_value() == "10.5"
    assert expert.complaints == []


def test_a_second_window_is_told_and_loses_nothing(visitor: Callable[..., Visitor], world: dict[str, Any]) -> None:
    expert = visitor("zhuanjia1")
    address = f"/sheets/{world['sheet']}/"
    first = expert.go(address)
    second = expert.tab()
    second.goto(expert.portal.url + address)
    first.locator("#opinion").fill("第一个窗口。")
    first.get_by_text("已保存，").wait_for()
    second.locator("#opinion").fill("第二个窗口。")
    second.get_by_text("未保存：该评分表已在另一处保存").wait_for()
    assert second.locator("#opinion").input_value() == "第二个窗口。"
    (stale,) = expert.complaints
    assert stale.startswith("409 ")
    expert.complaints.clear()


def test_without_scripts_the_button_keeps_it(visitor: Callable[..., Visitor], world: dict[str, Any]) -> None:
    expert = visitor("zhuanjia1", with_scripts=False)
    page = expert.go(f"/sheets/{world['sheet']}/")
    page.locator("#opinion").fill("没有脚本。")
    page.get_by_role("button", name="保存", exact=True).click()
    page.get_by_text("已保存。").first.wait_for()
    assert page.locator("#opinion").input_value() == "没有脚本。"
