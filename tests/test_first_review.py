"""The first review: who may, what it takes, what the applicant is told, and that nobody overwrites anybody."""

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from applications.models import Application, Event
from applications.services import course, submitting
from applications.services.course import Item
from portal import clock, walls
from portal.actors import Actor, Place
from portal.errors import Denied, Refused
from portal.models import Notice
from review.models import CityList, FirstReview, ListEntry, Rejection
from review.services import first_reviews as services
from review.states import FirstReviewState
from tests import applications as made
from tests import reviews, rounds
from tests.factories import People

pytestmark = pytest.mark.django_db


@pytest.fixture
def row(people: People) -> Application:
    return made.submitted(people, round_=rounds.current(people))


def _edition(row: Application) -> int:
    with walls.system("test"):
        return FirstReview.objects.filter(application=row).values_list("edition", flat=True).first() or 0


def test_passing_takes_every_point_and_gives_the_last_place(row: Application, people: People) -> None:
    officer = people.city_reviewer_a
    with walls.enter(officer):
        half = reviews.EVERY_POINT | {"true": {"answer": "no", "note": "数据待核"}}
        with pytest.raises(Refused, match="真实性"):
            services.decide(row, passes=True, checklist=half, opinion="", edition=0, actor=officer)
    reviews.passed(row, officer)
    city_list = reviews.list_of(row.round, officer)
    assert reviews.order_of(city_list) == [row.ref]
    with walls.system("test"):
        entry = ListEntry.objects.get(application=row)
        assert entry.profile["level"]
        assert entry.profile["covered"] == 5
        event = Event.objects.filter(application=row, action="通过初审").get()
    assert not event.is_public, "how it stands in the review is not the applicant's to read"


def test_rejection_is_told_with_its_reason_and_looked_at_again_once_by_another(
    row: Application, people: People
) -> None:
    officer, head, applicant = people.city_reviewer_a, people.city_head_a, people.enterprise_admin_a
    with pytest.raises(Refused, match="理由"):
        reviews.decided(row, officer, passes=False)
    reviews.decided(row, officer, passes=False, reason="关键装备数控化率的数据与现场不符。")
    with walls.enter(applicant):
        assert Rejection.objects.get(application=row).reason.startswith("关键装备")
        assert Notice.objects.filter(user=applicant.user, text__contains="不予推荐").exists()
        assert not FirstReview.objects.filter(application=row).exists(), "the office's own page stays its own"
        with pytest.raises(Refused, match="理由"):
            services.reconsider(row, reason=" ", actor=applicant)
        services.reconsider(row, reason="已补充第三方检测报告。", actor=applicant)
        with pytest.raises(Refused, match="只能申请一次"):
            services.reconsider(row, reason="再次申请。", actor=applicant)
    with pytest.raises(Refused, match="原初审人以外"):
        reviews.passed(row, officer)
    with walls.enter(head):
        services.take(row, edition=None, actor=head)
    reviews.passed(row, head)
    assert reviews.order_of(reviews.list_of(row.round, officer)) == [row.ref]


def test_only_who_can_take_a_review_is_asked_to(
    row: Application, people: People, client_as: Callable[[Actor], Client]
) -> None:
    officer, head = people.city_reviewer_a, people.city_head_a
    page, take = reverse("first_review", args=[row.ref]), reverse("first_review_take", args=[row.ref])

    def asked(actor: Actor) -> bool:
        return take in client_as(actor).get(page).content.decode()

    assert (asked(officer), asked(head)) == (True, True)
    client_as(officer).post(take)
    assert (asked(officer), asked(head)) == (False, True), "it is theirs already"
    reviews.decided(row, officer, passes=False, reason="关键装备数控化率的数据与现场不符。")
    assert (asked(officer), asked(head)) == (False, False), "it is decided"
    with walls.enter(people.enterprise_admin_a):
        services.reconsider(row, reason="已补充第三方检测报告。", actor=people.enterprise_admin_a)
    assert (asked(officer), asked(head)) == (False, True), "nobody looks again at what they decided"
    client_as(head).post(take)
    assert not asked(head)


def test_two_reviewers_do_not_overwrite_each_other(row: Application, people: People) -> None:
    first, second = people.city_reviewer_a, people.city_head_a
    said = {"checklist": reviews.EVERY_POINT, "opinion": "一", "edition": 0}
    with walls.enter(first):
        services.save(row, **said, actor=first)
    with walls.enter(second), pytest.raises(Refused, match=f"刚被他人（{first.person.name}）更新"):
        services.save(row, **(said | {"opinion": "二"}), actor=second)
    with walls.enter(second), pytest.raises(Refused, match="承办"):
        services.save(row, **(said | {"edition": _edition(row)}), actor=second)
    with walls.enter(second):
        services.take(row, edition=None, actor=second)
        services.save(row, **(said | {"opinion": "二", "edition": _edition(row)}), actor=second)
        assert FirstReview.objects.get(application=row).opinion == "二"


def test_a_tie_takes_the_reviewer_off(row: Application, people: People) -> None:
    officer, head = people.city_reviewer_a, people.city_head_a
    with walls.enter(officer):
        services.take(row, edition=None, actor=officer)
        services.declare_tie(row, "配偶在该企业任职", actor=officer)
        for act in (lambda: services.take(row, edition=None, actor=officer), lambda: reviews.passed(row, officer)):
            with pytest.raises(Refused, match="回避"):
                act()
        items = [Item("factory", "project", "请写全称")]
        with pytest.raises(Refused, match="回避"):
            course.return_for_correction(made.fresh(row), items=items, until=row.round.city_until, actor=officer)
    with walls.enter(head):
        assert FirstReview.objects.get(application=row).reviewer is None
        assert Notice.objects.filter(user=head.user, text__contains="另行安排").exists()
        with pytest.raises(Refused, match="声明回避"):
            services.assign(row, officer.person, edition=None, actor=head)
    reviews.passed(row, head)


def test_nobody_else_reviews_it(row: Application, people: People) -> None:
    strangers = (
        people.city_reviewer_b, people.unit_officer, people.enterprise_admin_a, people.expert, people.system_admin,
        *reviews.departments(people.city_reviewer_a).values(),
    )  # fmt: skip
    for actor in strangers:
        with walls.enter(actor), pytest.raises(Denied):
            services.decide(row, passes=True, checklist=reviews.EVERY_POINT, opinion="", edition=0, actor=actor)
    assert _edition(row) == 0


def test_a_new_version_is_looked_at_anew(row: Application, people: People) -> None:
    officer = people.city_reviewer_a
    reviews.passed(row, officer)
    with walls.enter(officer):
        course.return_for_correction(
            made.fresh(row), items=[Item("factory", "project", "请写全称")], until=row.round.city_until, actor=officer
        )
    city_list = reviews.list_of(row.round, officer)
    assert reviews.order_of(city_list) == [], "what was returned leaves the order"
    with pytest.raises(Refused, match="不在审核中"):
        reviews.passed(row, officer)
    made.submit(row, people.enterprise_admin_a)
    with walls.enter(officer):
        review = FirstReview.objects.get(application=row)
        assert (review.version, made.fresh(row).version) == (1, 2)
    reviews.passed(made.fresh(row), officer)
    with walls.enter(officer):
        assert ListEntry.objects.get(application=row).version == 2


def test_what_was_returned_and_not_mended_in_time_is_reviewed_again(
    row: Application, people: People, time_machine: Any
) -> None:
    officer = people.city_reviewer_a
    reviews.passed(row, officer)
    until = clock.now() + rounds.DAY
    with walls.enter(officer):
        course.return_for_correction(
            made.fresh(row), items=[Item("factory", "project", "请写全称")], until=until, actor=officer
        )
    time_machine.move_to(until + rounds.MICROSECOND, tick=False)
    with walls.stand(Place(office="system")):
        assert course.lapse_due() == 1
    with walls.enter(officer):
        assert FirstReview.objects.get(application=row).state == FirstReviewState.OPEN, "not passed without a place"
    reviews.passed(made.fresh(row), officer)
    assert reviews.order_of(reviews.list_of(row.round, officer)) == [row.ref]


def test_what_is_taken_back_leaves_the_order(row: Application, people: People) -> None:
    officer = people.city_reviewer_a
    other = reviews.copied(row, people)
    for one in (row, other):
        reviews.passed(one, officer)
    with walls.enter(people.enterprise_admin_a):
        submitting.withdraw(made.fresh(row), actor=people.enterprise_admin_a)
    city_list = reviews.list_of(row.round, officer)
    assert reviews.order_of(city_list) == [other.ref]
    with walls.system("test"):
        assert ListEntry.objects.get(application=other).position == 1


def test_after_the_citys_deadline_nothing_is_decided(row: Application, people: People, time_machine: Any) -> None:
    assert row.round.city_until
    time_machine.move_to(row.round.city_until, tick=False)
    reviews.passed(row, people.city_reviewer_a)
    other = reviews.copied(row, people)
    time_machine.move_to(row.round.city_until + rounds.MICROSECOND, tick=False)
    with pytest.raises(Refused, match="逾期无法受理"):
        reviews.passed(other, people.city_reviewer_a)


def test_direct_track_and_central_enterprises_never_enter_an_order(row: Application, people: People) -> None:
    with walls.system("test"):
        Application.objects.filter(pk=row.pk).update(track="direct")
    with walls.enter(people.city_reviewer_a), pytest.raises(Denied):
        services.take(made.fresh(row), edition=None, actor=people.city_reviewer_a)
    with walls.enter(people.unit_officer):
        review = services.take(made.fresh(row), edition=None, actor=people.unit_officer)
    assert review.reviewer == people.unit_officer.user
    reviews.passed(made.fresh(row), people.unit_officer)
    with walls.system("test"):
        assert not CityList.objects.exists()


def test_reopening_takes_it_out_again_and_tells_whoever_was_told(row: Application, people: People) -> None:
    officer = people.city_reviewer_a
    reviews.passed(row, officer)
    with walls.enter(officer):
        services.reopen(row, reason="补充核查", edition=_edition(row), actor=officer)
    assert reviews.order_of(reviews.list_of(row.round, officer)) == []
    reviews.decided(row, officer, passes=False, reason="经核查不符合。")
    with walls.enter(officer):
        services.reopen(row, reason="事实更正", edition=_edition(row), actor=officer)
    with walls.enter(people.enterprise_admin_a):
        assert Notice.objects.filter(text__contains="结论已撤销").exists()


# -- in the browser's place ------------------------------------------------------------------------------------------
def test_the_desk_saves_passes_and_keeps_what_was_typed(
    row: Application, people: People, client_as: Callable[[Actor], Client]
) -> None:
    client = client_as(people.city_reviewer_a)
    page = reverse("first_review", args=[row.ref])
    shown = client.get(page)
    assert "申报条件" in shown.content.decode()
    said = {f"answer_{key}": "yes" for key in reviews.EVERY_POINT} | {"edition": 0, "opinion": "同意"}
    answer = client.post(page, said | {"act": "reject"})
    assert answer.status_code == 422
    assert "请写明理由" in answer.content.decode()
    assert "同意" in answer.content.decode(), "nothing that was typed is lost"
    assert client.post(page, said | {"act": "pass"}).status_code == 302
    assert "通过初审" in client.get(page).content.decode()
    assert client_as(people.city_reviewer_b).get(page).status_code == 404
    joint = next(iter(reviews.departments(people.city_reviewer_a).values()))
    assert client_as(joint).get(page).status_code == 404


def test_a_reviewer_whose_role_was_removed_a_second_ago_decides_nothing(
    row: Application, people: People, client_as: Callable[[Actor], Client]
) -> None:
    client = client_as(people.city_reviewer_a)
    page = reverse("first_review", args=[row.ref])
    assert client.get(page).status_code == 200
    seat = people.city_reviewer_a.membership
    assert seat
    with walls.system("test"):
        type(seat).objects.filter(pk=seat.pk).update(state="disabled")
    said = {f"answer_{key}": "yes" for key in reviews.EVERY_POINT} | {"edition": 0, "act": "pass"}
    assert client.post(page, said).status_code in {302, 403, 404}
    assert _edition(row) == 0


def test_the_applicants_page_says_that_it_is_not_recommended_and_leads_to_the_way_out(
    row: Application, people: People, client_as: Callable[[Actor], Client]
) -> None:
    reviews.decided(row, people.city_reviewer_a, passes=False, reason="现场核查发现数据不实。")
    client, page = client_as(people.enterprise_admin_a), reverse("application", args=[row.ref])
    shown = client.get(page).content.decode()
    assert "现场核查发现数据不实。" in shown
    assert reverse("reconsider", args=[row.ref]) in shown
    assert reverse("reconsider", args=[row.ref]) not in client_as(people.enterprise_clerk_a).get(page).content.decode()
    client.post(reverse("reconsider", args=[row.ref]), {"reason": "已补充检测报告。"})
    again = client.get(page).content.decode()
    assert "请等待办理结果" in again
    assert reverse("reconsider", args=[row.ref]) not in again


def test_notes_become_the_reasons_of_a_return(
    row: Application, people: People, client_as: Callable[[Actor], Client]
) -> None:
    client = client_as(people.city_reviewer_a)
    note = reverse("first_review_note", args=[row.ref])
    assert client.post(note, {"place": "factory:investment", "text": "与审计报告不一致"}).status_code == 302
    desk = client.get(reverse("first_review", args=[row.ref])).content.decode()
    assert "与审计报告不一致" in desk
    address = re.search(r'href="([^"]+/return/[^"]*)"', desk)
    assert address
    form = client.get(html.unescape(address[1])).content.decode()
    assert 'value="与审计报告不一致"' in form
