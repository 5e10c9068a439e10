"""Puts the demo's people and enterprises in place, through the same services that people use."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import encrypt
from django.contrib.auth.hashers import make_password
from django.db import transaction

from portal import audit, walls
from portal.actors import Actor, Place
from portal.demo.cast import CAST, CITY_ACCOUNTS, DOMAIN, GROUP, NEIGHBOURS, PASSWORD, Seat, secret_of
from portal.demo.companies import Company, companies
from portal.demo.parts import DIRECTOR, demo_only
from portal.models import Enterprise, Industry, Office, Region, Registration, Unit, UnitKind, User
from portal.roles import Role
from portal.selectors.people import hats
from portal.services.memberships import grant, post_at
from portal.services.registration import confirm, register

_CODE_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_BODY = 30_000_000  # the first body number of the demo's enterprises
_STEP = 7_919


def credit_code(region: str, number: int) -> str:
    """A well-formed code (GB 32100-2015) for an invented enterprise: 91, region, body number, check letter."""
    body = f"{number:08d}"
    weights = (3, 7, 9, 10, 5, 8, 4, 2)  # GB 11714: the check letter of the body number itself
    check = (11 - sum(int(d) * w for d, w in zip(body, weights, strict=True)) % 11) % 11
    stem = f"91{region}{body}{'X' if check == 10 else check}"
    total = sum(_CODE_LETTERS.index(c) * pow(3, i, 31) for i, c in enumerate(stem))
    return stem + _CODE_LETTERS[(31 - total % 31) % 31]


def seed(number: int = 1) -> bool:
    """Put them in place; False when they are there already. Raises NotADemo under production settings."""
    demo_only()
    return _seed(number)


def is_there() -> bool:
    """Whether the demo's people are there."""
    return User.objects.filter(email=CAST[0].email).exists()


@transaction.atomic
def _seed(number: int) -> bool:
    if is_there():
        return False
    password = make_password(PASSWORD)
    with walls.system("载入演示数据", DIRECTOR):
        _group()
        for seat in (*CAST, *NEIGHBOURS):
            user = _account(seat, password)
            if seat.role and not seat.enterprise:
                grant(user, _post(seat, seat.role), actor=DIRECTOR)
        audit.record("demo.seed", actor=DIRECTOR, accounts=len(CAST) + len(NEIGHBOURS))
    deciders: dict[int, Actor] = {}
    for place, company in enumerate(companies(number), start=1):
        _company(company, place, password, deciders)
    with walls.system("载入演示数据：企业填报员", DIRECTOR):
        for seat in CAST:
            if seat.role is Role.ENTERPRISE_CLERK:
                grant(User.objects.get(email=seat.email), _post(seat, seat.role), actor=DIRECTOR)
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


def _company(company: Company, number: int, password: str, deciders: dict[int, Actor]) -> None:
    """Register an invented enterprise, and let its city (or its group) confirm it unless it is to wait."""
    seat = next((s for s in CAST if s.enterprise == company.name and s.role is Role.ENTERPRISE_ADMIN), None)
    user = (
        User.objects.get(email=seat.email)
        if seat
        else _user(f"qiye{number:02d}@{DOMAIN}", f"示例联系人{number:02d}", password)
    )
    with walls.enter(Actor(user=user)):
        registration = register(Actor(user=user), _facts(company, number, user))
    if not company.waiting:
        place = registration.city_id or 0
        decider = deciders.get(place) or deciders.setdefault(place, _decider(registration))
        with walls.enter(decider):
            confirm(registration, actor=decider)


def _facts(company: Company, number: int, user: User) -> dict[str, Any]:
    region = Region.objects.get(code=company.region)
    return {
        "code": code_of(company, number),
        "name": company.name,
        "region": region,
        "address": f"{region.name}示例工业园{number}号",
        "industry": Industry.objects.get(code=company.industry),
        "nature": company.nature,
        "is_above_scale": company.above_scale,
        "group": Unit.objects.get(code=GROUP[0]) if company.group else None,
        "branch_of_code": credit_code(company.region, _BODY + 40_000_000 + number) if company.legal_person else "",
        "branch_of_name": company.legal_person,
        "legal_representative": f"示例法人{number:02d}",
        "contact_name": user.name,
        "contact_phone": f"027-0000{number:04d}",
        "contact_email": user.email,
    }


def code_of(company: Company, number: int) -> str:
    """An enterprise's code, by its place in the list."""
    return credit_code(company.region, _BODY + number * _STEP)


def _decider(registration: Registration) -> Actor:
    """Who decides about a registration: its city's reviewer, or the group's officer."""
    city = registration.city
    return somebody(f"chushen.{CITY_ACCOUNTS[city.region.name]}" if city else "jingban.hualing")


def somebody(account: str) -> Actor:
    """A demo account under its first hat."""
    user = User.objects.get(email=f"{account}@{DOMAIN}")
    with walls.stand(Place.at_door(user.pk)):
        hat = next(iter(hats(user)))
    return Actor(user=user, membership=hat)
