"""A unit's list: frozen, signed, printed and sent; what its papers say is what was frozen."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import DatabaseError, transaction
from django.test import Client
from django.test.utils import override_settings
from django.urls import reverse

from portal import clock, walls
from portal.actors import Actor, Place
from portal.errors import Denied, Hidden, Refused
from portal.models import AuditEvent, Notice, Paper
from portal.papers import Standing
from portal.selectors.papers import paper_for, standing_of
from portal.services import papers
from review.models import Candidate, SignOff, UnitIssue, UnitList
from review.selectors import unit_lists as seen
from review.services import choosing, sign_offs, unit_lists
from tests import applications as made
from tests import choice, factories, reviews
from tests.conftest import QUICK_HASHERS
from tests.factories import People
from tests.papers import Read
from tests.rounds import MICROSECOND


@dataclass
class World:
    """Four candidates of two panels, three of them recommended (one out of order), issued and printed."""

    people: People
    rows: list[Candidate]
    departments: dict[str, Actor]
    issue: UnitIssue


def _world() -> World:
    people = factories.cast()
    rows = choice.accepted(people, 4)
    first = choice.panel(rows[0].round, "装备制造组", rows[:3])
    second = choice.panel(rows[0].round, "食品医药组", rows[3:])
    for row, total in zip(rows[:3], (90, 80, 70), strict=True):
        choice.scored(row, first, [total] * 5)
    choice.scored(rows[3], second, [60, 61, 62, 63, 64])
    departments = choice.joint(people)
    with walls.enter(people.unit_officer):
        choosing.recommend_many(rows[0].round, [rows[0], rows[3]], actor=people.unit_officer)
        choosing.recommend(rows[2], reason="行业空白，带动作用强。", actor=people.unit_officer)
        issue = unit_lists.circulate(
            rows[0].round, reviews.issuing(number="鄂经信函〔2024〕99号"), version=2, actor=people.unit_officer
        )
    for pk in papers.waiting():
        papers.make(pk)
    return World(people, [choice.fresh(row) for row in rows], departments, issue)


@pytest.fixture(scope="module")
def shared(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """Put in place once; each test is a savepoint inside."""
    quick = override_settings(PASSWORD_HASHERS=QUICK_HASHERS)
    with django_db_blocker.unblock(), quick, transaction.atomic():
        yield _world()
        transaction.set_rollback(True)


@pytest.fixture
def world(shared: World, db: None) -> World:
    """The same for each test, which leaves nothing behind."""
    return shared


def _papers() -> dict[str, Paper]:
    with walls.stand(Place(office="system")):
        return {
            f"{row.kind} {row.subject.rpartition('/')[2]}": row for row in Paper.objects.filter(kind__in=seen.NAMES)
        }


def _text(row: Paper) -> str:
    with default_storage.open(row.stored) as file:
        return Read(bytes(file.read())).text


def _agreed(world: World) -> None:
    with walls.system("test"):
        asked = list(SignOff.objects.filter(unit_issue=world.issue).select_related("office"))
    for row in asked:
        actor = world.departments[row.office.department]
        with walls.enter(actor):
            sign_offs.answer(row, "agree", actor=actor)


def _ready(world: World) -> None:
    """Signed by all, and the paper is there."""
    _agreed(world)
    reviews.arrived([made.fresh(world.rows[n].application) for n in (0, 2, 3)], world.people.unit_officer)


def _ink() -> list[str]:
    return ["unit", "unit-development", "unit-finance", "unit-market", "unit-data"]


def _send(world: World, issue: int = 1, by: Actor | None = None) -> UnitList:
    actor = by or world.people.unit_head
    with walls.enter(actor):
        return unit_lists.send(world.rows[0].round, issue=issue, ink=_ink(), actor=actor)


# -- what is frozen ---------------------------------------------------------------------------------------------------
def test_an_issue_holds_the_order_with_scores_and_why(world: World) -> None:
    said = world.issue.document
    assert [(e["position"], e["number"], e["score"]) for e in said["entries"]] == [
        (1, world.rows[0].number, "90.00"), (2, world.rows[3].number, "62.00"), (3, world.rows[2].number, "70.00"),
    ]  # fmt: skip
    groups = {group["name"]: group for group in said["groups"]}
    (departure,) = groups["装备制造组"]["departures"]
    assert departure == {
        "name": world.rows[2].name, "rank": 3, "before": [world.rows[1].number],
        "reasons": ["推荐：行业空白，带动作用强。"],
    }  # fmt: skip
    assert [line["rank"] for line in groups["装备制造组"]["results"]] == [1, 2, 3]
    assert groups["食品医药组"]["departures"] == []


def test_an_issue_is_never_rewritten(world: World) -> None:
    with walls.system("test"), pytest.raises(DatabaseError), transaction.atomic():
        UnitIssue.objects.filter(pk=world.issue.pk).update(digest="0" * 64)


def test_papers_say_what_was_frozen(world: World) -> None:
    found = _papers()
    assert sorted(found) == ["minutes 1", "minutes 2", "unit_letter 1", "unit_table 1"]
    table = _text(found["unit_table 1"]).replace("\n", "").replace(" ", "")
    for entry in world.issue.document["entries"]:
        assert entry["code"] in table
    letter = _text(found["unit_letter 1"]).replace("\n", "").replace(" ", "")
    for words in ("鄂经信函〔2024〕99号", "等3个项目", "工业和信息化部"):
        assert words in letter, words


def test_minutes_print_the_departure_with_its_reason_and_every_expert(world: World) -> None:
    group = next(g for g in world.issue.document["groups"] if g["name"] == "装备制造组")
    number = world.issue.document["groups"].index(group) + 1
    text = _text(_papers()[f"minutes {number}"]).replace("\n", "").replace(" ", "")
    for words in ("理由：推荐：行业空白，带动作用强。", "第3名，推荐", "第2名，不推荐", "90.00"):
        assert words in text, words
    assert all(expert["name"] in text for expert in group["experts"])
    assert len(group["experts"]) == 5


def test_papers_are_the_units_and_its_departments_and_nobody_elses(world: World) -> None:
    code = _papers()["unit_table 1"].code
    people = world.people
    for actor in (people.unit_officer, people.unit_joint, world.departments["finance"]):
        with walls.enter(actor):
            assert paper_for(actor, code)
    for actor in (people.city_head_a, people.unit_head_hunan, people.enterprise_admin_a, people.ministry):
        with walls.enter(actor), pytest.raises(Hidden):
            paper_for(actor, code)


# -- signing ----------------------------------------------------------------------------------------------------------
def test_departments_are_asked_and_silence_is_no_consent(world: World) -> None:
    with walls.system("test"):
        asked = list(SignOff.objects.filter(unit_issue=world.issue).select_related("office"))
    assert {row.office.department for row in asked} == {"development", "finance", "market", "data"}
    assert all(row.city_id is None for row in asked)
    with walls.enter(world.departments["finance"]):
        assert Notice.objects.filter(user=world.departments["finance"].person, text__contains="上报名单").exists()
    with walls.enter(world.people.unit_head), pytest.raises(Refused, match=r"未答复.*未答复"):
        unit_lists.send(world.rows[0].round, issue=1, ink=_ink(), actor=world.people.unit_head)


def test_a_change_voids_what_was_signed(world: World) -> None:
    with transaction.atomic():
        _agreed(world)
        with walls.enter(world.people.unit_officer):
            choosing.withdraw(world.rows[3], reason="企业放弃", actor=world.people.unit_officer)
        with walls.system("test"):
            assert set(SignOff.objects.filter(unit_issue=world.issue).values_list("state", flat=True)) == {"void"}
            assert UnitList.objects.get().state == "drafting"
        with walls.stand(Place(office="system")):
            assert standing_of(_papers()["unit_table 1"]) is Standing.WITHDRAWN
        transaction.set_rollback(True)


def test_a_departure_that_came_later_has_to_be_explained(world: World) -> None:
    with transaction.atomic():
        officer = world.people.unit_officer
        with walls.enter(officer):
            unit_lists.take_back(world.rows[0].round, reason="再核", actor=officer)
            with walls.system("test"):
                row = choice.fresh(world.rows[1])
                row.sheets.update(state="open")
                row.sheets.update(state="signed", total=95)
            lacking = seen.lacking_to_circulate(world.rows[0].round)
            assert any(world.rows[0].name in sentence and "请补充理由" in sentence for sentence in lacking)
            choosing.explain(world.rows[0], reason="评分更正前已会商确定。", actor=officer)
            assert seen.lacking_to_circulate(world.rows[0].round) == []
        transaction.set_rollback(True)


# -- sending ----------------------------------------------------------------------------------------------------------
def test_everything_that_is_lacking_is_said_at_once(world: World) -> None:
    with pytest.raises(Refused) as refused:
        _send(world)
    said = str(refused.value)
    for words in ("未答复", "未收到", "会签意见"):
        assert words in said, said
    assert all(sentence.count("。") == 1 for sentence in refused.value.reasons), "each is a line of its own"


def test_the_head_alone_sends_and_twice_is_once(world: World) -> None:
    with transaction.atomic():
        _ready(world)
        with pytest.raises(Denied):
            _send(world, by=world.people.unit_officer)
        first = _send(world)
        assert (first.state, first.sent_by) == ("sent", world.people.unit_head.person)
        assert _send(world).sent_at == first.sent_at
        with walls.system("test"):
            assert AuditEvent.objects.filter(verb="unit_list.send").count() == 1
        assert {paper["kind"] for paper in first.sent_with["papers"]} == {"unit_table", "unit_letter", "minutes"}
        with walls.enter(world.people.unit_officer), pytest.raises(Refused, match="已上报"):
            choosing.withdraw(world.rows[0], reason="x", actor=world.people.unit_officer)
        transaction.set_rollback(True)


def test_nobody_sends_a_microsecond_late(world: World, time_machine: Any) -> None:
    with transaction.atomic():
        _ready(world)
        until = world.rows[0].round.unit_until
        time_machine.move_to(until + MICROSECOND, tick=False)
        with pytest.raises(Refused, match="截止"):
            _send(world)
        time_machine.move_to(until, tick=False)
        assert _send(world).state == "sent"
        transaction.set_rollback(True)


def test_the_pages_carry_the_steps(world: World, client_as: Any) -> None:
    ref = world.rows[0].round.ref
    client: Client = client_as(world.people.unit_head)
    text = client.get(reverse("unit_list", args=[ref])).content.decode()
    for words in ("会签中", "推荐优先顺序（共3项）", "专家组评审意见", "未答复"):
        assert words in text, words
    answered = client_as(world.departments["finance"])
    with walls.system("test"):
        asked = SignOff.objects.get(unit_issue=world.issue, office__department="finance")
    page = answered.get(reverse("sign_off", args=[asked.pk])).content.decode()
    assert world.rows[0].number in page
    assert client.get(reverse("sign_off_record", args=[asked.pk])).status_code == 200
    assert clock.now() < world.rows[0].round.unit_until
