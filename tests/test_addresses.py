"""Every address, asked by a stranger, by the neighbour, by each role: nothing is reachable by accident."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.test import Client
from django.urls import get_resolver, reverse

from portal import walls
from portal.audit import AuditEvent
from portal.roles import Role
from portal.services import invitations
from portal.services.memberships import post_at
from tests import factories
from tests.factories import People

pytestmark = pytest.mark.django_db


@dataclass
class Sample:
    """How one address is asked: its arguments, its method, who gets an answer there and what everybody else gets."""

    who: set[str] | None  # None: everybody who is signed in
    args: Callable[["World"], list[Any]] = field(default=lambda world: [])
    method: str = "get"
    data: dict[str, str] = field(default_factory=dict)
    else_: int = 404
    public: bool = False
    # Those who may see the thing but not do this to it.
    but: dict[str, int] = field(default_factory=dict)


@dataclass
class World:
    """What the samples point at: all of it in Wuhan."""

    people: People
    registration: Any
    own: Any
    invitation: Any
    token: str


STAFF_A = {"city_reviewer_a", "city_head_a"}
ABOVE_A = {"city_reviewer_a", "city_head_a", "city_joint_a", "unit_officer", "unit_head", "unit_joint"}
DECIDING = STAFF_A | {
    "city_reviewer_b", "city_head_b", "unit_officer", "unit_head", "unit_head_hunan", "group_officer", "group_head",
    "enterprise_admin_a", "enterprise_admin_b", "enterprise_admin_group",
}  # fmt: skip
HEADS = {
    "enterprise_admin_a", "enterprise_admin_b", "enterprise_admin_group", "city_head_a", "city_head_b", "unit_officer",
    "unit_head", "unit_head_hunan", "group_officer", "group_head", "ministry", "system_admin",
}  # fmt: skip
ABOVE = ABOVE_A | {"city_reviewer_b", "city_head_b", "unit_head_hunan", "group_officer", "group_head"}

SAMPLES: dict[str, Sample] = {
    "home": Sample(None, public=True),
    "display": Sample(None, method="post", data={"large": "1"}, public=True),
    "demo": Sample(None, public=True),
    "demo_mail": Sample(None, public=True),
    "hat": Sample({"city_reviewer_a"}, method="post", data={"membership": "city_reviewer_a"}),
    "me": Sample(None),
    "end_sessions": Sample(None, method="post"),
    "register": Sample(None),
    "own_registration": Sample({"newcomer"}, lambda w: [w.own.ref]),
    "registration_withdraw": Sample({"newcomer"}, lambda w: [w.own.ref], "post"),
    "registrations": Sample(DECIDING, else_=403),
    "registration": Sample(STAFF_A, lambda w: [w.registration.ref]),
    "registration_confirm": Sample(STAFF_A, lambda w: [w.registration.ref], "post"),
    "registration_refuse": Sample(STAFF_A, lambda w: [w.registration.ref], "post", {"reason": "不符"}),
    "enterprises": Sample(ABOVE, else_=403),
    "enterprise": Sample(
        ABOVE_A | {"enterprise_admin_a", "enterprise_clerk_a"}, lambda w: [w.people.enterprise_a.code]
    ),
    "enterprise_amend": Sample(
        {"enterprise_admin_a", "city_reviewer_a", "city_head_a"},
        lambda w: [w.people.enterprise_a.code],
        but=dict.fromkeys(["enterprise_clerk_a", "city_joint_a", "unit_officer", "unit_head", "unit_joint"], 403),
    ),
    "group_add": Sample({"system_admin"}, else_=403),
    "office_rename": Sample({"system_admin"}, lambda w: [factories.office("武汉市财政局").pk]),
    "people": Sample(HEADS, else_=403),
    "invite": Sample(HEADS, else_=403),
    "invitation_withdraw": Sample({"city_head_a"}, lambda w: [w.invitation.pk], "post"),
    "membership_disable": Sample(
        {"city_head_a"},
        lambda w: [w.people.city_joint_a.membership.pk],
        "post",
        {"reason": "调离"},
        but={"city_joint_a": 403},
    ),
    "membership_restore": Sample(
        {"city_head_a"}, lambda w: [w.people.city_joint_a.membership.pk], "post", but={"city_joint_a": 403}
    ),
    "membership_hand_over": Sample({"city_head_a", "city_joint_a"}, lambda w: [w.people.city_joint_a.membership.pk]),
    "invitation": Sample(None, lambda w: [w.token], public=True),
    "offices": Sample({"system_admin"}, else_=403),
    "accounts": Sample({"security_admin"}, else_=403),
    "account": Sample({"security_admin"}, lambda w: [w.people.newcomer.user.pk]),
    "account_disable": Sample({"security_admin"}, lambda w: [w.people.newcomer.user.pk], "post", {"reason": "x"}),
    "account_enable": Sample({"security_admin"}, lambda w: [w.people.newcomer.user.pk], "post"),
    "account_end_sessions": Sample({"security_admin"}, lambda w: [w.people.newcomer.user.pk], "post"),
    "account_reset_second_factor": Sample(
        {"security_admin"}, lambda w: [w.people.newcomer.user.pk], "post", {"reason": "x"}
    ),
    "record": Sample({"auditor"}, else_=403),
    "record_export": Sample({"auditor"}, else_=403),
    "record_verify": Sample({"auditor"}, method="post", else_=403),
}


def _names() -> set[str]:
    """Names of all addresses that are the portal's own; allauth tests its own."""
    return {p.name for p in get_resolver().url_patterns if getattr(p, "name", None)}


def test_every_address_has_a_sample() -> None:
    assert _names() == set(SAMPLES), "a new address needs a sample that says who gets there"


@pytest.fixture
def world(people: People) -> World:
    post = post_at(Role.CITY_REVIEWER, office=factories.office("武汉市经济和信息化局"))
    with walls.enter(people.city_head_a):
        invitation, token = invitations.invite(
            people.city_head_a, email="invited@test.example", name="受邀人", post=post
        )
    registration = factories.registration("420100")
    return World(people, registration, factories.registration(by=people.newcomer.user), invitation, token)


def _ask(client: Client, name: str, sample: Sample, world: World) -> int:
    data = sample.data
    if name == "hat":
        data = {"membership": str(world.people.city_reviewer_a.membership.pk)}
    return getattr(client, sample.method)(reverse(name, args=sample.args(world)), data).status_code


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_address_answers_those_it_is_for_and_nobody_else(
    name: str, world: World, client_as: Callable[..., Client]
) -> None:
    from django.db import transaction

    sample = SAMPLES[name]
    for who, actor in world.people.actors().items():
        with transaction.atomic():
            status = _ask(client_as(actor), name, sample, world)
            transaction.set_rollback(True)
        if sample.who is None or who in sample.who:
            assert status in {200, 302, 409, 422}, (who, status)
        else:
            assert status == sample.but.get(who, sample.else_), (who, status)


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_stranger_is_sent_to_sign_in(name: str, world: World) -> None:
    sample, client = SAMPLES[name], Client()
    answer = getattr(client, sample.method)(reverse(name, args=sample.args(world)), sample.data)
    if sample.public:
        assert answer.status_code in {200, 302}
    else:
        assert answer.status_code == 302
        assert answer["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize("name", sorted(name for name, sample in SAMPLES.items() if sample.method == "post"))
def test_what_writes_is_not_done_by_following_a_link(name: str, world: World, client_as: Callable[..., Client]) -> None:
    sample = SAMPLES[name]
    client = client_as(world.people.city_head_a)
    status = client.get(reverse(name, args=sample.args(world))).status_code
    assert status in {404, 405} or name in {"membership_disable"}
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = client.cookies
    assert strict.post(reverse(name, args=sample.args(world)), sample.data).status_code == 403


def test_neighbours_attempt_is_on_record(world: World, client_as: Callable[..., Client]) -> None:
    client_as(world.people.city_head_b).get(reverse("registration", args=[world.registration.ref]))
    with walls.system("test"):
        event = AuditEvent.objects.get(verb="request.deny")
    assert (event.actor, event.data["ref"]) == (world.people.city_head_b.user, world.registration.ref)


def test_absent_and_forbidden_look_the_same(world: World, client_as: Callable[..., Client]) -> None:
    import re

    client = client_as(world.people.city_head_b)
    forbidden = client.get(reverse("enterprise", args=[world.people.enterprise_a.code]))
    absent = client.get(reverse("enterprise", args=[factories.code()]))
    clean = [
        re.sub(
            r"csrf\S+ value=\S+|[0-9a-f]{12}|X-CSRFToken\S+ \S+|\d\d:\d\d(:\d\d)?|/enterprises/\w+/",
            "",
            r.content.decode(),
        )
        for r in (forbidden, absent)
    ]
    assert forbidden.status_code == absent.status_code == 404
    assert len(clean[0]) == len(clean[1])
