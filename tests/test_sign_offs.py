"""Joint departments: what they are asked and say, what stays silent, and the facts that only they have."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from applications.models import Application
from portal import clock, walls
from portal.actors import Actor
from portal.audit import AuditEvent
from portal.errors import Denied, Hidden, Refused
from portal.models import Mail, Notice
from portal.selectors.home import all_waiting
from review.models import Finding, SignOff
from review.selectors import city_lists as lists
from review.selectors import first_reviews as desks
from review.selectors import sign_offs as selectors
from review.services import city_lists, findings
from review.services import sign_offs as services
from review.states import SignOffState
from tests import applications as made
from tests import reviews, rounds
from tests.factories import People

pytestmark = pytest.mark.django_db
FINANCE = "武汉市财政局"


@pytest.fixture
def row(people: People) -> Application:
    return made.submitted(people, round_=rounds.current(people))


def _ask(row: Application, by: Actor, *, only: str = "", **said: Any) -> list[SignOff]:
    """Every department of the city is asked about it, or only one."""
    with walls.enter(by):
        offices = services.departments(row.city_id, row.round.value.departments)
        chosen = [office for office in offices if only in {"", office.name}]
        about = {"question": "请核查", "due_at": clock.now() + timedelta(hours=2)} | said
        return services.ask_about(row, chosen, **about, actor=by)


def _of(asked: list[SignOff], by: Actor) -> SignOff:
    """What the actor's own department was asked, as its page finds it."""
    keys = [row.pk for row in asked]
    with walls.enter(by):
        return selectors.sign_offs(by).get(pk__in=keys)


def _states(row: Application) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    with walls.system("test"):
        for sign_off in SignOff.objects.filter(application=row).select_related("office").order_by("pk"):
            found.setdefault(sign_off.office.name, []).append(sign_off.state)
    return found


def _record(row: Application, by: Actor, **changes: Any) -> Finding:
    said = {"kind": "credit", "text": "列入失信名单", "source": "信用中国"} | changes
    with walls.enter(by):
        return findings.record(row, **said, actor=by)


# -- single items ----------------------------------------------------------------------------------------------------
def test_each_department_is_asked_told_and_heard(row: Application, people: People) -> None:
    officer, joint = people.city_reviewer_a, people.city_joint_a
    asked = _ask(row, officer)
    assert {s.office.name for s in asked} > {FINANCE}
    assert {s.state for s in asked} == {SignOffState.ASKED}
    own = _of(asked, joint)
    with walls.system("test"):
        assert Notice.objects.filter(user=joint.user, text__contains="答复会签事项").exists()
        assert Mail.objects.filter(to=joint.person.email).exists()
    with walls.enter(joint):
        with pytest.raises(Refused, match="理由"):
            services.answer(own, "verify", actor=joint)
        with pytest.raises(Refused, match="请选择"):
            services.answer(own, "void", actor=joint)
        services.answer(own, "verify", reason="须核实一笔专项资金。", actor=joint)
    with walls.system("test"):
        assert Notice.objects.filter(user=officer.user, text__contains="须核实一笔专项资金").exists()
    assert _states(row)[FINANCE] == [SignOffState.TO_VERIFY]
    with walls.enter(joint):
        services.answer(own, "agree", actor=joint)
    assert _states(row)[FINANCE] == [SignOffState.AGREED], "until the time is over they may say otherwise"


def test_silence_is_shown_as_silence_and_keeps_the_list_down(
    row: Application, people: People, client_as: Callable[[Actor], Client], time_machine: Any
) -> None:
    officer = people.city_reviewer_a
    asked = _ask(row, officer, only=FINANCE)
    reviews.passed(row, officer)
    time_machine.move_to(asked[0].due_at + timedelta(minutes=1), tick=False)
    desk = client_as(officer).get(reverse("first_review", args=[row.ref])).content.decode()
    city_list = reviews.list_of(row.round, officer)
    page = client_as(officer).get(reverse("city_list", args=[city_list.ref])).content.decode()
    for shown in (desk, page):
        assert "未答复" in shown
    assert f"{FINANCE}：未答复" in page
    with walls.enter(officer):
        assert f"{FINANCE}对{row.enterprise.name}的意见尚未答复。" in lists.lacking_to_circulate(city_list)
    with pytest.raises(Refused, match="尚未答复"):
        reviews.circulated(city_list, people.city_head_a)


def test_asking_again_makes_the_former_answer_void_and_waiting_for_one_is_not_asked_twice(
    row: Application, people: People
) -> None:
    officer, joint = people.city_reviewer_a, people.city_joint_a
    first = _of(_ask(row, officer, only=FINANCE), joint)
    with pytest.raises(Refused, match="尚未答复"):
        _ask(row, officer, only=FINANCE)
    with walls.enter(joint):
        services.answer(first, "disagree", reason="有未结清的专项资金。", actor=joint)
    again = _of(_ask(row, officer, only=FINANCE, question="请再次核查"), joint)
    assert _states(row)[FINANCE] == [SignOffState.VOID, SignOffState.ASKED]
    with walls.enter(joint):
        with pytest.raises(Hidden):
            selectors.sign_off_for(joint, first.pk)
        with pytest.raises(Refused, match="已作废"):
            services.answer(first, "agree", actor=joint)
        services.answer(again, "agree", actor=joint)
    with walls.enter(officer):
        assert [s.state for s in desks.asked_about(row)] == [SignOffState.AGREED]


@pytest.mark.parametrize("wrong", ["nobody", "no question", "too late", "elsewhere"])
def test_what_is_asked_makes_sense_or_is_refused(row: Application, people: People, wrong: str) -> None:
    officer = people.city_reviewer_a
    with walls.enter(officer):
        offices = services.departments(row.city_id, row.round.value.departments)
        said: dict[str, Any] = {"question": "请核查", "due_at": clock.now() + timedelta(hours=1)}
        if wrong == "nobody":
            offices = []
        if wrong == "no question":
            said["question"] = " "
        if wrong == "too late":
            said["due_at"] = clock.now()
    if wrong == "elsewhere":
        with walls.system("test"):
            offices = services.departments(people.enterprise_b.city_id, row.round.value.departments)
    with walls.enter(officer), pytest.raises(Refused):
        services.ask_about(row, offices, **said, actor=officer)
    assert _states(row) == {}


def test_ink_is_recorded_with_who_signed_and_when_and_only_for_the_silent(row: Application, people: People) -> None:
    officer, joint = people.city_reviewer_a, people.city_joint_a
    own = _of(_ask(row, officer, only=FINANCE), joint)
    today = clock.beijing(clock.now()).date()
    with walls.enter(officer):
        with pytest.raises(Refused, match="不能晚于今天"):
            services.record_on_paper(own, signed_by="李局长", signed_on=today + reviews.DAY, actor=officer)
        with pytest.raises(Refused, match="理由"):
            services.record_on_paper(own, signed_by=" ", signed_on=today, actor=officer)
        services.record_on_paper(own, signed_by="李局长", signed_on=today - reviews.DAY, actor=officer)
        kept = SignOff.objects.get(pk=own.pk)
        assert (kept.state, kept.is_on_paper, kept.answered_by) == (SignOffState.AGREED, True, officer.user)
        signed = today - reviews.DAY
        assert kept.reason == f"纸面会签：李局长，{signed.year}年{signed.month}月{signed.day}日"
        with pytest.raises(Refused):
            services.record_on_paper(own, signed_by="王局长", signed_on=today, actor=officer)
    with walls.enter(joint), pytest.raises(Denied):
        services.record_on_paper(own, signed_by="李局长", signed_on=today, actor=joint)
    with walls.enter(people.auditor):
        assert AuditEvent.objects.filter(verb="sign_off.record", actor=officer.user).count() == 1


def test_an_objection_keeps_the_list_down_until_somebody_says_what_was_made_of_it(
    row: Application, people: People
) -> None:
    officer, joint = people.city_reviewer_a, people.city_joint_a
    own = _of(_ask(row, officer, only=FINANCE), joint)
    reviews.passed(row, officer)
    city_list = reviews.list_of(row.round, officer)
    with walls.enter(officer), pytest.raises(Refused, match="无需处理"):
        services.resolve(own, resolution="已核实", actor=officer)
    with walls.enter(joint):
        services.answer(own, "disagree", reason="有未结清的专项资金。", actor=joint)
        with pytest.raises(Denied):
            services.resolve(own, resolution="已核实", actor=joint)
    with walls.enter(officer):
        assert any("请写明处理意见" in said for said in lists.lacking_to_circulate(city_list))
        with pytest.raises(Refused, match="处理意见"):
            services.resolve(own, resolution=" ", actor=officer)
        services.resolve(own, resolution="企业已结清，凭证附后。", actor=officer)
        assert lists.lacking_to_circulate(city_list) == []
    with walls.enter(joint):
        services.answer(own, "verify", reason="凭证不全。", actor=joint)
    with walls.enter(officer):
        assert any("请写明处理意见" in said for said in lists.lacking_to_circulate(city_list)), "a new answer, anew"


def test_after_the_time_is_over_nothing_is_answered(row: Application, people: People, time_machine: Any) -> None:
    officer, joint = people.city_reviewer_a, people.city_joint_a
    own = _of(_ask(row, officer, only=FINANCE), joint)
    assert row.round.city_until
    time_machine.move_to(row.round.city_until + rounds.MICROSECOND, tick=False)
    with walls.enter(joint), pytest.raises(Refused, match="逾期无法受理"):
        services.answer(own, "agree", actor=joint)
    time_machine.move_to(row.round.city_until, tick=False)
    with walls.enter(joint):
        services.answer(own, "agree", actor=joint)


def test_what_can_no_longer_be_answered_neither_waits_nor_shows_a_form(
    row: Application, people: People, client_as: Callable[[Actor], Client], time_machine: Any
) -> None:
    joint = people.city_joint_a
    own = _of(_ask(row, people.city_reviewer_a, only=FINANCE), joint)
    address = reverse("sign_off", args=[own.pk])
    assert row.round.city_until
    for at, is_open in ((row.round.city_until, True), (row.round.city_until + rounds.MICROSECOND, False)):
        time_machine.move_to(at, tick=False)
        client = client_as(joint)
        with walls.enter(joint):
            lines = [line.label for line in all_waiting(joint) if line.page.startswith("sign_off")]
        assert lines == (["件会签事项待答复"] if is_open else [])
        assert ("本部门意见" in client.get(address).content.decode()) is is_open
        assert ("不能再答复" in client.get(reverse("sign_offs")).content.decode()) is not is_open


# -- facts -----------------------------------------------------------------------------------------------------------
def test_a_fact_stands_with_its_source_at_the_application_and_in_the_list(
    row: Application, people: People, client_as: Callable[[Actor], Client]
) -> None:
    officer, joint = people.city_reviewer_a, people.city_joint_a
    _ask(row, officer, only=FINANCE)
    reviews.passed(row, officer)
    _record(row, joint, text="专项资金被收回", source="武财函〔2024〕7号")
    client = client_as(officer)
    desk = client.get(reverse("first_review", args=[row.ref])).content.decode()
    for said in ("专项资金被收回", "武财函〔2024〕7号", FINANCE):
        assert said in desk, said
    page = client.get(reverse("city_list", args=[reviews.list_of(row.round, officer).ref])).content.decode()
    assert "不利事实1条" in page
    with walls.enter(people.enterprise_admin_a):
        assert not Finding.objects.exists(), "what an office finds is not the applicant's to read"
        assert not SignOff.objects.exists()


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"source": " "}, "来源"),
        ({"text": ""}, "填写事实"),
        ({"kind": "rumour"}, "类别"),
        ({"happened_on": "tomorrow"}, "不能晚于今天"),
    ],
)
def test_a_fact_without_a_source_is_none(row: Application, people: People, changes: dict[str, Any], why: str) -> None:
    if changes.get("happened_on"):
        changes = {"happened_on": clock.beijing(clock.now()).date() + reviews.DAY}
    with pytest.raises(Refused, match=why):
        _record(row, people.city_reviewer_a, **changes)


def test_only_the_office_that_recorded_it_strikes_it_out_and_it_stays_on_record(
    row: Application, people: People
) -> None:
    officer, joint = people.city_reviewer_a, people.city_joint_a
    _ask(row, officer)
    fact = _record(row, joint)
    other = next(a for name, a in reviews.departments(officer).items() if a.membership != joint.membership)
    for actor in (officer, people.city_head_a, other, people.city_reviewer_b):
        with walls.enter(actor):
            with pytest.raises(Denied):
                findings.strike(fact, reason="有误", actor=actor)
            with pytest.raises(Hidden):
                selectors.finding_for(actor, fact.pk)
    with walls.enter(joint):
        with pytest.raises(Refused, match="理由"):
            findings.strike(fact, reason=" ", actor=joint)
        findings.strike(fact, reason="同名企业", actor=joint)
        with pytest.raises(Refused, match="已撤销"):
            findings.strike(fact, reason="再次", actor=joint)
    with walls.enter(officer):
        assert desks.findings(row) == []
        assert Finding.objects.get(pk=fact.pk).struck_reason == "同名企业"


def test_a_department_that_was_not_asked_records_nothing(
    row: Application, people: People, client_as: Callable[[Actor], Client]
) -> None:
    officer, joint = people.city_reviewer_a, people.city_joint_a
    others = [a for a in reviews.departments(officer).values() if a.membership != joint.membership]
    said = {"kind": "credit", "text": "某事", "source": "某处"}
    page = reverse("finding_record", args=[row.ref])
    for actor in (joint, *others, people.city_reviewer_b, people.unit_joint, people.enterprise_admin_a):
        assert client_as(actor).post(page, said).status_code == 404
    _ask(row, officer, only=FINANCE)
    assert client_as(joint).post(page, said).status_code == 302
    assert client_as(others[0]).post(page, said).status_code == 404
    reviews.passed(row, officer)
    with walls.system("test"):
        assert Finding.objects.count() == 1


def test_a_department_of_another_city_finds_nothing(
    row: Application, people: People, client_as: Callable[[Actor], Client]
) -> None:
    (asked,) = _ask(row, people.city_reviewer_a, only=FINANCE)
    elsewhere = next(
        actor for department, actor in reviews.departments(people.city_reviewer_b).items() if department == "finance"
    )
    client = client_as(elsewhere)
    address = reverse("sign_off", args=[asked.pk])
    assert client.get(address).status_code == 404
    assert client.post(address, {"said": "agree"}).status_code == 404
    assert "甲企业" not in client.get(reverse("sign_offs")).content.decode()
    with walls.enter(elsewhere), pytest.raises((Denied, Refused)):
        services.answer(asked, "agree", actor=elsewhere)
    assert _states(row)[FINANCE] == [SignOffState.ASKED]


# -- a list's --------------------------------------------------------------------------------------------------------
def test_departments_see_the_order_they_sign_and_answer_on_its_page(
    row: Application, people: People, client_as: Callable[[Actor], Client]
) -> None:
    officer, head, joint = people.city_reviewer_a, people.city_head_a, people.city_joint_a
    reviews.passed(row, officer)
    city_list = reviews.list_of(row.round, officer)
    issue = reviews.circulated(city_list, head)
    with walls.enter(joint):
        own = SignOff.objects.get(issue=issue, office=joint.membership and joint.membership.office)
    client, address = client_as(joint), reverse("sign_off", args=[own.pk])
    page = client.get(address).content.decode()
    assert row.number in page
    assert client.post(address, {"said": "disagree"}).status_code == 422
    assert client.post(address, {"said": "disagree", "reason": "有环保问题未整改。"}).status_code == 200
    shown = client_as(head).get(reverse("city_list", args=[city_list.ref])).content.decode()
    assert "有环保问题未整改。" in shown
    assert client_as(officer).post(address, {"said": "agree"}).status_code == 403, "nobody answers for a department"
    with walls.enter(head):
        city_lists.take_back(reviews.fresh(city_list), reason="补充核查", actor=head)
    assert client.get(address).status_code == 404, "void ones are history"
