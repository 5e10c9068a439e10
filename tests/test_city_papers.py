"""A city's table and letter: what stands on paper is what was frozen; what they are worth; what goes with them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import transaction
from django.test import Client
from django.test.utils import override_settings
from django.urls import reverse

from applications.models import Application
from portal import walls
from portal.actors import Actor, Place
from portal.errors import Hidden
from portal.models import Paper
from portal.packages import bundles
from portal.papers import Standing, documents, page_code
from portal.selectors.papers import standing_of
from portal.selectors.seals import places_on
from portal.services import papers
from portal.states import PaperState
from review.documents import DOCUMENTS
from review.models import CityList, ListIssue
from review.selectors.city_lists import KINDS
from review.services import city_lists, ranking
from tests import applications as made
from tests import factories, reviews, rounds
from tests.conftest import QUICK_HASHERS
from tests.factories import People
from tests.papers import Read


@dataclass
class World:
    """Three of Wuhan in order, the issue of their list, and its papers by kind."""

    people: People
    rows: list[Application]
    city_list: CityList
    issue: ListIssue


@pytest.fixture(scope="module")
def shared(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """Put in place once; each test is a savepoint inside."""
    quick = override_settings(PASSWORD_HASHERS=QUICK_HASHERS)
    with django_db_blocker.unblock(), quick, transaction.atomic():
        people = factories.cast()
        first = made.submitted(people, round_=rounds.current(people))
        rows = [reviews.copied(first, people), first, reviews.copied(first, people)]
        for row in rows:
            reviews.passed(row, people.city_reviewer_a)
        city_list = reviews.list_of(first.round, people.city_reviewer_a)
        issue = reviews.circulated(city_list, people.city_head_a)
        for pk in papers.waiting():
            papers.make(pk)
        yield World(people, rows, city_list, issue)
        transaction.set_rollback(True)


@pytest.fixture
def world(shared: World, db: None) -> World:
    """The same for each test, which leaves nothing behind."""
    return shared


def _paper(kind: str) -> Paper:
    with walls.stand(Place(office="system")):
        return Paper.objects.get(kind=kind)


def _worth(row: Paper) -> Standing:
    with walls.stand(Place(office="system")):
        return standing_of(row)


def _read(row: Paper) -> Read:
    with default_storage.open(row.stored) as file:
        return Read(bytes(file.read()))


@pytest.mark.parametrize("kind", KINDS)
def test_papers_of_a_list_come_from_the_worker_with_their_marks(world: World, kind: str) -> None:
    row = _paper(kind)
    assert row.state == PaperState.MADE, row.failure
    for number, text in enumerate(_read(row).pages, 1):
        assert row.printed_code in text
        assert page_code(row.secret, number) in text


def test_table_says_what_was_frozen_in_its_order(world: World) -> None:
    text = _read(_paper("city_table")).text
    said = world.issue.document
    assert [entry["ref"] for entry in said["entries"]] == [row.ref for row in world.rows]
    for column in world.rows[0].round.value.columns:
        assert "".join(column.name.split()) in text
    with walls.system("test"):
        documents_ = [row.submissions.get(version=1).document for row in world.rows]
    for document in documents_:
        answers = document["sections"]["unit"]
        for value in (
            document["enterprise"]["code"],
            document["factory"]["industry"],
            answers["contact"],
            answers["phone"],
        ):
            assert "".join(value.split()) in text
    for entry in said["entries"]:
        assert "".join(entry["project"].split()) in text
    order = [text.index("".join(entry["project"].split())) for entry in said["entries"]]
    assert order == sorted(order), "in priority order"
    for signatory in said["signatories"]:
        assert signatory["name"] in text


def test_letter_names_the_departments_the_first_project_and_how_many(world: World) -> None:
    text, said = _read(_paper("city_letter")).text, world.issue.document
    assert said["number"] in text
    assert said["entries"][0]["project"] in text
    assert "等3个项目" in text
    assert "湖北省经济和信息化厅：" in text
    for signatory in said["signatories"]:
        assert signatory["name"] in text


def test_every_department_has_its_seal_place_on_both(world: World) -> None:
    offices = {signatory["id"] for signatory in world.issue.document["signatories"]}
    assert len(offices) == 5
    with walls.enter(world.people.city_head_a):
        for kind in KINDS:
            assert {place.office_id for place in places_on(_paper(kind))} == offices


def test_what_a_paper_is_worth_follows_its_list(world: World) -> None:
    row = _paper("city_table")
    by = world.people.city_reviewer_a
    assert _worth(row) is Standing.VALID
    with walls.enter(by):
        ranking.order(
            world.city_list, [r.ref for r in world.rows[::-1]], version=reviews.fresh(world.city_list).version, actor=by
        )
    assert _worth(row) is Standing.WITHDRAWN, "the order changed while it was being signed"
    reviews.circulated(world.city_list, world.people.city_head_a)
    assert _worth(row) is Standing.SUPERSEDED


def test_papers_are_the_citys_and_its_departments_and_the_units_once_sent(
    world: World, client_as: Callable[[Actor], Client]
) -> None:
    page = reverse("paper", args=[_paper("city_table").code])
    people = world.people
    for actor in (people.city_reviewer_a, people.city_joint_a):
        assert client_as(actor).get(page).status_code == 200
    for actor in (people.city_head_b, people.unit_officer, people.enterprise_admin_a, people.expert):
        assert client_as(actor).get(page).status_code == 404
    key = f"{world.city_list.ref}/1"
    with walls.enter(people.unit_officer), pytest.raises(Hidden):
        papers.issue("city_table", key, actor=people.unit_officer)
    reviews.agreed(world.issue, people.city_head_a)
    reviews.arrived(world.rows, people.city_reviewer_a)
    with walls.enter(people.city_head_a):
        city_lists.send(world.city_list, issue=1, ink=reviews.IN_INK, actor=people.city_head_a)
    assert client_as(people.unit_officer).get(page).status_code == 200


def test_summary_and_package_follow_the_order(world: World, client_as: Callable[[Actor], Client]) -> None:
    officer = world.people.city_reviewer_a
    answer = client_as(officer).get(reverse("export", args=["summary", "csv"]), {"of": world.rows[0].round.ref})
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()[1:]
    assert [line.split(",")[0] for line in lines] == ["1", "2", "3"]
    projects = [entry["project"] for entry in world.issue.document["entries"]]
    assert all(project in line for project, line in zip(projects, lines, strict=True))
    with walls.enter(officer):
        items = bundles()["city_lists"].items(officer, world.rows[0].round)
    assert [item.kind for item in items] == ["city_table", "city_letter", "book", "book", "book"]
    assert [item.key.partition("/")[0] for item in items[2:]] == [row.ref for row in world.rows]
    assert set(DOCUMENTS) <= set(documents())
