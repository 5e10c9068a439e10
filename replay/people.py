"""Who acts in the replay: invented people in the offices that the portal knows, each under their one hat."""

import hashlib
from collections.abc import Iterable
from typing import Any

from allauth.account.models import EmailAddress

from portal import walls
from portal.actors import Actor
from portal.models import City, Office, Unit, User
from portal.roles import Role
from portal.selectors.people import hats
from portal.services.memberships import grant, post_at

_DIRECTOR = Actor(system="演练")
_FAMILY = "陈李张刘杨黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘"
_GIVEN = "文博思远明哲静怡国栋晓燕志诚雨桐建平海涛佳宁俊峰慧敏立新春华永康秀兰天佑宏伟子墨"


def name_of(key: str) -> str:
    """An invented name, the same for the same key."""
    number = int.from_bytes(hashlib.sha256(key.encode()).digest()[:6])
    given = 2 * (number // len(_FAMILY) % (len(_GIVEN) // 2))
    return _FAMILY[number % len(_FAMILY)] + _GIVEN[given : given + 2]


def account(key: str, name: str) -> User:
    """Somebody with an account whose address was confirmed."""
    email = f"{key}@replay.example"
    user = User.objects.create_user(email, name)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


def under_their_hat(user: User) -> Actor:
    """A person under the one hat they have; to be asked behind all walls."""
    (hat,) = hats(user)
    return Actor(user=user, membership=hat)


def seat(
    role: Role,
    *,
    office: Office | None = None,
    unit: Unit | None = None,
    key: str,
) -> Actor:
    """Somebody new in a role; `key` makes their address and name."""
    with walls.system("演练：人员到岗"):
        user = account(key, name_of(key))
        grant(user, post_at(role, office=office, unit=unit), actor=_DIRECTOR)
        return under_their_hat(user)


class Desks:
    """The people of one place's offices: who leads, who works on the cases, and who signs for each department."""

    def __init__(self, key: str, offices: Iterable[Office], roles: tuple[Role, Role, Role]) -> None:
        reviewer, head, joint = roles
        held: dict[str, Any] = {str(office.department): office for office in offices}
        lead = next(office for office in held.values() if office.is_lead)
        self.officer = seat(reviewer, office=lead, key=f"jingban.{key}")
        self.head = seat(head, office=lead, key=f"fuze.{key}")
        self.joint = {
            office.pk: seat(joint, office=office, key=f"huiqian.{key}.{department}")
            for department, office in held.items()
            if not office.is_lead
        }
        self.departments = [department for department, office in held.items() if not office.is_lead]
        self.lead = lead


def desks_of_city(city: City) -> Desks:
    """A city's."""
    with walls.system("演练：市州机构"):
        offices = list(Office.objects.filter(city=city).order_by("pk"))
    return Desks(city.region_id, offices, (Role.CITY_REVIEWER, Role.CITY_HEAD, Role.CITY_JOINT))


def desks_of_unit(unit: Unit) -> Desks:
    """A province's."""
    with walls.system("演练：省级机构"):
        offices = list(Office.objects.filter(unit=unit, city=None).order_by("pk"))
    return Desks(unit.code, offices, (Role.UNIT_OFFICER, Role.UNIT_HEAD, Role.UNIT_JOINT))
