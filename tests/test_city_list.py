"""A city's list: its order, who signs it, when it goes up, and what keeps it down."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from applications.models import Application
from applications.services import course, submitting
from applications.services.course import Item
from portal import clock, walls
from portal.actors import Actor, Place
from portal.errors import Denied, Hidden, Refused, Stale
from portal.models import Notice, Paper
from portal.services import papers
from review.models import CityList, ListEntry, SignOff
from review.selectors.city_lists import city_list_for, coverage, issue_for, order_rows
from review.services import city_lists, ranking, sign_offs
from review.states import ListState, SignOffState
from tests import applications as made
from tests import reviews, rounds
from tests.factories import People
from tiers.models import CityExtension

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def three(people: People) -> list[Application]:
    """Three applications of Wuhan that passed, in the order in which they did."""
    first = made.submitted(people, round_=rounds.current(people))
    rows = [first, *(reviews.copied(first, people) for _ in range(2))]
    for row in rows:
        reviews.passed(row, people.city_reviewer_a)
    return rows


@pytest.fixture
def city_list(three: list[Application], people: People) -> CityList:
    return reviews.list_of(three[0].round, people.city_reviewer_a)


def _order(city_list: CityList, rows: list[Application], by: Actor, version: int | None = None) -> CityList:
    with walls.enter(by):
        seen = reviews.fresh(city_list).version if version is None else version
        return ranking.order(city_list, [row.ref for row in rows], version=seen, actor=by)


# -- the order -------------------------------------------------------------------------------------------------------
def test_order_is_changed_whole_by_steps_and_to_a_position(
    city_list: CityList, three: list[Application], people: People
) -> None:
    a, b, c = three
    by = people.city_reviewer_a
    assert reviews.order_of(city_list) == [a.ref, b.ref, c.ref]
    _order(city_list, [c, a, b], by)
    assert reviews.order_of(city_list) == [c.ref, a.ref, b.ref]
    with walls.enter(by):
        ranking.shift(city_list, b.ref, by=-1, version=reviews.fresh(city_list).version, actor=by)
        assert reviews.order_of(city_list) == [c.ref, b.ref, a.ref]
        ranking.shift(city_list, a.ref, to=1, version=reviews.fresh(city_list).version, actor=by)
    assert reviews.order_of(city_list) == [a.ref, c.ref, b.ref]


def test_a_stale_order_is_told_what_changed(city_list: CityList, three: list[Application], people: People) -> None:
    a, b, c = three
    seen = city_list.version
    _order(city_list, [b, a, c], people.city_head_a)
    with pytest.raises(Stale) as refused:
        _order(city_list, [c, b, a], people.city_reviewer_a, version=seen)
    (change,) = refused.value.conflicts
    assert change["by"] == people.city_head_a.name
    assert any("第2位→第1位" in said for said in change["said"])
    assert reviews.order_of(city_list) == [b.ref, a.ref, c.ref]


@pytest.mark.parametrize("wrong", ["missing", "double", "foreign", "withdrawn", "unknown"])
def test_an_order_that_is_not_the_whole_list_changes_nothing(
    city_list: CityList, three: list[Application], people: People, wrong: str
) -> None:
    a, b, c = three
    by, before = people.city_reviewer_a, reviews.order_of(city_list)
    foreign = reviews.copied(a, people, enterprise=people.enterprise_b)
    refs = {
        "missing": [c.ref, a.ref],
        "double": [c.ref, a.ref, a.ref, b.ref],
        "foreign": [c.ref, a.ref, b.ref, foreign.ref],
        "withdrawn": [c.ref, a.ref, b.ref],
        "unknown": [c.ref, a.ref, b.ref, "SB-NOTTHERE"],
    }[wrong]
    if wrong == "withdrawn":
        with walls.enter(people.enterprise_admin_a):
            submitting.withdraw(made.fresh(c), actor=people.enterprise_admin_a)
        before = [a.ref, b.ref]
    expected = Hidden if wrong in {"foreign", "unknown"} else Refused
    with walls.enter(by), pytest.raises(expected):
        ranking.order(city_list, refs, version=reviews.fresh(city_list).version, actor=by)
    assert reviews.order_of(city_list) == before


def test_the_database_itself_holds_positions_unique_and_without_a_gap(
    city_list: CityList, three: list[Application]
) -> None:
    with walls.stand(Place(office="system")):
        for change in ({"position": 7}, {"position": 1}):
            with pytest.raises(IntegrityError), transaction.atomic():
                ListEntry.objects.filter(application=three[1]).update(**change)
                with connection.cursor() as cursor:
                    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(IntegrityError), transaction.atomic():
            ListEntry.objects.filter(application=three[0]).delete()
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_nobody_else_orders_it(city_list: CityList, three: list[Application], people: People) -> None:
    joint = next(iter(reviews.departments(people.city_reviewer_a).values()))
    for actor in (people.city_reviewer_b, people.unit_officer, joint, people.system_admin, people.enterprise_admin_a):
        with pytest.raises(Denied):
            _order(city_list, three[::-1], actor)


def test_profile_is_weighed_beside_each_line(city_list: CityList, people: People) -> None:
    with walls.enter(people.city_reviewer_a):
        rows = order_rows(city_list)
    assert [row.position for row in rows] == [1, 2, 3]
    assert rows[0].profile["covered"] == 5
    assert any(figure.value for figure in rows[0].figures)
    assert sum(count for _, count in coverage(rows)) == 3


# -- signing ---------------------------------------------------------------------------------------------------------
def test_a_change_after_signing_began_takes_the_signatures_back(
    city_list: CityList, three: list[Application], people: People
) -> None:
    by = people.city_head_a
    issue = reviews.circulated(city_list, by)
    reviews.agreed(issue, by)
    assert reviews.fresh(city_list).state == ListState.SIGNING
    _order(city_list, three[::-1], people.city_reviewer_a)
    assert reviews.fresh(city_list).state == ListState.DRAFTING
    with walls.system("test"):
        assert set(SignOff.objects.filter(issue=issue).values_list("state", flat=True)) == {SignOffState.VOID}
    again = reviews.circulated(city_list, by)
    assert again.version == 2
    assert [e["ref"] for e in again.document["entries"]] == [row.ref for row in three[::-1]]


def test_silence_is_no_consent(city_list: CityList, people: People) -> None:
    by = people.city_head_a
    issue = reviews.circulated(city_list, by)
    with walls.enter(by), pytest.raises(Refused, match="未答复"):
        city_lists.send(city_list, issue=issue.version, ink=reviews.IN_INK, actor=by)
    with walls.system("test"):
        row = SignOff.objects.filter(issue=issue).select_related("office", "issue__city_list__round").first()
    assert row
    actor = reviews.departments(by)[row.office.department]
    with walls.enter(actor):
        with pytest.raises(Refused, match="理由"):
            sign_offs.answer(row, "disagree", actor=actor)
        sign_offs.answer(row, "disagree", reason="一家企业存在未整改的环保问题。", actor=actor)
    with walls.enter(by), pytest.raises(Refused, match="不同意"):
        city_lists.send(city_list, issue=issue.version, ink=reviews.IN_INK, actor=by)


def test_only_the_department_that_was_asked_answers(city_list: CityList, people: People) -> None:
    issue = reviews.circulated(city_list, people.city_head_a)
    with walls.system("test"):
        row = SignOff.objects.filter(issue=issue).select_related("office", "issue__city_list__round").first()
    assert row
    colleagues = reviews.departments(people.city_head_a)
    others = [actor for department, actor in colleagues.items() if department != row.office.department]
    elsewhere = reviews.departments(people.city_head_b)[row.office.department]
    for actor in (*others, elsewhere, people.city_head_a, people.unit_joint):
        with walls.enter(actor), pytest.raises((Denied, Refused)):
            sign_offs.answer(row, "agree", actor=actor)
    with walls.system("test"):
        assert SignOff.objects.get(pk=row.pk).state == SignOffState.ASKED


# -- sending ---------------------------------------------------------------------------------------------------------
def _print() -> None:
    """The worker makes what was asked for."""
    for pk in papers.waiting():
        papers.make(pk)


def _signed(city_list: CityList, three: list[Application], people: People) -> int:
    issue = reviews.circulated(city_list, people.city_head_a)
    _print()
    reviews.agreed(issue, people.city_head_a)
    reviews.arrived(three, people.city_reviewer_a)
    return issue.version


def _send(city_list: CityList, issue: int, by: Actor, ink: Any = reviews.IN_INK) -> CityList:
    with walls.enter(by):
        return city_lists.send(city_list, issue=issue, ink=ink, actor=by)


def test_it_goes_up_once_with_its_papers_and_is_received(
    city_list: CityList, three: list[Application], people: People
) -> None:
    issue = _signed(city_list, three, people)
    with pytest.raises(Refused, match="尚未用印"):
        _send(city_list, issue, people.city_head_a, ink=())
    with pytest.raises(Denied):
        _send(city_list, issue, people.city_reviewer_a)
    sent = _send(city_list, issue, people.city_head_a)
    assert sent.state == ListState.SENT
    assert {paper["kind"] for paper in sent.sent_with["papers"]} == {"city_table", "city_letter"}
    with walls.system("test"):
        assert all(Paper.objects.get(code=p["code"]).digest == p["digest"] != "" for p in sent.sent_with["papers"])
    assert _send(city_list, issue, people.city_head_a).sent_at == sent.sent_at, "twice is once"
    with pytest.raises(Refused, match="已报送"):
        _order(city_list, three[::-1], people.city_reviewer_a)
    with walls.enter(people.enterprise_admin_a), pytest.raises(Refused, match="报送省级"):
        submitting.withdraw(made.fresh(three[0]), actor=people.enterprise_admin_a)
    with walls.enter(people.city_reviewer_a), pytest.raises(Refused, match="退回名单"):
        course.return_for_correction(
            made.fresh(three[0]), items=[Item("factory", "project", "x")], until=three[0].round.city_until,
            actor=people.city_reviewer_a,
        )  # fmt: skip
    with walls.enter(people.unit_officer):
        assert Notice.objects.filter(user=people.unit_officer.user, text__contains="已报送推荐名单").exists()
        city_lists.accept(reviews.fresh(city_list), actor=people.unit_officer)
    assert reviews.fresh(city_list).state == ListState.ACCEPTED


def test_missing_paper_keeps_it_down(city_list: CityList, three: list[Application], people: People) -> None:
    issue = reviews.circulated(city_list, people.city_head_a)
    _print()
    reviews.agreed(issue, people.city_head_a)
    reviews.arrived(three[:2], people.city_reviewer_a)
    with pytest.raises(Refused, match="尚未收到第1版的纸质件") as refused:
        _send(city_list, issue.version, people.city_head_a)
    assert three[2].number in str(refused.value)
    assert three[0].number not in str(refused.value)


def test_undecided_applications_keep_it_from_being_signed(
    city_list: CityList, three: list[Application], people: People
) -> None:
    late = reviews.copied(three[0], people)
    with pytest.raises(Refused, match="尚未作出初审结论"):
        reviews.circulated(city_list, people.city_head_a)
    reviews.decided(late, people.city_reviewer_a, passes=False, reason="不符合。")
    reviews.circulated(city_list, people.city_head_a)


def test_the_deadline_holds_to_the_microsecond_for_everybody(
    city_list: CityList, three: list[Application], people: People, time_machine: Any
) -> None:
    until = three[0].round.city_until
    assert until
    time_machine.move_to(until - 4 * HOUR, tick=False)
    issue = _signed(city_list, three, people)
    time_machine.move_to(until + rounds.MICROSECOND, tick=False)
    with pytest.raises(Refused, match="逾期无法受理"):
        _send(city_list, issue, people.city_head_a)
    for actor in (people.system_admin, people.security_admin, people.unit_head, people.ministry):
        with pytest.raises(Denied):
            _send(city_list, issue, actor)
    time_machine.move_to(until, tick=False)
    assert _send(city_list, issue, people.city_head_a).state == ListState.SENT


def test_more_time_is_granted_on_record_and_opens_a_locked_list(
    city_list: CityList, three: list[Application], people: People, time_machine: Any
) -> None:
    round_ = three[0].round
    assert round_.city_until
    time_machine.move_to(round_.city_until + rounds.MICROSECOND, tick=False)
    with walls.stand(Place(office="system")):
        assert city_lists.lock_due() == 1
        assert city_lists.lock_due() == 0, "twice does no harm"
    assert reviews.fresh(city_list).state == ListState.LOCKED
    with walls.system("test"):
        assert Notice.objects.filter(user=people.unit_officer.user, text__contains="未报送推荐名单：武汉市").exists()
        assert Notice.objects.filter(user=people.city_head_a.user, text__contains="已锁定").exists()
    with pytest.raises(Refused, match="锁定"):
        _order(city_list, three[::-1], people.city_reviewer_a)
    by, until = people.unit_officer, clock.now() + HOUR
    with walls.enter(by):
        with pytest.raises(Refused, match="理由"):
            city_lists.extend(round_, city_list.city_id, until=until, reason="", actor=by)
        city_lists.extend(round_, city_list.city_id, until=until, reason="市州系统故障", actor=by)
        assert CityExtension.objects.get().reason == "市州系统故障"
    _order(city_list, three[::-1], people.city_reviewer_a)
    time_machine.move_to(until + rounds.MICROSECOND, tick=False)
    with pytest.raises(Refused, match="逾期无法受理"):
        _order(city_list, three, people.city_reviewer_a)


def test_a_list_is_returned_with_reasons_and_sent_again(
    city_list: CityList, three: list[Application], people: People
) -> None:
    issue = _signed(city_list, three, people)
    _send(city_list, issue, people.city_head_a)
    by = people.unit_officer
    with walls.enter(by):
        with pytest.raises(Refused, match="理由"):
            city_lists.give_back(reviews.fresh(city_list), reason=" ", until=None, actor=by)
        city_lists.give_back(reviews.fresh(city_list), reason="第3位材料重复，请核对。", until=None, actor=by)
    assert reviews.fresh(city_list).state == ListState.RETURNED
    with walls.enter(by), pytest.raises(Hidden):
        city_list_for(by, city_list.ref)
    _order(city_list, three[::-1], people.city_reviewer_a)
    again = reviews.circulated(city_list, people.city_head_a)
    with walls.enter(by):
        assert issue_for(by, f"{city_list.ref}/1"), "what was sent once may be read on"
        with pytest.raises(Hidden):
            issue_for(by, f"{city_list.ref}/2")
    _print()
    reviews.agreed(again, people.city_head_a)
    assert _send(city_list, again.version, people.city_head_a).state == ListState.SENT


# -- the pages -------------------------------------------------------------------------------------------------------
def test_page_and_api_order_it_and_strangers_find_nothing(
    city_list: CityList, three: list[Application], people: People, client_as: Callable[[Actor], Client]
) -> None:
    client = client_as(people.city_reviewer_a)
    page = reverse("city_list", args=[city_list.ref])
    assert three[0].number in client.get(page).content.decode()
    move = reverse("city_list_move", args=[city_list.ref])
    seen = reviews.fresh(city_list).version
    assert client.post(move, {"version": seen, "move": f"down:{three[0].ref}"}).status_code == 302
    assert reviews.order_of(city_list)[1] == three[0].ref
    entered = {"version": seen + 1, "move": "filled", f"to:{three[0].ref}": "", f"to:{three[2].ref}": " 3 "}
    assert client.post(move, entered).status_code == 302, "Enter in a field moves that row, where it is here already"
    late = client.post(move, {"version": seen, "move": f"down:{three[0].ref}"})
    assert late.status_code == 409
    assert "第1位→第2位" in late.content.decode()
    address = reverse("api_city_list_order", args=[city_list.ref])
    body = {"version": seen, "order": [row.ref for row in three]}
    stale = client.put(address, body, content_type="application/json")
    assert stale.status_code == 409
    assert stale.json()["changes"][0]["by"] == people.city_reviewer_a.name
    kept = client.put(address, body | {"version": stale.json()["version"]}, content_type="application/json")
    assert kept.json() == {"version": seen + 2}
    for actor in (people.city_reviewer_b, people.unit_officer, people.enterprise_admin_a, people.expert):
        stranger = client_as(actor)
        assert stranger.get(page).status_code == 404, "before it is sent it is the city's alone"
        assert stranger.put(address, body, content_type="application/json").status_code == 404
