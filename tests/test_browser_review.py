"""The first review and a city's order in a real browser: by keyboard, without scripts, on a phone, by dragging."""

from collections.abc import Callable

from playwright.sync_api import Locator, expect

from applications.models import Application
from portal.demo.seed import somebody
from review.models import CityList, FirstReview, Rejection
from tests import reviews
from tests.browser import HEIGHT, Served, Visitor

POINTS = ("eligible", "complete", "consistent", "true")


def _new(portal: Served, *names: str) -> list[str]:
    """The references of new applications in Wuhan."""
    return portal.ask(lambda: [row.ref for row in reviews.in_the_demo(*names)])


def _listed(portal: Served, *names: str) -> list[str]:
    """The same at the end of Wuhan's order."""

    def made() -> list[str]:
        rows = reviews.in_the_demo(*names)
        for row in rows:
            reviews.passed(row, somebody("chushen.wuhan"))
        return [row.ref for row in rows]

    return portal.ask(made)


def _list(portal: Served, ref: str) -> CityList:
    """The list of the city and round of an application."""
    return portal.ask(
        lambda: CityList.objects.get(
            city=Application.objects.get(ref=ref).city_id, round=Application.objects.get(ref=ref).round_id
        )
    )


def _order(portal: Served, ref: str) -> list[str]:
    city_list = _list(portal, ref)
    return portal.ask(lambda: reviews.order_of(city_list))


def _state(portal: Served, ref: str) -> str:
    return portal.ask(lambda: FirstReview.objects.get(application__ref=ref).state)


def _row(somebody_: Visitor, ref: str) -> Locator:
    return somebody_.page.locator(f"tr[data-ref='{ref}']")


def _tab_to(somebody_: Visitor, target: Locator) -> None:
    """Press Tab until the target has the focus, which must show."""
    for _ in range(250):
        somebody_.page.keyboard.press("Tab")
        if target.evaluate("e => e === document.activeElement"):
            assert target.evaluate("e => getComputedStyle(e).outlineStyle") != "none", "the focus can be seen"
            return
    raise AssertionError(f"{target} cannot be reached by keyboard")


def _has_focus(row: Locator) -> bool:
    return bool(row.evaluate("e => e.contains(document.activeElement)"))


def test_from_the_inbox_to_a_place_in_the_order_by_keyboard_alone(
    visitor: Callable[..., Visitor], portal: Served
) -> None:
    (first,) = _listed(portal, "键盘走查甲工厂")
    (ref,) = _new(portal, "键盘走查乙工厂")
    officer = visitor("chushen.wuhan")
    page, keys = officer.page, officer.page.keyboard
    officer.go("/")
    _tab_to(officer, page.locator("main").get_by_role("link", name="件申报待初审"))
    keys.press("Enter")
    page.wait_for_url("**/reviews/")
    _tab_to(officer, page.locator("main a[href$='-E-1/reviews/']").first)
    keys.press("Enter")
    _tab_to(officer, page.locator("main [name=q]"))
    keys.type("键盘走查乙工厂")
    keys.press("Enter")
    page.wait_for_url("**q=**")
    _tab_to(officer, page.locator("main a.row-link"))
    keys.press("Enter")
    page.wait_for_url("**/first-review/")
    for point in POINTS:
        _tab_to(officer, page.locator(f"[name=answer_{point}]").first)
        keys.press("Space")
    _tab_to(officer, page.get_by_role("button", name="通过初审"))
    keys.press("Enter")
    officer.sees("已通过初审")
    assert _state(portal, ref) == "passed"
    assert _order(portal, ref)[-2:] == [first, ref]

    officer.go(f"/city-lists/{_list(portal, ref).ref}/")
    said, row = page.locator("[data-order-said]"), _row(officer, first)
    _tab_to(officer, row.get_by_role("button", name="下移"))
    keys.press("Enter")
    expect(said).to_contain_text("已保存")
    assert _order(portal, ref)[-2:] == [ref, first]
    assert _has_focus(row), "whoever moves a row goes with it"
    _tab_to_back(officer, row.locator(".rank__to"))
    keys.type("1")
    keys.press("Enter")
    expect(said).to_contain_text("已移到第1位")
    assert _order(portal, ref)[0] == first
    assert _has_focus(row)
    _tab_to_back(officer, row.get_by_role("button", name="下移"))
    keys.press("Enter")
    expect(said).to_contain_text("已移到第2位")
    assert _order(portal, ref)[1] == first
    officer.check()


def _tab_to_back(somebody_: Visitor, target: Locator) -> None:
    """To something in the same row, whichever way."""
    for key, most in (("Tab", 4), ("Shift+Tab", 9)):
        for _ in range(most):
            if target.evaluate("e => e === document.activeElement"):
                return
            somebody_.page.keyboard.press(key)
    assert target.evaluate("e => e === document.activeElement")


def test_without_scripts_the_same_is_decided_and_ordered(visitor: Callable[..., Visitor], portal: Served) -> None:
    (first,) = _listed(portal, "无脚本甲工厂")
    second, rejected = _new(portal, "无脚本乙工厂", "无脚本丙工厂")
    officer = visitor("chushen.wuhan", with_scripts=False)
    page = officer.page
    officer.go(f"/applications/{second}/first-review/")
    officer.press("通过初审")
    officer.sees("审核要点尚未全部核对")
    for point in POINTS:
        page.locator(f"[name=answer_{point}]").first.check()
    officer.press("通过初审")
    officer.sees("已通过初审")
    officer.go(f"/applications/{rejected}/first-review/")
    page.locator("summary", has_text="不予推荐").click()
    officer.fill(reason="主要数据与现场不符。")
    officer.press("不予推荐")
    officer.sees("已告知企业理由")
    assert (_state(portal, second), _state(portal, rejected)) == ("passed", "rejected")
    assert portal.ask(lambda: Rejection.objects.get(application__ref=rejected).reason) == "主要数据与现场不符。"

    officer.go(f"/city-lists/{_list(portal, first).ref}/")
    _row(officer, first).get_by_role("button", name="下移").click()
    officer.sees("顺序已调整")
    assert _order(portal, first)[-2:] == [second, first]
    _row(officer, first).locator(".rank__to").fill("1")
    _row(officer, first).get_by_role("button", name="移到所填位次").click()
    officer.sees("顺序已调整")
    assert _order(portal, first)[0] == first


def test_on_a_phone_it_is_reviewed_and_ordered(visitor: Callable[..., Visitor], portal: Served) -> None:
    (first,) = _listed(portal, "手机走查甲工厂")
    (ref,) = _new(portal, "手机走查乙工厂")
    city_list = _list(portal, first)
    head = visitor("fuze.wuhan")
    for path in ("/reviews/", f"/applications/{ref}/first-review/", f"/city-lists/{city_list.ref}/"):
        head.page.goto(path)
        head.check()  # wide and at 375 px
    head.page.set_viewport_size({"width": 375, "height": HEIGHT})
    head.go(f"/applications/{ref}/first-review/")
    for point in POINTS:
        head.page.locator(f"[name=answer_{point}]").first.check()
    head.press("通过初审")
    head.sees("已通过初审")
    head.go(f"/city-lists/{city_list.ref}/")
    _row(head, ref).get_by_role("button", name="上移").click()
    expect(head.page.locator("[data-order-said]")).to_contain_text("已保存")
    assert _order(portal, ref)[-2:] == [ref, first]
    assert head.page.evaluate("document.documentElement.scrollWidth") <= 375


def test_a_row_is_dragged_to_its_place(visitor: Callable[..., Visitor], portal: Served) -> None:
    first, second = _listed(portal, "拖动甲工厂", "拖动乙工厂")
    officer = visitor("chushen.wuhan")
    officer.go(f"/city-lists/{_list(portal, first).ref}/")
    _row(officer, second).locator(".rank").drag_to(_row(officer, first).locator(".rank"))
    expect(officer.page.locator("[data-order-said]")).to_contain_text("已保存")
    assert _order(portal, first)[-2:] == [second, first]
    with officer.page.expect_response("**/order/"):
        _row(officer, second).locator(".rank").drag_to(_row(officer, first).locator(".rank"))
    expect(officer.page.locator("tr[data-ref]").last).to_have_attribute("data-ref", second)
    officer.page.reload()
    assert officer.page.locator("tr[data-ref]").last.get_attribute("data-ref") == second
    assert _order(portal, first)[-2:] == [first, second]


def test_of_two_tabs_the_second_is_told_what_changed(visitor: Callable[..., Visitor], portal: Served) -> None:
    first, second = _listed(portal, "两页甲工厂", "两页乙工厂")
    address = f"/city-lists/{_list(portal, first).ref}/"
    officer, head = visitor("chushen.wuhan"), visitor("fuze.wuhan")
    officer.go(address)
    head.go(address)
    _row(officer, second).get_by_role("button", name="上移").click()
    expect(officer.page.locator("[data-order-said]")).to_contain_text("已保存")
    _row(head, first).get_by_role("button", name="上移").click()
    notice = head.page.get_by_role("alert")
    expect(notice).to_contain_text("已被他人调整")
    expect(notice).to_contain_text("何思敏")
    assert notice.evaluate("e => e.contains(document.activeElement)"), "the focus goes to what went wrong"
    assert _order(portal, first)[-2:] == [second, first], "nothing of it was written"
    head.complaints.clear()  # the 409 is what was wanted
    head.check()
    notice.get_by_role("link", name="显示最新顺序").click()
    expect(head.page.locator("tr[data-ref]").last).to_have_attribute("data-ref", first)
    _row(head, first).get_by_role("button", name="上移").click()
    expect(head.page.locator("[data-order-said]")).to_contain_text("已保存")
    assert _order(portal, first)[-2:] == [first, second]
