"""Fixtures of browser tests: the portal served once a worker, what its addresses are made of, people with browsers."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from portal import clock
from portal.actors import Actor
from portal.models import Enterprise, Membership, Registration, User
from portal.roles import Role
from portal.selectors.people import hats
from portal.services.invitations import invite
from portal.services.memberships import post_at
from tests import factories, rounds
from tests.applications import applications_to_see
from tests.browser import Served, Visitor, chromium, served
from tests.choice import choosing_to_see
from tests.databases import demo_database
from tests.journeys import Traveller, broken
from tests.judging import judging_to_see
from tests.publicities import results_to_see
from tests.reviews import reviews_to_see
from tests.seals import paper_to_see
from tests.titles import titles_to_see
from tiers.models import Factory, Filing, SelfAssessment


@pytest.fixture(scope="session")
def portal(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The portal, served once for all tests of a worker."""
    with _served(tmp_path_factory.mktemp("portal"), django_db_blocker) as made:
        yield made


@pytest.fixture(scope="session")
def installation(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    """The portal with its workers and beat, for journeys: nobody takes short cuts in its demo world."""
    with _served(tmp_path_factory.mktemp("installation"), django_db_blocker, whole=True) as made:
        yield made


@pytest.fixture(scope="module")
def rehearsal(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    """A whole portal as a rehearsal, its clock set to the present: for a journey that has to wait for days."""
    folder = tmp_path_factory.mktemp("rehearsal")
    with _served(folder, django_db_blocker, whole=True, begins=f"{clock.beijing(clock.now()):%Y-%m-%dT%H:%M}") as made:
        yield made


@contextmanager
def _served(folder: Path, blocker: Any, *, whole: bool = False, begins: str = "") -> Iterator[Served]:
    with blocker.unblock():
        copy = demo_database(folder / "media")
        name = copy.__enter__()
    try:
        with served(name, folder, blocker.unblock, whole=whole, begins=begins) as made:
            yield made
    finally:
        copy.__exit__(None, None, None)


@pytest.fixture(scope="session")
def world(portal: Served) -> dict[str, Any]:
    """References and keys that addresses are made of; and what the demo world has no sample of."""

    def made() -> dict[str, Any]:
        enterprise = Enterprise.objects.get(name__contains="星桥")
        colleague = factories.registration("420100", code=enterprise.code, name=enterprise.name)
        head = Membership.objects.get(user__email="qiye@demo.example")
        actor = Actor(user=head.user, membership=next(h for h in hats(head.user) if h.pk == head.pk))
        post = post_at(Role.ENTERPRISE_CLERK, enterprise=enterprise)
        _, token = invite(actor, email="yaoqing@example.org", name="受邀人", post=post)
        factory = Factory.objects.get(name="精密传动部件智能工厂")
        years = {row.year: row.ref for row in SelfAssessment.objects.filter(factory=factory)}
        return {
            "factory": factory.ref,
            "assessment": years[2026],
            "earlier": years[2025],
            "filing": Filing.objects.get(factory__name="二期精密加工工厂").ref,
            "pending": Registration.objects.get(name__contains="南望山").ref,
            "asking": colleague.ref,
            "own": factories.registration("420100", by=User.objects.get(email="xinren@demo.example")).ref,
            "code": enterprise.code,
            "clerk": Membership.objects.get(user__email="tianbao@demo.example").pk,
            "head": head.pk,
            "account": User.objects.get(email="jingban@demo.example").pk,
            "own_account": User.objects.get(email="anquan@demo.example").pk,
            "invitation": token,
            "office": factories.office("武汉市经济和信息化局").pk,
            **titles_to_see(),
            **applications_to_see(),
            **rounds.rounds_to_see(),
            **rounds.guidance_to_see(),
            **paper_to_see(portal.log.parent / "media"),
            **reviews_to_see(),
            **judging_to_see(),
            **choosing_to_see(),
            **results_to_see(),
        }

    return portal.ask(made)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium; for this module only, because its loop would disturb database tests in the same thread."""
    with chromium() as found:
        yield found


@pytest.fixture
def visitor(browser: Browser, portal: Served) -> Iterator[Callable[..., Visitor]]:
    """People with browsers: `visitor()` a stranger, `visitor("qiye")` that account; none may have had complaints.

    `with_scripts=False`: their browser runs none.
    """
    came: list[Visitor] = []

    def come(account: str = "", *, with_scripts: bool = True) -> Visitor:
        came.append(Visitor(browser, portal, account, with_scripts=with_scripts))
        return came[-1]

    yield come
    for one in came:
        one.context.close()
    complaints = [complaint for one in came for complaint in one.complaints]
    assert not complaints, complaints


@pytest.fixture
def traveller(browser: Browser, installation: Served) -> Iterator[Callable[[str], Traveller]]:
    """People on a journey through a whole installation; at its end everything in the database is as it must be."""
    with _travelling(browser, installation) as come:
        yield come


@pytest.fixture
def rehearser(rehearsal: Served, browser: Browser) -> Iterator[Callable[[str], Traveller]]:
    """The same in a rehearsal; its database is copied before the browser has a loop in this thread."""
    with _travelling(browser, rehearsal) as come:
        yield come


@contextmanager
def _travelling(browser: Browser, portal: Served) -> Iterator[Callable[[str], Traveller]]:
    came: list[Traveller] = []

    def come(account: str = "") -> Traveller:
        came.append(Traveller(browser, portal, account))
        return came[-1]

    yield come
    for one in came:
        sys.stderr.write(one.last_seen() + "\n")  # told by pytest when the journey ended before its end
        one.context.close()
    complaints = [complaint for one in came for complaint in one.complaints]
    assert not complaints, complaints
    faults = portal.ask(broken)
    assert not faults, faults
