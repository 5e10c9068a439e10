"""The addresses of the ground floor."""

from typing import Any

from portal import walls
from portal.roles import Role
from portal.services import invitations
from portal.services.memberships import post_at
from tests import factories
from tests.factories import People
from tests.samples.kinds import ABOVE, ABOVE_A, DECIDING, HEADS, STAFF_A, Sample

SAMPLES: dict[str, Sample] = {
    "home": Sample(None, public=True),
    "display": Sample(None, method="post", data={"large": "1"}, public=True),
    "demo": Sample(None, public=True),
    "demo_mail": Sample(None, public=True),
    "hat": Sample({"city_reviewer_a"}, method="post", data={"membership": "city_reviewer_a"}),
    "notices": Sample(None),
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


def things(people: People) -> dict[str, Any]:
    """A registration, somebody's own, and an open invitation."""
    post = post_at(Role.CITY_REVIEWER, office=factories.office("武汉市经济和信息化局"))
    with walls.enter(people.city_head_a):
        invitation, token = invitations.invite(
            people.city_head_a, email="invited@test.example", name="受邀人", post=post
        )
    return {
        "registration": factories.registration("420100"),
        "own": factories.registration(by=people.newcomer.user),
        "invitation": invitation,
        "token": token,
    }
