"""What still changes once a round is published: moved dates, extensions, quotas, publicity, the calendar."""

from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from portal import walls
from portal.actors import Place
from portal.audit import AuditEvent
from portal.errors import Denied, Refused
from portal.models import Mail
from tests import factories
from tests import rounds as given
from tests.factories import People
from tests.rounds import CITY_UNTIL, DAY, ENTERPRISE_UNTIL, OPENS, UNIT_UNTIL, at
from tiers.models import Extension, Recommendation, Round, RoundEffect
from tiers.rounds import Window, closed_reason
from tiers.selectors import rounds as selectors
from tiers.services import calendar, recommendations, round_dates
from tiers.services import rounds as services
from tiers.services.round_effects import tell_waiting
from tiers.states import RoundState as S

pytestmark = pytest.mark.django_db


def _verbs() -> list[str]:
    with walls.stand(Place(office="auditor")):
        return list(AuditEvent.objects.order_by("id").values_list("verb", flat=True))


def _basics(round_: Round, **changes: Any) -> dict[str, Any]:
    return {name: getattr(round_, name) for name in services.BASICS} | changes


# -- dates that move
def _moved(people: People, round_: Round, when: Any, reason: str = "企业反映系统拥堵", **values: Any) -> Any:
    with walls.enter(people.unit_officer):
        return round_dates.move_dates(round_, values, reason=reason, actor=people.unit_officer, at=when)


def test_moved_date_is_on_record_and_everyone_concerned_is_told_once(people: People) -> None:
    factories.factory(people.enterprise_a)
    made = given.published(people)
    change = _moved(people, made, OPENS + DAY, enterprise_until=ENTERPRISE_UNTIL + DAY)
    assert change.lines == [("企业申报截止", "2024年11月22日 23:59:59", "2024年11月23日 23:59:59")]
    tell_waiting()
    tell_waiting()
    told = Mail.objects.filter(subject__contains="有调整")
    to = set(told.values_list("to", flat=True))
    seats = ("enterprise_admin_a", "enterprise_clerk_a", "city_reviewer_a", "city_head_a", "unit_officer", "unit_head")
    assert {people.actors()[name].user.email for name in seats} <= to
    others = ("enterprise_admin_b", "enterprise_admin_group", "unit_head_hunan", "unit_joint", "expert", "ministry")
    assert not {people.actors()[name].user.email for name in others} & to, "no factory, another unit, no part in it"
    assert told.count() == len(to)
    assert "企业申报截止：2024年11月22日 23:59:59 → 2024年11月23日 23:59:59" in told.first().body
    assert "企业反映系统拥堵" in told.first().body
    assert "round.change" in _verbs()
    with walls.enter(people.enterprise_admin_a):
        assert list(selectors.changes(made)) == [change], "applicants read it too"


@pytest.mark.parametrize(
    ("state", "when", "values", "said"),
    [
        (S.DRAFT, OPENS, {"enterprise_until": UNIT_UNTIL}, "不能再调整"),
        (S.ACCEPTING, OPENS + DAY, {"opens_at": OPENS + 2 * DAY}, "不能再调整“开始受理”"),
        (S.PUBLISHED, OPENS, {"opens_at": OPENS + DAY}, "不能再调整“开始受理”"),
        (S.ACCEPTING, OPENS + DAY, {"enterprise_until": OPENS + DAY}, "不能调整到当前时间之前"),
        (S.ACCEPTING, OPENS + DAY, {"enterprise_until": UNIT_UNTIL + DAY}, "不能早于"),
        (S.ACCEPTING, OPENS + DAY, {"city_until": None}, "“市州报送截止”不能为空"),
        (S.ACCEPTING, OPENS + DAY, {"enterprise_until": ENTERPRISE_UNTIL}, "没有变化"),
        (S.PUBLICITY, CITY_UNTIL + DAY, {"enterprise_until": UNIT_UNTIL}, "不能再调整“企业申报截止”"),
        (S.FINISHED, UNIT_UNTIL + DAY, {"unit_until": UNIT_UNTIL + 3 * DAY}, "不能再调整“审核推荐截止”"),
    ],
)
def test_what_can_not_be_moved_is_said(
    people: People, state: str, when: Any, values: dict[str, Any], said: str
) -> None:
    made = given.draft(people.unit_officer)
    given.put_in_state(made, state)
    with pytest.raises(Refused, match=said):
        _moved(people, made, when, **values)


def test_moving_dates_needs_a_reason_and_the_right_people(people: People) -> None:
    made = given.published(people)
    with pytest.raises(Refused, match="请填写调整期限的理由"):
        _moved(people, made, OPENS + DAY, reason="  ", enterprise_until=ENTERPRISE_UNTIL + DAY)
    for name in ("unit_joint", "unit_head_hunan"):
        actor = people.actors()[name]
        with walls.system("test"), pytest.raises(Denied):
            round_dates.move_dates(made, {"enterprise_until": CITY_UNTIL}, reason="x", actor=actor, at=OPENS)


@pytest.mark.parametrize(
    ("state", "when", "values", "back"),
    [
        (S.FIRST_REVIEW, ENTERPRISE_UNTIL + DAY, {"enterprise_until": CITY_UNTIL}, S.ACCEPTING),
        (
            S.EXPERT_REVIEW,
            CITY_UNTIL + DAY,
            {"enterprise_until": UNIT_UNTIL, "city_until": UNIT_UNTIL},
            S.ACCEPTING,
        ),
        (S.EXPERT_REVIEW, CITY_UNTIL + DAY, {"city_until": UNIT_UNTIL}, S.FIRST_REVIEW),
        (S.FIRST_REVIEW, ENTERPRISE_UNTIL + DAY, {"city_until": UNIT_UNTIL}, S.FIRST_REVIEW),
        (S.ACCEPTING, ENTERPRISE_UNTIL, {"enterprise_until": CITY_UNTIL}, S.ACCEPTING),
        (S.PUBLICITY, UNIT_UNTIL, {"unit_until": UNIT_UNTIL + DAY}, S.PUBLICITY),
    ],
)
def test_a_window_that_opens_again_takes_the_round_back(
    people: People, state: str, when: Any, values: dict[str, Any], back: str
) -> None:
    made = given.draft(people.unit_officer)
    given.put_in_state(made, state)
    _moved(people, made, when, **values)
    assert given.fresh(made).state == back


def test_history_of_changes_can_not_be_changed(people: People) -> None:
    change = _moved(people, given.published(people), OPENS + DAY, enterprise_until=CITY_UNTIL)
    with walls.system("test"):
        for act in (lambda: type(change).objects.update(reason="x"), lambda: type(change).objects.all().delete()):
            with pytest.raises(DatabaseError, match="Cannot"), transaction.atomic():
                act()


# -- one applicant's deadline
def _extended(people: People, round_: Round, **changes: Any) -> Extension:
    given_ = {"until": ENTERPRISE_UNTIL + DAY, "reason": "停电一天", "at": ENTERPRISE_UNTIL - DAY} | changes
    enterprise, actor = given_.pop("enterprise", people.enterprise_a), given_.pop("actor", people.unit_officer)
    with walls.system("test"):
        return round_dates.grant_extension(round_, enterprise, **given_, actor=actor)


def test_extension_opens_the_window_for_one_applicant_who_is_told(people: People) -> None:
    made = given.published(people)
    _extended(people, made)
    with walls.enter(people.enterprise_admin_a):
        own = selectors.extension_of(made, people.enterprise_a)
        assert closed_reason(made.windows, Window.ENTERPRISE, ENTERPRISE_UNTIL + DAY, own) is None
        assert [e.reason for e in selectors.extensions(people.enterprise_admin_a, made)] == ["停电一天"]
    with walls.enter(people.enterprise_admin_b):
        assert selectors.extension_of(made, people.enterprise_b) is None
        assert not Extension.objects.exists(), "the neighbour does not even see it"
    letter = Mail.objects.get(to=people.enterprise_admin_a.user.email)
    assert "2024年11月23日 23:59:59" in letter.body
    assert "停电一天" in letter.body
    assert "round.extend" in _verbs()


def test_of_several_extensions_the_latest_holds(people: People) -> None:
    made = given.published(people)
    _extended(people, made, until=ENTERPRISE_UNTIL + 3 * DAY)
    _extended(people, made, until=ENTERPRISE_UNTIL + DAY)
    with walls.system("test"):
        assert selectors.extension_of(made, people.enterprise_a) == ENTERPRISE_UNTIL + 3 * DAY


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"reason": " "}, "请填写延期理由"),
        ({"until": ENTERPRISE_UNTIL}, "延期须晚于当前时间，且晚于企业申报截止时间"),
        ({"until": CITY_UNTIL, "at": CITY_UNTIL}, "延期须晚于当前时间"),
        ({"until": UNIT_UNTIL + DAY}, "不能晚于审核推荐截止时间"),
    ],
)
def test_extension_that_makes_no_sense_is_refused(people: People, changes: dict[str, Any], said: str) -> None:
    with pytest.raises(Refused, match=said):
        _extended(people, given.published(people), **changes)


def test_extension_is_the_provinces_and_for_its_own_enterprises(people: People) -> None:
    made = given.published(people)
    for name in ("city_head_a", "unit_joint", "enterprise_admin_a", "unit_head_hunan"):
        with pytest.raises(Denied):
            _extended(people, made, actor=people.actors()[name])
    with pytest.raises(Refused, match="不属于本推荐单位"):
        _extended(people, made, enterprise=people.enterprise_group)
    given.put_in_state(made, S.PUBLICITY)
    with pytest.raises(Refused, match="不能再办理延期"):
        _extended(people, made)


# -- the quota
def _recommended(people: People, round_: Round, **kwargs: Any) -> Recommendation:
    factory = factories.factory(factories.enterprise())
    with walls.enter(people.unit_officer):
        return recommendations.recommend(round_, factory, actor=people.unit_officer, at=CITY_UNTIL, **kwargs)


def _with_quota(people: People, quota: int) -> Round:
    made = given.draft(people.unit_officer)
    with walls.enter(people.unit_officer):
        services.edit_basics(made, _basics(made, quota=quota), version=1, actor=people.unit_officer)
    given.put_in_state(made, S.EXPERT_REVIEW)
    return given.fresh(made)


def test_quota_is_never_exceeded_and_the_direct_way_does_not_count(people: People) -> None:
    made = _with_quota(people, 2)
    _recommended(people, made, outside_quota=True)
    first = _recommended(people, made)
    _recommended(people, made)
    with pytest.raises(Refused, match="名额为2家，已推荐2家"):
        _recommended(people, made)
    _recommended(people, made, outside_quota=True)
    with walls.enter(people.unit_officer):
        with pytest.raises(Refused, match="请填写撤回"):
            recommendations.withdraw_recommendation(first, reason="", actor=people.unit_officer, at=CITY_UNTIL)
        recommendations.withdraw_recommendation(first, reason="材料不实", actor=people.unit_officer, at=CITY_UNTIL)
        with pytest.raises(Refused, match="已撤回"):
            recommendations.withdraw_recommendation(first, reason="再次", actor=people.unit_officer, at=CITY_UNTIL)
        assert selectors.taken(made) == 1
    _recommended(people, made)


def test_recommending_needs_the_right_state_window_and_people(people: People) -> None:
    made, factory = _with_quota(people, 2), factories.factory(people.enterprise_a)
    act = recommendations.recommend
    with walls.system("test"):
        for name in ("unit_joint", "city_head_a", "unit_head_hunan"):
            with pytest.raises(Denied):
                act(made, factory, actor=people.actors()[name], at=CITY_UNTIL)
        with pytest.raises(Refused, match="审核推荐已于2024年11月29日 23:59:59"):
            act(made, factory, actor=people.unit_head, at=UNIT_UNTIL + given.MICROSECOND)
        with pytest.raises(Refused, match="不属于本推荐单位"):
            act(made, factories.factory(people.enterprise_group), actor=people.unit_head, at=UNIT_UNTIL)
        act(made, factory, actor=people.unit_head, at=UNIT_UNTIL)
        with pytest.raises(Refused, match="无需重复推荐"):
            act(made, factory, actor=people.unit_head, at=UNIT_UNTIL)
    given.put_in_state(made, S.REPORTING)
    with walls.system("test"), pytest.raises(Refused, match="不能调整推荐名单"):
        act(made, factories.factory(people.enterprise_b), actor=people.unit_head, at=UNIT_UNTIL)


def test_who_is_recommended_only_the_unit_sees(people: People) -> None:
    made = _with_quota(people, 2)
    with walls.enter(people.unit_officer):
        factory = factories.factory(people.enterprise_a)
        recommendations.recommend(made, factory, actor=people.unit_officer, at=CITY_UNTIL)
    for name in ("city_head_a", "enterprise_admin_a", "unit_head_hunan"):
        with walls.enter(people.actors()[name]):
            assert not Recommendation.objects.exists(), name


def test_quota_can_not_fall_below_what_is_recommended(people: People) -> None:
    made = _with_quota(people, 3)
    _recommended(people, made)
    _recommended(people, made)

    def change(quota: int | None, reason: str = "国家调整名额") -> Any:
        with walls.enter(people.unit_officer):
            return round_dates.change_quota(made, quota, reason=reason, actor=people.unit_officer, at=CITY_UNTIL)

    with pytest.raises(Refused, match="已推荐2家，推荐名额不能少于该数"):
        change(1)
    with pytest.raises(Refused, match="没有变化"):
        change(3)
    with pytest.raises(Refused, match="理由"):
        change(2, " ")
    assert change(2).lines == [("推荐名额", "3", "2")]
    assert change(None).lines == [("推荐名额", "2", "不设名额")]
    tell_waiting()
    assert Mail.objects.filter(to=people.city_head_a.user.email, body__contains="推荐名额：3 → 2").exists()
    with walls.system("test"):
        assert RoundEffect.objects.filter(kind__startswith="quota", told_at=None).count() == 0


# -- publicity
def test_publicity_runs_for_working_days_and_keeps_its_end(people: People) -> None:
    calendar.load(actor=given.LOADER)
    made = given.draft(people.unit_officer, "2024-advanced-HB")
    given.put_in_state(made, S.EXPERT_REVIEW)
    with walls.enter(people.unit_head):
        row = services.announce(made, actor=people.unit_head, at=at("2024-12-27 10:00:00"))
    # 28 and 29 December are a weekend, 1 January a holiday.
    assert row.publicity_until == at("2025-01-06 23:59:59")
    with walls.enter(people.system_admin):
        calendar.put(day=date(2025, 1, 3), name="临时放假", is_working=False, actor=people.system_admin)
    assert given.fresh(made).publicity_until == at("2025-01-06 23:59:59"), "what was promised stays"


# -- the calendar
def test_calendar_is_loaded_once_and_then_left_to_the_administrator(people: People) -> None:
    assert calendar.load(actor=given.LOADER) > 90
    assert calendar.load(actor=given.LOADER) == 0
    day = date(2026, 10, 8)
    with walls.enter(people.system_admin):
        row = calendar.put(day=day, name="临时放假", is_working=False, actor=people.system_admin)
        with pytest.raises(Refused, match="已如此设置"):
            calendar.put(day=day, name="临时放假", is_working=False, actor=people.system_admin)
        calendar.put(day=day, name="上班", is_working=True, actor=people.system_admin)
        calendar.remove(row, actor=people.system_admin)
    assert calendar.load(actor=given.LOADER) == 0
    with walls.enter(people.unit_head), pytest.raises(Denied):
        calendar.put(day=day, name="x", is_working=False, actor=people.unit_head)
    assert _verbs().count("calendar.put") == 2
    assert _verbs()[-1] == "calendar.remove"
