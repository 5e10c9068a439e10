"""An invented province: as many enterprises as asked for in Hubei's cities, the same ones every time."""

import random

from portal import clock, walls
from portal.actors import Actor
from portal.demo.seed import credit_code
from portal.models import City, Enterprise, Industry, Office, User
from portal.roles import Role
from portal.selectors.people import hats
from portal.services.memberships import grant, post_at

SEED = 82  # 82号
_DIRECTOR = Actor(system="bench")
_WORDS = "华中江汉长虹光谷南湖东风清江神农楚天金凤隆中荆楚"


def grow(upto: int) -> None:
    """Put enterprises on the register until there are so many."""
    with walls.system("bench"):
        there = Enterprise.objects.count()
        cities = list(City.objects.filter(unit__code="HB").select_related("unit", "region").order_by("region_id"))
        industries = list(Industry.objects.order_by("code").values_list("code", flat=True))
        rows = [_enterprise(number, cities, industries) for number in range(there, upto)]
        Enterprise.objects.bulk_create(rows, batch_size=1_000)


def _enterprise(number: int, cities: list[City], industries: list[str]) -> Enterprise:
    dice = random.Random(f"{SEED}:{number}")  # noqa: S311 — the same world every time
    city = cities[number % len(cities)]
    name = "".join(dice.sample(_WORDS, 4))
    return Enterprise(
        code=credit_code(city.region_id, 10_000_000 + number),
        name=f"{city.region.name}{name}（{number:05d}）有限公司",
        region=city.region,
        address=f"{name}路{dice.randint(1, 999)}号",
        industry_id=dice.choice(industries),
        nature=dice.choice(["private", "state", "mixed"]),
        is_above_scale=dice.random() < 0.9,
        legal_representative="示例法人",
        contact_name="示例联系人",
        contact_phone="027-00000000",
        contact_email=f"contact{number}@bench.example",
        unit=city.unit,
        city=city,
        confirmed_at=clock.now(),
    )


def seat(role: Role, *, office: str = "", enterprise: Enterprise | None = None) -> Actor:
    """Somebody in a role; the same for every part of the bench that asks."""
    with walls.system("bench"):
        user = User.objects.filter(email=f"{role}@bench.example").first()
        if user is None:
            user = User.objects.create_user(f"{role}@bench.example", Role(role).label)
            place = Office.objects.filter(name=office).first()
            grant(user, post_at(role, office=place, enterprise=enterprise), actor=_DIRECTOR)
        (hat,) = hats(user)
    return Actor(user=hat.user, membership=hat)
