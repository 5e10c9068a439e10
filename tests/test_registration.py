"""How enterprises come in: the code, the deciding place, the second person, and what strangers can't find out."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from portal import walls
from portal.actors import Actor, Place
from portal.audit import AuditEvent
from portal.errors import Denied, Refused
from portal.models import Enterprise, Mail, Membership, Registration
from portal.roles import Role
from portal.selectors.enterprises import enterprises, registrations
from portal.services import registration as services
from portal.states import RegistrationState
from tests import factories
from tests.factories import People

pytestmark = pytest.mark.django_db


def _form(**changes: str) -> dict[str, str]:
    facts = factories.facts()
    return {
        "code": facts["code"],
        "name": facts["name"],
        "region": "420100",
        "address": "测试路1号",
        "industry": "C34",
        "nature": "private",
        "is_above_scale": "yes",
        "legal_representative": "甲",
        "contact_name": "乙",
        "contact_phone": "027-1",
        "contact_email": "a@b.cn",
    } | changes


def test_city_confirms_and_the_applicant_becomes_administrator(people: People) -> None:
    made = factories.registration("420100", by=people.newcomer.user)
    with walls.enter(people.city_reviewer_a):
        membership = services.confirm(made, actor=people.city_reviewer_a)
    assert (membership.role, membership.user) == (Role.ENTERPRISE_ADMIN, people.newcomer.user)
    assert membership.enterprise.code == made.code
    assert membership.enterprise.city.region_id == "420100"
    assert Mail.objects.filter(to=people.newcomer.user.email, subject__contains="已确认").exists()
    with walls.stand(Place(office="auditor")):
        verbs = set(AuditEvent.objects.values_list("verb", flat=True))
    assert {"registration.submit", "registration.confirm", "enterprise.register", "membership.grant"} <= verbs


@pytest.mark.parametrize(
    ("region", "group", "decider"),
    [
        ("420100", False, "city_reviewer_a"),
        ("420500", False, "city_head_b"),
        ("430000", False, "unit_head_hunan"),  # a unit without cities here
        ("420100", True, "group_officer"),  # a central enterprise in Wuhan passes Wuhan by
    ],
)
def test_who_decides_follows_place_and_group(people: People, region: str, group: bool, decider: str) -> None:
    made = factories.registration(region, group=factories.group() if group else None)
    for name, actor in people.actors().items():
        with walls.enter(actor):
            listed = made in registrations(actor)
        same_desk = {
            "city_reviewer_a": {"city_head_a"}, "city_head_b": {"city_reviewer_b"}, "group_officer": {"group_head"}
        }.get(decider, set())  # fmt: skip
        assert listed == (name in {decider} | same_desk), name
    with walls.enter(people.actors()[decider]):
        assert services.confirm(made, actor=people.actors()[decider]).role == Role.ENTERPRISE_ADMIN


def test_second_person_is_passed_on_and_told_nothing(people: People, client_as: Callable[..., Client]) -> None:
    stranger, pioneer = Actor(user=factories.user()), Actor(user=factories.user())
    known = client_as(stranger).post(reverse("register"), _form(code=people.enterprise_a.code))
    fresh = client_as(pioneer).post(reverse("register"), _form())
    assert (known.status_code, fresh.status_code) == (302, 302)
    pages = []
    for who, answer in ((stranger, known), (pioneer, fresh)):
        client = client_as(who)
        ref = answer["Location"].split("/")[-2]
        text = client.get(answer["Location"]).content.decode()
        pages.append(text.replace(ref, "REF").replace(who.name, "NAME"))
    assert "甲企业" not in pages[0]
    assert people.enterprise_admin_a.name not in pages[0]
    assert "正在等待确认" in pages[0]
    # The same sentences for both; only what each typed differs.
    explains = [page[page.index("申请已提交") : page.index("所填内容")] for page in pages]
    assert explains[0] == explains[1]
    assert Mail.objects.filter(to=people.enterprise_admin_a.user.email, subject__contains="申请加入").exists()


def test_enterprises_administrator_lets_a_colleague_in_as_clerk(people: People) -> None:
    made = factories.registration(by=people.newcomer.user, code=people.enterprise_a.code)
    for name in ("city_head_a", "enterprise_admin_b", "enterprise_clerk_a", "unit_head"):
        actor = people.actors()[name]
        with walls.enter(actor), pytest.raises((Denied, Refused)):
            services.confirm(made, actor=actor)
    with walls.enter(people.enterprise_admin_a):
        membership = services.confirm(made, actor=people.enterprise_admin_a)
    assert (membership.role, membership.enterprise) == (Role.ENTERPRISE_CLERK, people.enterprise_a)
    with walls.system("test"):
        assert Enterprise.objects.filter(code=people.enterprise_a.code).count() == 1


def test_those_who_wait_with_the_same_code_are_passed_on_when_one_is_confirmed(people: People) -> None:
    code = factories.code()
    first = factories.registration("420100", code=code)
    second = factories.registration("420500", code=code)
    with walls.enter(people.city_head_a):
        admin = services.confirm(first, actor=people.city_head_a)
    with walls.enter(people.city_head_b):
        assert second not in registrations(people.city_head_b)
    with walls.system("test"):
        second.refresh_from_db()
        assert (second.enterprise, second.city) == (admin.enterprise, admin.city)


def test_refusal_reaches_the_applicant_who_may_try_again(people: People) -> None:
    made = factories.registration("420100", by=people.newcomer.user)
    with walls.enter(people.city_head_a):
        services.refuse(made, reason="名称与营业执照不一致", actor=people.city_head_a)
    assert "名称与营业执照不一致" in Mail.objects.get(to=people.newcomer.user.email).body
    again = factories.registration("420100", by=people.newcomer.user, code=made.code)
    assert again.state == RegistrationState.PENDING


def test_withdrawn_request_leaves_the_inbox(people: People) -> None:
    made = factories.registration("420100", by=people.newcomer.user)
    with walls.enter(people.newcomer):
        services.withdraw(made, actor=people.newcomer)
    with walls.enter(people.city_head_a):
        assert made not in registrations(people.city_head_a)
        with pytest.raises(Refused, match="已撤回"):
            services.confirm(made, actor=people.city_head_a)


def test_repeated_and_excessive_requests_are_refused() -> None:
    who = factories.user()
    made = factories.registration(by=who)
    with pytest.raises(Refused, match="无需重复提交"):
        factories.registration(by=who, code=made.code)
    for _ in range(services.MOST_PENDING - 1):
        factories.registration(by=who)
    with pytest.raises(Refused, match="等待确认"):
        factories.registration(by=who)


def test_member_can_not_register_their_own_enterprise_again(people: People) -> None:
    with pytest.raises(Refused, match="已是甲企业的成员"):
        factories.registration(by=people.enterprise_clerk_a.user, code=people.enterprise_a.code)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"code": "91350100M000100Y4A"}, "校验位不符"),
        ({"code": "123"}, "应为18位，现为3位"),
        ({"code": "9135O100M000100Y43"}, "不允许的字符"),
        ({"name": ""}, "name"),
        ({"region": "999999"}, "region"),
        ({"branch_of_name": "总公司"}, "须同时填写"),
        ({"group": "1"}, "group"),
    ],
)
def test_bad_input_comes_back_as_a_sentence_and_nothing_is_written(
    client_as: Callable[..., Client], changes: dict[str, str], sentence: str
) -> None:
    who = Actor(user=factories.user())
    answer = client_as(who).post(reverse("register"), _form(**changes))
    assert answer.status_code == 422
    text = answer.content.decode()
    assert sentence in text or f'name="{sentence}"' in text
    assert changes.get("name", "测试企业") in text, "what was typed stays"
    with walls.system("test"):
        assert not Registration.objects.filter(user=who.user).exists()


def test_code_is_folded_before_it_is_checked(client_as: Callable[..., Client]) -> None:
    who = Actor(user=factories.user())
    answer = client_as(who).post(reverse("register"), _form(code=" 91350100m000 100y43　"))
    assert answer.status_code == 302
    with walls.system("test"):
        assert Registration.objects.get(user=who.user).code == "91350100M000100Y43"


def test_an_upload_where_none_is_expected_is_ignored(client_as: Callable[..., Client]) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    who = Actor(user=factories.user())
    data = _form() | {"name": SimpleUploadedFile("x.exe", b"MZ" * 50)}
    assert client_as(who).post(reverse("register"), data).status_code == 422


def test_enterprise_list_and_detail_agree_for_every_role(people: People, client_as: Callable[..., Client]) -> None:
    for name, actor in people.actors().items():
        with walls.enter(actor):
            listed = {row.code for row in enterprises(actor)}
        for row in (people.enterprise_a, people.enterprise_b, people.enterprise_group):
            own = actor.stands("enterprise") == row.pk
            status = client_as(actor).get(reverse("enterprise", args=[row.code])).status_code
            assert (status == 200) == (row.code in listed or own), (name, row.name, status)


def test_search_finds_by_name_and_code(people: People) -> None:
    with walls.enter(people.unit_head):
        assert list(enterprises(people.unit_head, search="乙企")) == [people.enterprise_b]
        assert list(enterprises(people.unit_head, search=people.enterprise_a.code[:12].lower())) in (
            [people.enterprise_a], [people.enterprise_a, people.enterprise_b],
        )  # fmt: skip
        assert not enterprises(people.unit_head, industry="C13").exists()


def test_joint_department_sees_but_does_not_decide(people: People, client_as: Callable[..., Client]) -> None:
    made = factories.registration("420100")
    client = client_as(people.city_joint_a)
    assert client.get(reverse("registrations")).status_code == 403
    assert client.get(reverse("registration", args=[made.ref])).status_code == 404
    assert client.post(reverse("registration_confirm", args=[made.ref])).status_code == 404
    with walls.system("test"):
        assert not Membership.objects.filter(user=made.user).exists()


def test_two_clicks_on_confirm_are_one_confirmation(people: People, client_as: Callable[..., Client]) -> None:
    made = factories.registration("420100")
    client = client_as(people.city_head_a)
    url = reverse("registration_confirm", args=[made.ref])
    assert client.post(url).status_code == 302
    again = client.post(url)
    assert again.status_code == 409
    assert "已确认" in again.content.decode()
