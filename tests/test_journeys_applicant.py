"""Journeys of those who apply: the deadline passes over an open form; two tabs, one draft; returned and mended."""

from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import Locator, Page, expect

from applications.demo import seed as applicants
from applications.models import Application, ApplicationSection, Correction, LateDraft, Submission
from portal import clock, walls
from portal.demo.cast import PASSWORD
from portal.models import Mail
from review.demo import chain
from tests.browser import Served
from tests.journeys import Traveller, text_of, waited
from tiers.demo import rounds
from tiers.demo.rounds import Days
from tiers.models import Round

Come = Callable[..., Traveller]
WORKS = "二期精密加工工厂"
IN_TIME, TOO_LATE = "截止以前写好的建设目标", "截止以后才写的建设目标"


def _draft(batch: int) -> str:
    """A draft of 星桥 in a round of its own, with everything in it; its reference."""
    made = rounds.around(rounds.shipped(), Days(-5, 3, 8, 30), batch=batch)
    row = applicants.begun(chain.advance(made), WORKS)
    writer = applicants.writer_of(row.enterprise)
    with walls.enter(writer):
        applicants.write(row, writer)
    return row.ref


def _closes(ref: str, seconds: float) -> None:
    """Set the deadline of an application's round, as no officer could so shortly before."""
    until = clock.now() + timedelta(seconds=seconds)
    Round.objects.filter(applications__ref=ref).update(enterprise_until=until)


def _field(page: Page, name: str) -> Locator:
    return page.locator(f"main [name='{name}']")


def _written(page: Page, name: str, text: str, answer: str = "已保存") -> None:
    """Type into a field, and wait for what the line says then."""
    page.evaluate("document.querySelector('[data-save-state]').textContent = ''")
    _field(page, name).fill(text)
    expect(page.locator("[data-save-state]")).to_contain_text(answer, timeout=20_000)


def _answer(portal: Served, ref: str, key: str) -> str:
    rows = ApplicationSection.objects.filter(application__ref=ref, key="factory")
    return portal.ask(lambda: rows.get().answers.get(key, ""))


def _book(one: Traveller, button: str, picture: str = "") -> bytes:
    """Have a paper made by the press, and take its file."""
    one.press(button)
    one.page.wait_for_url("**/papers/**")
    one.until_seen("下载PDF")
    one.see(picture)
    return one.download(one.page.locator("main").get_by_role("link", name="下载PDF").first)


def _commit(one: Traveller, ref: str) -> None:
    """Make the commitments, and hand in."""
    for tick in one.page.locator("main [type=checkbox]").all():
        tick.check()
    name = one.portal.ask(lambda: applicants.admin_of(Application.objects.get(ref=ref).enterprise).person.name)
    one.fill(name=name, password=PASSWORD)
    one.press("确认承诺并提交")


def test_the_deadline_passes_while_a_form_is_open(traveller: Come, installation: Served) -> None:
    ref = installation.ask(lambda: _draft(31))
    clerk, admin = traveller("tianbao"), traveller("qiye")
    clerk.visit(f"/applications/{ref}/sections/factory/")
    admin.visit(f"/applications/{ref}/submit/")
    installation.ask(lambda: _closes(ref, 12))
    _written(clerk.page, "project", IN_TIME)
    clerk.page.wait_for_timeout(13_000)
    _written(clerk.page, "project", TOO_LATE, "已作为逾期内容保留")
    clerk.see("deadline-passed")
    clerk.complaints.clear()  # the one 409 is what was wanted
    _commit(admin, ref)
    admin.sees("截止")
    admin.see()

    kept = installation.ask(lambda: LateDraft.objects.select_related("by").get(application__ref=ref))
    assert (kept.answers["project"], kept.by.name) == (TOO_LATE, "周明远")
    assert _answer(installation, ref, "project") == IN_TIME
    assert not installation.ask(lambda: Submission.objects.filter(application__ref=ref).exists())
    # Nobody closes the round: beat does, and tells the city.
    closed = Round.objects.filter(applications__ref=ref, state="first_review")
    waited(installation, closed.exists)
    said = Mail.objects.filter(subject__contains="转入初审", body__contains=installation.ask(closed.get).ref)
    waited(installation, said.exists)
    clerk.visit(f"/applications/{ref}/check/")
    printed = text_of(_book(clerk, "申报书草稿（PDF）"))
    assert IN_TIME in printed
    assert TOO_LATE not in printed


def test_two_tabs_write_one_draft_and_lose_nothing(traveller: Come, installation: Served) -> None:
    ref = installation.ask(lambda: _draft(32))
    clerk = traveller("tianbao")
    here = clerk.visit(f"/applications/{ref}/sections/factory/")
    there = clerk.tab()
    there.goto(f"{installation.url}/applications/{ref}/sections/factory/")
    _written(here, "summary", "第一个窗口写的工厂概况")
    assert _field(there, "summary").input_value() != "第一个窗口写的工厂概况", "it doesn't know of it yet"
    _field(there, "summary").fill("第二个窗口写的工厂概况")
    clash = there.locator("[data-clash]")
    clash.get_by_text("第一个窗口写的工厂概况").wait_for()
    clash.get_by_text("第二个窗口写的工厂概况").wait_for()
    clerk.see("two-tabs", page=there)
    clerk.complaints.clear()  # the one 409 is what was wanted
    assert _answer(installation, ref, "summary") == "第一个窗口写的工厂概况"
    clash.get_by_role("button", name="保留我的").click()
    expect(there.locator("[data-save-state]")).to_contain_text("已保存", timeout=15_000)
    assert _answer(installation, ref, "summary") == "第二个窗口写的工厂概况"
    _written(here, "project", "第一个窗口写的项目名称")
    assert _answer(installation, ref, "summary") == "第二个窗口写的工厂概况", "another field of the other tab stays"

    clerk.visit(f"/applications/{ref}/check/")
    printed = text_of(_book(clerk, "申报书草稿（PDF）"))
    assert "第二个窗口写的工厂概况" in printed
    assert "第一个窗口写的项目名称" in printed
    assert "第一个窗口写的工厂概况" not in printed


def test_returned_with_two_fields_unlocked_and_what_changed_is_seen(traveller: Come, installation: Served) -> None:
    rows = Application.objects.filter(factory__name="十堰车桥工厂", round__batch=1, version=1)
    ref, email = installation.ask(
        lambda: (rows.get().ref, applicants.admin_of(rows.get().enterprise).person.email.partition("@")[0])
    )
    officer, owner = traveller("chushen.shiyan"), traveller(email)
    officer.visit(f"/applications/{ref}/return/")
    for summary in officer.page.locator("details.block__more > summary").all():
        summary.click()
    officer.page.get_by_label("总投资", exact=False).first.fill("总投资与审计报告不一致，请核对。")
    officer.page.locator("[name='reason:factory:project']").fill("项目名称请与备案名称一致。")
    officer.see("return")
    officer.press("退回企业修改")
    officer.sees("已退回")
    items = installation.ask(lambda: Correction.objects.get(application__ref=ref).items)
    assert {item["key"] for item in items} == {"investment", "project"}

    owner.visit(f"/applications/{ref}/", "returned")
    page = owner.visit(f"/applications/{ref}/sections/factory/", "two-fields-unlocked")
    open_ = page.locator("main :is(input:not([type=hidden]), textarea, select):enabled")
    assert {open_.nth(place).get_attribute("name") for place in range(open_.count())} == {"project", "investment"}
    _written(page, "project", "十堰车桥数字化车间升级项目（备案）")
    _written(page, "investment", "13579")
    owner.visit(f"/applications/{ref}/submit/")
    _commit(owner, ref)
    owner.sees("申报已提交")
    owner.see()
    first, second = installation.ask(lambda: list(Submission.objects.filter(application__ref=ref).order_by("version")))
    assert (first.version, second.version) == (1, 2)
    assert first.document["sections"]["factory"]["investment"] != "13579"

    officer.visit(f"/applications/{ref}/versions/2/changes/", "changes")
    officer.sees("13579")
    officer.sees("总投资与审计报告不一致，请核对。")
    shown = officer.page.locator("table.diff tbody tr")
    assert shown.count() == 2, "the two fields, and nothing else"
    owner.visit(f"/applications/{ref}/versions/2/")
    printed = text_of(_book(owner, "申报书（PDF）", "second-version"))
    assert "13579" in printed
    assert "十堰车桥数字化车间升级项目（备案）" in printed
