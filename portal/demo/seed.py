"""Puts the demo world in place, through the same services that people use."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import encrypt
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction

from portal import audit, walls
from portal.actors import Actor
from portal.demo.cast import CAST, COMPANIES, GROUP, PASSWORD, Company, Seat, secret_of
from portal.models import Enterprise, Industry, Membership, Office, Region, Registration, Unit, UnitKind, User
from portal.roles import Role
from portal.selectors.people import hats
from portal.services.memberships import grant, post_at
from portal.services.registration import confirm, register

_CODE_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_DIRECTOR = Actor(system="演示数据")


class NotADemo(Exception):
    """Demo data must never meet real data."""


def credit_code(region: str, number: int) -> str:
    """A well-formed code (GB 32100-2015) for an invented enterprise: 91, region, body number, check letter."""
    body = f"{number:08d}"
    weights = (3, 7, 9, 10, 5, 8, 4, 2)  # GB 11714: the check letter of the body number itself
    check = (11 - sum(int(d) * w for d, w in zip(body, weights, strict=True)) % 11) % 11
    stem = f"91{region}{body}{'X' if check == 10 else check}"
    total = sum(_CODE_LETTERS.index(c) * pow(3, i, 31) for i, c in enumerate(stem))
    return stem + _CODE_LETTERS[(31 - total % 31) % 31]


def seed() -> bool:
    """Put the demo world in place; False when it is there already. Raises NotADemo under production settings."""
    if not settings.IS_DEMO:
        raise NotADemo("seed_demo is refused when PORTAL_MODE is production.")
    return _seed()


@transaction.atomic
def _seed() -> bool:
    if User.objects.filter(email=CAST[0].email).exists():
        return False
    password = make_password(PASSWORD)
    with walls.system("载入演示数据", _DIRECTOR):
        _group()
        for seat in CAST:
            user = _account(seat, password)
            if seat.role and not seat.enterprise:
                grant(user, _post(seat, seat.role), actor=_DIRECTOR)
        audit.record("demo.seed", actor=_DIRECTOR, accounts=len(CAST))
    for number, company in enumerate(COMPANIES, start=1):
        _company(company, number, password)
    with walls.system("载入演示数据：企业填报员", _DIRECTOR):
        for seat in CAST:
            if seat.role is Role.ENTERPRISE_CLERK:
                grant(User.objects.get(email=seat.email), _post(seat, seat.role), actor=_DIRECTOR)
    return True


def _group() -> None:
    code, name, office = GROUP
    unit = Unit.objects.create(code=code, name=name, kind=UnitKind.CENTRAL_GROUP, default_quota=5)
    Office.objects.create(level="unit", unit=unit, department="industry", name=office, is_lead=True)


def _account(seat: Seat, password: str) -> User:
    user = _user(seat.email, seat.name, password)
    if seat.has_second_factor:
        data = {"secret": encrypt(secret_of(seat.email))}
        Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data=data)
    return user


def _user(email: str, name: str, password: str) -> User:
    user = User.objects.create(email=email, name=name, password=password)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


def _post(seat: Seat, role: Role) -> dict[str, Any]:
    return post_at(
        role,
        office=Office.objects.filter(name=seat.office).first(),
        enterprise=Enterprise.objects.filter(name=seat.enterprise).first(),
        unit=Unit.objects.filter(code=seat.unit).first(),
    )


def _company(company: Company, number: int, password: str) -> None:
    """Register an invented enterprise, and let its city (or its group) confirm it unless it is to wait."""
    seat = next((s for s in CAST if s.enterprise == company.name and s.role is Role.ENTERPRISE_ADMIN), None)
    user = (
        User.objects.get(email=seat.email)
        if seat
        else _user(f"qiye{number:02d}@demo.example", f"示例联系人{number:02d}", password)
    )
    with walls.enter(Actor(user=user)):
        registration = register(Actor(user=user), _facts(company, number, user))
    if not company.waiting:
        with walls.system("载入演示数据：由谁确认企业登记", _DIRECTOR):
            decider = _decider(registration)
        with walls.enter(decider):
            confirm(registration, actor=decider)


def _facts(company: Company, number: int, user: User) -> dict[str, Any]:
    region = Region.objects.get(code=company.region)
    return {
        "code": credit_code(company.region, 30_000_000 + number * 7_919),
        "name": company.name,
        "region": region,
        "address": f"{region.name}示例工业园{number}号",
        "industry": Industry.objects.get(code=company.industry),
        "nature": company.nature,
        "is_above_scale": company.above_scale,
        "group": Unit.objects.get(code=GROUP[0]) if company.group else None,
        "branch_of_code": "",
        "branch_of_name": "",
        "legal_representative": f"示例法人{number:02d}",
        "contact_name": user.name,
        "contact_phone": f"027-0000{number:04d}",
        "contact_email": user.email,
    }


def _decider(registration: Registration) -> Actor:
    """Somebody who may decide: the city's reviewer where the demo has one, else a stand-in who leaves again."""
    place = {"unit_id": registration.unit_id, "city_id": registration.city_id}
    role = Role.CITY_REVIEWER if registration.city_id else Role.UNIT_OFFICER
    found = Membership.objects.filter(role=role, state="active", **place).select_related("user").first()
    if found is None:
        office = Office.objects.get(**place, is_lead=True)
        name = f"{office.city.region.name}示例初审员" if office.city else "示例经办"
        user = _user(f"chushen.{registration.city_id}@demo.example", name, make_password(None))
        found = grant(user, post_at(role, office=office), actor=_DIRECTOR)
    hat = next(h for h in hats(found.user) if h.pk == found.pk)
    return Actor(user=found.user, membership=hat)
