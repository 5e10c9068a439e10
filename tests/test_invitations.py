"""Invitations: a secret link, one address, one time, one week."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from portal import walls
from portal.actors import Actor, Place
from portal.audit import AuditEvent
from portal.errors import Denied, Refused
from portal.models import Invitation, Mail, Membership, User
from portal.roles import Role
from portal.services import invitations
from portal.services.memberships import post_at
from portal.states import InvitationState
from tests import factories
from tests.factories import People

pytestmark = pytest.mark.django_db

NEW = {"name": "新同事", "password1": "Brave-Otter-77", "password2": "Brave-Otter-77"}


def _invite(people: People, email: str = "new@test.example") -> tuple[Invitation, str]:
    post = post_at(Role.CITY_REVIEWER, office=factories.office("武汉市经济和信息化局"))
    with walls.enter(people.city_head_a):
        return invitations.invite(people.city_head_a, email=email, name="新同事", post=post)


def test_newcomer_opens_an_account_by_the_mailed_link_and_has_the_role(people: People, client: Client) -> None:
    _, token = _invite(people)
    mail = Mail.objects.get(to="new@test.example")
    path = re.search(r"http://[^/]+(/invitations/\S+)", mail.body).group(1)  # type: ignore[union-attr]
    assert path == reverse("invitation", args=[token])
    assert "设置密码" in client.get(path).content.decode()
    assert client.post(path, NEW).status_code == 302
    user = User.objects.get(email="new@test.example")
    assert user.check_password(NEW["password1"])
    with walls.system("test"):
        assert Membership.objects.get(user=user).role == Role.CITY_REVIEWER
    replay = client.get(path)
    assert replay.status_code == 410
    assert "已失效" in replay.content.decode()
    assert client.post(path, NEW).status_code == 410


def test_only_a_digest_of_the_link_is_kept_and_none_of_it_on_record(people: People) -> None:
    invitation, token = _invite(people)
    assert invitation.token_digest == invitations.digest(token) != token
    with walls.system("test"):
        assert not AuditEvent.objects.filter(data__icontains=token).exists()
        assert not AuditEvent.objects.filter(subject_label__contains=token).exists()


def test_account_holder_signs_in_first_and_accepts(people: People, client_as: Callable[..., Client]) -> None:
    user = people.newcomer.user
    assert user
    _, token = _invite(people, user.email.upper())
    path = reverse("invitation", args=[token])
    assert "请登录后接受邀请" in Client().get(path).content.decode()
    client = client_as(people.newcomer)
    assert client.post(path).status_code == 302
    with walls.system("test"):
        membership = Membership.objects.get(user=user)
        assert (membership.place_label, membership.pk) == ("武汉市经济和信息化局", client.session["hat"])


def test_somebody_else_can_not_take_the_post(people: People, client_as: Callable[..., Client]) -> None:
    invitation, token = _invite(people)
    other = client_as(people.enterprise_clerk_a)
    path = reverse("invitation", args=[token])
    assert "请更换账户" in other.get(path).content.decode()
    assert other.post(path).status_code == 403
    with pytest.raises(Denied):
        invitations.accept(invitation, user=people.enterprise_clerk_a.user)


@pytest.mark.parametrize(("late", "accepted"), [(-1, True), (0, True), (1, False)])
def test_invitation_holds_to_its_last_instant_and_no_longer(
    people: People, late: int, accepted: bool, time_machine: object
) -> None:
    time_machine.move_to("2024-11-20T02:00:00Z", tick=False)  # type: ignore[attr-defined]
    invitation, _ = _invite(people, people.newcomer.user.email)
    time_machine.move_to(invitation.expires_at + timedelta(microseconds=late), tick=False)  # type: ignore[attr-defined]
    if accepted:
        assert invitations.accept(invitation, user=people.newcomer.user).role == Role.CITY_REVIEWER
    else:
        with pytest.raises(Refused, match="已过期"):
            invitations.accept(invitation, user=people.newcomer.user)


def test_withdrawn_link_is_dead_and_a_new_one_can_be_sent(people: People, client_as: Callable[..., Client]) -> None:
    invitation, token = _invite(people)
    with pytest.raises(Refused, match="请先撤回"):
        _invite(people)
    client = client_as(people.city_head_a)
    assert client.post(reverse("invitation_withdraw", args=[invitation.pk])).status_code == 302
    assert Client().get(reverse("invitation", args=[token])).status_code == 410
    _invite(people)


def test_refused_acceptance_leaves_no_account_behind(people: People) -> None:
    invitation, _ = _invite(people)
    with walls.system("test"):
        Invitation.objects.filter(pk=invitation.pk).update(state=InvitationState.WITHDRAWN)
    with pytest.raises(Refused):
        invitations.accept_as_newcomer(invitation, name="新同事", password="Brave-Otter-77")
    assert not User.objects.filter(email=invitation.email).exists()


def test_expiry_is_tidied_up_once(people: People, time_machine: object) -> None:
    invitation, _ = _invite(people)
    time_machine.move_to(invitation.expires_at + timedelta(seconds=1))  # type: ignore[attr-defined]
    assert invitations.expire_due() == 1
    assert invitations.expire_due() == 0
    with walls.stand(Place(office="auditor")):
        assert AuditEvent.objects.get(verb="invitation.expire").actor_name == "平台"


def test_one_invites_only_to_posts_one_may_give(people: People) -> None:
    outside = [
        post_at(Role.CITY_REVIEWER, office=factories.office("宜昌市经济和信息化局")),
        post_at(Role.UNIT_HEAD, office=factories.office("湖北省经济和信息化厅")),
        post_at(Role.ENTERPRISE_CLERK, enterprise=people.enterprise_a),
        post_at(Role.AUDITOR),
    ]
    for post in outside:
        with walls.enter(people.city_head_a), pytest.raises(Denied):
            invitations.invite(people.city_head_a, email="x@test.example", name="甲", post=post)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"email": "nonsense"}, "邮箱"),
        ({"role": "auditor"}, "所选内容不在可选范围内"),
        ({"office": ""}, "请选择所在机构"),
        ({"office": "宜昌市经济和信息化局"}, "所选内容不在可选范围内"),
    ],
)
def test_bad_invitations_come_back_with_a_sentence(
    people: People, client_as: Callable[..., Client], data: dict[str, str], sentence: str
) -> None:
    office = factories.office(data.pop("office")) if data.get("office") else None
    good = {
        "name": "新同事",
        "email": "new@test.example",
        "role": "city_reviewer",
        "office": str(factories.office("武汉市经济和信息化局").pk),
    }
    if office:
        data["office"] = str(office.pk)
    answer = client_as(people.city_head_a).post(reverse("invite"), good | data)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not Mail.objects.filter(to="new@test.example").exists()


def test_weak_or_mistyped_password_comes_back(people: People) -> None:
    _, token = _invite(people)
    path = reverse("invitation", args=[token])
    for bad in ({"password2": "other"}, {"password1": "short", "password2": "short"}):
        assert Client().post(path, NEW | bad).status_code == 422
    assert not User.objects.filter(email="new@test.example").exists()


def test_unknown_link_is_not_found(client: Client) -> None:
    assert client.get(reverse("invitation", args=["nonsense"])).status_code == 404


def test_two_hats_from_two_invitations(people: People) -> None:
    user = people.newcomer.user
    first, _ = _invite(people, user.email)
    invitations.accept(first, user=user)
    with walls.enter(people.unit_head):
        second, _ = invitations.invite(
            people.unit_head, email=user.email, name="新同事", post=post_at(Role.EXPERT, unit=people.enterprise_a.unit)
        )
    invitations.accept(second, user=user)
    with walls.system("test"):
        assert Membership.objects.filter(user=user, state="active").count() == 2
    with pytest.raises(Refused, match="当前状态"):
        invitations.accept(first, user=user)
    assert Actor(user=user).place().unit is None
