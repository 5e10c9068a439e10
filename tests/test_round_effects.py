"""What time brings about in rounds, exactly once: two beats, a worker killed half-way, a beat that was down; quotas."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from applications.models import Application
from portal import walls
from portal.actors import Actor, Place
from portal.audit import AuditEvent
from portal.errors import Refused
from portal.models import Mail, User
from tests import applications, factories
from tests import rounds as given
from tests.factories import People
from tests.rounds import CITY_UNTIL, DAY, ENTERPRISE_UNTIL, MICROSECOND, OPENS
from tests.test_committed import at_once
from tiers import tasks
from tiers.models import Recommendation, Round, RoundEffect
from tiers.services import recommendations, round_dates, round_effects
from tiers.services.round_effects import tell, tell_waiting, tick
from tiers.states import RoundState as S


def _effects(round_: Round) -> dict[str, str]:
    """What happened, and whether anybody was (to be) told."""
    with walls.system("test"):
        rows = RoundEffect.objects.filter(round=round_).order_by("pk")
        return {row.kind: row.audience for row in rows}


def _mails(subject: str) -> list[str]:
    return sorted(Mail.objects.filter(subject__contains=subject).values_list("to", flat=True))


def _count(verb: str) -> int:
    with walls.stand(Place(office="auditor")):
        return AuditEvent.objects.filter(verb=verb).count()


# -- the life of a round by the clock
@pytest.mark.django_db
def test_a_round_opens_closes_and_reminds_by_itself(people: People) -> None:
    factories.factory(people.enterprise_a)
    made = given.published(people)
    tick(OPENS - MICROSECOND)
    assert given.fresh(made).state == S.PUBLISHED
    tick(OPENS)
    assert given.fresh(made).state == S.ACCEPTING
    tick(ENTERPRISE_UNTIL)
    assert given.fresh(made).state == S.ACCEPTING, "the last instant still counts"
    tick(ENTERPRISE_UNTIL + MICROSECOND)
    assert given.fresh(made).state == S.FIRST_REVIEW
    tick(CITY_UNTIL + MICROSECOND)
    assert given.fresh(made).state == S.EXPERT_REVIEW
    assert tick(CITY_UNTIL + 2 * MICROSECOND) == []
    assert _effects(made)["accept"] == "everyone"
    assert _effects(made)["begin_first_review"] == "cities"
    assert _effects(made)["begin_review"] == "unit"


def _audience(made: Round, name: str) -> set[User]:
    with walls.system("test"):
        return set(round_effects.audience(given.fresh(made), name))


def _writing(made: Round) -> set[User]:
    return _audience(made, "writing")


@pytest.mark.django_db
def test_each_reminder_goes_to_those_whose_time_runs(people: People) -> None:
    factories.factory(people.enterprise_a)
    factories.factory(people.enterprise_b, is_closed=True)
    made = given.published(people)
    tick(OPENS)
    begun = applications.bare(people, given.fresh(made), state="draft")
    for hours in (168, 72, 24, 2):
        tick(ENTERPRISE_UNTIL - timedelta(hours=hours))
        tick(ENTERPRISE_UNTIL - timedelta(hours=hours))
    sent = {kind: to for kind, to in _effects(made).items() if kind.startswith("remind_enterprise")}
    assert sent == {f"remind_enterprise_{h}h": "unfinished" if h > 24 else "writing" for h in (168, 72, 24, 2)}
    Mail.objects.all().delete()
    tell_waiting()
    emails = {name: actor.user.email for name, actor in people.actors().items() if actor.user}
    reminded = _mails("企业申报将于 2024年11月22日 23:59:59 截止")
    assert reminded == sorted([emails["enterprise_admin_a"], emails["enterprise_clerk_a"]] * 4)
    assert _writing(made) == {people.enterprise_admin_a.person, people.enterprise_clerk_a.person}
    with walls.system("test"):
        Application.objects.filter(pk=begun.pk).update(state="submitted")
    assert _writing(made) == set()
    assert _audience(made, "unfinished") == set(), "whoever has handed in has nothing left to do"
    with walls.system("test"):
        Application.objects.filter(pk=begun.pk).delete()
    assert _writing(made) == set()
    assert len(_audience(made, "unfinished")) == 2, "who has begun nothing may still want to"
    tick(CITY_UNTIL - timedelta(hours=2))
    tell_waiting()
    assert emails["city_reviewer_a"] in _mails("市州初审报送将于")
    assert emails["enterprise_admin_a"] not in _mails("市州初审报送将于")


@pytest.mark.django_db
def test_beat_that_was_down_across_every_deadline_catches_up_and_sends_nothing_late(people: People) -> None:
    made = given.published(people)
    tick(CITY_UNTIL + DAY)
    assert given.fresh(made).state == S.EXPERT_REVIEW
    effects = _effects(made)
    assert (effects["accept"], effects["begin_first_review"], effects["begin_review"]) == ("", "", "unit")
    assert {kind: to for kind, to in effects.items() if "enterprise" in kind or "city" in kind} == {
        f"remind_{window}_{hours}h": "" for window in ("enterprise", "city") for hours in (168, 72, 24, 2)
    }
    assert effects["remind_unit_72h"] == "unit", "3 days before 29 November is the 26th: the latest that is due"
    assert effects["remind_unit_168h"] == ""
    tell_waiting()
    assert _mails("开始受理") == []


@pytest.mark.django_db
def test_beat_that_was_down_for_two_days_sends_the_latest_reminder_only(people: People) -> None:
    made = given.published(people)
    tick(OPENS)
    tick(ENTERPRISE_UNTIL - timedelta(hours=10))
    sent = {kind: to for kind, to in _effects(made).items() if kind.startswith("remind_enterprise")}
    assert sent == {
        "remind_enterprise_168h": "", "remind_enterprise_72h": "", "remind_enterprise_24h": "writing",
    }  # fmt: skip


@pytest.mark.django_db
def test_moved_deadline_reminds_anew_but_not_of_what_is_past(people: People) -> None:
    made = given.published(people)
    tick(OPENS)
    tick(ENTERPRISE_UNTIL - timedelta(hours=24))
    with walls.enter(people.unit_officer):
        round_dates.move_dates(
            made,
            {"enterprise_until": CITY_UNTIL},
            reason="系统拥堵",
            actor=people.unit_officer,
            at=ENTERPRISE_UNTIL - timedelta(hours=2),
        )
    # 2 h before the former deadline nobody is reminded of it; 7 and 3 days before the new one are past already.
    assert tick(ENTERPRISE_UNTIL - timedelta(hours=2)) == []
    tick(CITY_UNTIL - timedelta(hours=24))
    with walls.system("test"):
        rows = RoundEffect.objects.filter(round=made, kind="remind_enterprise_24h").order_by("due_at")
        assert [row.due_at for row in rows] == [
            ENTERPRISE_UNTIL - timedelta(hours=24),
            CITY_UNTIL - timedelta(hours=24),
        ]
    assert given.fresh(made).state == S.ACCEPTING


@pytest.mark.django_db
def test_hours_of_reminders_can_be_configured(people: People, settings: Any) -> None:
    settings.ROUND_REMINDER_HOURS = (5,)
    made = given.published(people)
    tick(OPENS)
    tick(ENTERPRISE_UNTIL - timedelta(hours=5))
    assert [kind for kind in _effects(made) if kind.startswith("remind_enterprise")] == ["remind_enterprise_5h"]


@pytest.mark.django_db
def test_drafts_and_finished_rounds_are_left_alone(people: People) -> None:
    draft, done = given.draft(people.unit_officer), given.draft(people.unit_officer, batch=2)
    given.put_in_state(done, S.FINISHED)
    assert tick(CITY_UNTIL) == []
    assert given.fresh(draft).state == S.DRAFT


# -- a worker that is killed half-way
@pytest.mark.django_db
@pytest.mark.parametrize("where", ["_put", "move"])
def test_killed_half_way_nothing_is_half_done_and_the_next_does_it_once(
    people: People, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    factories.factory(people.enterprise_a)
    made = given.published(people)
    real = getattr(round_effects, where)

    def killed(*args: Any, **kwargs: Any) -> Any:
        real(*args, **kwargs)
        raise SystemExit("killed")

    with monkeypatch.context() as patched:
        patched.setattr(round_effects, where, killed)
        with pytest.raises(SystemExit):
            tick(OPENS)
    assert given.fresh(made).state == S.PUBLISHED
    assert _effects(made) == {}
    assert _count("round.accept") == 0
    tick(OPENS)
    tick(OPENS)
    assert (given.fresh(made).state, _effects(made)) == (S.ACCEPTING, {"accept": "everyone"})
    assert _count("round.accept") == 1


@pytest.mark.django_db
def test_killed_between_two_letters_of_a_chunk_nobody_is_told_twice_or_left_out(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(5):
        one = factories.enterprise()
        factories.factory(one)
        factories.seat(factories.Role.ENTERPRISE_ADMIN, enterprise=one)
    made = given.published(people)
    (pk,) = tick(OPENS)
    written, write = [], round_effects.mail.write

    def killed_at_the_fifth(*args: Any, **kwargs: Any) -> Any:
        written.append(args)
        if len(written) == 5:
            raise SystemExit("killed")
        return write(*args, **kwargs)

    assert tell(pk, size=3) == 3
    with monkeypatch.context() as patched:
        patched.setattr(round_effects.mail, "write", killed_at_the_fifth)
        written += [()] * 2
        with pytest.raises(SystemExit):
            tell(pk, size=3)
    assert len(_mails("开始受理")) == 3, "the chunk that broke is as if it had never begun"
    while tell(pk, size=3):
        pass
    mails = _mails("开始受理")
    assert len(mails) == len(set(mails))
    with walls.system("test"):
        effect = RoundEffect.objects.get(pk=pk)
        everybody = round_effects.audience(made, "everyone").count()
    assert len(mails) == effect.told == everybody >= 5
    assert effect.told_at is not None


@pytest.mark.django_db
def test_one_round_that_breaks_does_not_hold_up_the_others(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    broken, sound = given.published(people), given.published(people, batch=2)
    advance = round_effects.advance

    def breaks(round_: Round, moment: datetime) -> list[int]:
        if round_.pk == broken.pk:
            raise DatabaseError("broken")
        return advance(round_, moment)

    monkeypatch.setattr(round_effects, "advance", breaks)
    tick(OPENS)
    assert (given.fresh(broken).state, given.fresh(sound).state) == (S.PUBLISHED, S.ACCEPTING)


@pytest.mark.django_db
def test_the_task_opens_reminds_and_tells(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    factories.factory(people.enterprise_a)
    made = given.published(people)
    monkeypatch.setattr(round_effects.clock, "now", lambda: OPENS)
    for _ in range(2):
        tasks.advance_rounds()
    assert given.fresh(made).state == S.ACCEPTING
    assert _mails("开始受理").count(people.enterprise_admin_a.user.email) == 1


# -- two beats at once, really
def _committed_round() -> Round:
    people = factories.cast()
    factories.factory(people.enterprise_a)
    return given.published(people)


def test_two_beats_at_once_have_each_effect_once(own_database: str) -> None:
    made = _committed_round()
    for moment in (OPENS, ENTERPRISE_UNTIL - timedelta(hours=72), ENTERPRISE_UNTIL + MICROSECOND):
        results = at_once(*(lambda moment=moment: tick(moment) for _ in range(3)))
        assert not any(isinstance(result, Exception) for result in results), results
        assert sum(bool(result) for result in results) == 1, "one of them did it, the others found it done"
    assert given.fresh(made).state == S.FIRST_REVIEW
    assert (_count("round.accept"), _count("round.begin_first_review")) == (1, 1)
    told = sum(at_once(tell_waiting, tell_waiting))
    assert told == Mail.objects.count()
    for subject in ("开始受理", "企业申报将于", "转入初审"):
        mails = _mails(subject)
        assert mails
        assert len(mails) == len(set(mails)), subject


@contextmanager
def _unlocked(obj: Round) -> Iterator[Round]:
    """What `locked` would be without its lock."""
    with transaction.atomic():
        yield type(obj)._base_manager.get(pk=obj.pk)


def test_without_the_lock_two_beats_collide(own_database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control: both see that it is due, and only the unique row keeps the second from doing it again."""
    made, together = _committed_round(), threading.Barrier(2)
    due = round_effects.reminders_due

    def while_the_other_looks(*args: Any) -> Any:
        found = due(*args)
        together.wait(10)
        return found

    with monkeypatch.context() as patched:
        patched.setattr(round_effects, "locked", _unlocked)
        patched.setattr(round_effects, "reminders_due", while_the_other_looks)
        patched.setattr(round_effects.log, "exception", lambda *args, **kwargs: collisions.append(args))
        collisions: list[Any] = []
        given.put_in_state(made, S.ACCEPTING)
        at_once(*(lambda: tick(ENTERPRISE_UNTIL - timedelta(hours=24)) for _ in range(2)))
    assert collisions, "without the lock one of the two breaks"
    with walls.system("test"):
        assert RoundEffect.objects.filter(kind="remind_enterprise_24h").count() == 1, "even so, once"


# -- the quota under a race
def _five_left_one(people: People) -> tuple[Round, list[Any]]:
    made = given.draft(people.unit_officer, opens_on=date(2024, 11, 7))
    given.put_in_state(made, S.EXPERT_REVIEW)
    with walls.system("test"):
        Round.objects.filter(pk=made.pk).update(quota=1)
        return made, [factories.factory(people.enterprise_a) for _ in range(4)]


def _recommending(made: Round, actor: Actor, factory: Any) -> Any:
    def act() -> Any:
        with walls.enter(actor):
            return recommendations.recommend(made, factory, actor=actor, at=CITY_UNTIL)

    return act


def test_four_at_once_for_the_last_place_and_one_gets_it(own_database: str) -> None:
    people = factories.cast()
    made, candidates = _five_left_one(people)
    results = at_once(*(_recommending(made, people.unit_officer, factory) for factory in candidates))
    assert sorted(type(result).__name__ for result in results) == ["Recommendation", *["Refused"] * 3], results
    assert all("名额为1家" in str(result) for result in results if isinstance(result, Refused))


def test_without_the_lock_the_quota_is_exceeded(own_database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control: what the lock on the round's row is there for."""
    people = factories.cast()
    made, candidates = _five_left_one(people)
    together, count = threading.Barrier(4), recommendations.taken

    def while_the_others_count(round_: Round) -> int:
        found = count(round_)
        together.wait(10)
        return found

    monkeypatch.setattr(recommendations, "locked", _unlocked)
    monkeypatch.setattr(recommendations, "taken", while_the_others_count)
    at_once(*(_recommending(made, people.unit_officer, factory) for factory in candidates))
    with walls.system("test"):
        assert Recommendation.objects.filter(round=made).count() > 1
