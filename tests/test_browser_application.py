"""An application in a real browser: written by two, checked, handed in; too late; and its attachments."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, expect

from applications.models import Application, ApplicationSection, Attachment, LateDraft, Submission
from portal import clock
from portal.demo.cast import PASSWORD
from portal.demo.seed import somebody
from tests.applications import complete_in_the_demo, save
from tests.browser import Served, Visitor
from tests.uploads import pdf
from tiers.models import Round


def _made(portal: Served, name: str) -> str:
    return portal.ask(lambda: complete_in_the_demo(name))


def _answer(portal: Served, ref: str, section: str, key: str) -> Any:
    return portal.ask(lambda: ApplicationSection.objects.get(application__ref=ref, key=section).answers.get(key))


def _field(visitor: Visitor, name: str) -> Locator:
    return visitor.page.locator(f"main [name='{name}']")


def _type(visitor: Visitor, name: str, text: str) -> None:
    """Type into a field, after forgetting what the line says, so that the next 已保存 is a new one."""
    visitor.page.evaluate("document.querySelector('[data-save-state]').textContent = ''")
    _field(visitor, name).fill(text)


def _saved(visitor: Visitor) -> None:
    expect(visitor.page.locator("[data-save-state]")).to_contain_text("已保存", timeout=15_000)


def test_what_is_missing_is_found_mended_and_the_whole_handed_in(
    visitor: Callable[..., Visitor], portal: Served, tmp_path: Path
) -> None:
    ref = _made(portal, "走查提交工厂")

    def take_out() -> None:
        save(Application.objects.get(ref=ref), "factory", {"project": ""}, somebody("tianbao"))

    portal.ask(take_out)
    clerk, admin = visitor("tianbao"), visitor("qiye")
    clerk.go(f"/applications/{ref}/check/")
    clerk.page.get_by_role("link", name="请填写项目名称。").click()
    expect(_field(clerk, "project")).to_be_focused()
    _type(clerk, "project", "精密机电𠮷智能工厂升级项目")
    _saved(clerk)
    clerk.go(f"/applications/{ref}/check/")
    clerk.sees("可以提交")
    clerk.press("提请企业管理员提交")
    clerk.sees("已通知1位企业管理员检查并提交")

    admin.go(f"/applications/{ref}/check/")
    admin.page.get_by_role("link", name="去承诺并提交").click()
    admin.page.wait_for_url("**/submit/")
    for tick in admin.page.locator("main [type=checkbox]").all():
        tick.check()
    admin.fill(name="林晓岚", password=PASSWORD)
    admin.press("确认承诺并提交")
    admin.sees("申报已提交")
    rows = Submission.objects.select_related("application", "submitted_by")
    found = portal.ask(lambda: rows.get(application__ref=ref))
    assert (found.application.state, found.version, found.submitted_by.name) == ("submitted", 1, "林晓岚")
    assert found.document["sections"]["factory"]["project"] == "精密机电𠮷智能工厂升级项目"
    admin.sees(found.number)
    with admin.page.expect_download() as download:
        admin.page.get_by_role("link", name="下载回执（PDF）").click()
    receipt = tmp_path / "receipt.pdf"
    download.value.save_as(receipt)
    assert download.value.suggested_filename == f"{found.number}-v1-receipt.pdf"
    assert receipt.read_bytes().startswith(b"%PDF-")


def test_two_colleagues_in_one_section_see_each_other_and_lose_nothing(
    visitor: Callable[..., Visitor], portal: Served
) -> None:
    ref = _made(portal, "走查同时填写工厂")
    clerk, admin = visitor("tianbao"), visitor("qiye")
    for one in (clerk, admin):
        one.go(f"/applications/{ref}/sections/factory/")
    expect(admin.page.locator("[data-others]")).to_have_text("周明远也在填写本节")
    clerk.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")  # sooner than by its own clock
    expect(clerk.page.locator("[data-others]")).to_have_text("林晓岚也在填写本节")
    _type(clerk, "summary", "填报员写的简介")
    _saved(clerk)
    _type(admin, "project", "管理员改的项目名称")
    _field(admin, "summary").fill("管理员写的简介")
    clash = admin.page.locator("[data-clash]")
    clash.get_by_text("填报员写的简介").wait_for()
    clash.get_by_text("管理员写的简介").wait_for()
    admin.check()
    assert _answer(portal, ref, "factory", "summary") == "填报员写的简介"
    clash.get_by_role("button", name="采用对方的").click()
    expect(_field(admin, "summary")).to_have_value("填报员写的简介")
    _saved(admin)
    assert _answer(portal, ref, "factory", "summary") == "填报员写的简介"
    assert _answer(portal, ref, "factory", "project") == "管理员改的项目名称"
    admin.complaints.clear()  # the 409 is what was wanted


def test_deadline_passes_while_somebody_types_and_the_text_is_kept_aside(
    visitor: Callable[..., Visitor], portal: Served
) -> None:
    ref = _made(portal, "走查截止工厂")
    clerk = visitor("tianbao")
    clerk.go(f"/applications/{ref}/sections/factory/")
    before = _answer(portal, ref, "factory", "project")
    until = portal.ask(lambda: _close(ref))
    try:
        _type(clerk, "project", "截止以后才写的名称")
        state = clerk.page.locator("[data-save-state]")
        expect(state).to_contain_text("已作为逾期内容保留", timeout=15_000)
        clerk.page.wait_for_timeout(4000)  # more than two of its pauses: it must not try again and again
        with clerk.page.expect_download() as download:
            state.get_by_role("link", name="下载所填内容").click()
        assert "截止以后才写的名称" in Path(download.value.path()).read_text()
        expect(_field(clerk, "project")).to_have_value("截止以后才写的名称")
        assert len(clerk.complaints) == 1
        clerk.complaints.clear()  # the one 409 is what was wanted
        clerk.check()
    finally:
        portal.ask(lambda: Round.objects.filter(applications__ref=ref).update(enterprise_until=until))
    kept = portal.ask(lambda: LateDraft.objects.select_related("by").get(application__ref=ref))
    assert (kept.section, kept.answers["project"], kept.by.name) == ("factory", "截止以后才写的名称", "周明远")
    assert _answer(portal, ref, "factory", "project") == before


def _close(ref: str) -> Any:
    """Let the round of an application have closed a second ago; when it would have."""
    round_ = Round.objects.get(applications__ref=ref)
    Round.objects.filter(pk=round_.pk).update(enterprise_until=clock.now() - timedelta(seconds=1))
    return round_.enterprise_until


def test_attachment_is_uploaded_with_progress_a_spoofed_one_is_refused(
    visitor: Callable[..., Visitor], portal: Served
) -> None:
    ref = _made(portal, "走查附件工厂")
    clerk = visitor("tianbao")
    clerk.go(f"/applications/{ref}/sections/attachments/")
    field = clerk.page.locator("[data-files='attachment.honours']")
    chooser, status = field.locator("input[type=file]"), field.locator("[data-upload-status]")
    chooser.set_input_files({"name": "奖状.pdf", "mimeType": "application/pdf", "buffer": b"MZ\x90 no document"})
    expect(status).to_contain_text("“奖状.pdf”不是可接受的文件")
    clerk.complaints.clear()  # the 409 is what was wanted
    slow = clerk.context.new_cdp_session(clerk.page)
    limits = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 1_000_000}
    slow.send("Network.emulateNetworkConditions", limits)
    large = pdf(mark="奖状" * 400_000)
    chooser.set_input_files({"name": "奖状.pdf", "mimeType": "application/pdf", "buffer": large})
    expect(status).to_contain_text("正在上传 奖状.pdf")
    field.locator("li").wait_for()
    _saved(clerk)
    held = portal.ask(lambda: Attachment.objects.get(application__ref=ref, field="attachment.honours"))
    assert (held.name, held.media_type, held.removed_at) == ("奖状.pdf", "application/pdf", None)
    field.get_by_role("button", name="移除").click()
    expect(field.locator("li")).to_have_count(0)
    assert portal.ask(lambda: Attachment.objects.get(pk=held.pk).removed_at) is not None
