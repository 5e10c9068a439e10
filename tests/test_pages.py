"""Pages: what each person finds on theirs, what errors say, and what stays when something breaks."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import path, reverse

from portal import urls, walls
from portal.actors import Actor, Place
from portal.audit import AuditEvent
from portal.errors import Denied, Refused
from portal.models import User
from portal.roles import Role
from tests import factories
from tests.factories import People

pytestmark = pytest.mark.django_db


def _text(answer: Any) -> str:
    """What a reader sees of a page: without tags, with single spaces."""
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def test_stranger_finds_what_this_is_and_that_it_is_free(client: Client) -> None:
    text = _text(client.get("/"))
    for words in ("基础级", "先进级", "卓越级", "领航级", "企业注册", "不向企业收取任何费用"):
        assert words in text, words


def test_home_says_what_waits(people: People, client_as: Callable[..., Client]) -> None:
    assert "目前没有待办事项" in _text(client_as(people.city_reviewer_a).get("/"))
    factories.registration("420100")
    factories.registration("420500")
    assert "1 家企业的登记申请待确认" in _text(client_as(people.city_reviewer_a).get("/"))
    factories.registration(code=people.enterprise_a.code)
    assert "1 人申请加入本企业，待您同意" in _text(client_as(people.enterprise_admin_a).get("/"))
    assert "个牵头机构尚无负责人" in _text(client_as(people.system_admin).get("/"))


def test_newcomer_is_told_the_next_step_and_sees_their_own_requests(
    people: People, client_as: Callable[..., Client]
) -> None:
    factories.registration(by=people.newcomer.user, name="新来企业")
    text = _text(client_as(people.newcomer).get("/"))
    assert "登记您的企业" in text
    assert "新来企业" in text


@pytest.mark.parametrize(
    ("who", "offered"),
    [
        (
            "enterprise_clerk_a",
            ["首页", "公告", "公示", "申报批次", "企业申报", "留言", "智能工厂", "荣誉称号", "要素条件"],
        ),
        (
            "enterprise_admin_a",
            [
                "首页",
                "公告",
                "公示",
                "申报批次",
                "企业申报",
                "留言",
                "企业登记",
                "智能工厂",
                "荣誉称号",
                "要素条件",
                "人员管理",
            ],
        ),
        (
            "city_joint_a",
            [
                "首页",
                "公告",
                "公示",
                "申报批次",
                "会签事项",
                "在册企业",
                "智能工厂",
                "荣誉称号",
                "文书",
                "数据导出",
                "要素条件",
            ],
        ),
        (
            "city_head_a",
            [
                "首页",
                "公告",
                "公示",
                "申报批次",
                "企业申报",
                "留言",
                "初审工作台",
                "企业登记",
                "在册企业",
                "智能工厂",
                "基础级备案",
                "荣誉称号",
                "文书",
                "数据导出",
                "要素条件",
                "人员管理",
            ],
        ),
        ("expert", ["首页", "公告", "公示", "专家评审", "现场核查", "要素条件"]),
        ("system_admin", ["首页", "公告", "公示", "要素条件", "人员管理", "机构管理", "工作日历"]),
        ("security_admin", ["首页", "公告", "公示", "要素条件", "账户安全"]),
        ("auditor", ["首页", "公告", "公示", "要素条件", "审计记录"]),
    ],
)
def test_navigation_offers_what_the_role_may_open(
    people: People, client_as: Callable[..., Client], who: str, offered: list[str]
) -> None:
    client = client_as(people.actors()[who])
    navigation = client.get("/").context["navigation"]
    assert [item["label"] for item in navigation] == offered
    assert all(client.get(item["url"]).status_code == 200 for item in navigation)


def test_display_is_kept_in_the_browser(client: Client) -> None:
    client.post(reverse("display"), {"large": "1", "next": "/"})
    client.post(reverse("display"), {"contrast": "1", "next": "/"})
    page = client.get("/").content.decode()
    assert re.search(r'<html[^>]*class="is-large is-contrast"', page)
    client.post(reverse("display"), {"large": "0", "next": "/"})
    assert "is-large" not in client.get("/").content.decode().split(">")[1]


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example/", "javascript:alert(1)", ""])
def test_display_sends_nobody_elsewhere(client: Client, target: str) -> None:
    assert client.post(reverse("display"), {"large": "1", "next": target})["Location"] == "/"


def _breaks(_request: object) -> None:
    User.objects.create_user("half@test.example", "半途")
    raise ZeroDivisionError("secret detail")


def _refuses(_request: object) -> None:
    User.objects.create_user("half@test.example", "半途")
    raise Refused("申报窗口已于11月22日关闭。", "请联系市州主管部门。")


def _denies(_request: object) -> None:
    User.objects.create_user("half@test.example", "半途")
    raise Denied("this act")


@pytest.fixture
def odd_addresses(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Three addresses that go wrong half-way, after a write."""
    from django.urls import clear_url_caches

    odd = [path("breaks/", _breaks), path("refuses/", _refuses), path("denies/", _denies)]
    monkeypatch.setattr(urls, "urlpatterns", [*urls.urlpatterns, *odd])
    clear_url_caches()
    yield
    clear_url_caches()


@pytest.mark.usefixtures("odd_addresses")
@pytest.mark.parametrize(
    ("address", "status", "words"),
    [
        ("/breaks/", 500, "平台"),
        ("/refuses/", 409, "申报窗口已于11月22日关闭。"),
        ("/denies/", 403, "权限"),
        ("/nowhere/", 404, "未找到"),
    ],
)
def test_error_says_what_to_do_and_nothing_stays_half_written(
    people: People, client_as: Callable[..., Client], address: str, status: int, words: str
) -> None:
    client = client_as(people.city_head_a)
    client.raise_request_exception = False
    answer = client.get(address)
    assert answer.status_code == status
    page = answer.content.decode()
    assert words in page
    assert "secret detail" not in page
    assert "Traceback" not in page
    if address != "/nowhere/":
        assert answer["X-Request-ID"] in page, "the number on the page is the number in the log"
    assert not User.objects.filter(email="half@test.example").exists()


@pytest.mark.usefixtures("odd_addresses")
def test_refusal_and_denial_outlive_their_rollback(people: People, client_as: Callable[..., Client]) -> None:
    client = client_as(people.city_head_a)
    client.get("/refuses/")
    client.get("/denies/")
    with walls.stand(Place(office="auditor")):
        events = list(AuditEvent.objects.filter(verb__startswith="request.").order_by("id"))
    assert [(e.outcome, e.data["path"]) for e in events] == [("refused", "/refuses/"), ("denied", "/denies/")]


def test_following_a_link_to_what_a_button_does_gets_a_page(people: People, client_as: Callable[..., Client]) -> None:
    answer = client_as(people.auditor).get(reverse("record_verify"))
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert "不能直接打开" in answer.content.decode()


def test_wrong_host_and_forged_form_get_a_page_not_a_trace(people: People) -> None:
    client = Client(enforce_csrf_checks=True)
    assert client.get("/", HTTP_HOST="evil.example").status_code == 400
    answer = client.post(reverse("account_login"), {"login": "a@b.cn", "password": "x"})
    assert answer.status_code == 403
    assert "刷新" in answer.content.decode()


def test_every_answer_carries_the_headers_of_a_closed_house(client: Client) -> None:
    answer = client.get("/")
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"


def test_oversized_and_overfull_requests_are_turned_away(client: Client) -> None:
    assert client.post(reverse("display"), {"next": "x" * 3_000_000}).status_code == 413
    assert client.post(reverse("display"), {f"f{n}": "" for n in range(1_100)}).status_code == 400


def test_head_office_page_leads_to_the_right_invitation(people: People, client_as: Callable[..., Client]) -> None:
    client = client_as(people.system_admin)
    office = factories.office("湖南省工业和信息化主管部门")
    page = client.get(reverse("offices"), {"search": "湖南"}).content.decode()
    assert f"?office={office.pk}" in page
    data = {"name": "新负责人", "email": "head@test.example", "role": Role.UNIT_HEAD, "office": office.pk}
    assert client.post(reverse("invite"), data).status_code == 302


def test_group_reads_its_own_names_in_the_invitation_form(people: People, client_as: Callable[..., Client]) -> None:
    page = client_as(people.group_head).get(reverse("invite")).content.decode()
    assert "集团经办" in page
    assert "市州负责人" not in page
    assert "省级经办" not in page


def test_security_administrators_page_shuts_and_opens(people: People, client_as: Callable[..., Client]) -> None:
    client, target = client_as(people.security_admin), people.enterprise_clerk_a.user
    assert target
    address = reverse("account_disable", args=[target.pk])
    assert client.post(address, {"reason": ""}).status_code == 422
    assert client.post(address, {"reason": "设备丢失"}).status_code == 302
    assert target.name in _text(client.get(reverse("accounts"), {"shut": "1"}))
    assert client.post(address, {"reason": "设备丢失"}).status_code == 422
    assert client.post(reverse("account_enable", args=[target.pk])).status_code == 302
    own = client.get(reverse("account", args=[people.security_admin.user.pk]))
    assert "不能对本人账户" in _text(own)
    refused = client.post(reverse("account_end_sessions", args=[people.security_admin.user.pk]))
    assert refused.status_code == 403


def test_demo_page_shows_codes_that_work(client: Client) -> None:
    page = client.get(reverse("demo"))
    assert page["Cache-Control"].startswith("max-age=0")
    assert len(re.findall(r"\b\d{6}\b", _text(page))) >= 15


def test_actor_of_a_disabled_account_is_nobody(people: People, client_as: Callable[..., Client]) -> None:
    client = client_as(people.city_head_a)
    User.objects.filter(pk=people.city_head_a.user.pk).update(is_active=False)
    assert client.get(reverse("people")).status_code == 302
    assert Actor().name == "未登录访客"
