"""Windows and quotas of a round to the microsecond, and what falls due at an instant; no database."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rounds import CITY_UNTIL, DAY, ENTERPRISE_UNTIL, MICROSECOND, OPENS, UNIT_UNTIL, at
from tiers.rounds import (
    Window,
    Windows,
    closed_reason,
    countdown,
    day_hints,
    end_of,
    new_quota_reason,
    order_reasons,
    publicity_hint,
    quota_reason,
    reminders_due,
    said,
    step_due,
)

HUBEI = Windows(OPENS, ENTERPRISE_UNTIL, CITY_UNTIL, UNIT_UNTIL)
WITHOUT_CITIES = Windows(OPENS, ENTERPRISE_UNTIL, None, UNIT_UNTIL)
HOURS = (168, 72, 24, 2)


@pytest.mark.parametrize("stored", [None, UTC], ids=["as typed in Beijing", "as stored in UTC"])
@pytest.mark.parametrize("asked", [None, UTC], ids=["asked in Beijing", "asked in UTC"])
@pytest.mark.parametrize(
    ("window", "until"),
    [(Window.ENTERPRISE, ENTERPRISE_UNTIL), (Window.CITY, CITY_UNTIL), (Window.UNIT, UNIT_UNTIL)],
)
def test_window_to_the_microsecond(window: Window, until: datetime, stored: object, asked: object) -> None:
    windows = HUBEI
    if stored:
        windows = Windows(*(moment.astimezone(UTC) for moment in (OPENS, ENTERPRISE_UNTIL, CITY_UNTIL, UNIT_UNTIL)))
    for moment, is_open in [
        (OPENS - MICROSECOND, False),
        (OPENS, True),
        (OPENS + MICROSECOND, True),
        (until - MICROSECOND, True),
        (until, True),
        (until + MICROSECOND, False),
        (until + DAY, False),
    ]:
        moment = moment.astimezone(UTC) if asked else moment
        assert (closed_reason(windows, window, moment) is None) is is_open, moment


def test_the_last_instant_is_beijings_not_greenwichs() -> None:
    assert datetime(2024, 11, 22, 15, 59, 59, tzinfo=UTC) == ENTERPRISE_UNTIL
    assert closed_reason(HUBEI, Window.ENTERPRISE, datetime(2024, 11, 22, 15, 59, 59, tzinfo=UTC)) is None
    assert closed_reason(HUBEI, Window.ENTERPRISE, datetime(2024, 11, 22, 23, 59, 59, tzinfo=UTC))


def test_reasons_say_when_in_beijing_time() -> None:
    early = closed_reason(HUBEI, Window.ENTERPRISE, OPENS - DAY)
    late = closed_reason(HUBEI, Window.ENTERPRISE, ENTERPRISE_UNTIL + DAY)
    assert early == "企业申报尚未开始，将于2024年11月7日 00:00:00（北京时间）开放。"
    assert late == "企业申报已于2024年11月22日 23:59:59（北京时间）截止，逾期无法受理。"
    assert closed_reason(WITHOUT_CITIES, Window.CITY, OPENS) == "本推荐单位不设市州初审。"


def test_extension_is_the_applicants_or_the_citys_own_and_never_shortens() -> None:
    own = ENTERPRISE_UNTIL + DAY
    assert closed_reason(HUBEI, Window.ENTERPRISE, own, own) is None
    assert closed_reason(HUBEI, Window.ENTERPRISE, own + MICROSECOND, own)
    assert closed_reason(HUBEI, Window.ENTERPRISE, ENTERPRISE_UNTIL, ENTERPRISE_UNTIL - DAY) is None
    assert closed_reason(HUBEI, Window.CITY, CITY_UNTIL + DAY, CITY_UNTIL + DAY) is None
    assert closed_reason(HUBEI, Window.CITY, CITY_UNTIL + DAY + MICROSECOND, CITY_UNTIL + DAY)
    assert closed_reason(HUBEI, Window.UNIT, UNIT_UNTIL + MICROSECOND, UNIT_UNTIL + DAY), "it is no unit's"


@pytest.mark.parametrize(
    ("quota", "taken", "is_free"), [(20, 0, True), (20, 19, True), (20, 20, False), (20, 21, False), (None, 999, True)]
)
def test_quota(quota: int | None, taken: int, is_free: bool) -> None:
    assert (quota_reason(quota, taken) is None) is is_free


@pytest.mark.parametrize(("quota", "taken", "fits"), [(5, 5, True), (4, 5, False), (None, 5, True), (6, 5, True)])
def test_new_quota_is_held_against_what_is_recommended(quota: int | None, taken: int, fits: bool) -> None:
    assert (new_quota_reason(quota, taken) is None) is fits


@pytest.mark.parametrize(
    ("windows", "count"),
    [
        (HUBEI, 0),
        (WITHOUT_CITIES, 0),
        (Windows(OPENS, OPENS, None, UNIT_UNTIL), 1),
        (Windows(OPENS, ENTERPRISE_UNTIL, ENTERPRISE_UNTIL, ENTERPRISE_UNTIL), 0),
        (Windows(OPENS, CITY_UNTIL, ENTERPRISE_UNTIL, UNIT_UNTIL), 1),
        (Windows(OPENS, UNIT_UNTIL, None, ENTERPRISE_UNTIL), 1),
        (Windows(OPENS, ENTERPRISE_UNTIL, CITY_UNTIL, UNIT_UNTIL, OPENS), 1),
    ],
)
def test_order_of_windows(windows: Windows, count: int) -> None:
    assert len(order_reasons(windows)) == count


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (timedelta(days=3, hours=4, minutes=5), "还剩 3 天 4 小时"),
        (timedelta(hours=5, minutes=7), "还剩 5 小时 7 分"),
        (timedelta(minutes=9), "还剩 9 分钟"),
        (timedelta(seconds=59), "还剩不到 1 分钟"),
        (timedelta(0), "还剩不到 1 分钟"),
        (-MICROSECOND, "已截止"),
    ],
)
def test_countdown(left: timedelta, words: str) -> None:
    assert countdown(ENTERPRISE_UNTIL, ENTERPRISE_UNTIL - left) == words


def test_shifting_keeps_times_of_day_and_distances() -> None:
    shifted = HUBEI.shifted(365)
    assert said(shifted.enterprise_until) == "2025年11月22日 23:59:59"
    assert shifted.unit_until - shifted.opens_at == UNIT_UNTIL - OPENS
    assert shifted.ministry_until is None


def test_a_deadline_on_a_day_off_is_pointed_out() -> None:
    assert day_hints(HUBEI, {}) == []
    assert day_hints(HUBEI, {date(2024, 11, 25): False}) == ["“市州报送截止”2024年11月25日是星期一，为非工作日。"]
    assert [hint[1:7] for hint in day_hints(HUBEI.shifted(1), {})] == ["企业申报截止", "审核推荐截止"], "Saturdays"
    assert day_hints(HUBEI.shifted(1), {date(2024, 11, 23): True, date(2024, 11, 30): True}) == [], "worked"


def test_publicity_that_can_not_fit_is_pointed_out() -> None:
    assert "11月24日开始" in publicity_hint(HUBEI, 5, {})
    assert publicity_hint(HUBEI, 1, {}) is None
    assert publicity_hint(HUBEI, 0, {}) is None


def test_end_of_a_day_is_its_last_second_in_beijing() -> None:
    assert end_of(date(2024, 11, 22)) == ENTERPRISE_UNTIL


# -- what falls due ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("state", "windows", "moment", "step"),
    [
        ("draft", HUBEI, UNIT_UNTIL + DAY, None),
        ("published", HUBEI, OPENS - MICROSECOND, None),
        ("published", HUBEI, OPENS, ("accept", OPENS)),
        ("published", HUBEI, UNIT_UNTIL + DAY, ("accept", OPENS)),
        ("accepting", HUBEI, ENTERPRISE_UNTIL, None),
        ("accepting", HUBEI, ENTERPRISE_UNTIL + MICROSECOND, ("begin_first_review", ENTERPRISE_UNTIL)),
        ("accepting", WITHOUT_CITIES, ENTERPRISE_UNTIL + MICROSECOND, ("begin_review", ENTERPRISE_UNTIL)),
        ("first_review", HUBEI, CITY_UNTIL, None),
        ("first_review", HUBEI, CITY_UNTIL + MICROSECOND, ("begin_review", CITY_UNTIL)),
        ("expert_review", HUBEI, UNIT_UNTIL + DAY, None),
        ("publicity", HUBEI, UNIT_UNTIL + DAY, None),
        ("finished", HUBEI, UNIT_UNTIL + DAY, None),
    ],
)
def test_steps_that_time_brings_about(
    state: str, windows: Windows, moment: datetime, step: tuple[str, datetime] | None
) -> None:
    assert step_due(state, windows, moment) == step


def _kinds(moment: datetime, done: set[tuple[str, datetime]] | None = None, hours: tuple[int, ...] = HOURS) -> dict:
    found = reminders_due(HUBEI, hours, moment, done or set())
    return {reminder.kind: "passed" if reminder.passed else "sent" for reminder in found}


def test_reminder_is_due_at_its_instant_and_not_before() -> None:
    due = ENTERPRISE_UNTIL - timedelta(hours=168)
    assert _kinds(due - MICROSECOND) == {}
    assert _kinds(due) == {"remind_enterprise_168h": "sent"}
    assert _kinds(due + DAY, {("remind_enterprise_168h", due)}) == {}


def test_of_several_that_were_missed_only_the_latest_is_sent() -> None:
    found = _kinds(ENTERPRISE_UNTIL - timedelta(hours=1))
    assert {k: v for k, v in found.items() if "enterprise" in k} == {
        "remind_enterprise_168h": "passed",
        "remind_enterprise_72h": "passed",
        "remind_enterprise_24h": "passed",
        "remind_enterprise_2h": "sent",
    }


def test_after_the_deadline_nothing_is_sent() -> None:
    assert _kinds(ENTERPRISE_UNTIL, hours=(2,)) == {"remind_enterprise_2h": "sent"}
    assert _kinds(ENTERPRISE_UNTIL + MICROSECOND, hours=(2,)) == {"remind_enterprise_2h": "passed"}


def test_a_reminder_from_before_the_opening_does_not_exist() -> None:
    short = Windows(OPENS, OPENS + timedelta(hours=48), None, UNIT_UNTIL)
    due = [r for r in reminders_due(short, HOURS, OPENS, set()) if r.window is Window.ENTERPRISE]
    assert due == [], "7 and 3 days before the deadline the round was not open"


@given(st.datetimes(datetime(2024, 11, 1), datetime(2024, 12, 5)), st.sets(st.integers(1, 400), max_size=6))
def test_each_window_reminds_at_most_once_at_any_instant_and_then_never_again(naive: datetime, hours: set[int]) -> None:
    moment = naive.replace(tzinfo=UTC)
    found = reminders_due(HUBEI, hours, moment, set())
    for window in Window:
        assert sum(not r.passed for r in found if r.window is window) <= 1
    assert reminders_due(HUBEI, hours, moment, {(r.kind, r.due_at) for r in found}) == []
    assert all(OPENS < r.due_at <= moment for r in found)


def test_what_was_typed_is_said_the_same() -> None:
    assert said(at("2024-11-22 23:59:59")) == "2024年11月22日 23:59:59"
