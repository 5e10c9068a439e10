"""The ladder's parts of the demo world."""

from django.db import transaction

from portal import walls
from portal.demo.parts import Part
from tiers.demo import guidance, rounds
from tiers.demo.factories import WORKS, drawn_works, seed_factories
from tiers.demo.recognitions import seed_recognitions
from tiers.services.recognitions import link_waiting


def _ladder(number: int) -> None:
    with transaction.atomic():
        seed_recognitions(number)
        seed_factories(WORKS, number)
        with walls.system("载入演示数据：荣誉称号与工厂关联"):
            link_waiting()


PAST_ROUNDS = Part("past_rounds", "2024年度申报批次", lambda _: rounds.past())
THIS_ROUND = Part(
    "this_round", "本年度申报批次和公告", lambda _: (rounds.this_years(rounds.shipped()), guidance.seed())
)
LADDER = Part("ladder", "荣誉称号、工厂和自评", _ladder)
FACTORIES = Part("factories", "各市州工厂和自评", lambda number: seed_factories(drawn_works(number), number))
