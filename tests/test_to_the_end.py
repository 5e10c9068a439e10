"""Rounds all the way to the registry: one that its province decides, one of a central group, one of 领航级."""

from collections.abc import Callable

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from portal import clock, walls
from portal.actors import Actor
from portal.errors import Denied, Refused
from portal.models import Notice
from review.models import Dispatch, Outcome
from review.selectors.application_page import told
from review.selectors.dispatches import entries
from review.selectors.outcomes import outcomes
from review.services import choosing
from review.services import outcomes as services
from review.services.outcomes import Decision
from review.states import Result
from tests import applications as applying
from tests import choice, rounds
from tests import publicities as made
from tests.factories import People
from tiers.models import Factory, Recognition, RecognitionSource, Round
from tiers.services import calendar
from tiers.states import RoundState

pytestmark = pytest.mark.django_db
ClientAs = Callable[..., Client]


def _heard(actor: Actor, part: str) -> int:
    with walls.enter(actor):
        return Notice.objects.filter(user=actor.person, text__contains=part).count()


def test_what_a_province_decides_itself_goes_from_acceptance_to_the_registry(people: People) -> None:
    """先进级 (399号 一(二)): no dispatch, no ministry; the unit's head makes the results known after publicity."""
    calendar.load(actor=rounds.LOADER)
    round_ = rounds.current(people, programme="2024-advanced-HB")
    rows = choice.accepted(people, 2, round_=round_)
    seats = choice.panel(rows[0].round, "装备制造组", rows)
    for row, total in zip(rows, (90, 70), strict=True):
        choice.scored(row, seats, [total] * 5)
    chosen, other = (choice.fresh(row) for row in rows)
    officer, head, owner = people.unit_officer, people.unit_head, people.enterprise_admin_a
    with walls.enter(officer):
        choosing.recommend(chosen, actor=officer)
    public = made.published(people, rounds.fresh(round_))
    assert "拟认定" in public.title
    today = clock.beijing(clock.now()).date()
    decisions = [Decision(chosen.application.ref, Result.RECOGNISED, "鄂经信函〔2025〕3号", today)]
    assert public.until
    with time_machine.travel(public.until, tick=False), walls.enter(head), pytest.raises(Refused, match="尚未期满"):
        services.record(round_, decisions, actor=head)
    with walls.enter(owner):
        assert not Outcome.objects.exists(), "nothing of a result is there before it is made known"
    with time_machine.travel(made.over(public)):
        for actor in (officer, people.ministry, people.unit_head_hunan):
            with walls.enter(actor), pytest.raises((Denied, Refused)):
                services.record(round_, decisions, actor=actor)
        with walls.enter(head):
            services.record(round_, decisions, actor=head)
    assert rounds.fresh(round_).state == RoundState.FINISHED
    with walls.system("test"):
        title = Recognition.objects.get(title="advanced")
        assert (title.factory_id, title.source) == (chosen.application.factory_id, RecognitionSource.OUTCOME)
        assert (title.document, title.year) == ("鄂经信函〔2025〕3号", round_.year)
        assert Factory.objects.get(pk=title.factory_id).held_tier == "advanced"
        assert not Dispatch.objects.exists()
        names = [seat.user.name for seat in seats]
    with walls.enter(owner):
        found = {row.ref: row for row in outcomes(owner)}
        assert found[chosen.application.ref].result == Result.RECOGNISED
        lost = found[other.application.ref]
        assert (lost.result, lost.disclosed["total"]) == (Result.NOT_RECOMMENDED, "80.00")
        ((_, text),) = told(owner, applying.fresh(other.application))
        for criterion in round_.value.criteria:
            assert criterion.name in text
        assert not any(name in text for name in names), "averages, and nobody's name"
    assert _heard(owner, "的结果：认定") == 1
    assert _heard(owner, "的结果：未列入推荐") == 1
    for actor in (officer, people.city_head_a):
        assert _heard(actor, "评审结果已公布，认定1个") == 1


def test_a_central_groups_results_go_from_its_own_quota_into_the_registry(people: People) -> None:
    """中央企业集团 (399号 二(二)2): no city, a quota of five, the ministry decides."""
    today = clock.beijing(clock.now()).date()
    round_ = rounds.draft(people.group_officer, "2024-excellent-group", opens_on=today, year=today.year)
    rounds.put_in_state(round_, RoundState.EXPERT_REVIEW)
    rows = [made.candidate(people, rounds.fresh(round_), enterprise=people.enterprise_group) for _ in range(3)]
    with walls.enter(people.group_officer):
        choosing.recommend_many(rounds.fresh(round_), rows[:2], reason="示范性强", actor=people.group_officer)
    dispatch = made.received(people, rounds.fresh(round_), by=people.group_head)
    with walls.enter(people.ministry):
        made_ = services.decide(dispatch, made.results_of(dispatch, 2), actor=people.ministry)
    assert [row.result for row in made_] == [Result.RECOGNISED, Result.NOT_RECOGNISED, Result.NOT_RECOMMENDED]
    with walls.system("test"):
        title = Recognition.objects.select_related("factory", "unit").get(title="excellent")
        assert (title.unit.code, title.city_id, title.source) == ("TESTG", None, RecognitionSource.OUTCOME)
        assert title.factory
        assert title.factory.ref == entries(dispatch)[0]["factory"]
    assert rounds.fresh(round_).state == RoundState.FINISHED
    assert _heard(people.enterprise_admin_group, "的结果：") == 3
    assert _heard(people.group_head, "评审结果已公布，认定1个") == 1
    for actor in (people.unit_head, people.city_head_a, people.enterprise_admin_a):
        assert _heard(actor, "的结果") + _heard(actor, "评审结果") == 0, "it is no province's"
        with walls.enter(actor):
            assert not Outcome.objects.exists()


def _leading(people: People) -> Round:
    """A judged round of 领航级, one recommended; none is shipped, so the tier of another is changed in its draft."""
    today = clock.beijing(clock.now()).date()
    round_ = rounds.draft(people.unit_officer, opens_on=today, year=today.year, batch=7)
    with walls.system("test"):
        Round.objects.filter(pk=round_.pk).update(tier="leading")
    rounds.put_in_state(round_, RoundState.EXPERT_REVIEW)
    made.recommended(people, rounds.fresh(round_))
    return rounds.fresh(round_)


def test_what_the_national_committee_advises_stands_with_a_leading_result(people: People, client_as: ClientAs) -> None:
    """领航级: the national expert committee's advice is recorded with each result, and its enterprise reads it."""
    round_ = _leading(people)
    ordinary = made.received(people, made.judged(people, days=0, count=1, batch=2))
    dispatch = made.received(people, round_)
    assert dispatch.document["round"]["tier"] == "leading"
    ministry, page = client_as(people.ministry), reverse("dispatch_decide", args=[dispatch.ref])
    assert 'name="advice_1"' in ministry.get(page).content.decode()
    assert "advice_1" not in ministry.get(reverse("dispatch_decide", args=[ordinary.ref])).content.decode()
    said = {"document": "工信厅联通装函〔2025〕2号", "on": "2025-01-10", "result_1": "recognised"}
    advice = "同意认定；建议加强跨工厂协同。"
    assert ministry.post(page, said | {"advice_1": advice}).status_code == 302
    with walls.system("test"):
        row = Outcome.objects.select_related("recognition").get(dispatch=dispatch)
        assert (row.advice, row.result) == (advice, Result.RECOGNISED)
        assert row.recognition
        assert row.recognition.title == "leading"
    owner = people.enterprise_admin_a
    with walls.enter(owner):
        ((_, text),) = told(owner, row.application)
    assert f"国家智能制造专家委员会咨询意见：{advice}" in text
    with walls.enter(people.enterprise_admin_b):
        assert not Outcome.objects.exists()
    with walls.enter(people.unit_head):
        assert outcomes(people.unit_head).get().advice == advice
    assert rounds.fresh(round_).state == RoundState.FINISHED
    assert client_as(people.unit_head).get(reverse("dispatch", args=[dispatch.ref])).status_code == 200
    assert entries(ordinary)
    with walls.system("test"):
        assert not Outcome.objects.filter(dispatch=ordinary).exists(), "another round is as it was"
