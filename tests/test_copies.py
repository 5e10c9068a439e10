"""Paper that arrives is recorded against the version printed on it; what is missing or outdated is said."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from applications.models import Application
from applications.services import course, submitting
from applications.services.course import Item
from portal import clock, walls
from portal.actors import Actor
from portal.audit import AuditEvent
from portal.errors import Denied, Hidden, Refused
from portal.models import Paper
from portal.papers import grouped, new_code
from portal.services import papers
from review.models import PaperCopy
from review.selectors import copies as selectors
from review.selectors.copies import Arrival
from review.services import copies
from review.services.copies import Arrived
from tests import applications as made
from tests import rounds
from tests.factories import People

pytestmark = pytest.mark.django_db


def _today() -> date:
    return clock.beijing(clock.now()).date()


@pytest.fixture
def row(people: People) -> Application:
    return made.submitted(people, round_=rounds.current(people))


def _record(row: Application, actor: Actor, *, version: int = 1, count: int = 2, **when: Any) -> PaperCopy:
    with walls.enter(actor):
        (found,) = copies.record([Arrived(made.fresh(row), version, count)], arrived_on=_today(), actor=actor, **when)
    return found


def _standing(row: Application, actor: Actor) -> selectors.Standing:
    with walls.enter(actor):
        (found,) = selectors.standings(actor, row.round)
    return found


def test_paper_is_counted_by_version_and_office(row: Application, people: People) -> None:
    city, unit = people.city_reviewer_a, people.unit_officer
    assert _standing(row, city).arrival is Arrival.MISSING
    _record(row, city, count=1)
    assert _standing(row, city).arrival is Arrival.SHORT
    _record(row, city, count=1)
    assert _standing(row, city).arrival is Arrival.COMPLETE
    assert _standing(row, unit).arrival is Arrival.MISSING, "what the city has is not yet at the province"
    with walls.enter(unit):
        assert [found.application for found in selectors.lacking(unit, row.round)] == [row]


def test_a_new_version_makes_the_paper_outdated(row: Application, people: People) -> None:
    city, admin = people.city_reviewer_a, people.enterprise_admin_a
    _record(row, city)
    with walls.enter(admin):
        submitting.withdraw(made.fresh(row), actor=admin)
    with walls.enter(city):
        assert selectors.standings(city, row.round) == [], "nothing stands while it is taken back"
    made.submit(row, admin)
    found = _standing(made.fresh(row), city)
    assert (found.arrival, found.said) == (Arrival.OUTDATED, "收到的是第1版，现行为第2版，须重新报送。")
    with walls.enter(city), pytest.raises(Refused, match="没有第3版"):
        copies.record([Arrived(made.fresh(row), 3, 2)], arrived_on=_today(), actor=city)


def test_what_was_returned_stays_in_sight_and_holds_up_nothing(row: Application, people: People) -> None:
    city = people.city_reviewer_a
    _record(row, city)
    with walls.enter(city):
        items = [Item("factory", "investment", "请核对")]
        course.return_for_correction(made.fresh(row), items=items, until=row.round.city_until, actor=city)
        assert selectors.lacking(city, row.round) == []
    found = _standing(row, city)
    assert (found.arrival, len(found.copies)) == (Arrival.RETURNED, 1)
    assert "重新提交后须报送新版本" in found.said


@pytest.mark.parametrize(
    ("days", "count", "said"), [(1, 2, "晚于今天"), (-1, 2, "早于第1版的提交日期"), (0, 0, "1至50"), (0, 51, "1至50")]
)
def test_what_cannot_be_is_refused_whole(row: Application, people: People, days: int, count: int, said: str) -> None:
    city, second = people.city_reviewer_a, made.submitted(people, round_=row.round)
    both = [Arrived(second, 1, 2), Arrived(row, 1, count)]
    with walls.enter(city):
        with pytest.raises(Refused, match=said):
            copies.record(both, arrived_on=_today() + timedelta(days=days), actor=city)
        assert not PaperCopy.objects.exists()
        with pytest.raises(Refused, match="没有选择"):
            copies.record([], arrived_on=_today(), actor=city)


@pytest.mark.parametrize(
    "who", ["city_reviewer_b", "city_joint_a", "unit_joint", "unit_head_hunan", "enterprise_admin_a"]
)
def test_only_the_office_that_paper_comes_to_records_it(row: Application, people: People, who: str) -> None:
    actor = getattr(people, who)
    with walls.system("test"), pytest.raises(Denied):
        copies.record([Arrived(row, 1, 2)], arrived_on=_today(), actor=actor)


def test_a_slip_is_struck_out_with_a_reason_and_stays_on_record(row: Application, people: People) -> None:
    city, unit = people.city_reviewer_a, people.unit_officer
    kept = _record(row, city)
    with walls.enter(unit), pytest.raises(Hidden):
        selectors.copy_for(unit, kept.pk)
    with walls.enter(city):
        with pytest.raises(Refused, match="撤销理由"):
            copies.strike(kept, reason=" ", actor=city)
        copies.strike(kept, reason="登记错了企业", actor=city)
        with pytest.raises(Refused, match="已撤销"):
            copies.strike(kept, reason="再次", actor=city)
    assert _standing(row, city).arrival is Arrival.MISSING
    with walls.enter(people.enterprise_admin_a):
        lines = [event.action for event in row.events.filter(is_public=True)]
    assert lines[-2:] == ["收到第1版纸质件2份", "撤销登记：第1版纸质件2份"]
    with walls.system("test"):
        assert AuditEvent.objects.filter(verb="copies.strike", data__reason="登记错了企业").exists()


def test_a_slip_among_many_loses_nothing_and_no_book_counts_twice(
    row: Application, people: People, client_as: Callable[[Actor], Client]
) -> None:
    """Both copies of a book bear the same code: whoever scans each of them has recorded them once."""
    admin, page = people.enterprise_admin_a, reverse("copies", args=[row.round.ref])
    with walls.enter(admin):
        paper = papers.issue("book", f"{row.ref}/1", actor=admin)
    unknown = new_code()
    browser, said = client_as(people.city_reviewer_a), {"arrived_on": _today().isoformat(), "count": "2"}
    codes = f"{paper.printed_code}\nhttps://portal.example/verify/{paper.code}/"
    answer = browser.post(page, said | {"pick": [row.ref], "codes": f"{codes}\n{unknown}"})
    assert answer.status_code == 422
    shown = answer.content.decode()
    assert grouped(unknown) in shown
    assert f'value="{row.ref}" aria-label="登记{row.number}" checked' in shown, "what was ticked stays ticked"
    assert paper.printed_code in shown
    with walls.system("test"):
        assert not PaperCopy.objects.exists()
    answer = browser.post(f"{page}?show=missing", said | {"pick": [row.ref], "codes": codes})
    assert answer["Location"] == f"{page}?show=missing", "whoever goes through what is missing stays there"
    assert _standing(row, people.city_reviewer_a).current == 2


def test_an_officer_records_many_at_once_by_ticks_and_by_codes(
    row: Application, people: People, client_as: Callable[[Actor], Client]
) -> None:
    second, admin = made.submitted(people, round_=row.round), people.enterprise_admin_a
    with walls.enter(admin):
        paper = papers.issue("book", f"{second.ref}/1", actor=admin)
    page = reverse("copies", args=[row.round.ref])
    browser, said = client_as(people.city_reviewer_a), {"arrived_on": _today().isoformat(), "count": "2"}
    address = f"https://portal.example/verify/{paper.code}/"
    answer = browser.post(page, said | {"pick": [row.ref], "codes": f"{address}\n"})
    assert answer.status_code == 302
    shown = browser.get(page).content.decode()
    assert shown.count("已收到第1版2份。") == 2
    assert "已收到" not in browser.get(f"{page}?show=missing").content.decode()
    for odd in ("AAAA-BBBB-CCCC", paper.code[:-1] + ("2" if paper.code[-1] != "2" else "3")):
        assert "不是有效的核验码" in browser.post(page, said | {"codes": odd}).content.decode()
    with walls.system("test"):
        before = PaperCopy.objects.count()
    neighbour = client_as(people.city_reviewer_b)
    assert neighbour.post(page, said | {"pick": [row.ref]}).status_code == 404
    answer = neighbour.post(page, said | {"codes": paper.code})
    assert answer.status_code == 422
    assert f"核验码 {paper.printed_code}：没有找到" in answer.content.decode()
    with walls.system("test"):
        assert PaperCopy.objects.count() == before
        assert Paper.objects.count() == 1
