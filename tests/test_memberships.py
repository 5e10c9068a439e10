"""Hats: who gives and takes them, handing over, the last head, the three administrators kept apart."""

from collections.abc import Callable
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from portal import walls
from portal.actors import Actor
from portal.errors import Denied, Refused
from portal.models import Invitation, Membership
from portal.roles import ADMINISTRATORS, Role
from portal.selectors.people import colleagues, hats, successors
from portal.services import memberships
from tests import factories
from tests.factories import People

pytestmark = pytest.mark.django_db

# Whose posts each role looks after.
LOOKS_AFTER = {
    "enterprise_admin_a": {"enterprise_admin_a", "enterprise_clerk_a"},
    "enterprise_admin_b": {"enterprise_admin_b"},
    "enterprise_admin_group": {"enterprise_admin_group"},
    "city_head_a": {"city_head_a", "city_reviewer_a", "city_joint_a"},
    "city_head_b": {"city_head_b", "city_reviewer_b"},
    "unit_head_hunan": {"unit_head_hunan"},
    "unit_head": {"unit_head", "unit_officer", "unit_joint", "expert", "city_head_a", "city_head_b"},
    "unit_officer": {"expert"},
    "group_head": {"group_head", "group_officer"},
    "ministry": {"ministry"},
    "system_admin": {"unit_head", "unit_head_hunan", "group_head", "ministry"},
}


def test_each_role_looks_after_its_own_people_and_nobody_elses(people: People) -> None:
    names = {actor.membership.pk: name for name, actor in people.actors().items() if actor.membership}
    for name, actor in people.actors().items():
        with walls.enter(actor):
            assert {names[m.pk] for m in colleagues(actor)} == LOOKS_AFTER.get(name, set()), name


def test_disabled_hat_is_gone_at_the_next_request(people: People, client_as: Callable[..., Client]) -> None:
    clerk = client_as(people.enterprise_clerk_a)
    own = reverse("enterprise", args=[people.enterprise_a.code])
    assert clerk.get(own).status_code == 200
    with walls.enter(people.enterprise_admin_a):
        memberships.disable(people.enterprise_clerk_a.membership, reason="离职", actor=people.enterprise_admin_a)
    assert clerk.get(own).status_code == 404
    assert "尚未加入任何机构" in clerk.get("/").content.decode()
    with walls.enter(people.enterprise_admin_a):
        memberships.restore(
            Membership.objects.get(pk=people.enterprise_clerk_a.membership.pk), actor=people.enterprise_admin_a
        )
    assert clerk.get(own).status_code == 200


def test_last_head_stays_until_somebody_else_is_head(people: People) -> None:
    with walls.enter(people.unit_head), pytest.raises(Refused, match="唯一的市州负责人"):
        memberships.disable(people.city_head_a.membership, reason="调离", actor=people.unit_head)
    wuhan = factories.office("武汉市经济和信息化局")
    factories.seat(Role.CITY_HEAD, office=wuhan)
    with walls.enter(people.unit_head):
        memberships.disable(people.city_head_a.membership, reason="调离", actor=people.unit_head)


def test_a_head_whose_account_is_shut_does_not_count(people: People) -> None:
    other = factories.seat(Role.CITY_HEAD, office=factories.office("武汉市经济和信息化局"))
    other.user.is_active = False
    other.user.save()
    with walls.enter(people.unit_head), pytest.raises(Refused, match="唯一"):
        memberships.disable(people.city_head_a.membership, reason="调离", actor=people.unit_head)


def test_nobody_disables_themselves(people: People) -> None:
    with walls.enter(people.city_head_a), pytest.raises(Denied):
        factories.seat(Role.CITY_HEAD, office=factories.office("武汉市经济和信息化局"))
        memberships.disable(people.city_head_a.membership, reason="x", actor=people.city_head_a)


def test_hand_over_moves_the_hat_in_one_act(people: People) -> None:
    with walls.enter(people.city_head_a):
        assert {m.user for m in successors(people.city_head_a.membership)} == {
            people.city_reviewer_a.user,
            people.city_joint_a.user,
        }
        heir = people.city_reviewer_a.user
        new = memberships.hand_over(people.city_head_a.membership, to=heir, actor=people.city_head_a)
    assert (new.role, new.user, new.city) == (Role.CITY_HEAD, heir, people.city_head_a.membership.city)
    with walls.system("test"):
        assert Membership.objects.get(pk=people.city_head_a.membership.pk).state == "handed_over"
        assert {m.role for m in hats(heir)} == {Role.CITY_HEAD, Role.CITY_REVIEWER}


@pytest.mark.parametrize("stranger", ["city_reviewer_b", "enterprise_admin_a", "newcomer", "unit_head"])
def test_hand_over_stays_in_the_organisation(people: People, stranger: str) -> None:
    with walls.enter(people.city_head_a), pytest.raises(Refused, match="本机构"):
        memberships.hand_over(
            people.city_head_a.membership, to=people.actors()[stranger].user, actor=people.city_head_a
        )


@pytest.mark.parametrize("first", sorted(ADMINISTRATORS))
@pytest.mark.parametrize("second", [*sorted(ADMINISTRATORS), Role.CITY_HEAD, Role.ENTERPRISE_CLERK, Role.EXPERT])
def test_administrators_hold_one_role_and_nothing_beside_it(people: People, first: Role, second: Role) -> None:
    places = {
        Role.CITY_HEAD: {"office": factories.office("武汉市经济和信息化局")},
        Role.ENTERPRISE_CLERK: {"enterprise": people.enterprise_a},
        Role.EXPERT: {"unit": people.enterprise_a.unit},
    }
    for one, two in ((first, second), (second, first)):
        who = factories.seat(one, **places.get(one, {})).user
        with pytest.raises(Refused, match="已担任" if one == two else "三者分立"):
            factories.seat(two, who=who, **places.get(two, {}))


def test_database_holds_two_administrators_apart_by_itself() -> None:
    who = factories.seat(Role.AUDITOR)
    with walls.system("test"), pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(user=who.user, role=Role.SECURITY_ADMIN, since="2024-11-01T00:00Z")


def test_database_refuses_a_role_at_the_wrong_place(people: People) -> None:
    with walls.system("test"), pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(
            user=people.newcomer.user, role=Role.UNIT_HEAD, enterprise=people.enterprise_a,
            unit=people.enterprise_a.unit, city=people.enterprise_a.city, since="2024-11-01T00:00Z",
        )  # fmt: skip


def test_person_with_two_hats_chooses_and_sees_one_place_at_a_time(
    people: People, client_as: Callable[..., Client]
) -> None:
    second = factories.seat(Role.ENTERPRISE_CLERK, who=people.enterprise_clerk_a.user, enterprise=people.enterprise_b)
    client = client_as(people.enterprise_clerk_a)
    a, b = (reverse("enterprise", args=[e.code]) for e in (people.enterprise_a, people.enterprise_b))
    page = client.get("/").content.decode()
    assert "甲企业 · 填报员" in page
    assert "乙企业 · 填报员" in page, "the other hat is offered by its own name"
    assert (client.get(a).status_code, client.get(b).status_code) == (200, 404)
    assert client.post(reverse("hat"), {"membership": second.membership.pk}).status_code == 302
    assert (client.get(a).status_code, client.get(b).status_code) == (404, 200)
    stolen = client.post(reverse("hat"), {"membership": people.enterprise_admin_a.membership.pk})
    assert stolen.status_code == 404


def test_group_calls_its_people_by_its_own_names(people: People) -> None:
    assert people.group_officer.role_label == "集团经办"
    assert people.unit_officer.role_label == "省级经办"


def test_administrators_are_appointed_on_the_command_line_and_nowhere_else(people: People) -> None:
    out = StringIO()
    call_command("appoint_administrator", "auditor", "new@test.example", "新审计", "--reason", "上线", stdout=out)
    assert "/invitations/" in out.getvalue()
    with walls.system("test"):
        assert Invitation.objects.get(email="new@test.example").role == Role.AUDITOR
    for actor in people.actors().values():
        post = Membership(role=Role.AUDITOR)
        from portal.rules import may

        assert not may(actor, "invitation.send", post)


def test_pages_of_disabling_and_handing_over(people: People, client_as: Callable[..., Client]) -> None:
    client = client_as(people.enterprise_admin_a)
    pk = people.enterprise_clerk_a.membership.pk
    assert client.post(reverse("membership_disable", args=[pk]), {"reason": ""}).status_code == 422
    assert client.post(reverse("membership_disable", args=[pk]), {"reason": "离职"}).status_code == 302
    assert client.post(reverse("membership_disable", args=[pk]), {"reason": "离职"}).status_code == 422
    assert client.post(reverse("membership_restore", args=[pk])).status_code == 302
    heirs = client.get(reverse("membership_hand_over", args=[people.enterprise_admin_a.membership.pk]))
    assert people.enterprise_clerk_a.user.name in heirs.content.decode()
    own = people.enterprise_admin_a.membership.pk
    done = client.post(reverse("membership_hand_over", args=[own]), {"to": pk})
    assert done.status_code == 302
    assert client.get(reverse("people")).status_code == 403, "the hat is gone with its powers"


def test_nobody_of_the_neighbours_is_reached(people: People, client_as: Callable[..., Client]) -> None:
    client = client_as(people.city_head_b)
    pk = people.city_reviewer_a.membership.pk
    for name in ("membership_disable", "membership_restore", "membership_hand_over"):
        assert client.post(reverse(name, args=[pk]), {"reason": "x"}).status_code == 404, name


def test_actor_without_hat_may_nothing(people: People) -> None:
    with walls.enter(Actor(user=people.newcomer.user)):
        assert not colleagues(people.newcomer).exists()


@pytest.mark.parametrize("role", [Role.CITY_REVIEWER, Role.CITY_HEAD, Role.UNIT_OFFICER, Role.UNIT_HEAD])
def test_reviewers_and_heads_work_in_the_lead_office(role: Role) -> None:
    joint = "武汉市财政局" if role.level == "city" else "湖北省财政厅"
    with pytest.raises(Refused, match="须在牵头部门任职"):
        memberships.post_at(role, office=factories.office(joint))


def test_page_says_so_when_a_joint_office_is_chosen_for_a_reviewer(
    people: People, client_as: Callable[..., Client]
) -> None:
    data = {"name": "甲", "email": "x@test.example", "role": "city_reviewer"}
    data["office"] = str(factories.office("武汉市财政局").pk)
    answer = client_as(people.city_head_a).post(reverse("invite"), data)
    assert answer.status_code == 422
    assert "须在牵头部门任职" in answer.content.decode()
    answer = client_as(people.city_head_a).post(reverse("invite"), data | {"role": "city_joint"})
    assert answer.status_code == 302
