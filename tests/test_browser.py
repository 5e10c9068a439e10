"""The portal in a real browser: every page held against WCAG 2.2 AA, and the journeys people make through it."""

from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.template.loader import render_to_string
from django.urls import resolve, reverse
from playwright.sync_api import Locator, Page, Request, Route

from portal.demo.cast import PASSWORD, secret_of
from portal.models import Registration
from tests import factories
from tests.addresses import house_patterns
from tests.browser import Served, Visitor, barriers, latest_mail_link
from tests.pages import BAD_INPUT, NO_PAGE, PAGES
from tests.signing_in import code_of

OWN_PASSWORD = "Changjiang-Dongliu-88"


# -- every page -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("account", PAGES)
def test_pages_have_no_barriers(account: str, visitor: Callable[..., Visitor], world: dict[str, Any]) -> None:
    somebody = visitor(account)
    for path in PAGES[account]:
        somebody.go(path.format(**world))
        somebody.check()


def test_every_page_of_the_portal_is_visited(visitor: Callable[..., Visitor], world: dict[str, Any]) -> None:
    """An address that answers GET and is missing from PAGES fails here."""
    somebody = visitor("qiye")
    seen = {resolve(path.format(**world).partition("?")[0]).url_name for paths in PAGES.values() for path in paths}
    missing = []
    for pattern in house_patterns():
        name = pattern.name
        if name not in seen | NO_PAGE:
            path = reverse(name, args=["1"] * str(pattern.pattern).count("<"))
            allowed = somebody.context.request.fetch(path, method="OPTIONS").headers.get("allow", "")
            missing += [name] if "GET" in allowed or not allowed else []
    assert missing == []


@pytest.mark.parametrize(("mode", "other"), [("大字", "高对比"), ("高对比", "大字")])
def test_large_letters_and_high_contrast_have_no_barriers(
    mode: str, other: str, visitor: Callable[..., Visitor], world: dict[str, Any]
) -> None:
    walks = {
        "": ("/", "/accounts/signup/"),
        "chushen.wuhan": ("/", "/registrations/{pending}/"),
        "tianbao": ("/", "/assessments/{assessment}/result/", "/assessments/{assessment}/sections/operation/"),
    }
    for account, paths in walks.items():
        somebody = visitor(account)
        somebody.go("/")
        somebody.page.get_by_role("button", name=mode).click()
        for path in paths:
            somebody.page.locator(f".switch[aria-pressed=true]:has-text('{mode}')").wait_for()
            somebody.go(path.format(**world))
            assert somebody.page.get_by_role("button", name=other).get_attribute("aria-pressed") == "false"
            somebody.check()


def test_pages_of_what_went_wrong(visitor: Callable[..., Visitor], world: dict[str, Any]) -> None:
    stranger, newcomer, reviewer = visitor(), visitor("xinren"), visitor("chushen.wuhan")
    stranger.go("/nowhere/", 404)
    stranger.check()
    stranger.go("/invitations/unknown/", 404)
    reviewer.go("/offices/", 403)
    reviewer.check()
    reviewer.go(f"/registrations/{world['asking']}/", 404)
    reviewer.check()
    newcomer.go("/accounts/3rdparty/login/error/", 401)
    newcomer.check()
    stranger.go("/accounts/login/")
    stranger.context.clear_cookies()
    stranger.press("登录")
    stranger.sees("页面已过期")
    stranger.check()


@pytest.mark.parametrize("status", [400, 429, 500, 503])
def test_bare_pages_of_what_went_wrong(status: int, visitor: Callable[..., Visitor]) -> None:
    """They can't be provoked from outside; shown under the portal's address and its policy."""
    somebody = visitor()
    policy = somebody.context.request.get("/").headers["content-security-policy"]
    body = render_to_string(f"{status}.html", {"incident": "0123456789ab"})

    def answer(route: Route, _request: Request) -> None:
        headers = {"content-type": "text/html; charset=utf-8", "content-security-policy": policy}
        route.fulfill(status=status, body=body, headers=headers)

    somebody.context.route("**/broken/", answer)
    somebody.go("/broken/", status)
    somebody.check()


@pytest.mark.parametrize("account", sorted({row[0] for row in BAD_INPUT}))
def test_bad_input_is_answered_in_chinese_at_the_field(
    account: str, visitor: Callable[..., Visitor], world: dict[str, Any]
) -> None:
    somebody = visitor(account)
    for _, path, values, button in (row for row in BAD_INPUT if row[0] == account):
        somebody.go(path.format(**world))
        somebody.fill(**values)
        somebody.press(button)
        summary = somebody.page.locator("[data-error-summary]")
        summary.wait_for()
        assert summary.evaluate("e => e === document.activeElement"), f"{path}: the summary has the focus"
        for link in summary.locator("a").all():
            assert somebody.page.locator(link.get_attribute("href") or "#none").count() == 1, path
        for name, value in values.items():
            if "password" not in name and name != "code":
                assert somebody.page.locator(f"main [name={name}]").input_value() == value, f"{path}: it stays"
        somebody.check()


# -- journeys -------------------------------------------------------------------------------------------------------
def tab_to(page: Page, target: Locator) -> None:
    """Press Tab until the target has the focus, which must show."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if target.evaluate("e => e === document.activeElement"):
            assert target.evaluate("e => getComputedStyle(e).outlineStyle") != "none", "the focus can be seen"
            return
    raise AssertionError(f"{target} cannot be reached by keyboard")


def test_registration_is_confirmed_by_keyboard_alone(visitor: Callable[..., Visitor], portal: Served) -> None:
    ref = portal.ask(lambda: factories.registration("420500").ref)
    somebody = visitor()
    page, email = somebody.page, "chushen.yichang@demo.example"
    somebody.go("/")
    tab_to(page, page.get_by_role("link", name="跳到正文"))
    page.keyboard.press("Enter")
    tab_to(page, page.locator("main").get_by_role("link", name="登录").first)
    page.keyboard.press("Enter")
    page.wait_for_url("**/accounts/login/")
    tab_to(page, page.locator("[name=login]"))
    page.keyboard.type(email)
    tab_to(page, page.locator("[name=password]"))
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/2fa/authenticate/")
    tab_to(page, page.locator("[name=code]"))
    page.keyboard.type(code_of(secret_of(email)))
    page.keyboard.press("Enter")
    somebody.sees("待我办理")
    tab_to(page, page.locator(".nav-bar").get_by_role("link", name="企业登记"))
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_role("link", name=ref))
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_role("button", name="确认登记"))
    page.keyboard.press("Enter")
    somebody.sees(f"已确认 {ref}")
    assert portal.ask(lambda: Registration.objects.get(ref=ref).state) == "confirmed"


def test_two_reviewers_decide_at_once_and_the_second_is_told(visitor: Callable[..., Visitor], portal: Served) -> None:
    ref = portal.ask(lambda: factories.registration("420500").ref)
    one, two = visitor("chushen.yichang"), visitor("fuze.yichang")
    for somebody in (one, two):
        somebody.go(f"/registrations/{ref}/")
    one.press("确认登记")
    one.sees(f"已确认 {ref}")
    two.press("确认登记")
    two.sees("暂不能办理")
    two.check()


def test_invited_official_opens_an_account_and_enrols_a_second_factor(
    visitor: Callable[..., Visitor], portal: Served
) -> None:
    email = "hong@official.example"
    head, official = visitor("fuze.wuhan"), visitor()
    head.go("/people/invite/")
    head.fill(name="洪初审", email=email)
    head.page.get_by_label("市州初审员").check()
    head.page.locator("[name=office]").select_option(label="武汉市经济和信息化局")
    head.press("发送邀请")
    head.sees(f"已向 {email} 发送邀请")
    head.check()
    link = latest_mail_link(official, email)
    official.page.goto(link)
    official.fill(password1=OWN_PASSWORD, password2=OWN_PASSWORD)
    official.press("建立账户并接受邀请")
    official.sees("账户已建立")
    official.sign_in(email, OWN_PASSWORD)
    official.sees("您的角色须启用两步验证后方可使用平台")
    official.page.goto("/registrations/")  # no way round it
    official.sees("三、输入口令")
    official.check()
    official.fill(code=code_of(official.page.locator("#totp-secret").inner_text().strip()))
    official.press("开通")
    official.page.locator("#recovery-codes li").first.wait_for()
    assert official.page.locator("#recovery-codes li").count() == 10
    official.check()
    official.page.get_by_role("link", name="完成").click()
    official.sees("洪初审，您好")
    official.sees("武汉市经济和信息化局 · 市州初审员")
    factors = portal.ask(lambda: list(Authenticator.objects.filter(user__email=email).values_list("type", flat=True)))
    assert sorted(factors) == ["recovery_codes", "totp"]
    stranger = visitor()
    response = stranger.page.goto(link)
    assert response is not None
    assert response.status == 410
    stranger.sees("链接已失效")
    stranger.check()


def test_lost_password_is_reset_once_by_the_link_in_the_mail(visitor: Callable[..., Visitor]) -> None:
    email = "qiye.yichang@demo.example"
    somebody = visitor()
    somebody.go("/accounts/password/reset/")
    somebody.fill(email=email)
    somebody.press("发送重设邮件")
    somebody.sees("请查收邮件")
    link = latest_mail_link(somebody, email)
    somebody.page.goto(link)
    somebody.check()
    somebody.fill(password1="short", password2="short")
    somebody.press("保存新密码")
    somebody.sees("密码长度不足")
    somebody.check()
    somebody.fill(password1=OWN_PASSWORD, password2=OWN_PASSWORD)
    somebody.press("保存新密码")
    somebody.sees("密码已更新")
    somebody.check()
    somebody.page.goto(link)
    somebody.sees("链接已失效")
    somebody.sign_in(email, OWN_PASSWORD)
    somebody.sees("覃志刚，您好")


def test_signing_out_everywhere_ends_the_other_browsers_session(visitor: Callable[..., Visitor]) -> None:
    here, there = visitor(), visitor()
    for somebody in (here, there):
        somebody.sign_in("tianbao@demo.example", PASSWORD)
        somebody.sees("周明远，您好")
    here.go("/me/")
    here.press("全部退出")
    dialog = here.page.get_by_role("dialog", name="在所有设备上退出？")
    dialog.wait_for()
    assert dialog.get_by_role("button", name="取消").evaluate("e => e === document.activeElement")
    assert barriers(here.page) == []
    dialog.get_by_role("button", name="全部退出").click()
    here.sees("已在所有设备上退出登录")
    there.page.goto("/me/")
    assert there.page.url.startswith(f"{there.portal.url}/accounts/login/")


def test_session_cookie_is_out_of_reach_and_new_at_sign_in(visitor: Callable[..., Visitor]) -> None:
    somebody = visitor()
    somebody.go("/accounts/login/")
    before = {cookie["name"]: cookie["value"] for cookie in somebody.context.cookies()}
    somebody.sign_in("qiye@demo.example", PASSWORD)
    somebody.sees("林晓岚，您好")
    cookies = {cookie["name"]: cookie for cookie in somebody.context.cookies()}
    session = cookies["sessionid"]
    assert session["value"] != before.get("sessionid")
    assert (session["httpOnly"], session["sameSite"], session["expires"]) == (True, "Lax", -1)
    assert (cookies["csrftoken"]["httpOnly"], cookies["csrftoken"]["sameSite"]) == (True, "Lax")
    assert somebody.page.evaluate("document.cookie") == ""
