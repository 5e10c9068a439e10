"""The demo's rounds: made through the services, once, and refused in production."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from portal import clock, walls
from portal.actors import Actor
from portal.demo.parts import NotADemo
from review.demo.world import Stage, seed
from tests.rounds import CITY_UNTIL, ENTERPRISE_UNTIL, LOADER, UNIT_UNTIL
from tiers.models import Round, RoundEffect
from tiers.rounds import Window, closed_reason
from tiers.services import calendar, catalogue
from tiers.services.round_effects import tick

pytestmark = pytest.mark.django_db


@pytest.fixture
def conditions(db: None) -> None:
    catalogue.load(actor=LOADER)
    calendar.load(actor=LOADER)


def test_first_page_needs_people_and_rounds_and_seeding_again_changes_nothing(conditions: None) -> None:
    assert seed(Stage.NOW, first_only=True) == ["people", "past_rounds", "this_round", "rounds"]
    assert seed(Stage.NOW, first_only=True) == []
    year = clock.beijing(clock.now()).year
    with walls.system("test"):
        made = {row.ref: row for row in Round.objects.all()}
        assert made["HB-2024-E-1"].state == made["HB-2024-A-1"].state == "finished"
        assert made[f"HB-{year}-E-1"].state == "accepting"
        assert not RoundEffect.objects.filter(round__year=2024).exclude(audience="").exists(), "nobody is told late"
        assert RoundEffect.objects.get(round__ref=f"HB-{year}-E-1", kind="accept").audience == "everyone"
    shipped, current = made["HB-2024-E-1"], made[f"HB-{year}-E-1"]
    assert (shipped.enterprise_until, shipped.city_until, shipped.unit_until, shipped.quota) == (
        ENTERPRISE_UNTIL, CITY_UNTIL, UNIT_UNTIL, 20,
    )  # fmt: skip
    assert (current.based_on, current.value.rules) == (shipped, shipped.value.rules)
    assert closed_reason(current.windows, Window.ENTERPRISE, clock.now()) is None


def test_time_has_brought_this_years_open_round_where_it_is_already(conditions: None) -> None:
    seed(Stage.OPEN, first_only=True)
    assert tick() == []


def test_another_world_is_refused_where_one_is(conditions: None) -> None:
    call_command("seed_demo", stage="empty", stdout=StringIO())
    said = StringIO()
    call_command("seed_demo", stage="empty", stdout=said)
    assert "there already" in said.getvalue()
    with pytest.raises(CommandError, match="--stage empty --seed 1"):
        call_command("seed_demo", stage="empty", seed=2)
    with pytest.raises(CommandError, match="--stage empty"):
        call_command("seed_demo", stage="done")


def test_demo_is_refused_in_production(conditions: None, settings: Any) -> None:
    settings.IS_DEMO = False
    with pytest.raises(CommandError, match="refused"):
        call_command("seed_demo")
    with pytest.raises(NotADemo):
        seed(Stage.EMPTY)
    with walls.enter(Actor(system="test")):
        assert not Round.objects.exists()
