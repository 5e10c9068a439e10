"""People and organisations for tests, made through the services where there is one."""

import itertools
import random
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from allauth.account.models import EmailAddress

from portal import clock, walls
from portal.actors import Actor, Place
from portal.demo.seed import credit_code
from portal.models import Enterprise, Industry, Membership, Office, Region, Registration, Unit, UnitKind, User
from portal.roles import Role
from portal.selectors.people import hats
from portal.services.memberships import grant, post_at
from portal.services.registration import place_of, register
from tiers.demo.answers import made_up
from tiers.models import Edition, Factory, SelfAssessment
from tiers.services import assessments
from tiers.services.factories import sought

PASSWORD = "Correct-Horse-9"
DIRECTOR = Actor(system="test")
_numbers = itertools.count(1)


def user(name: str = "", password: str = PASSWORD) -> User:
    """An account with a verified address."""
    number = next(_numbers)
    made = User.objects.create_user(f"u{number}@test.example", name or f"用户{number}", password)
    EmailAddress.objects.create(user=made, email=made.email, verified=True, primary=True)
    return made


def code(region: str = "420100") -> str:
    """A fresh well-formed credit code."""
    return credit_code(region, 50_000_000 + next(_numbers))


def facts(region: str = "420100", **changes: Any) -> dict[str, Any]:
    """What an enterprise says of itself when it registers."""
    number = next(_numbers)
    return {
        "code": code(region),
        "name": f"测试企业{number}有限公司",
        "region": Region.objects.get(code=region),
        "address": f"测试路{number}号",
        "industry": Industry.objects.get(code="C34"),
        "nature": "private",
        "is_above_scale": True,
        "group": None,
        "branch_of_code": "",
        "branch_of_name": "",
        "legal_representative": "法人甲",
        "contact_name": "联系人乙",
        "contact_phone": "027-00000000",
        "contact_email": "contact@test.example",
    } | changes


def enterprise(region: str = "420100", **changes: Any) -> Enterprise:
    """An enterprise on the register."""
    said = facts(region, **changes)
    unit, city = place_of(region=said["region"], group=said["group"])
    with walls.system("test"):
        return Enterprise.objects.create(**said, unit=unit, city=city, confirmed_at=clock.now())


def factory(of: Enterprise, **changes: Any) -> Factory:
    """A factory of an enterprise."""
    number = next(_numbers)
    said = {
        "ref": f"GC-T{number:06d}",
        "name": f"测试工厂{number}",
        "region": of.region,
        "address": f"工厂路{number}号",
        "industry": of.industry,
        "started_on": date(2020, 1, 1),
        "created_at": clock.now(),
        "unit_id": of.unit_id,
        "city_id": of.city_id,
    }
    said |= changes
    with walls.system("test"):
        return Factory.objects.create(**said, enterprise=of, sought=sought(str(said["name"]), of))


def assessment(
    of: Factory, by: Actor, *, year: int = 2024, aim: str = "advanced", rank: int | None = None, **more: Any
) -> SelfAssessment:
    """A self-assessment begun by somebody; `rank`: answered as a factory that meets that tier would."""
    with walls.enter(by):
        edition, name = Edition.objects.get(code=more.pop("edition", "2024")), more.pop("name", "方案一")
        row = assessments.begin(of, edition=edition, year=year, aim=aim, name=name, actor=by, **more)
        if rank is not None:
            answers = made_up(edition.value, rank, random.Random(f"{year}/{rank}"), aim)
            for key in answers.keys() & set(row.sections.values_list("key", flat=True)):
                assessments.save(row, key, answers[key], version=0, actor=by)
        return SelfAssessment.objects.select_related("edition", "factory", "enterprise").get(pk=row.pk)


def registration(region: str = "420100", by: User | None = None, **changes: Any) -> Registration:
    """A pending registration."""
    actor = Actor(user=by or user())
    with walls.enter(actor):
        return register(actor, facts(region, **changes))


def seat(role: Role, *, who: User | None = None, **place: Any) -> Actor:
    """Somebody in a role; `place` as for post_at: enterprise, office or unit."""
    with walls.system("test"):
        membership = grant(who or user(), post_at(role, **place), actor=DIRECTOR)
        hat = next(h for h in hats(membership.user) if h.pk == membership.pk)
    return Actor(user=hat.user, membership=hat)


def office(name: str) -> Office:
    """An office by name."""
    return Office.objects.get(name=name)


def group() -> Unit:
    """The test's central group, with its office."""
    unit, made = Unit.objects.get_or_create(
        code="TESTG", defaults={"name": "测试集团", "kind": UnitKind.CENTRAL_GROUP, "default_quota": 5}
    )
    if made:
        Office.objects.create(level="unit", unit=unit, department="industry", name="测试集团智造部", is_lead=True)
    return unit


@dataclass
class People:
    """The cast of the tests. `*_a` sit in Wuhan, `*_b` are their neighbours in Yichang."""

    enterprise_a: Enterprise
    enterprise_b: Enterprise
    enterprise_group: Enterprise
    enterprise_admin_a: Actor
    enterprise_clerk_a: Actor
    enterprise_admin_b: Actor
    enterprise_admin_group: Actor
    city_reviewer_a: Actor
    city_head_a: Actor
    city_joint_a: Actor
    city_reviewer_b: Actor
    city_head_b: Actor
    unit_officer: Actor
    unit_head: Actor
    unit_joint: Actor
    unit_head_hunan: Actor
    group_officer: Actor
    group_head: Actor
    expert: Actor
    ministry: Actor
    system_admin: Actor
    security_admin: Actor
    auditor: Actor
    newcomer: Actor

    def actors(self) -> dict[str, Actor]:
        """Everybody by name."""
        found = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: actor for name, actor in found.items() if isinstance(actor, Actor)}


_cast: People | None = None


def cast() -> People:
    """The cast as it stands in this test's database, read afresh: what one test changes no other sees."""
    if _cast is None:
        raise RuntimeError("the cast is put in place when the test database is made")
    keys = {name: (a.user.pk, a.membership and a.membership.pk) for name, a in _cast.actors().items() if a.user}
    enterprises = {
        f.name: getattr(_cast, f.name).pk
        for f in fields(_cast)
        if f.name.startswith("enterprise_") and isinstance(getattr(_cast, f.name), Enterprise)
    }
    with walls.stand(Place(office="system")):
        members = Membership.objects.select_related("user", "unit", "city__region", "enterprise", "office").in_bulk(
            [membership for _, membership in keys.values() if membership]
        )
        users = User.objects.in_bulk([user for user, _ in keys.values()])
        found = Enterprise.objects.select_related("unit", "city__region").in_bulk(enterprises.values())
    actors = {}
    for name, (user_pk, membership_pk) in keys.items():
        hat = members.get(membership_pk) if membership_pk else None
        actors[name] = Actor(user=hat.user if hat else users[user_pk], membership=hat)
    return People(**actors, **{name: found[pk] for name, pk in enterprises.items()})


def put_cast_in_place() -> None:
    """Once for each test database."""
    global _cast
    _cast = people()


def people() -> People:
    """Make somebody in every role, and their organisations."""
    central, hubei = group(), Unit.objects.get(code="HB")
    a, b = enterprise("420100", name="甲企业"), enterprise("420500", name="乙企业")
    g = enterprise("420600", name="集团企业", group=central)
    wuhan, yichang = office("武汉市经济和信息化局"), office("宜昌市经济和信息化局")
    province, desk = office("湖北省经济和信息化厅"), office("测试集团智造部")
    return People(
        enterprise_a=a,
        enterprise_b=b,
        enterprise_group=g,
        enterprise_admin_a=seat(Role.ENTERPRISE_ADMIN, enterprise=a),
        enterprise_clerk_a=seat(Role.ENTERPRISE_CLERK, enterprise=a),
        enterprise_admin_b=seat(Role.ENTERPRISE_ADMIN, enterprise=b),
        enterprise_admin_group=seat(Role.ENTERPRISE_ADMIN, enterprise=g),
        city_reviewer_a=seat(Role.CITY_REVIEWER, office=wuhan),
        city_head_a=seat(Role.CITY_HEAD, office=wuhan),
        city_joint_a=seat(Role.CITY_JOINT, office=office("武汉市财政局")),
        city_reviewer_b=seat(Role.CITY_REVIEWER, office=yichang),
        city_head_b=seat(Role.CITY_HEAD, office=yichang),
        unit_officer=seat(Role.UNIT_OFFICER, office=province),
        unit_head=seat(Role.UNIT_HEAD, office=province),
        unit_joint=seat(Role.UNIT_JOINT, office=office("湖北省财政厅")),
        unit_head_hunan=seat(Role.UNIT_HEAD, office=office("湖南省工业和信息化主管部门")),
        group_officer=seat(Role.UNIT_OFFICER, office=desk),
        group_head=seat(Role.UNIT_HEAD, office=desk),
        expert=seat(Role.EXPERT, unit=hubei),
        ministry=seat(Role.MINISTRY, office=office("工业和信息化部")),
        system_admin=seat(Role.SYSTEM_ADMIN),
        security_admin=seat(Role.SECURITY_ADMIN),
        auditor=seat(Role.AUDITOR),
        newcomer=Actor(user=user("新人")),
    )
