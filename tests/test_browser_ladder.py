"""The ladder in a real browser: a section that saves itself, two tabs, a session that ends, no script, the keyboard."""

import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from playwright.sync_api import Browser, Locator, expect

from portal import clock
from portal.demo.seed import somebody
from portal.models import Enterprise
from tests import factories
from tests.browser import Served, Visitor
from tests.uploads import PDF
from tiers.models import AssessmentFile, AssessmentSection, Factory, Filing

GRADE, NOTE = "basic.operation.1.grade", "basic.operation.1.note"
SECTION = "/assessments/{assessment}/sections/operation/"


def _answers(portal: Served, ref: str, key: str = "operation") -> dict[str, Any]:
    return portal.ask(lambda: AssessmentSection.objects.get(assessment__ref=ref, key=key).answers)


def _field(visitor: Visitor, name: str) -> Locator:
    return visitor.page.locator(f"main [name='{name}']")


def _unfold(visitor: Visitor) -> None:
    visitor.page.evaluate("document.querySelectorAll('main details').forEach(d => { d.open = true })")


def _saved(visitor: Visitor) -> None:
    expect(visitor.page.locator("[data-save-state]")).to_contain_text("已保存", timeout=15_000)


def _dirty(visitor: Visitor) -> None:
    """What the line says before this save, so that the next 已保存 is a new one."""
    visitor.page.evaluate("document.querySelector('[data-save-state]').textContent = ''")


def test_section_saves_itself_and_says_what_follows(
    visitor: Callable[..., Visitor], world: dict[str, Any], portal: Served
) -> None:
    clerk = visitor("tianbao")
    clerk.go("/assessments/{assessment}/sections/indicators/".format(**world))
    _unfold(clerk)
    _dirty(clerk)
    _field(clerk, "numerical_control.part").fill("117")
    _field(clerk, "numerical_control.whole").fill("１５０")
    _field(clerk, "numerical_control.value").fill("82")
    _saved(clerk)
    note = clerk.page.locator("[data-note-of=numerical_control]")
    expect(note).to_contain_text("计算结果：78.00%。")
    expect(note).to_contain_text("填写的82%与按原始数据计算的78.00%不一致")
    _dirty(clerk)
    _field(clerk, "numerical_control.whole").fill("一百五十")
    expect(clerk.page.locator("[data-problem-of='numerical_control.whole']")).to_contain_text("应为数字")
    assert _answers(portal, world["assessment"], "indicators")["numerical_control.whole"] == "一百五十", "it stays"
    clerk.check()
    clerk.go("/assessments/{assessment}/sections/maturity/".format(**world))
    _dirty(clerk)
    _field(clerk, "score").fill("2.79")
    _saved(clerk)
    expect(clerk.page.locator("[data-note-of=maturity]")).to_contain_text("按总分计算为二级。")
    clerk.go("/assessments/{assessment}/result/".format(**world))
    clerk.sees("总分2.79分对应二级，与报告所载三级不一致")
    _field_back(clerk, world)


def _field_back(clerk: Visitor, world: dict[str, Any]) -> None:
    clerk.go("/assessments/{assessment}/sections/maturity/".format(**world))
    _dirty(clerk)
    _field(clerk, "score").fill("3.24")
    _saved(clerk)


def test_two_tabs_one_answer_shows_both_texts_and_loses_neither(
    visitor: Callable[..., Visitor], world: dict[str, Any], portal: Served
) -> None:
    clerk, admin = visitor("tianbao"), visitor("qiye")
    for one in (clerk, admin):
        one.go(SECTION.format(**world))
        _unfold(one)
        _dirty(one)
    _field(clerk, NOTE).fill("填报员写的说明")
    _saved(clerk)
    _field(admin, NOTE).fill("管理员写的说明")
    clash = admin.page.locator("[data-clash]")
    clash.get_by_text("填报员写的说明").wait_for()
    clash.get_by_text("管理员写的说明").wait_for()
    assert _answers(portal, world["assessment"])[NOTE] == "填报员写的说明"
    admin.check()
    clash.get_by_role("button", name="保留我的").click()
    _saved(admin)
    assert _answers(portal, world["assessment"])[NOTE] == "管理员写的说明"
    _dirty(clerk)
    _field(clerk, NOTE).fill("又改了")
    clerk.page.locator("[data-clash]").get_by_role("button", name="采用对方的").click()
    expect(_field(clerk, NOTE)).to_have_value("管理员写的说明")
    admin.complaints.clear()  # the 409s are what was wanted
    clerk.complaints.clear()


def test_two_people_in_one_section_see_each_others_answers(
    visitor: Callable[..., Visitor], world: dict[str, Any], portal: Served
) -> None:
    clerk, admin = visitor("tianbao"), visitor("qiye")
    path = "/assessments/{assessment}/sections/design/".format(**world)
    for one in (clerk, admin):
        one.go(path)
        _unfold(one)
        _dirty(one)
    _field(clerk, "basic.design.1.note").fill("一人写这项")
    _saved(clerk)
    _field(admin, "advanced.design.1.note").fill("另一人写那项")
    _saved(admin)
    expect(_field(admin, "basic.design.1.note")).to_have_value("一人写这项")
    answers = _answers(portal, world["assessment"], "design")
    assert (answers["basic.design.1.note"], answers["advanced.design.1.note"]) == ("一人写这项", "另一人写那项")


def test_session_that_ends_while_somebody_types_loses_nothing(
    visitor: Callable[..., Visitor], world: dict[str, Any], portal: Served
) -> None:
    clerk = visitor("tianbao")
    clerk.go("/assessments/{assessment}/sections/management/".format(**world))
    _unfold(clerk)
    clerk.context.clear_cookies()
    _field(clerk, "basic.management.1.note").fill("登录过期时写下的")
    expect(clerk.page.locator("[data-save-state]")).to_contain_text("登录已过期", timeout=15_000)
    key = portal.session("tianbao")  # they sign in again, in another window
    cookie = {"name": settings.SESSION_COOKIE_NAME, "value": key, "url": portal.url}
    clerk.context.add_cookies([cookie])
    clerk.page.wait_for_timeout(100)
    expect(clerk.page.locator("[data-save-state]")).to_contain_text("已保存", timeout=30_000)
    assert _answers(portal, world["assessment"], "management")["basic.management.1.note"] == "登录过期时写下的"
    clerk.complaints.clear()


def test_scenarios_are_added_and_taken_away_by_keyboard(
    visitor: Callable[..., Visitor], world: dict[str, Any], portal: Served
) -> None:
    clerk = visitor("tianbao")
    clerk.go("/assessments/{assessment}/sections/scenarios/".format(**world))
    before = len(_answers(portal, world["assessment"], "scenarios"))
    _dirty(clerk)
    clerk.page.locator("[data-add-row]").focus()
    clerk.page.keyboard.press("Enter")
    clerk.page.keyboard.type("生产作业")  # the select of the new row has the focus
    row = clerk.page.locator("[data-row]:not([data-spare])").last
    row.locator("[name$='.name']").fill("人机协同作业")
    row.locator("[name$='.instance']").fill("装配线协作机器人")
    row.locator("[value=yes]").check()
    _saved(clerk)
    rows = _answers(portal, world["assessment"], "scenarios")
    assert len(rows) == before + 1
    assert {"instance": "装配线协作机器人", "ai": "yes"}.items() <= rows[sorted(rows)[-1]].items()
    clerk.check()
    _dirty(clerk)
    row.locator("[data-remove-row]").focus()
    clerk.page.keyboard.press("Enter")
    _saved(clerk)
    assert len(_answers(portal, world["assessment"], "scenarios")) == before


def test_evidence_is_uploaded_refused_and_taken_away(
    visitor: Callable[..., Visitor], world: dict[str, Any], portal: Served, tmp_path: Path
) -> None:
    clerk = visitor("tianbao")
    clerk.go(SECTION.format(**world))
    _unfold(clerk)
    place = clerk.page.locator("[data-files='basic.operation.1.files']")
    (tmp_path / "报告.pdf").write_bytes(PDF)
    (tmp_path / "假.pdf").write_bytes(b"MZ this is a program")
    place.locator("input[type=file]").set_input_files(tmp_path / "报告.pdf")
    expect(place.locator("[data-upload-status]")).to_have_text("已上传 报告.pdf")
    place.locator("input[type=file]").set_input_files(tmp_path / "假.pdf")
    expect(place.locator("[data-upload-status]")).to_contain_text("不是可接受的文件")
    kept = AssessmentFile.objects.filter(assessment__ref=world["assessment"], removed_at=None)
    assert [file.name for file in portal.ask(lambda: list(kept.all()))] == ["报告.pdf"]
    with clerk.page.expect_download() as download:
        place.get_by_role("link", name="报告.pdf").click()
    assert Path(download.value.path()).read_bytes() == PDF
    place.get_by_role("button", name="移除").click()
    expect(place.locator("li")).to_have_count(0)
    assert portal.ask(lambda: kept.all().count()) == 0
    clerk.complaints.clear()  # the 409 is what was wanted


def test_without_script_the_page_saves_by_its_button_and_shows_both_versions(
    browser: Browser, portal: Served, world: dict[str, Any]
) -> None:
    context = browser.new_context(base_url=portal.url, locale="zh-CN", java_script_enabled=False)
    key = portal.session("tianbao")
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": key, "url": portal.url}])
    one, other = context.new_page(), context.new_page()
    path = "/assessments/{assessment}/sections/production/".format(**world)
    name = "main [name='basic.production.1.note']"
    for page in (one, other):
        page.goto(path)
        if page.locator("main details").first.get_attribute("open") is None:
            page.locator("main summary").first.click()
    one.locator(name).fill("先写的")
    one.get_by_role("button", name="保存", exact=True).click()
    one.get_by_text("已保存。").wait_for()
    other.locator(name).fill("后写的")
    other.get_by_role("button", name="保存", exact=True).click()
    other.get_by_role("heading", name="选择保留的版本").wait_for()
    assert "先写的" in other.inner_text("main")
    assert "后写的" in other.inner_text("main")
    other.get_by_role("button", name="按所选版本保存").click()
    other.get_by_text("已保存。").wait_for()
    assert _answers(portal, world["assessment"], "production")["basic.production.1.note"] == "后写的"
    context.close()


def test_result_is_printed_with_its_chart_and_every_gap(
    visitor: Callable[..., Visitor], world: dict[str, Any], tmp_path: Path
) -> None:
    clerk = visitor("tianbao")
    clerk.go("/assessments/{earlier}/result/".format(**world))
    gaps = clerk.page.locator("#gap ~ table tbody tr").count()
    assert clerk.page.locator("svg.radar polygon.radar__shape").count() == 4
    file = tmp_path / "result.pdf"
    clerk.page.pdf(path=file, format="A4", print_background=True)
    text = subprocess.run(["pdftotext", "-raw", file, "-"], capture_output=True, text=True, check=True).stdout
    assert "自评结果" in text
    assert "智能工厂梯度培育申报管理平台" not in text.split("自评结果")[1], "no navigation on paper"
    assert gaps > 5
    assert re.sub(r"\s", "", text).count("附件2") >= gaps, "every gap with its clause"


def _assessed() -> tuple[str, str]:
    """A factory of the demo's clerk of its own, so that no other test meets it filed, and its assessment."""
    clerk = somebody("tianbao")
    made = factories.factory(Enterprise.objects.get(name__contains="星桥"), name="备案专用工厂")
    row = factories.assessment(made, clerk, year=clock.beijing(clock.now()).year, aim="basic", rank=1)
    return made.ref, row.ref


def test_enterprise_files_and_its_city_confirms(visitor: Callable[..., Visitor], portal: Served) -> None:
    factory, assessment = portal.ask(_assessed)
    clerk, reviewer = visitor("tianbao"), visitor("chushen.wuhan")
    clerk.go(f"/assessments/{assessment}/")
    clerk.page.locator("main").get_by_role("link", name="提交备案").click()
    clerk.page.locator("#id_is_true").check()
    clerk.press("提交备案")
    clerk.sees("备案已提交")
    ref = clerk.page.url.rstrip("/").rpartition("/")[2]
    reviewer.go("/filings/")
    reviewer.page.get_by_role("link", name=ref).click()
    reviewer.sees("开展关键装备和工艺数字化升级")
    reviewer.press("确认备案")
    reviewer.sees("的备案已确认")

    def outcome() -> tuple[str, str]:
        return Filing.objects.get(ref=ref).state, Factory.objects.get(ref=factory).held_tier

    assert portal.ask(outcome)[0] == "confirmed"
    assert portal.ask(outcome)[1] in {"basic", "advanced"}
    clerk.go(f"/filings/{ref}/")
    clerk.sees("已备案")
