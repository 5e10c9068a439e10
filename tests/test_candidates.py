"""What reaches the unit: arrived with its list, accepted, sent back, answered for, refused."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from portal import clock, walls
from portal.errors import Denied, Hidden, Refused
from portal.models import AuditEvent, Notice
from review.models import Candidate, Finding, FirstReview
from review.selectors.candidates import candidate_for, sent_back
from review.services import candidates, city_lists, first_reviews
from tests import applications as made
from tests import choice, reviews, rounds, titles
from tests.factories import People, office
from tests.rounds import MICROSECOND
from tiers.models import Recommendation
from tiers.services import recognitions

pytestmark = pytest.mark.django_db


def test_what_stands_on_a_received_list_arrives_in_the_version_that_was_sent(people: People) -> None:
    first, second = choice.arrived(people, 2)
    assert [(row.state, row.city_position, row.version) for row in (first, second)] == [
        ("arrived", 1, 1), ("arrived", 2, 1),
    ]  # fmt: skip
    with walls.system("test"):
        document = first.application.submissions.get(version=1)
    assert (first.digest, first.project, first.name) == (
        document.digest, document.project, document.document["enterprise"]["name"],
    )  # fmt: skip
    assert first.industry == "C34"


def test_twins_and_adverse_facts_are_pointed_out_and_need_words(people: People) -> None:
    first, second = choice.arrived(people, 2)
    with walls.enter(people.unit_officer):
        with pytest.raises(Refused, match=f"同一企业另有参评项目{second.number}"):
            candidates.accept(first, actor=people.unit_officer)
        row = candidates.accept(first, reason="两个工厂分别建设，互不重复。", actor=people.unit_officer)
        done, left = candidates.accept_all(row.round, actor=people.unit_officer)
    assert row.state == "accepted"
    assert row.warnings == [f"同一企业另有参评项目{second.number}"]
    assert (done, left) == (0, 1), "the other one is the twin of it"


def test_accepting_all_leaves_what_has_to_be_looked_at(people: People) -> None:
    (row,) = choice.arrived(people)
    with walls.enter(people.unit_officer):
        assert candidates.accept_all(row.round, actor=people.unit_officer) == (1, 0)
        assert candidates.accept_all(row.round, actor=people.unit_officer) == (0, 0), "twice is once"
    assert choice.fresh(row).state == "accepted"


def test_a_bar_a_title_and_a_fact_are_pointed_out(people: People) -> None:
    (row,) = choice.arrived(people)
    with walls.system("test"):
        type(row.application.factory).objects.filter(pk=row.application.factory_id).update(held_tier="excellent")
        Finding.objects.create(
            application=row.application, kind="safety", text="事故", source="台账",
            office=office("湖北省经济和信息化厅"), at=row.arrived_at, by=people.unit_officer.person,
            unit_id=row.unit_id, city_id=row.city_id,
            enterprise_id=row.enterprise_id,
        )  # fmt: skip
    bad = titles.recognition(people.unit_officer, code=row.code, title="hubei_pilot", project="被撤销的项目")
    with walls.enter(people.unit_head):
        recognitions.revoke(
            bad, reason="弄虚作假", document="鄂经信〔2025〕1号", on=clock.beijing(clock.now()).date(),
            actor=people.unit_head,
        )  # fmt: skip
    with walls.enter(people.unit_officer), pytest.raises(Refused) as refused:
        candidates.accept(choice.fresh(row), actor=people.unit_officer)
    said = str(refused.value)
    for words in ("限制申报", "该工厂已获评卓越级", "有1条不利的核查事实"):
        assert words in said, said


def test_one_goes_back_to_its_city_with_a_reason_and_comes_again_with_words(people: People) -> None:
    (row,) = choice.arrived(people)
    with walls.enter(people.unit_officer):
        with pytest.raises(Refused, match="理由"):
            candidates.send_back(row, reason=" ", actor=people.unit_officer)
        candidates.send_back(row, reason="请说明安全事故处理情况。", actor=people.unit_officer)
    with walls.enter(people.city_head_a):
        assert Notice.objects.filter(user=people.city_head_a.person, text__contains="请说明安全事故").exists()
        seen = candidate_for(people.city_head_a, row.application.ref)
        assert (seen.state, seen.reason) == ("sent_back", "请说明安全事故处理情况。")
        with pytest.raises(Refused):
            candidates.answer(seen, reason="", actor=people.city_head_a)
        assert [one.pk for one in sent_back(reviews.list_of(row.round, people.city_head_a))] == [row.pk]
        back = candidates.answer(seen, reason="事故不属于本企业。", actor=people.city_head_a)
    assert (back.state, back.answer) == ("arrived", "事故不属于本企业。")
    with walls.enter(people.enterprise_admin_a):
        assert not Candidate.objects.exists(), "the applicant never reads that it went back and forth"
        actions = list(made.fresh(row.application).events.filter(is_public=True).values_list("action", flat=True))
    assert "省级退回市州" not in actions


def test_a_refusal_is_read_by_the_applicant_and_can_be_taken_back(people: People) -> None:
    (row,) = choice.arrived(people)
    with walls.enter(people.unit_head):
        candidates.refuse(row, reason="申报主体为中央企业。", actor=people.unit_head)
    with walls.enter(people.enterprise_admin_a):
        assert Notice.objects.filter(
            user=people.enterprise_admin_a.person, text__contains="申报主体为中央企业"
        ).exists()
    with walls.enter(people.unit_head):
        assert candidates.restore(choice.fresh(row), reason="认定有误", actor=people.unit_head).state == "arrived"


def test_nothing_is_decided_a_microsecond_after_the_units_time(people: People, time_machine: object) -> None:
    (row,) = choice.arrived(people)
    time_machine.move_to(row.round.unit_until + MICROSECOND, tick=False)  # type: ignore[attr-defined]
    with walls.enter(people.unit_officer), pytest.raises(Refused, match="截止"):
        candidates.accept(row, actor=people.unit_officer)
    time_machine.move_to(row.round.unit_until, tick=False)  # type: ignore[attr-defined]
    with walls.enter(people.unit_officer):
        assert candidates.accept(row, actor=people.unit_officer).state == "accepted"


def test_nothing_is_decided_once_the_round_was_reported(people: People) -> None:
    (row,) = choice.arrived(people)
    rounds.put_in_state(row.round, "reporting")
    with walls.enter(people.unit_officer), pytest.raises(Refused, match="已上报"):
        candidates.accept(choice.fresh(row), actor=people.unit_officer)


def test_a_returned_list_takes_its_candidates_along_and_brings_them_again(people: People) -> None:
    (row,) = choice.arrived(people)
    list_ = reviews.list_of(row.round, people.city_head_a)
    with walls.enter(people.unit_officer):
        city_lists.give_back(list_, reason="请补充材料", until=None, actor=people.unit_officer)
    assert choice.fresh(row).state == "sent_back"
    with walls.enter(people.city_head_a), pytest.raises(Refused, match="不能单独说明"):
        candidates.answer(choice.fresh(row), reason="说明", actor=people.city_head_a)
    choice.sent(list_, people)
    with walls.enter(people.unit_officer):
        city_lists.accept(reviews.fresh(list_), actor=people.unit_officer)
    assert choice.fresh(row).state == "arrived"


def test_once_recommended_it_goes_back_no_more(people: People) -> None:
    (row,) = choice.accepted(people)
    with walls.system("test"):
        Recommendation.objects.create(
            round=row.round, factory=row.application.factory, at=row.arrived_at, by=people.unit_officer.person,
            unit_id=row.unit_id, city_id=row.city_id, enterprise_id=row.enterprise_id,
        )  # fmt: skip
    list_ = reviews.list_of(row.round, people.city_head_a)
    with walls.enter(people.unit_officer):
        with pytest.raises(Refused, match="推荐名单"):
            candidates.send_back(row, reason="再看", actor=people.unit_officer)
        with pytest.raises(Refused, match="推荐名单"):
            city_lists.give_back(list_, reason="再看", until=None, actor=people.unit_officer)


def test_where_no_city_reviews_passing_is_accepting(people: People) -> None:
    round_ = rounds.current(people)
    with walls.system("test"):
        type(round_).objects.filter(pk=round_.pk).update(city_until=None)
    row = made.submitted(people, round_=rounds.fresh(round_))
    with walls.enter(people.unit_officer):
        review = first_reviews.decide(
            row, passes=True, checklist=reviews.EVERY_POINT, opinion="符合。", edition=0, actor=people.unit_officer
        )
    found = choice.of(row)
    assert (found.state, found.city_position) == ("accepted", None)
    with walls.enter(people.unit_officer):
        edition = FirstReview.objects.get(pk=review.pk).edition
        first_reviews.reopen(made.fresh(row), reason="再核", edition=edition, actor=people.unit_officer)
        assert choice.fresh(found).state == "sent_back"
        with pytest.raises(Refused, match="不经市州"):
            candidates.send_back(found, reason="x", actor=people.unit_officer)


def test_others_find_nothing(people: People) -> None:
    (row,) = choice.arrived(people)
    for actor in (
        people.city_head_b,
        people.unit_head_hunan,
        people.enterprise_admin_a,
        people.expert,
        people.ministry,
    ):
        with walls.enter(actor):
            with pytest.raises(Hidden):
                candidate_for(actor, row.application.ref)
            with pytest.raises((Denied, Refused)):
                candidates.accept(row, actor=actor)


def test_a_city_reads_how_its_own_was_received_and_no_score(people: People, client_as: object) -> None:
    (row,) = choice.accepted(people)
    seats = choice.panel(row.round, "装备组", [row])
    choice.scored(row, seats, [80, 81, 82, 83, 84])
    page = client_as(people.city_head_a).get(reverse("candidate", args=[row.application.ref]))  # type: ignore[operator]
    text = page.content.decode()
    assert "已受理" in text
    assert "82.00" not in text
    assert "测试大学" not in text
    unit: Client = client_as(people.unit_officer)  # type: ignore[operator]
    assert "82.00" in unit.get(reverse("candidate", args=[row.application.ref])).content.decode()


def test_acceptance_is_on_record(people: People) -> None:
    (row,) = choice.accepted(people)
    with walls.system("test"):
        verbs = set(AuditEvent.objects.filter(verb__startswith="candidate.").values_list("verb", flat=True))
    assert {"candidate.arrive", "candidate.accept"} <= verbs
    assert choice.fresh(row).decided_by == people.unit_officer.person
    assert row.round.unit_until > row.arrived_at - timedelta(days=1)
