"""What nobody types by accident: NUL, numbers beyond any key, wildcards, the ends of the calendar. No page breaks."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from portal import walls
from portal.actors import Place
from portal.audit import AuditEvent
from tests.factories import People
from tiers.models import Factory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("who", "page", "query"),
    [
        ("unit_head", "enterprises", {"search": "a\0b"}),
        ("unit_head", "enterprises", {"industry": "\0"}),
        ("unit_head", "enterprises", {"page": "-1"}),
        ("unit_head", "enterprises", {"page": "9" * 30}),
        ("unit_head", "enterprises", {"search": "%_\\'\";--"}),
        ("system_admin", "offices", {"search": "\0"}),
        ("system_admin", "invite", {"office": "abc\0"}),
        ("security_admin", "accounts", {"search": "\0"}),
        ("auditor", "record", {"since": "0001-01-01", "until": "9999-12-31"}),
        ("auditor", "record", {"subject": "😀" * 50}),
        ("newcomer", "demo_mail", {"to": "\0"}),
        ("city_head_a", "registrations", {"state": "\0"}),
        ("city_head_a", "registrations", {"page": "abc"}),
    ],
)
def test_odd_query_is_answered(
    people: People, client_as: Callable[..., Client], who: str, page: str, query: dict[str, str]
) -> None:
    answer = client_as(people.actors()[who]).get(reverse(page), query)
    odd = any("\0" in value for value in query.values())
    assert answer.status_code == (400 if odd else 200)
    assert answer["X-Request-ID"]


@pytest.mark.parametrize(
    "path",
    [
        "/enterprises/%00/",
        "/registrations/%00/",
        "/invitations/%00/",
        f"/people/{'9' * 25}/disable/",
        f"/security/{'9' * 25}/",
        f"/offices/{'9' * 25}/rename/",
    ],
)
@pytest.mark.parametrize("who", ["unit_head", "security_admin", "system_admin", "newcomer"])
def test_odd_address_is_answered(people: People, client_as: Callable[..., Client], path: str, who: str) -> None:
    client = client_as(people.actors()[who])
    for method in (client.get, client.post):
        assert method(path).status_code in {400, 404, 405}


@pytest.mark.parametrize(
    ("page", "form"),
    [
        ("hat", {"membership": "\0"}),
        ("display", {"large": "\0", "next": "\0"}),
        ("invite", {"email": "a\0@b.cn", "name": "\0", "role": "\0", "office": "\0"}),
        ("register", {"code": "\0" * 18, "region": "\0", "industry": "\0", "group": "x"}),
        ("account_login", {"login": "a\0@b.cn", "password": "\0"}),
        ("account_reset_password", {"email": "\0"}),
    ],
)
def test_odd_form_is_answered(
    people: People, client_as: Callable[..., Client], page: str, form: dict[str, str]
) -> None:
    for client in (client_as(people.city_head_a), Client()):
        assert client.post(reverse(page), form).status_code < 500


def test_denied_attempt_goes_on_record_whatever_it_held(people: People, client_as: Callable[..., Client]) -> None:
    client_as(people.city_head_a).post(reverse("hat"), {"membership": "\0evil"})
    with walls.stand(Place(office="auditor")):
        assert AuditEvent.objects.get(verb="request.deny").data["ref"] == "�evil"


def test_full_width_digits_of_an_industry_class_are_digits(people: People, client_as: Callable[..., Client]) -> None:
    form = {"name": "甲工厂", "region": "420100", "address": "某路", "industry": "C34", "industry_class": "３４１"}
    answer = client_as(people.enterprise_clerk_a).post(reverse("factory_new"), form | {"started_on": "2020-05-01"})
    assert answer.status_code == 302
    with walls.enter(people.enterprise_clerk_a):
        assert Factory.objects.get().industry_class == "341"
