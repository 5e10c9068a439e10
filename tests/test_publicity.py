"""公示: what stands on it, who reads it from which instant on, and what it keeps a round from."""

import hashlib
import io
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from portal import clock, walls
from portal.actors import Actor, Place
from portal.errors import Denied, Hidden, Refused
from portal.models import Notice, Paper
from portal.services import papers, seals
from review.models import Publicity
from review.selectors.publicity import Run, lacking, publicity_for, run_of, usual_title
from review.services import publicity as services
from review.states import PublicityState
from tests import publicities as made
from tests import rounds
from tests.factories import People
from tests.rounds import DAY, MICROSECOND
from tests.seals import picture
from tiers.models import Recommendation, Round
from tiers.services import rounds as round_services
from tiers.services.recommendations import withdraw_recommendation
from tiers.states import RoundState

pytestmark = pytest.mark.django_db
ClientAs = Callable[..., Client]
HOUR = timedelta(hours=1)


def _page(row: Publicity) -> str:
    return reverse("publicity_page", args=[row.ref])


def _status(row: Publicity, client: Client | None = None) -> int:
    return int((client or Client()).get(_page(row)).status_code)


# -- what stands on it -------------------------------------------------------------------------------------------------
def test_a_draft_names_whom_the_recommendations_name_and_takes_direct_ones_when_asked(people: People) -> None:
    round_ = made.judged(people, count=2)
    made.recommended(people, round_, outside=True)
    row = made.drawn(people, round_)
    assert len(row.rows) == 2
    assert row.rows[0]["place"] == "武汉市"
    assert row.rows[0]["project"].endswith("数字化项目")
    assert {line["outside_quota"] for line in row.rows} == {False}
    assert row.workdays == 5
    with walls.enter(people.unit_officer):
        again = services.redraw(row, with_outside=True, actor=people.unit_officer)
    assert [line["outside_quota"] for line in again.rows] == [False, False, True]


def test_a_list_that_changed_since_is_not_published(people: People) -> None:
    round_ = made.judged(people)
    row = made.drawn(people, round_)
    made.recommended(people, round_)
    with walls.enter(people.unit_head), pytest.raises(Refused, match="已有变动"):
        services.publish(row, actor=people.unit_head)
    with walls.enter(people.unit_officer):
        services.redraw(row, with_outside=False, actor=people.unit_officer)
    with walls.enter(people.unit_head):
        assert len(services.publish(row, actor=people.unit_head).rows) == 3


def test_days_are_working_days_and_never_fewer_than_the_round_asks_for(people: People) -> None:
    round_ = made.judged(people)
    with pytest.raises(Refused, match="不能少于5个工作日"):
        made.drawn(people, round_, workdays=4)


def test_the_end_is_the_last_second_of_the_last_working_day(people: People) -> None:
    with time_machine.travel(rounds.at("2024-12-20 09:00:00"), tick=False):
        round_ = made.judged(people)
        row = made.published(people, round_, begins_at=rounds.at("2024-12-27 10:00:00"))
    # 28 and 29 December are a weekend, 1 January a holiday.
    assert row.until == rounds.at("2025-01-06 23:59:59")


def test_only_the_head_publishes_and_only_the_unit_draws(people: People) -> None:
    round_ = made.judged(people)
    for actor in (people.unit_head_hunan, people.city_head_a, people.unit_joint, people.ministry):
        with walls.enter(actor), pytest.raises(Denied):
            services.draw(round_, actor=actor)
    row = made.drawn(people, round_)
    with walls.enter(people.unit_officer), pytest.raises(Denied):
        services.publish(row, actor=people.unit_officer)


def test_two_officers_do_not_overwrite_each_other(people: People) -> None:
    row = made.drawn(people, made.judged(people))
    values = {name: getattr(row, name) for name in services.FIELDS}
    with walls.enter(people.unit_head):
        services.edit(row, values | {"title": "甲"}, version=row.version, actor=people.unit_head)
    with walls.enter(people.unit_officer), pytest.raises(Refused, match="刚刚修改"):
        services.edit(row, values | {"title": "乙"}, version=row.version, actor=people.unit_officer)


# -- from which instant on ---------------------------------------------------------------------------------------------
def test_nothing_is_visible_a_microsecond_before_it_begins_and_its_last_instant_counts(
    people: People, client_as: ClientAs
) -> None:
    begins = clock.now().replace(microsecond=500) + HOUR
    row = made.published(people, made.judged(people), begins_at=begins)
    project, visitor = row.rows[0]["project"], Client()
    home, listed = reverse("home"), reverse("publicity")
    assert row.until
    for at, is_shown in ((begins - MICROSECOND, False), (begins, True), (row.until, True)):
        with time_machine.travel(at, tick=False):
            assert _status(row) == (200 if is_shown else 404), at
            for page in (home, listed):
                assert (row.title in visitor.get(page).content.decode()) is is_shown, (page, at)
            assert _status(row, client_as(people.enterprise_admin_a)) == (200 if is_shown else 404)
            assert (project in visitor.get(_page(row)).content.decode()) is is_shown
    with time_machine.travel(row.until, tick=False):
        assert visitor.get(reverse("objection_lodge", args=[row.ref])).status_code == 200
    with time_machine.travel(row.until + MICROSECOND, tick=False):
        over = visitor.get(_page(row)).content.decode()
        assert "已期满" in over
        assert project in over, "the list stays"
        assert row.phone not in over, "whom to turn to does not"
        assert visitor.get(reverse("objection_lodge", args=[row.ref])).status_code == 404
        assert row.title not in visitor.get(home).content.decode()


def test_its_own_unit_sees_it_before(people: People, client_as: ClientAs) -> None:
    row = made.published(people, made.judged(people), begins_at=clock.now() + HOUR)
    for who, actor in people.actors().items():
        wanted = 200 if who in {"unit_officer", "unit_head"} else 404
        assert _status(row, client_as(actor)) == wanted, who


def test_a_draft_is_hidden_by_the_wall_too(people: People) -> None:
    row = made.drawn(people, made.judged(people))
    for actor in (Actor(), people.city_head_a, people.unit_head_hunan, people.ministry, people.enterprise_admin_a):
        with walls.enter(actor):
            assert not Publicity.objects.filter(pk=row.pk).exists()
            with pytest.raises(Hidden):
                publicity_for(actor, row.ref)


def test_what_was_withdrawn_says_so_in_its_place_and_what_never_began_nothing(people: People) -> None:
    round_ = made.judged(people)
    ahead = made.published(people, round_, begins_at=clock.now() + HOUR)
    with walls.enter(people.unit_head):
        services.withdraw(ahead, reason="名单有误", actor=people.unit_head)
    with time_machine.travel(clock.now() + DAY):
        assert _status(ahead) == 404
    shown = made.published(people, round_)
    with walls.enter(people.unit_head):
        services.withdraw(shown, reason="名单有误", actor=people.unit_head)
    said = Client().get(_page(shown)).content.decode()
    assert "名单有误" in said
    assert shown.rows[0]["project"] not in said
    assert Client().get(reverse("objection_lodge", args=[shown.ref])).status_code == 404


def test_what_was_published_never_changes(people: People) -> None:
    row = made.published(people, made.judged(people))
    with walls.stand(Place(office="system")):
        for change in ({"title": "另"}, {"rows": []}, {"until": clock.now()}):
            with pytest.raises(DatabaseError), transaction.atomic():
                Publicity.objects.filter(pk=row.pk).update(**change)
        with pytest.raises(DatabaseError), transaction.atomic():
            Publicity.objects.filter(pk=row.pk).delete()
    with walls.enter(people.unit_officer), pytest.raises(Refused, match="已发布"):
        services.redraw(row, with_outside=False, actor=people.unit_officer)


# -- the round ---------------------------------------------------------------------------------------------------------
def test_publishing_begins_the_rounds_publicity_and_later_ones_when_their_time_comes(people: People) -> None:
    row = made.published(people, made.judged(people))
    round_ = rounds.fresh(row.round)
    assert round_.state == RoundState.PUBLICITY
    assert (round_.publicity_from, round_.publicity_until) == (row.begins_at, row.until)
    ahead = made.published(people, made.judged(people, batch=3), begins_at=clock.now() + HOUR)
    with walls.stand(Place(office="system")):
        assert services.begin_due() == 0
    assert rounds.fresh(ahead.round).state == RoundState.EXPERT_REVIEW
    with time_machine.travel(clock.now() + 2 * HOUR), walls.stand(Place(office="system")):
        assert services.begin_due() == 1
        assert services.begin_due() == 0
    round_ = rounds.fresh(ahead.round)
    assert (round_.state, round_.publicity_from) == (RoundState.PUBLICITY, ahead.begins_at)


def test_nothing_is_reported_before_every_place_was_public_for_its_full_days(people: People) -> None:
    round_ = made.judged(people)
    row = made.published(people, round_)
    assert row.until
    head = people.unit_head
    with time_machine.travel(row.until, tick=False), walls.enter(head):
        with pytest.raises(Refused, match="尚未期满"):
            round_services.report(round_, actor=head)
        assert any("尚未期满" in line for line in lacking(round_, clock.now()))
    with time_machine.travel(row.until + MICROSECOND, tick=False), walls.enter(head):
        assert lacking(round_, clock.now()) == []
        assert round_services.report(round_, actor=head).state == RoundState.REPORTING


def test_who_takes_anothers_place_is_made_public_too(people: People) -> None:
    round_ = made.judged(people)
    first = made.published(people, round_)
    with walls.enter(people.unit_officer):
        gone = Recommendation.objects.filter(round=round_).select_related("round")[0]
        withdraw_recommendation(gone, reason="企业申请退出", actor=people.unit_officer)
    new = made.recommended(people, rounds.fresh(round_))
    with time_machine.travel(made.over(first)), walls.enter(people.unit_head):
        assert any(new.factory.name in line for line in lacking(round_, clock.now()))
    second = made.published(people, rounds.fresh(round_))
    assert (second.number, len(second.rows)) == (2, 1)
    assert second.title.endswith("（第2次）")
    assert rounds.fresh(round_).publicity_until == second.until
    with time_machine.travel(made.over(second)), walls.enter(people.unit_head):
        assert lacking(round_, clock.now()) == []


def test_a_withdrawn_publicity_counts_for_nothing(people: People) -> None:
    round_ = made.judged(people)
    row = made.published(people, round_)
    with walls.enter(people.unit_head):
        services.withdraw(row, reason="名单有误", actor=people.unit_head)
    with time_machine.travel(made.over(row)), walls.enter(people.unit_head):
        assert any("尚未公示" in line for line in lacking(round_, clock.now()))


def test_without_days_of_publicity_none_is_needed(people: People) -> None:
    round_ = made.judged(people, days=0)
    with walls.enter(people.unit_head):
        assert round_services.report(round_, actor=people.unit_head).state == RoundState.REPORTING


def test_cities_are_told(people: People) -> None:
    row = made.published(people, made.judged(people))
    with walls.system("test"):
        assert Notice.objects.filter(user=people.city_head_a.user, text__contains=row.title).exists()


# -- its paper ---------------------------------------------------------------------------------------------------------
def _file(row: Publicity, client: Client | None = None) -> int:
    return int((client or Client()).get(reverse("publicity_file", args=[row.ref])).status_code)


def _made(row: Publicity) -> Paper:
    for pk in papers.waiting():
        papers.make(pk)
    with walls.system("test"):
        return Paper.objects.get(kind="public_notice", subject=row.ref)


def test_everybody_takes_its_paper_from_its_first_instant_on_and_no_earlier(
    people: People, client_as: ClientAs
) -> None:
    row = made.published(people, made.judged(people), begins_at=clock.now() + HOUR)
    assert row.begins_at
    paper = _made(row)
    with time_machine.travel(row.begins_at - MICROSECOND, tick=False):
        assert _file(row) == 404
        assert _file(row, client_as(people.unit_head)) == 200
        assert _file(row, client_as(people.city_head_a)) == 404
    with time_machine.travel(row.begins_at, tick=False):
        answer = Client().get(reverse("publicity_file", args=[row.ref]))
        assert hashlib.sha256(b"".join(answer.streaming_content)).hexdigest() == paper.digest
        assert reverse("publicity_file", args=[row.ref]) in Client().get(_page(row)).content.decode()
    with time_machine.travel(made.over(row)):
        assert _file(row) == 200, "it stays with its page"


def test_it_bears_the_stamps_that_are_on_it(people: People) -> None:
    row = made.published(people, made.judged(people))
    paper, head = _made(row), people.unit_head
    with walls.enter(head):
        seals.keep(io.BytesIO(picture()), "印章.png", actor=head)
        stamping = seals.stamp(paper, "unit", proved_by="second_factor", actor=head)
    answer = Client().get(reverse("publicity_file", args=[row.ref]))
    assert hashlib.sha256(b"".join(answer.streaming_content)).hexdigest() == stamping.after != paper.digest


def test_nothing_else_of_papers_comes_with_it(people: People, client_as: ClientAs) -> None:
    row = made.published(people, made.judged(people))
    assert _file(row) == 404, "it is not made yet"
    assert "notice.pdf" not in Client().get(_page(row)).content.decode()
    paper = _made(row)
    assert _file(row) == 200
    for name in ("paper", "paper_file"):
        assert Client().get(reverse(name, args=[paper.code])).status_code == 302, "to signing in"
        assert client_as(people.enterprise_admin_a).get(reverse(name, args=[paper.code])).status_code == 404
    with walls.enter(Actor()), connection.cursor() as cursor:
        publicity_for(Actor(), row.ref)
        for table in ("portal_paper", "portal_stamping"):
            cursor.execute(f"SELECT count(*) FROM {table}")
            assert cursor.fetchone() == (0,), table
    assert _file(made.drawn(people, made.judged(people, batch=3))) == 404
    with walls.enter(people.unit_head):
        services.withdraw(row, reason="名单有误", actor=people.unit_head)
    assert _file(row) == 404, "what was withdrawn says only why"
    assert _file(row, client_as(people.unit_officer)) == 200


# -- pages -------------------------------------------------------------------------------------------------------------
def test_from_a_round_to_a_publicity_by_its_pages(people: People, client_as: ClientAs) -> None:
    round_ = made.judged(people)
    officer, head = client_as(people.unit_officer), client_as(people.unit_head)
    page = officer.get(reverse("round", args=[round_.ref])).content.decode()
    draw = reverse("publicity_draw", args=[round_.ref])
    assert draw in page
    assert officer.post(draw).status_code == 302
    with walls.system("test"):
        row = Publicity.objects.get(round=round_)
    assert officer.get(draw)["Location"] == _page(row), "whoever would draw up another is led to the one there is"
    assert f'href="{_page(row)}"' in officer.get(reverse("round", args=[round_.ref])).content.decode()
    edit = reverse("publicity_edit", args=[row.ref])
    assert officer.post(edit, {"title": ""}).status_code == 422
    said = {"version": row.version, "title": "某公示", "basis": "根据某文件", "workdays": "5", "contact": "徐培"}
    assert officer.post(edit, said | {"phone": "027-1"}).status_code == 302
    assert officer.post(reverse("publicity_publish", args=[row.ref])).status_code == 403
    assert head.post(reverse("publicity_publish", args=[row.ref])).status_code == 302
    row = made.fresh(row)
    assert (row.state, run_of(row, clock.now())) == (PublicityState.PUBLISHED, Run.RUNNING)
    shown = Client().get(_page(row)).content.decode()
    assert "某公示" in shown
    assert "根据某文件" in shown
    assert Round.objects.get(pk=round_.pk).state == RoundState.PUBLICITY
    assert head.post(reverse("publicity_withdraw", args=[row.ref]), {"reason": "更正"}).status_code == 302


def test_the_lists_of_several_batches_are_told_apart_by_their_names(people: People) -> None:
    first, third = (rounds.current(people, batch=number) for number in (1, 3))
    assert usual_title(first, 1).endswith("年度卓越级智能工厂拟推荐名单公示")
    assert usual_title(third, 2).endswith("名单公示（第3批）（第2次）")
