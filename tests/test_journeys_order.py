"""A journey by keyboard alone: a city puts its applications in order, and the order goes onto paper."""

from collections.abc import Callable

from playwright.sync_api import Locator, expect

from applications.demo import seed as applicants
from portal import clock, walls
from portal.demo.seed import somebody
from review.demo import chain
from review.models import CityList, ListEntry
from review.services import copies
from review.services.copies import Arrived
from tests.browser import Served
from tests.journeys import Traveller, text_of, waited
from tiers.demo import rounds
from tiers.demo.rounds import Days

BATCH = 33
FACTORIES = ("光谷传感器工厂", "光谷封装测试工厂", "生物制剂二期工厂")


def _listed() -> str:
    """Three of Wuhan that its bureau passed, their books on the shelf; the list's reference."""
    rounds.around(rounds.shipped(), Days(-20, -2, 6, 30), batch=BATCH)
    made = rounds.of_this_year(BATCH)
    with chain.days_ago(4):
        made = chain.advance(made)
        rows = [chain.applied(made, name) for name in FACTORIES]
    made = chain.advance(made)
    for row in rows:
        chain.passed(applicants.fresh(row))
    officer = somebody("chushen.wuhan")
    with walls.enter(officer):
        day = clock.beijing(clock.now()).date()
        copies.record([Arrived(applicants.fresh(row), 1, 2) for row in rows], arrived_on=day, actor=officer)
    return CityList.objects.get(round=made, city=officer.stands("city")).ref


def _tab_to(one: Traveller, target: Locator) -> None:
    """Press Tab until the target has the focus, which must show."""
    for _ in range(250):
        if target.evaluate("e => e === document.activeElement"):
            assert target.evaluate("e => getComputedStyle(e).outlineStyle") != "none", "the focus can be seen"
            return
        one.page.keyboard.press("Tab")
    raise AssertionError(f"{target} cannot be reached by keyboard")


def test_the_order_is_set_by_keyboard_and_goes_onto_paper(
    traveller: Callable[..., Traveller], installation: Served
) -> None:
    ref = installation.ask(_listed)

    def order() -> list[str]:
        rows = ListEntry.objects.filter(city_list__ref=ref).order_by("position")
        return installation.ask(lambda: list(rows.values_list("application__factory__name", flat=True)))

    first, second, third = order()
    officer, head = traveller("chushen.wuhan"), traveller("fuze.wuhan")
    page = officer.visit(f"/city-lists/{ref}/")
    said, keys = page.locator("[data-order-said]"), page.keyboard
    row = page.locator("tr[data-ref]").nth(2)
    number = row.get_attribute("data-ref")
    mine = page.locator(f"tr[data-ref='{number}']")
    _tab_to(officer, mine.get_by_role("button", name="上移"))
    keys.press("Enter")
    expect(said).to_contain_text("已保存")
    assert order() == [first, third, second]
    assert mine.evaluate("e => e.contains(document.activeElement)"), "whoever moves a row goes with it"
    _tab_to(officer, page.locator("tr[data-ref]").nth(2).locator(".rank__to"))
    keys.type("1")
    keys.press("Enter")
    expect(said).to_contain_text("已移到第1位")
    assert order() == [second, first, third]
    officer.see("order-by-keyboard")

    page = head.visit(f"/city-lists/{ref}/circulate/")
    _tab_to(head, page.locator("main [name=phone]"))
    page.keyboard.type("027-85310000")
    _tab_to(head, page.locator("main").get_by_role("button", name="送会签", exact=True))
    page.keyboard.press("Enter")
    head.sees("已送会签")
    issued = CityList.objects.filter(ref=ref, state="signing")
    assert [e["position"] for e in waited(installation, lambda: _entries(issued))] == [1, 2, 3]
    page.reload()
    head.see("circulated")
    head.page.get_by_role("link", name="推荐汇总表").first.click()
    head.until_seen("下载PDF")
    table = text_of(head.download(head.page.locator("main").get_by_role("link", name="下载PDF").first))
    places = [table.index(name) for name in (second, first, third)]  # each project is called after its factory
    assert places == sorted(places), "the paper has the order of the screen"


def _entries(lists: object) -> list[dict[str, int]]:
    row = lists.first()
    return row.issues.latest("version").document["entries"] if row else []
