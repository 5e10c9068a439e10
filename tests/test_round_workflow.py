"""Every state × action × role of a round, its guards at the exact instant, and the database's own refusal."""

from datetime import datetime
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from portal import walls
from portal.actors import Actor
from portal.errors import Denied, Refused
from portal.workflow import available, move
from tests import rounds as given
from tests.factories import People
from tests.rounds import CITY_UNTIL, DAY, ENTERPRISE_UNTIL, MICROSECOND, OPENS, UNIT_UNTIL, at
from tiers.models import Round
from tiers.states import RoundState as S
from tiers.transitions import ROUND

pytestmark = pytest.mark.django_db

LEAD, HEAD, PORTAL = {"unit_officer", "unit_head"}, {"unit_head"}, {"portal"}
MAY = {
    "publish": HEAD,
    "retract": HEAD,
    "accept": PORTAL,
    "begin_first_review": PORTAL,
    "begin_review": PORTAL,
    "reopen": LEAD,
    "return_to_cities": LEAD,
    "announce": HEAD | PORTAL,
    "report": HEAD,
    "finish": HEAD | PORTAL,
}
_UNREPORTED = {(S.EXPERT_REVIEW, "finish"), (S.PUBLICITY, "finish")}
# An instant at which each action's guards are satisfied by Hubei's dates of 2024.
WHEN: dict[str, datetime] = {
    "publish": OPENS - DAY,
    "retract": OPENS - DAY,
    "accept": OPENS,
    "begin_first_review": ENTERPRISE_UNTIL + DAY,
    "begin_review": CITY_UNTIL + DAY,
    "reopen": OPENS + DAY,
    "return_to_cities": OPENS + DAY,
    "announce": CITY_UNTIL + DAY,
    "report": UNIT_UNTIL + 30 * DAY,
    "finish": UNIT_UNTIL + 30 * DAY,
}


@pytest.fixture
def draft(people: People) -> Round:
    return given.draft(people.unit_officer)


def _try(obj: Round, action: str, actor: Actor, when: datetime) -> str:
    offered = action in {t.action for t in available(obj, actor)}
    try:
        state = move(obj, action, actor=actor, at=when).state
    except Denied:
        assert not offered
        return "denied"
    except Refused:
        return "refused"
    assert offered, "a page offers what it allows"
    return str(state)


@pytest.mark.parametrize("state", S.values)
def test_matrix_of_state_action_and_role(state: str, people: People, draft: Round) -> None:
    actors = people.actors() | {"portal": Actor(system="平台")}
    given.put_in_state(draft, state)
    with walls.system("test"):
        for transition in ROUND.transitions:
            for name, actor in actors.items():
                with transaction.atomic():
                    row = Round.objects.get(pk=draft.pk)
                    verdict = _try(row, transition.action, actor, WHEN[transition.action])
                    transaction.set_rollback(True)
                if name not in MAY[transition.action]:
                    wanted = "denied"
                elif state not in transition.sources or (state, transition.action) in _UNREPORTED:
                    wanted = "refused"  # what the ministries decide is reported to them first
                else:
                    wanted = str(transition.target)
                assert verdict == wanted, (state, transition.action, name)


def test_actions_named_here_are_all_there_are() -> None:
    assert set(MAY) == set(WHEN) == {transition.action for transition in ROUND.transitions}


@pytest.mark.parametrize("source", S.values)
def test_database_refuses_every_edge_that_is_not_in_the_table(source: str, draft: Round) -> None:
    edges = {(str(s), str(t.target)) for t in ROUND.transitions for s in t.sources}
    given.put_in_state(draft, source)
    with walls.system("test"):
        rows = Round.objects.filter(pk=draft.pk)
        for target in set(S.values) - {source}:
            with transaction.atomic():
                if (source, target) in edges:
                    assert rows.update(state=target) == 1
                else:
                    with pytest.raises(DatabaseError, match="Invalid transition"), transaction.atomic():
                        rows.update(state=target)
                transaction.set_rollback(True)


@pytest.mark.parametrize(
    ("state", "action", "who", "moment", "refused"),
    [
        (S.DRAFT, "publish", "unit_head", ENTERPRISE_UNTIL - MICROSECOND, ""),
        (S.DRAFT, "publish", "unit_head", ENTERPRISE_UNTIL, "已过"),
        (S.PUBLISHED, "retract", "unit_head", OPENS - MICROSECOND, ""),
        (S.PUBLISHED, "retract", "unit_head", OPENS, "已开始受理"),
        (S.PUBLISHED, "accept", "portal", OPENS - MICROSECOND, "尚未到"),
        (S.PUBLISHED, "accept", "portal", OPENS, ""),
        (S.ACCEPTING, "begin_first_review", "portal", ENTERPRISE_UNTIL, "尚未截止"),
        (S.ACCEPTING, "begin_first_review", "portal", ENTERPRISE_UNTIL + MICROSECOND, ""),
        (S.ACCEPTING, "begin_review", "portal", CITY_UNTIL, "尚未截止"),
        (S.FIRST_REVIEW, "begin_review", "portal", CITY_UNTIL, "尚未截止"),
        (S.FIRST_REVIEW, "begin_review", "portal", CITY_UNTIL + MICROSECOND, ""),
        (S.FIRST_REVIEW, "reopen", "unit_officer", ENTERPRISE_UNTIL, ""),
        (S.FIRST_REVIEW, "reopen", "unit_officer", ENTERPRISE_UNTIL + MICROSECOND, "已于2024年11月22日 23:59:59"),
        (S.EXPERT_REVIEW, "return_to_cities", "unit_officer", CITY_UNTIL, ""),
        (S.EXPERT_REVIEW, "return_to_cities", "unit_officer", CITY_UNTIL + MICROSECOND, "已于2024年11月25日"),
    ],
)
def test_guards_at_the_exact_instant(
    people: People, draft: Round, state: str, action: str, who: str, moment: datetime, refused: str
) -> None:
    given.put_in_state(draft, state)
    actor = (people.actors() | {"portal": Actor(system="平台")})[who]
    with walls.system("test"):
        if refused:
            with pytest.raises(Refused, match=refused):
                move(draft, action, actor=actor, at=moment)
        else:
            move(draft, action, actor=actor, at=moment)


def test_publicity_has_to_be_over_to_the_microsecond(people: People, draft: Round) -> None:
    until = at("2024-12-03 23:59:59")
    given.put_in_state(draft, S.PUBLICITY)
    with walls.system("test"):
        Round.objects.filter(pk=draft.pk).update(publicity_from=CITY_UNTIL, publicity_until=until)
        with pytest.raises(Refused, match="公示尚未期满（2024年12月3日 23:59:59）"):
            move(draft, "report", actor=people.unit_head, at=until)
        assert move(draft, "report", actor=people.unit_head, at=until + MICROSECOND).state == S.REPORTING
        assert move(draft, "finish", actor=people.unit_head, at=until + MICROSECOND).state == S.FINISHED


def test_without_days_of_publicity_the_experts_work_is_reported_at_once(people: People, draft: Round) -> None:
    given.put_in_state(draft, S.EXPERT_REVIEW)
    with walls.system("test"):
        Round.objects.filter(pk=draft.pk).update(publicity_days=5)
        with pytest.raises(Refused, match="须公示5个工作日"):
            move(draft, "report", actor=people.unit_head, at=UNIT_UNTIL)
        with pytest.raises(Refused, match="尚有异议"):
            Round.objects.filter(pk=draft.pk).update(publicity_days=0)
            move(draft, "report", actor=people.unit_head, at=UNIT_UNTIL, lacking=["尚有异议未办结。"])
        assert move(draft, "report", actor=people.unit_head, at=UNIT_UNTIL).state == S.REPORTING


def test_what_the_province_decides_is_not_reported(people: People) -> None:
    advanced = given.draft(people.unit_officer, "2024-advanced-HB")
    given.put_in_state(advanced, S.PUBLICITY)
    with walls.system("test"):
        with pytest.raises(Refused, match="无需上报"):
            move(advanced, "report", actor=people.unit_head, at=UNIT_UNTIL)
        assert move(advanced, "finish", actor=people.unit_head, at=UNIT_UNTIL).state == S.FINISHED


def test_a_unit_without_cities_skips_the_first_review(people: People) -> None:
    made = given.draft(people.unit_head_hunan, "2024-excellent")
    given.put_in_state(made, S.ACCEPTING)
    portal = Actor(system="平台")
    with walls.system("test"):
        with pytest.raises(Refused, match="不设市州初审"):
            move(made, "begin_first_review", actor=portal, at=UNIT_UNTIL)
        assert move(made, "begin_review", actor=portal, at=ENTERPRISE_UNTIL + MICROSECOND).state == S.EXPERT_REVIEW


# -- what the database holds by itself
@pytest.mark.parametrize(
    "change",
    [
        {"terms": {}}, {"name": "改"}, {"ref": "X"}, {"year": 2025}, {"tier": "advanced"}, {"batch": 2},
    ],
    ids=lambda change: next(iter(change)),
)  # fmt: skip
def test_terms_are_fixed_once_published(people: People, change: dict[str, Any]) -> None:
    made = given.published(people)
    with walls.system("test"):
        rows = Round.objects.filter(pk=made.pk)
        with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
            rows.update(**change)
        with pytest.raises(DatabaseError, match="Cannot delete"), transaction.atomic():
            rows.delete()
        assert rows.update(quota=21) == 1, "the quota may change, on record"


def test_a_draft_may_be_mended(draft: Round) -> None:
    with walls.system("test"):
        assert Round.objects.filter(pk=draft.pk).update(name="改", terms=draft.terms | {"limit": []}) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"enterprise_until": OPENS},
        {"city_until": ENTERPRISE_UNTIL - DAY},
        {"unit_until": CITY_UNTIL - DAY},
        {"ministry_until": UNIT_UNTIL - DAY},
        {"city_until": None, "unit_until": ENTERPRISE_UNTIL - DAY},
        {"quota": 0},
        {"batch": 0},
        {"publicity_from": UNIT_UNTIL},
        {"publicity_from": UNIT_UNTIL, "publicity_until": OPENS},
    ],
    ids=str,
)
def test_database_holds_the_order_of_windows(draft: Round, change: dict[str, Any]) -> None:
    with walls.system("test"), pytest.raises(IntegrityError), transaction.atomic():
        Round.objects.filter(pk=draft.pk).update(**change)
