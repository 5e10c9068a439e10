"""A province's half in a real browser: the quota split, places given, the list in order; and an objection to it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from review.models import Candidate, Choice, Objection, QuotaShare, UnitList
from review.services import choosing
from tests import choice, publicities, rounds
from tests.browser import Served, Visitor
from tiers.models import Recommendation, Round

MACHINES, CHIPS = "装备制造组", "电子信息组"
TOTALS = {MACHINES: (90, 85, 80, 70), CHIPS: (88, 60)}
BATCH = 61
REASON = "该项目填补省内行业空白。"


@dataclass(frozen=True)
class Judged:
    """A round whose sheets are all signed: its ref, and its candidates' applications by panel, best first."""

    ref: str
    refs: dict[str, list[str]]

    @property
    def address(self) -> str:
        """The choice page."""
        return f"/rounds/{self.ref}/choice/"


@pytest.fixture
def judged(portal: Served) -> Judged:
    """Two panels, six candidates, four places."""
    return portal.ask(_judged)


def _round(count: int = 0, **more: Any) -> Round:
    """A round of its own in its experts' hands, with so many recommended."""
    batch = BATCH + Round.objects.filter(batch__gte=BATCH).count()
    return publicities.judged(publicities.demo_people(), count=count, batch=batch, **more)


def _judged() -> Judged:
    people, round_ = publicities.demo_people(), _round()
    Round.objects.filter(pk=round_.pk).update(quota=4)
    refs: dict[str, list[str]] = {}
    for name, industry in ((MACHINES, "C34"), (CHIPS, "C39")):
        rows = [
            publicities.candidate(people, round_, industry=industry, name=f"{name[:2]}{place}厂（示例）有限公司")
            for place, _ in enumerate(TOTALS[name], start=1)
        ]
        seats = choice.panel(round_, name, rows)
        for row, total in zip(rows, TOTALS[name], strict=True):
            choice.scored(row, seats, [total] * len(seats))
        refs[name] = [row.application.ref for row in rows]
    return Judged(round_.ref, refs)


def _shares(portal: Served, judged: Judged) -> dict[str, int]:
    kept = QuotaShare.objects.filter(round__ref=judged.ref).values_list("group", "places")
    return portal.ask(lambda: dict(kept))


def _order(portal: Served, judged: Judged) -> list[str]:
    """The applications that are recommended, as they stand on the list."""
    return portal.ask(lambda: choosing.refs_of(Round.objects.get(ref=judged.ref)))


def _share(officer: Visitor, group: str) -> Locator:
    return officer.page.get_by_label(f"{group}的名额", exact=True)


def test_the_split_is_tried_and_kept_and_a_departure_needs_its_reason(
    visitor: Callable[..., Visitor], portal: Served, judged: Judged
) -> None:
    machines, chips = judged.refs[MACHINES], judged.refs[CHIPS]
    officer = visitor("jingban")
    page = officer.go(judged.address)
    _share(officer, MACHINES).fill("1")
    _share(officer, CHIPS).fill("2")
    officer.press("试算")
    officer.sees("试算，尚未保存")
    assert _share(officer, CHIPS).input_value() == "2"
    assert page.get_by_role("button", name="按得分顺序推荐").count() == 0, "not by a split that nobody kept"
    assert _shares(portal, judged) == {}, "trying writes nothing"

    _share(officer, MACHINES).fill("2")
    _share(officer, CHIPS).fill("1")
    officer.press("保存名额分配")
    officer.sees("名额分配已保存")
    assert _shares(portal, judged) == {MACHINES: 2, CHIPS: 1}
    assert _order(portal, judged) == []
    officer.press("按得分顺序推荐")
    officer.sees("已按得分顺序推荐3项")
    assert sorted(_order(portal, judged)) == sorted([*machines[:2], chips[0]])

    last = page.locator("tr", has=page.locator(f"a[href='/candidates/{machines[3]}/']"))
    last.get_by_role("link", name="推荐").click()
    officer.press("推荐")
    officer.sees("不按得分顺序推荐的须写明理由")
    assert machines[3] not in _order(portal, judged)
    officer.check()
    officer.fill(reason=REASON)
    officer.press("推荐")
    officer.sees("已推荐")
    last.get_by_text("未按得分顺序").wait_for()
    last.get_by_text(REASON).wait_for()
    officer.check()

    def noted() -> tuple[str, list[str], str]:
        step = Choice.objects.select_related("by").get(candidate__application__ref=machines[3])
        return step.reason, step.standing["passed_over"], step.by.email

    number = portal.ask(lambda: Candidate.objects.get(application__ref=machines[2]).number)
    assert portal.ask(noted) == (REASON, [number], "jingban@demo.example")
    assert _order(portal, judged)[-1] == machines[3]
    outside = portal.ask(lambda: Recommendation.objects.filter(round__ref=judged.ref, outside_quota=True).count())
    assert outside == 0


@pytest.fixture
def listed(portal: Served, judged: Judged) -> list[str]:
    """Three of them are recommended, in this order."""

    def made() -> list[str]:
        round_ = rounds.fresh(Round.objects.get(ref=judged.ref))
        refs = [*judged.refs[MACHINES][:2], judged.refs[CHIPS][0]]
        rows = {row.application.ref: row for row in Candidate.objects.filter(application__ref__in=refs)}
        choosing.recommend_many(round_, [rows[ref] for ref in refs], actor=publicities.demo_people().unit_officer)
        return refs

    return portal.ask(made)


def _tab_to(somebody: Visitor, target: Locator, key: str = "Tab") -> None:
    """Press Tab (or Shift+Tab) until the target has the focus, which must show."""
    for _ in range(120):
        if target.evaluate("e => e === document.activeElement"):
            assert target.evaluate("e => getComputedStyle(e).outlineStyle") != "none", "the focus can be seen"
            return
        somebody.page.keyboard.press(key)
    raise AssertionError(f"{target} cannot be reached by keyboard")


def test_the_list_is_put_in_order_by_keyboard_alone(
    visitor: Callable[..., Visitor], portal: Served, judged: Judged, listed: list[str]
) -> None:
    first, second, third = listed
    officer = visitor("jingban")
    page = officer.go(f"/rounds/{judged.ref}/unit-list/")
    row, said = page.locator(f"tr[data-ref='{first}']"), page.locator("[data-order-said]")
    _tab_to(officer, row.get_by_role("button", name="下移"))
    page.keyboard.press("Enter")
    expect(said).to_contain_text("已移到第2位，已保存")
    assert _order(portal, judged) == [second, first, third]
    assert row.evaluate("e => e.contains(document.activeElement)"), "whoever moves a row goes with it"
    _tab_to(officer, row.locator(".rank__to"))
    page.keyboard.type("3")
    page.keyboard.press("Enter")
    expect(said).to_contain_text("已移到第3位，已保存")
    assert _order(portal, judged) == [second, third, first]
    _tab_to(officer, row.get_by_role("button", name="上移"), "Shift+Tab")
    page.keyboard.press("Enter")
    expect(said).to_contain_text("已移到第2位，已保存")
    assert _order(portal, judged) == [second, first, third]
    page.reload()
    places = page.locator("tr[data-ref]").evaluate_all("rows => rows.map(row => row.dataset.ref)")
    assert places == [second, first, third]
    officer.check()


def test_without_scripts_the_list_is_put_in_order_by_its_buttons(
    visitor: Callable[..., Visitor], portal: Served, judged: Judged, listed: list[str]
) -> None:
    first, second, third = listed
    officer = visitor("jingban", with_scripts=False)
    page = officer.go(f"/rounds/{judged.ref}/unit-list/")
    before = portal.ask(lambda: UnitList.objects.get(round__ref=judged.ref).version)
    page.locator(f"tr[data-ref='{first}']").get_by_role("button", name="下移").click()
    officer.sees("顺序已调整")
    assert _order(portal, judged) == [second, first, third]
    page.locator(f"tr[data-ref='{third}'] .rank__to").fill("1")
    page.locator(f"tr[data-ref='{third}']").get_by_role("button", name="移到所填位次").click()
    officer.sees("顺序已调整")
    assert _order(portal, judged) == [third, second, first]
    assert portal.ask(lambda: UnitList.objects.get(round__ref=judged.ref).version) == before + 2


def test_an_objection_is_lodged_and_looked_up_with_its_receipt(visitor: Callable[..., Visitor], portal: Served) -> None:
    address = portal.ask(
        lambda: f"/publicity/{publicities.published(publicities.demo_people(), _round(count=1)).ref}/object/"
    )
    neighbour = visitor()
    page = neighbour.go(address)
    page.locator("main [name=about]").select_option(index=1)
    neighbour.fill(name="孙知秋", phone="13900001111", facts=publicities.FACTS)
    neighbour.press("提交异议")
    neighbour.sees("异议已收到")
    neighbour.check()
    ref, code = page.locator("dd.code").all_inner_texts()
    row = portal.ask(lambda: Objection.objects.get(ref=ref))
    assert (row.state, row.name, row.facts) == ("lodged", "孙知秋", publicities.FACTS)
    page.get_by_role("link", name="查询办理情况").click()
    neighbour.fill(ref=ref, code=code)
    neighbour.press("查询")
    neighbour.sees(row.get_state_display())
    neighbour.check()
