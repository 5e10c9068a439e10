"""To-dos on the home page: each leads to where it is done, straight to the only one if there is one."""

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from portal.actors import Actor
from portal.selectors.home import Waiting, straight
from tests import applications as made
from tests import choice, reviews, rounds
from tests.factories import People

pytestmark = pytest.mark.django_db
_TASK = re.compile(r'<a class="task__name" href="([^"]+)">\d+ ([^<]+)</a>')


def _todo(client: Client) -> dict[str, str]:
    """What the home page says waits, and where it leads."""
    return {label: address for address, label in _TASK.findall(client.get("/").content.decode())}


def test_straight_goes_to_the_only_one_else_wider_else_to_the_list_of_all() -> None:
    line = Waiting(2, "份名单待接收", "rounds")
    assert straight(line, ("list", ["A", "A"]), ("lists", ["R", "R"])) == Waiting(2, line.label, "list", ref="A")
    assert straight(line, ("list", ["A", "B"]), ("lists", ["R", "R"])) == Waiting(2, line.label, "lists", ref="R")
    assert straight(line, ("list", ["A", "B"]), ("lists", ["R", "S"])) == line
    assert straight(line, ("list", [])) == line


def test_an_enterprise_is_led_to_its_round_and_to_its_only_draft(
    people: People, client_as: Callable[[Actor], Client]
) -> None:
    round_ = rounds.current(people)
    draft = made.begun(people, round_=round_)
    todo = _todo(client_as(people.enterprise_admin_a))
    assert todo["个批次的企业申报正在进行"] == reverse("round", args=[round_.ref])
    assert todo["件申报正在填报"] == reverse("application", args=[draft.ref])


def test_offices_are_led_to_the_round_that_waits_and_to_the_list_that_came(
    people: People, client_as: Callable[[Actor], Client]
) -> None:
    row = made.submitted(people, round_=rounds.current(people))
    officer, head = people.city_reviewer_a, people.city_head_a
    assert _todo(client_as(officer))["件申报待初审"] == reverse("inbox", args=[row.round.ref])
    assert _todo(client_as(officer))["件申报的纸质件未收齐"] == reverse("copies", args=[row.round.ref])
    reviews.passed(row, officer)
    city_list = reviews.list_of(row.round, officer)
    reviews.circulated(city_list, head)
    choice.sent(city_list, people)
    assert _todo(client_as(people.unit_officer))["份市州推荐名单待接收"] == reverse("city_list", args=[city_list.ref])
