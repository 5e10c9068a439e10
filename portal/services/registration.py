"""How an enterprise comes in, and how a second person with the same code is passed on to its administrator."""

from typing import Any

from django.db import connection, transaction

from portal import audit, clock, walls
from portal.actors import Actor
from portal.credit_code import credit_code_error, normalised
from portal.errors import Denied, Refused
from portal.models import City, Enterprise, Membership, Region, Registration, Unit, UnitKind
from portal.models.enterprises import FACTS
from portal.references import new_ref
from portal.roles import Role
from portal.services import mail
from portal.services.memberships import grant, post_at
from portal.states import MembershipState, RegistrationState
from portal.workflow import locked, move

MOST_PENDING = 3


def _hold_code(code: str) -> None:
    """One at a time for each code, so that two people with it can't both be first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"enterprise:{code}"])


def place_of(*, region: Region, group: Unit | None) -> tuple[Unit, City | None]:
    """Which recommending unit, and which of its cities, looks after an enterprise registered there.

    A central group's enterprises go through the group (82号 二). Raises Refused where no unit is set up.
    """
    if group is not None:
        if group.kind != UnitKind.CENTRAL_GROUP:
            raise Refused("所选推荐单位不是中央企业集团，请重新选择。")
        return group, None
    city = City.objects.select_related("unit").filter(region=region).first()
    if city:
        return city.unit, city
    unit = Unit.objects.filter(region=region).first() or Unit.objects.filter(region=region.parent_id).first()
    if unit is None:
        raise Refused(f"{region.name}尚未在本平台设立推荐单位，请联系平台管理员。")
    return unit, None


def register(actor: Actor, facts: dict[str, Any]) -> Registration:
    """Ask to act for an enterprise; `facts` has the fields of EnterpriseFacts but unit and city.

    The answer is the same whether or not the code is known here. Raises Refused (a malformed or repeated request).
    """
    if actor.user is None:
        raise Denied("registering needs an account")
    code = normalised(facts["code"])
    if error := credit_code_error(code):
        raise Refused(error)
    unit, city = place_of(region=facts["region"], group=facts.get("group"))
    with transaction.atomic():
        _hold_code(code)
        pending = Registration.objects.filter(user=actor.user, state=RegistrationState.PENDING)
        if pending.filter(code=code).exists():
            raise Refused("您已提交过该统一社会信用代码的登记申请，正在等待确认，无需重复提交。")
        if pending.count() >= MOST_PENDING:
            raise Refused(f"您有{MOST_PENDING}件登记申请正在等待确认，请待办结或撤回后再提交。")
        with walls.system("企业登记：按统一社会信用代码查重"):
            known = Enterprise.objects.filter(code=code).first()
            if known and _is_member(actor, known):
                raise Refused(f"您已是{known.name}的成员，请在右上角切换身份。")
            place = {"unit": known.unit, "city": known.city} if known else {"unit": unit, "city": city}
            registration = Registration.objects.create(
                **{name: facts[name] for name in FACTS if name in facts} | {"code": code} | place,
                ref=new_ref("DJ"),
                user=actor.user,
                enterprise=known,
                submitted_at=clock.now(),
            )
            if known:
                _tell_administrators(known, registration)
        audit.record("registration.submit", registration, actor, passed_on=known is not None)
    return registration


def _is_member(actor: Actor, enterprise: Enterprise) -> bool:
    memberships = Membership.objects.filter(user=actor.user, enterprise=enterprise)
    return memberships.filter(state=MembershipState.ACTIVE).exists()


def _tell_administrators(enterprise: Enterprise, registration: Registration) -> None:
    heads = Membership.objects.filter(
        enterprise=enterprise, role=Role.ENTERPRISE_ADMIN, state=MembershipState.ACTIVE, user__is_active=True
    ).select_related("user")
    for head in heads:
        mail.write(head.user.email, "colleague_asks", enterprise=enterprise, registration=registration)


def confirm(registration: Registration, *, actor: Actor) -> Membership:
    """Say yes: put the enterprise on the register with its first administrator, or let a colleague in as clerk.

    Raises Denied, Refused.
    """
    with transaction.atomic():
        _hold_code(registration.code)
        with locked(registration) as row:
            changes = {"decided_at": clock.now(), "decided_by": actor.user}
            row = move(row, "confirm", actor=actor, changes=changes)
            enterprise, role = row.enterprise, Role.ENTERPRISE_CLERK
            if enterprise is None:
                enterprise, role = _put_on_register(row), Role.ENTERPRISE_ADMIN
            membership = grant(row.user, post_at(role, enterprise=enterprise), actor=actor)
            mail.write(row.user.email, "registration_confirmed", registration=row, membership=membership)
    return membership


def _put_on_register(registration: Registration) -> Enterprise:
    """Create the enterprise, and pass everybody else who waits with the same code on to its administrator."""
    facts = {name: getattr(registration, name) for name in FACTS}
    enterprise = Enterprise.objects.create(**facts, confirmed_at=clock.now())
    audit.record("enterprise.register", enterprise, code=enterprise.code)
    with walls.system("企业登记：同一代码的其他申请转交企业管理员"):
        for other in Registration.objects.filter(
            code=registration.code, state=RegistrationState.PENDING, enterprise=None
        ).exclude(pk=registration.pk):
            other.enterprise, other.unit, other.city = enterprise, enterprise.unit, enterprise.city
            other.save(update_fields=["enterprise", "unit", "city"])
            audit.record("registration.pass_on", other)
    return enterprise


def refuse(registration: Registration, *, reason: str, actor: Actor) -> Registration:
    """Say no, with a reason that the applicant reads; they may register again. Raises Denied, Refused."""
    with transaction.atomic():
        changes = {"decided_at": clock.now(), "decided_by": actor.user, "reason": reason.strip()}
        row = move(registration, "refuse", actor=actor, changes=changes, reason=reason)
        mail.write(row.user.email, "registration_refused", registration=row)
    return row


def withdraw(registration: Registration, *, actor: Actor) -> Registration:
    """Take one's own request back. Raises Denied, Refused."""
    with walls.system("申请人撤回登记申请"):
        return move(registration, "withdraw", actor=actor, changes={"decided_at": clock.now()})
