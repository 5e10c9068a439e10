"""What the ministry asked for may change who is on the list: up to its own instant, and never over the quota."""

from datetime import datetime

import pytest
import time_machine

from portal import clock, walls
from portal.errors import Denied, Refused
from review.models import Candidate, Dispatch, UnitList
from review.selectors.publicity import lacking
from review.services import choosing, dispatches, unit_lists
from tests import choice, reviews, rounds
from tests import publicities as made
from tests.factories import People
from tests.rounds import DAY, MICROSECOND
from tiers.models import Recommendation, Round
from tiers.services import calendar, recommendations
from tiers.states import RoundState

pytestmark = pytest.mark.django_db


@pytest.fixture
def three(people: People) -> list[Candidate]:
    """Three of one panel, scored 90, 80 and 70; a quota of two, and both places taken."""
    rows = choice.accepted(people, 3)
    seats = choice.panel(rows[0].round, "装备制造组", rows)
    for row, total in zip(rows, (90, 80, 70), strict=True):
        choice.scored(row, seats, [total] * 5)
    with walls.system("test"):
        Round.objects.filter(pk=rows[0].round_id).update(quota=2)
    rows = [choice.fresh(row) for row in rows]
    with walls.enter(people.unit_officer):
        choosing.recommend_many(rows[0].round, rows[:2], actor=people.unit_officer)
    return rows


def _asked(rows: list[Candidate], people: People) -> datetime:
    """What went up is to be supplemented, until a day after the unit's own window; by when."""
    dispatch = made.received(people, rounds.fresh(rows[0].round))
    until = rows[0].round.unit_until + DAY
    with walls.enter(people.ministry):
        dispatches.ask(dispatch, [{"position": 2, "text": "请核实。"}], due_at=until, actor=people.ministry)
    assert rounds.fresh(rows[0].round).state == RoundState.REPORTING
    return until


def _count(rows: list[Candidate]) -> int:
    with walls.system("test"):
        return Recommendation.objects.filter(round=rows[0].round, outside_quota=False).count()


def test_a_place_changes_hands_up_to_the_last_instant(three: list[Candidate], people: People) -> None:
    until, officer = _asked(three, people), people.unit_officer
    with time_machine.travel(until, tick=False), walls.enter(officer):
        with pytest.raises(Refused, match="名额为2家，已推荐2家"):
            choosing.recommend(three[2], actor=officer)
        choosing.withdraw(three[1], reason="部级核实不符", actor=officer)
        choosing.recommend(three[2], reason="递补", actor=officer)
    assert _count(three) == 2


def test_and_not_a_microsecond_later(three: list[Candidate], people: People) -> None:
    until, officer = _asked(three, people), people.unit_officer
    with time_machine.travel(until + MICROSECOND, tick=False), walls.enter(officer):
        with pytest.raises(Refused, match=r"部级补正时限已于.*截止"):
            choosing.withdraw(three[1], reason="部级核实不符", actor=officer)
        with pytest.raises(Refused, match=r"部级补正时限已于.*截止"):
            choosing.recommend(three[2], reason="递补", actor=officer)
    assert _count(three) == 2


def test_it_stays_so_while_the_list_is_being_signed_again_and_not_once_it_was_sent(
    three: list[Candidate], people: People
) -> None:
    _asked(three, people)
    officer, round_ = people.unit_officer, rounds.fresh(three[0].round)
    with walls.enter(officer):
        version = UnitList.objects.get(round=round_).version
        unit_lists.circulate(round_, reviews.issuing(number="鄂经信函〔2025〕9号"), version=version, actor=officer)
        choosing.withdraw(three[1], reason="部级核实不符", actor=officer)
        assert UnitList.objects.get(round=round_).state == "drafting", "what was being signed is void"
        choosing.recommend(three[2], reason="递补", actor=officer)
    again = made.sent(people, round_)
    assert [line["number"] for line in again.document["entries"]] == [three[0].number, three[2].number]
    with walls.enter(officer), pytest.raises(Refused, match="已上报"):
        choosing.withdraw(three[2], reason="再议", actor=officer)


def test_a_reported_round_that_nobody_asked_about_stays_as_it_is(three: list[Candidate], people: People) -> None:
    made.received(people, rounds.fresh(three[0].round))
    officer, round_ = people.unit_officer, rounds.fresh(three[0].round)
    with walls.enter(officer):
        with pytest.raises(Refused, match="已上报，不能再调整"):
            choosing.withdraw(three[1], reason="再议", actor=officer)
        held = Recommendation.objects.filter(round=round_).select_related("round")[0]
        with pytest.raises(Refused, match="已上报，不能调整推荐名单"):
            recommendations.withdraw_recommendation(held, reason="再议", actor=officer)
    with walls.enter(people.unit_joint), pytest.raises(Denied):
        recommendations.recommend(
            round_, three[2].application.factory, until=clock.now() + DAY, actor=people.unit_joint
        )


def test_a_deadline_of_a_supplement_opens_no_other_round(three: list[Candidate], people: People) -> None:
    """What stands on a list for later says nothing about a round that is still judged, or is over."""
    round_, officer = three[0].round, people.unit_officer
    rounds.put_in_state(round_, RoundState.REPORTING)
    rounds.put_in_state(round_, RoundState.FINISHED)
    with walls.enter(officer), pytest.raises(Refused, match="不能调整推荐名单"):
        recommendations.recommend(
            rounds.fresh(round_), three[2].application.factory, until=clock.now() + DAY, actor=officer
        )


def test_who_comes_on_by_a_supplement_is_made_public_before_it_goes_up_again(
    three: list[Candidate], people: People
) -> None:
    calendar.load(actor=rounds.LOADER)
    with walls.system("test"):
        Round.objects.filter(pk=three[0].round_id).update(publicity_days=5)
    first = made.published(people, rounds.fresh(three[0].round))
    officer = people.unit_officer
    with time_machine.travel(made.over(first)):
        _asked(three, people)
        with walls.enter(officer):
            choosing.withdraw(three[1], reason="部级核实不符", actor=officer)
            choosing.recommend(three[2], reason="递补", actor=officer)
        round_ = rounds.fresh(three[0].round)
        with pytest.raises(Refused, match="尚未公示"):
            made.sent(people, round_)
        with walls.system("test"):
            UnitList.objects.filter(round=round_).update(state="returned")
        second = made.published(people, round_)
        assert [line["application"] for line in second.rows] == [three[2].application.ref]
        assert rounds.fresh(round_).state == RoundState.REPORTING
    with time_machine.travel(made.over(second)):
        with walls.enter(officer):
            assert lacking(round_, clock.now()) == []
        assert made.sent(people, rounds.fresh(round_)).version == 2
    with walls.system("test"):
        assert Dispatch.objects.filter(round=round_).count() == 2
