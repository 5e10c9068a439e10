"""Puts the ladder's part of the demo world in place."""

from django.conf import settings
from django.db import transaction

from portal import walls
from portal.demo.seed import NotADemo
from tiers.demo import guidance, rounds
from tiers.demo.factories import seed_factories
from tiers.demo.recognitions import seed_recognitions
from tiers.models import Factory
from tiers.services.recognitions import link_waiting


def seed() -> bool:
    """Put it in place; False when it is there already. Raises NotADemo under production settings."""
    if not settings.IS_DEMO:
        raise NotADemo("seed_tiers is refused when PORTAL_MODE is production.")
    made = [_seed_ladder(), rounds.seed(), guidance.seed()]
    return any(made)


def _seed_ladder() -> bool:
    with walls.system("载入演示数据：梯度培育"):
        if Factory.objects.exists():
            return False
    with transaction.atomic():
        seed_recognitions()
        seed_factories()
        with walls.system("载入演示数据：荣誉称号与工厂关联"):
            link_waiting()
    return True
