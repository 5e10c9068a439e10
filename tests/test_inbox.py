"""The inbox: who is shown how, what is found, and many at once: previewed, carried out whole, taken back whole."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from applications.models import Application
from applications.services import submitting
from portal import walls
from portal.actors import Actor
from portal.audit import AuditEvent, Outcome
from portal.errors import Denied, Hidden, Refused
from portal.models import Mail, Notice
from review.models import BulkStep, FirstReview, SavedView
from review.selectors import inbox as selectors
from review.selectors.first_reviews import desk_edition
from review.services import bulk, first_reviews, views
from tests import applications as made
from tests import reviews, rounds
from tests.factories import People
from tiers.models import Round

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows(people: People) -> list[Application]:
    """Two of Wuhan that were handed in."""
    first = made.submitted(people, round_=rounds.current(people))
    return [first, reviews.copied(first, people)]


@pytest.fixture
def round_(rows: list[Application]) -> Round:
    return rows[0].round


@pytest.fixture
def draft(people: People, round_: Round) -> Application:
    """One that is still being written."""
    row = made.begun(people, round_=round_)
    made.save(row, "factory", {"project": "尚未公开的项目名称"}, people.enterprise_clerk_a)
    return made.fresh(row)


def _shown(round_: Round, by: Actor, **said: str) -> list[str]:
    """The refs that the inbox shows when it is filtered so."""
    with walls.enter(by):
        return [line.ref for line in selectors.inbox(by, round_, said).lines]


def _counts(round_: Round, by: Actor) -> dict[str, int]:
    with walls.enter(by):
        found = selectors.inbox(by, round_, {})
        assert found.total == sum(count for _, _, count in found.counts)
        return {code: count for code, _, count in found.counts if count}


def _checked(rows: list[Application], by: Actor) -> None:
    """Every point is found to be in order; nothing is decided."""
    for row in rows:
        with walls.enter(by):
            edition = desk_edition(row)
            first_reviews.save(row, checklist=reviews.EVERY_POINT, opinion="", edition=edition, actor=by)


def _do(round_: Round, rows: list[Application], kind: str, by: Actor, **more: Any) -> BulkStep:
    with walls.enter(by):
        return bulk.carry_out(round_, [row.ref for row in rows], kind, actor=by, **more)


def _plan(
    round_: Round, rows: list[Application], kind: str, by: Actor, **more: Any
) -> tuple[list[str], dict[str, str]]:
    """Who goes, and who stays and why."""
    with walls.enter(by):
        found = bulk.plan(round_, [row.ref for row in rows], kind, actor=by, **more)
        return [row.ref for row in found.going], {row.ref: reason for row, reason in found.staying}


def _states(rows: list[Application]) -> list[str]:
    with walls.system("test"):
        found = dict(FirstReview.objects.filter(application__in=rows).values_list("application", "state"))
        return [found.get(row.pk, "") for row in rows]


# -- what is shown ---------------------------------------------------------------------------------------------------
def test_a_draft_is_shown_with_name_progress_and_contact_and_nothing_of_what_is_in_it(
    draft: Application, people: People, client_as: Callable[[Actor], Client]
) -> None:
    client = client_as(people.city_reviewer_a)
    page = client.get(reverse("inbox", args=[draft.round.ref]), {"state": "draft"}).content.decode()
    for said in (draft.enterprise.name, draft.factory.name, f"{draft.percent}%", "联系人乙", "027-00000000"):
        assert said in page, said
    assert "尚未公开的项目名称" not in page
    assert 0 < draft.percent < 100
    desk = reverse("first_review", args=[draft.ref])
    assert desk not in page
    assert client.get(desk).status_code == 404


def test_other_cities_are_neither_shown_nor_counted_nor_found(
    rows: list[Application], round_: Round, people: People, client_as: Callable[[Actor], Client]
) -> None:
    foreign = reviews.copied(rows[0], people, enterprise=people.enterprise_b, name="宜昌某工厂")
    by = people.city_reviewer_a
    assert set(_shown(round_, by)) == {row.ref for row in rows}
    assert _counts(round_, by) == {"open": 2}
    for words in (foreign.number, "宜昌某工厂", people.enterprise_b.name):
        assert _shown(round_, by, q=words) == [], words
    assert _shown(round_, people.city_reviewer_b) == [foreign.ref]
    page = client_as(by).get(reverse("inbox", args=[round_.ref])).content.decode()
    assert foreign.ref not in page
    assert people.enterprise_b.name not in page
    assert _shown(round_, people.unit_officer) == [], "what a city reviews is not the unit's to review"


def test_filters_find_by_words_state_industry_and_what_is_to_be_seen_to(
    rows: list[Application], draft: Application, round_: Round, people: People
) -> None:
    by, (a, b) = people.city_reviewer_a, rows
    assert _shown(round_, by, q=a.number) == [a.ref]
    assert _shown(round_, by, q=b.factory.name) == [b.ref]
    assert _shown(round_, by, state="draft") == [draft.ref]
    assert set(_shown(round_, by, industry="C34")) == {a.ref, b.ref, draft.ref}
    assert _shown(round_, by, industry="C13") == []
    assert set(_shown(round_, by, only="nobody")) == {a.ref, b.ref}
    with walls.enter(by):
        first_reviews.take(a, edition=None, actor=by)
    assert _shown(round_, by, only="mine") == [a.ref]
    assert _shown(round_, people.city_head_a, only="mine") == []
    assert _shown(round_, by, only="nobody") == [b.ref]
    assert _shown(round_, by, q=a.number, state="passed") == []
    assert len(_shown(round_, by, state="nonsense", only="nonsense")) == 3


def test_what_is_late_is_found(
    rows: list[Application], draft: Application, round_: Round, people: People, time_machine: Any
) -> None:
    by = people.city_reviewer_a
    assert round_.city_until
    time_machine.move_to(round_.enterprise_until - 2 * reviews.DAY, tick=False)
    assert _shown(round_, by, only="late") == []
    time_machine.move_to(round_.enterprise_until - reviews.DAY, tick=False)
    assert _shown(round_, by, only="late") == [draft.ref]
    reviews.passed(rows[0], by)
    time_machine.move_to(round_.city_until, tick=False)
    assert set(_shown(round_, by, only="late")) == {rows[1].ref, draft.ref}


def test_counts_follow_what_becomes_of_them(
    rows: list[Application], draft: Application, round_: Round, people: People
) -> None:
    by = people.city_reviewer_a
    assert _counts(round_, by) == {"draft": 1, "open": 2}
    reviews.passed(rows[0], by)
    reviews.decided(rows[1], by, passes=False, reason="不符合。")
    assert _counts(round_, by) == {"draft": 1, "passed": 1, "rejected": 1}
    with walls.enter(people.enterprise_admin_a):
        first_reviews.reconsider(rows[1], reason="已补充。", actor=people.enterprise_admin_a)
        submitting.withdraw(made.fresh(rows[0]), actor=people.enterprise_admin_a)
    assert _counts(round_, by) == {"draft": 2, "reconsidering": 1}


def test_kept_filters_are_ones_own(round_: Round, people: People, client_as: Callable[[Actor], Client]) -> None:
    mine, head = people.city_reviewer_a, people.city_head_a
    client = client_as(mine)
    said = {"name": "待办", "state": "open", "q": "", "page": "7"}
    assert client.post(reverse("inbox_keep_view", args=[round_.ref]), said).status_code == 302
    client.post(reverse("inbox_keep_view", args=[round_.ref]), said | {"state": "draft"})
    with walls.enter(mine):
        (kept,) = selectors.saved_views(mine)
        assert (kept.name, kept.query) == ("待办", "state=draft"), "the same name is the same view"
        with pytest.raises(Refused, match="名称"):
            views.keep(" ", "", actor=mine)
    assert "待办" in client.get(reverse("inbox", args=[round_.ref])).content.decode()
    with walls.enter(head):
        assert selectors.saved_views(head) == []
        with pytest.raises(Hidden):
            views.drop(kept.pk, actor=head)
    with walls.enter(mine):
        for number in range(views.MOST - 1):
            views.keep(f"筛选{number}", "", actor=mine)
        with pytest.raises(Refused, match="最多"):
            views.keep("再一个", "", actor=mine)
        views.drop(kept.pk, actor=mine)
        assert SavedView.objects.count() == views.MOST - 1


# -- many at once ----------------------------------------------------------------------------------------------------
def test_a_preview_names_who_goes_and_who_stays_and_why(
    rows: list[Application], draft: Application, round_: Round, people: People, client_as: Callable[[Actor], Client]
) -> None:
    by, (a, b) = people.city_reviewer_a, rows
    done, others, tied = (reviews.copied(a, people) for _ in range(3))
    reviews.passed(done, by)
    _checked([a], by)
    _checked([others], people.city_head_a)
    with walls.enter(by):
        first_reviews.declare_tie(tied, "近亲属任职", actor=by)
    going, staying = _plan(round_, [a, b, draft, done, others, tied], "pass", by)
    assert going == [a.ref]
    assert staying == {
        b.ref: "审核要点尚未全部核对为“符合”", draft.ref: "尚未提交", done.ref: "已有结论：通过初审",
        others.ref: "由他人承办", tied.ref: "承办人已声明回避",
    }  # fmt: skip
    said = {"kind": "pass", "pick": [a.ref, b.ref, draft.ref]}
    page = client_as(by).post(reverse("inbox_preview", args=[round_.ref]), said).content.decode()
    assert "将办理1项" in page
    assert "不办理的2项" in page
    assert "尚未提交" in page
    assert page.count('name="pick"') == 1
    assert _states([a, b]) == ["open", ""], "a preview changes nothing"


def test_passing_many_is_one_step_on_record_and_gives_each_its_place(
    rows: list[Application], round_: Round, people: People
) -> None:
    by = people.city_reviewer_a
    _checked(rows, by)
    step = _do(round_, rows, "pass", by)
    assert _states(rows) == ["passed", "passed"]
    assert reviews.order_of(reviews.list_of(round_, by)) == [row.ref for row in sorted(rows, key=lambda r: r.number)]
    assert [item["ref"] for item in step.items] == [row.ref for row in rows]
    with walls.enter(people.auditor):
        (event,) = AuditEvent.objects.filter(verb="first_review.bulk")
        assert (event.data["count"], event.data["what"]) == (2, "通过初审")
        assert set(event.data["refs"]) == {row.ref for row in rows}
        assert AuditEvent.objects.filter(verb="first_review.pass").count() == 2, "and each of them has its own line"
        assert AuditEvent.objects.filter(verb="city_list.order").count() == 1


@pytest.mark.parametrize("page", ["inbox_preview", "inbox_bulk"])
@pytest.mark.parametrize("foreign", ["of another city", "unknown", "of another round"])
def test_one_that_is_not_there_for_them_rejects_the_whole(
    rows: list[Application],
    round_: Round,
    people: People,
    client_as: Callable[[Actor], Client],
    page: str,
    foreign: str,
) -> None:
    by = people.city_reviewer_a
    _checked(rows, by)
    ref = "SB-NOTTHERE"
    if foreign == "of another city":
        ref = reviews.copied(rows[0], people, enterprise=people.enterprise_b).ref
    if foreign == "of another round":
        ref = made.bare(people, rounds.current(people, batch=2)).ref
    said = {"kind": "pass", "pick": [*(row.ref for row in rows), ref]}
    assert client_as(by).post(reverse(page, args=[round_.ref]), said).status_code == 404
    assert _states(rows) == ["open", "open"]
    with walls.enter(people.auditor):
        event = AuditEvent.objects.get(verb="request.deny")
        assert (event.outcome, event.actor, event.data["ref"]) == (Outcome.DENIED, by.user, ref)
        assert not AuditEvent.objects.filter(verb="first_review.bulk").exists()
    with walls.system("test"):
        assert not BulkStep.objects.exists()


@pytest.mark.parametrize("what", ["withdrawn", "decided", "tied"])
def test_what_changed_since_the_preview_refuses_the_whole(
    rows: list[Application], round_: Round, people: People, what: str
) -> None:
    by, (a, b) = people.city_reviewer_a, rows
    _checked(rows, by)
    assert _plan(round_, rows, "pass", by)[1] == {}
    if what == "withdrawn":
        with walls.enter(people.enterprise_admin_a):
            submitting.withdraw(b, actor=people.enterprise_admin_a)
    elif what == "decided":
        reviews.decided(b, by, passes=False, reason="不符合。")
    else:
        with walls.enter(by):
            first_reviews.declare_tie(b, "近亲属任职", actor=by)
    with pytest.raises(Refused, match="请重新预览"):
        _do(round_, rows, "pass", by)
    assert _states([a]) == ["open"]
    with walls.system("test"):
        assert not BulkStep.objects.exists()


def test_a_step_is_taken_back_whole(rows: list[Application], round_: Round, people: People) -> None:
    by, head = people.city_reviewer_a, people.city_head_a
    _checked(rows, by)
    step = _do(round_, rows, "pass", by)
    with walls.enter(head), pytest.raises(Denied):
        bulk.undo(step, actor=head)
    with walls.enter(by):
        bulk.undo(step, actor=by)
        with pytest.raises(Refused, match="已撤销"):
            bulk.undo(step, actor=by)
    assert _states(rows) == ["open", "open"]
    assert reviews.order_of(reviews.list_of(round_, by)) == []
    given = _do(round_, rows, "assign", by, user=head.person)
    with walls.system("test"):
        assert {r.reviewer for r in FirstReview.objects.all()} == {head.user}
    with walls.enter(by):
        bulk.undo(given, actor=by)
    with walls.system("test"):
        assert {r.reviewer for r in FirstReview.objects.all()} == {by.user}, "to whom they were given before"
    with walls.enter(people.auditor):
        assert AuditEvent.objects.filter(verb="first_review.undo").count() == 2


def test_once_somebody_acted_on_one_nothing_is_taken_back(
    rows: list[Application], round_: Round, people: People
) -> None:
    by, head = people.city_reviewer_a, people.city_head_a
    _checked(rows, by)
    step = _do(round_, rows, "pass", by)
    with walls.enter(head):
        edition = FirstReview.objects.get(application=rows[1]).edition
        first_reviews.reopen(rows[1], reason="补充核查", edition=edition, actor=head)
    with walls.enter(by), pytest.raises(Refused, match="已有人办理"):
        bulk.undo(step, actor=by)
    assert _states(rows) == ["passed", "open"]
    given = _do(round_, [rows[1]], "assign", by, user=head.person)
    with walls.enter(head):
        first_reviews.take(rows[1], edition=None, actor=head)
    with walls.enter(by), pytest.raises(Refused, match="已有人办理"):
        bulk.undo(given, actor=by)


def test_reminding_reaches_the_people_of_drafts_and_nobody_else(
    rows: list[Application], draft: Application, round_: Round, people: People
) -> None:
    by = people.city_reviewer_a
    going, staying = _plan(round_, [rows[0], draft], "remind", by)
    assert (going, staying) == ([draft.ref], {rows[0].ref: "已提交，无需提醒"})
    with pytest.raises(Refused, match="已提交"):
        _do(round_, [rows[0], draft], "remind", by)
    with walls.system("test"):
        before = set(Mail.objects.values_list("pk", flat=True))
    step = _do(round_, [draft], "remind", by)
    told = {people.enterprise_admin_a.person.email, people.enterprise_clerk_a.person.email}
    with walls.system("test"):
        mails = list(Mail.objects.exclude(pk__in=before))
        assert {mail.to for mail in mails} == told
        assert all(draft.factory.name in mail.body for mail in mails)
        assert Notice.objects.filter(text__contains="尚未提交").count() == len(told)
    with walls.enter(by), pytest.raises(Refused, match="不能撤销"):
        bulk.undo(step, actor=by)


@pytest.mark.parametrize("kind", ["pass", "assign"])
def test_bulk_acts_end_with_the_citys_time_to_the_microsecond(
    rows: list[Application], round_: Round, people: People, time_machine: Any, kind: str
) -> None:
    by = people.city_reviewer_a
    assert round_.city_until
    _checked(rows, by)
    user = by.person if kind == "assign" else None
    time_machine.move_to(round_.city_until + rounds.MICROSECOND, tick=False)
    with pytest.raises(Refused, match="逾期无法受理"):
        _do(round_, rows, kind, by, user=user)
    assert _states(rows) == ["open", "open"]
    time_machine.move_to(round_.city_until, tick=False)
    step = _do(round_, rows, kind, by, user=user)
    time_machine.move_to(round_.city_until + rounds.MICROSECOND, tick=False)
    with walls.enter(by), pytest.raises(Refused, match="逾期无法受理"):
        bulk.undo(step, actor=by)


def test_nobody_is_given_work_who_is_not_of_the_office_or_is_tied(
    rows: list[Application], round_: Round, people: People
) -> None:
    by, head = people.city_reviewer_a, people.city_head_a
    for stranger in (people.city_reviewer_b, people.unit_officer, people.city_joint_a):
        with pytest.raises(Refused, match="在职初审人员"):
            _do(round_, rows, "assign", by, user=stranger.person)
    with walls.enter(head):
        first_reviews.declare_tie(rows[0], "近亲属任职", actor=head)
    assert _plan(round_, rows, "assign", by, user=head.person)[1] == {rows[0].ref: "承办人已声明回避"}
    with pytest.raises(Refused, match="回避"):
        _do(round_, rows, "assign", by, user=head.person)
    for actor in (people.unit_officer, people.city_reviewer_b):
        with walls.enter(actor), pytest.raises(Hidden):
            bulk.plan(round_, [rows[0].ref], "assign", actor=actor)
    for actor in (people.city_joint_a, people.enterprise_admin_a, people.system_admin):
        with walls.enter(actor), pytest.raises(Denied):
            bulk.plan(round_, [rows[0].ref], "assign", actor=actor)
