"""Every address, asked by a stranger, by the neighbour, by each role: nothing is reachable by accident."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.test.utils import override_settings
from django.urls import reverse

from portal import walls
from portal.audit import AuditEvent
from tests import factories
from tests.addresses import house_patterns
from tests.conftest import QUICK_HASHERS
from tests.samples import (
    applications,
    choosing,
    ground,
    guidance,
    judging,
    ladder,
    papers,
    results,
    review,
    reviewing,
    rounds,
    seals,
    titles,
)
from tests.samples.kinds import Sample, World

pytestmark = pytest.mark.django_db

# One module for each part of the portal: SAMPLES, and things() that they point at.
PARTS = (
    ground, ladder, titles, rounds, applications, papers, seals, review, reviewing, guidance, choosing, judging,
    results,
)  # fmt: skip
SAMPLES: dict[str, Sample] = {name: sample for part in PARTS for name, sample in part.SAMPLES.items()}


def _names() -> set[str]:
    """Names of all addresses that are the portal's own; allauth tests its own."""
    return {pattern.name for pattern in house_patterns()}


def test_every_address_has_a_sample() -> None:
    assert _names() == set(SAMPLES), "a new address needs a sample that says who gets there"


@pytest.fixture(scope="module")
def worlds(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[Any, World]]:
    """What the addresses of each part point at, put in place once; each test is a savepoint inside."""
    quick = override_settings(PASSWORD_HASHERS=QUICK_HASHERS)
    with django_db_blocker.unblock(), quick, transaction.atomic():
        people = factories.cast()
        yield {part: World(people, part.things(people)) for part in PARTS}
        transaction.set_rollback(True)


@pytest.fixture
def world(worlds: dict[Any, World], db: None, request: pytest.FixtureRequest) -> World:
    """What the asked address points at."""
    name = request.node.callspec.params["name"] if hasattr(request.node, "callspec") else "home"
    return worlds[next(part for part in PARTS if name in part.SAMPLES)]


def _ask(client: Client, name: str, sample: Sample, world: World) -> int:
    data = sample.data
    if name == "hat":
        data = {"membership": str(world.people.city_reviewer_a.membership.pk)}
    more = {"content_type": "application/json"} if sample.method in {"patch", "put"} else {}
    answer = getattr(client, sample.method)(reverse(name, args=sample.args(world)), data, **more)
    if answer.streaming:
        b"".join(answer)  # a file is closed by whoever reads it to its end
    return answer.status_code


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_address_answers_those_it_is_for_and_nobody_else(
    name: str, world: World, client_as: Callable[..., Client]
) -> None:
    sample = SAMPLES[name]
    for who, actor in world.people.actors().items():
        with transaction.atomic():
            status = _ask(client_as(actor), name, sample, world)
            transaction.set_rollback(True)
        if sample.who is None or who in sample.who:
            assert status in {200, 302, 409, 422}, (who, status)
        else:
            assert status == sample.but.get(who, sample.else_), (who, status)


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_stranger_is_sent_to_sign_in(name: str, world: World) -> None:
    sample, client = SAMPLES[name], Client()
    answer = getattr(client, sample.method)(reverse(name, args=sample.args(world)), sample.data)
    if answer.streaming:
        b"".join(answer)
    if sample.public:
        assert answer.status_code in {200, 302}
    elif name.startswith("api_"):
        assert answer.status_code == 401
    else:
        assert answer.status_code == 302
        assert answer["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize("name", sorted(name for name, sample in SAMPLES.items() if sample.method == "post"))
def test_what_writes_is_not_done_by_following_a_link(name: str, world: World, client_as: Callable[..., Client]) -> None:
    sample = SAMPLES[name]
    client = client_as(world.people.city_head_a)
    status = client.get(reverse(name, args=sample.args(world))).status_code
    assert status in {404, 405} or name in {"membership_disable"}
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = client.cookies
    assert strict.post(reverse(name, args=sample.args(world)), sample.data).status_code == 403


def test_neighbours_attempt_is_on_record(world: World, client_as: Callable[..., Client]) -> None:
    client_as(world.people.city_head_b).get(reverse("registration", args=[world.registration.ref]))
    with walls.system("test"):
        event = AuditEvent.objects.get(verb="request.deny")
    assert (event.actor, event.data["ref"]) == (world.people.city_head_b.user, world.registration.ref)


def test_absent_and_forbidden_look_the_same(world: World, client_as: Callable[..., Client]) -> None:
    import re

    client = client_as(world.people.city_head_b)
    forbidden = client.get(reverse("enterprise", args=[world.people.enterprise_a.code]))
    absent = client.get(reverse("enterprise", args=[factories.code()]))
    clean = [
        re.sub(
            r"csrf\S+ value=\S+|[0-9a-f]{12}|X-CSRFToken\S+ \S+|\d\d:\d\d(:\d\d)?|/enterprises/\w+/",
            "",
            r.content.decode(),
        )
        for r in (forbidden, absent)
    ]
    assert forbidden.status_code == absent.status_code == 404
    assert len(clean[0]) == len(clean[1])
