"""The demo's rounds: made through the services, once, and refused in production."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from portal import clock, walls
from portal.actors import Actor
from portal.demo import seed
from tests.rounds import CITY_UNTIL, ENTERPRISE_UNTIL, LOADER, UNIT_UNTIL
from tiers.models import Round, RoundEffect
from tiers.rounds import Window, closed_reason
from tiers.services import calendar, catalogue
from tiers.services.round_effects import tick

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db: None) -> None:
    seed.seed()
    catalogue.load(actor=LOADER)
    calendar.load(actor=LOADER)


def test_rounds_of_the_demo(world: None) -> None:
    said = []
    for _ in range(2):
        out = StringIO()
        call_command("seed_tiers", stdout=out)
        said.append(out.getvalue().strip())
    assert said == ["The ladder's demo data: put in place.", "The ladder's demo data: there already."]
    year = clock.beijing(clock.now()).year
    with walls.system("test"):
        made = {row.ref: row for row in Round.objects.all()}
        assert {ref: row.state for ref, row in made.items()} == {
            "HB-2024-E-1": "finished", "HB-2024-A-1": "finished", f"HB-{year}-E-1": "accepting",
        }  # fmt: skip
        assert not RoundEffect.objects.filter(round__year=2024).exclude(audience="").exists(), "nobody is told late"
        assert RoundEffect.objects.get(round__year=year, kind="accept").audience == "everyone"
    shipped, current = made["HB-2024-E-1"], made[f"HB-{year}-E-1"]
    assert (shipped.enterprise_until, shipped.city_until, shipped.unit_until, shipped.quota) == (
        ENTERPRISE_UNTIL, CITY_UNTIL, UNIT_UNTIL, 20,
    )  # fmt: skip
    assert (current.based_on, current.value.rules) == (shipped, shipped.value.rules)
    assert closed_reason(current.windows, Window.ENTERPRISE, clock.now()) is None
    assert tick() == [], "time has brought it where it is already"


def test_demo_is_refused_in_production(settings: Any) -> None:
    settings.IS_DEMO = False
    with pytest.raises(CommandError, match="refused"):
        call_command("seed_tiers")
    with walls.enter(Actor(system="test")):
        assert not Round.objects.exists()
