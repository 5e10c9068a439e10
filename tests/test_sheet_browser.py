"""An expert's sheet in a real browser: kept as it is typed, its sum at once; without scripts by its button."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Any

import pytest
from django.db import transaction

from review.models import ScoreSheet
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


@contextmanager
def slow(expert: Visitor, ref: str) -> Iterator[None]:
    """Whatever saves this sheet waits until the end of this."""
    held, let_go = Event(), Event()

    def hold() -> None:
        with transaction.atomic():
            ScoreSheet.objects.select_for_update(of=("self",)).get(ref=ref)
            held.set()
            let_go.wait(30)

    holder = Thread(target=expert.portal.ask, args=[hold])
    holder.start()
    try:
        assert held.wait(20)
        yield
    finally:
        let_go.set()
        holder.join()


def _opinion(expert: Visitor, ref: str) -> str:
    return expert.portal.ask(lambda: ScoreSheet.objects.get(ref=ref).opinion)


def _typed_while_saving(expert: Visitor, words: str) -> None:
    """A save is on its way, and more was typed since."""
    field = expert.page.locator("#opinion")
    with expert.page.expect_request(lambda request: request.method == "PUT"):
        field.fill(f"{words}上半句，")
    expert.page.wait_for_timeout(300)  # it has come to where it waits
    field.press("End")
    field.press_sequentially("下半句。")


@pytest.mark.parametrize("there", ["/sheets/", "/sheets/{sheet}/"])
def test_whoever_leaves_while_it_is_being_saved_loses_nothing(
    there: str, visitor: Callable[..., Visitor], world: dict[str, Any]
) -> None:
    """Whether they go elsewhere or draw the page anew before anything came in; and nobody is told of a conflict."""
    expert, ref, words = visitor("zhuanjia1"), world["sheet"], f"离开{len(there)}："
    whole = f"{words}上半句，下半句。"
    page = expert.go(f"/sheets/{ref}/")
    page.on("dialog", lambda dialog: dialog.accept())
    with slow(expert, ref):
        _typed_while_saving(expert, words)
        expert.go(there.format(**world))
        if ref in there:
            assert page.locator("#opinion").input_value() == whole
    for _ in range(50):
        if _opinion(expert, ref) == whole:
            break
        page.wait_for_timeout(100)
    assert _opinion(expert, ref) == whole
    page = expert.go(f"/sheets/{ref}/")
    assert page.locator("#opinion").input_value() == whole
    page.locator("#opinion").fill("其后。")
    page.get_by_text("已保存，").wait_for()
    assert _opinion(expert, ref) == "其后。"


def test_the_button_waits_for_what_is_being_saved(visitor: Callable[..., Visitor], world: dict[str, Any]) -> None:
    expert, ref = visitor("zhuanjia1"), world["sheet"]
    page = expert.go(f"/sheets/{ref}/")
    with slow(expert, ref):
        _typed_while_saving(expert, "按钮：")
        page.get_by_role("button", name="保存", exact=True).click()
    page.get_by_text("已保存。").first.wait_for()
    assert _opinion(expert, ref) == "按钮：上半句，下半句。"
