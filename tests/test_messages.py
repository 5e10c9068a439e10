"""Messages at an application: who talks with whom, what is told, what is on record, and what is refused."""

from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from applications.models import Application
from applications.rules import is_reviewing
from applications.selectors.applications import lying_before
from applications.services import beginning
from applications.states import Track
from portal import clock, walls
from portal.actors import Actor
from portal.errors import Denied, Refused
from portal.models import AuditEvent, Mail, Notice
from review.models import Message
from review.selectors.home import waiting
from review.selectors.messages import conversation_for, unread_by
from review.services import messages as services
from tests import applications as made
from tests import rounds
from tests.factories import People

pytestmark = pytest.mark.django_db
ClientAs = Callable[..., Client]


def _write(row: Application, by: Actor, text: str = "请补充审计报告。") -> Message:
    with walls.enter(by):
        return services.write(row, text=text, actor=by)


def _page(row: Application) -> str:
    return reverse("conversation", args=[row.ref])


def _told(actor: Actor) -> list[str]:
    with walls.enter(actor):
        return list(Notice.objects.filter(user=actor.person).values_list("text", flat=True))


def _draft(people: People) -> Application:
    return made.bare(people, rounds.current(people), state="draft")


# -- who talks with whom ----------------------------------------------------------------------------------------------
def test_both_sides_talk_and_each_is_told(people: People, client_as: ClientAs) -> None:
    row = made.bare(people, rounds.current(people))
    city, clerk = client_as(people.city_reviewer_a), client_as(people.enterprise_clerk_a)
    assert city.post(_page(row), {"text": "请核对总投资。\r\n第二行"}).status_code == 302
    assert "武汉市经济和信息化局" in _told(people.enterprise_clerk_a)[0]
    assert len(_told(people.enterprise_admin_a)) == 1
    assert _told(people.city_head_a) == _told(people.enterprise_admin_b) == _told(people.unit_officer) == []
    body = Mail.objects.filter(to=people.enterprise_clerk_a.person.email).latest("created_at").body
    assert "总投资" not in body, "what was written stays in the portal"
    shown = clerk.get(_page(row)).content.decode()
    assert "请核对总投资。<br>第二行" in shown
    assert people.city_reviewer_a.person.name in shown
    clerk.post(_page(row), {"text": "已核对。"})
    assert len(_told(people.city_reviewer_a)) == len(_told(people.city_head_a)) == 1
    assert _told(people.city_reviewer_b) == _told(people.unit_officer) == _told(people.city_joint_a) == []
    with walls.system("test"):
        kept = Message.objects.get(office=None)
        assert (kept.by, kept.enterprise) == (people.enterprise_clerk_a.person, people.enterprise_a)
        event = AuditEvent.objects.filter(verb="message.write").latest("at")
    assert event.data["letters"] == 4
    assert "已核对" not in str(event.data)


def test_a_draft_is_guided_and_its_content_stays_unseen(people: People, client_as: ClientAs) -> None:
    row = made.begun(people)
    made.save(row, "factory", {"project": "机密项目名"}, people.enterprise_clerk_a)
    city = client_as(people.city_reviewer_a)
    shown = city.get(_page(row)).content.decode()
    assert "填报进度" in shown
    assert people.enterprise_a.contact_phone in shown
    assert "机密项目名" not in shown
    assert f'href="{reverse("application", args=[row.ref])}"' not in shown
    assert city.get(reverse("application", args=[row.ref])).status_code == 404
    assert city.post(_page(row), {"text": "截止前请上传审计报告。"}).status_code == 302
    listed = city.get(reverse("messages")).content.decode()
    assert people.enterprise_a.name in listed
    assert "机密项目名" not in listed


@pytest.mark.parametrize(
    "who",
    [
        "enterprise_admin_b",
        "city_reviewer_b",
        "city_joint_a",
        "unit_joint",
        "unit_officer",
        "unit_head_hunan",
        "expert",
    ],
)
def test_nobody_else_finds_it(people: People, client_as: ClientAs, who: str) -> None:
    row, actor = made.bare(people, rounds.current(people)), people.actors()[who]
    message = _write(row, people.city_reviewer_a)
    client = client_as(actor)
    assert client.get(_page(row)).status_code == 404
    assert client.post(_page(row), {"text": "x"}).status_code == 404
    assert client.post(reverse("message_strike", args=[message.pk]), {"reason": "x"}).status_code == 404
    with walls.enter(actor):
        assert unread_by(actor).count() == 0
        with pytest.raises(Denied):
            services.write(row, text="x", actor=actor)
        with pytest.raises(Denied):
            services.mark_read(row, actor=actor)


def test_direct_application_lies_before_the_unit(people: People, client_as: ClientAs) -> None:
    row = made.bare(people, rounds.current(people))
    with walls.system("test"):
        Application.objects.filter(pk=row.pk).update(track=Track.DIRECT)
    assert client_as(people.city_reviewer_a).get(_page(row)).status_code == 404
    assert client_as(people.unit_officer).get(_page(row)).status_code == 200
    client_as(people.enterprise_clerk_a).post(_page(row), {"text": "请问何时答复？"})
    assert len(_told(people.unit_officer)) == len(_told(people.unit_head)) == 1
    assert _told(people.city_reviewer_a) == _told(people.unit_head_hunan) == []


def test_query_and_predicate_of_whom_it_lies_before_agree(people: People) -> None:
    round_ = rounds.current(people)
    regular, direct = made.bare(people, round_), made.bare(people, round_, state="draft")
    with walls.system("test"):
        Application.objects.filter(pk=direct.pk).update(track=Track.DIRECT)
        rows = list(Application.objects.select_related("round").filter(pk__in=[regular.pk, direct.pk]))
    for actor in people.actors().values():
        with walls.system("test"):
            found = {row.pk for row in lying_before(actor)}
        assert found == {row.pk for row in rows if is_reviewing(actor, row)}


# -- reading ----------------------------------------------------------------------------------------------------------
def test_unread_is_counted_per_side_until_somebody_of_it_looks(people: People, client_as: ClientAs) -> None:
    row, clerk, admin = made.bare(people, rounds.current(people)), people.enterprise_clerk_a, people.enterprise_admin_a
    _write(row, people.city_reviewer_a)
    for actor, count in ((clerk, 1), (admin, 1), (people.city_reviewer_a, 0), (people.city_head_a, 0)):
        with walls.enter(actor):
            assert sum(line.count for line in waiting(actor) if line.page == "messages") == count
    assert "条留言未读" in client_as(clerk).get("/").content.decode()
    assert "1 条未读" in client_as(clerk).get(reverse("messages")).content.decode()
    client_as(people.city_head_a).get(_page(row))  # one's own line is not read by oneself
    client_as(clerk).head(_page(row))  # nor by a machine that looks whether the page is there
    with walls.enter(admin):
        assert unread_by(admin).count() == 1
    assert "未读" in client_as(clerk).get(_page(row)).content.decode()
    with walls.enter(admin):
        assert unread_by(admin).count() == 0
        assert Message.objects.get().read_by == clerk.person
    assert "对方已读" in client_as(people.city_head_a).get(_page(row)).content.decode()


def test_badge_stands_on_the_applications_own_page(people: People, client_as: ClientAs) -> None:
    row = made.begun(people)
    _write(row, people.city_reviewer_a)
    shown = client_as(people.enterprise_clerk_a).get(reverse("application", args=[row.ref])).content.decode()
    link = shown.partition(f'href="{_page(row)}"')[2].partition("</a>")[0]
    assert "留言" in link
    assert '<span class="count">1' in link


def test_link_stands_on_the_officers_page_of_a_submission(people: People, client_as: ClientAs) -> None:
    row = made.submitted(people)
    page = reverse("application", args=[row.ref])
    assert _page(row) in client_as(people.city_reviewer_a).get(page).content.decode()
    assert _page(row) not in client_as(people.unit_officer).get(page).content.decode()


# -- what is refused --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("text", "reason"), [("  \n ", "请填写"), ("字" * 2001, "2000")])
def test_nothing_and_too_much_are_refused(people: People, client_as: ClientAs, text: str, reason: str) -> None:
    row = made.bare(people, rounds.current(people))
    with walls.enter(people.city_reviewer_a), pytest.raises(Refused, match=reason):
        services.write(row, text=text, actor=people.city_reviewer_a)
    answer = client_as(people.enterprise_clerk_a).post(_page(row), {"text": text})
    assert answer.status_code == 422
    with walls.system("test"):
        assert not Message.objects.exists()


def test_2000_letters_with_browsers_line_ends_fit(people: People, client_as: ClientAs) -> None:
    row = made.bare(people, rounds.current(people))
    text = "\r\n".join(["字" * 99] * 20)  # 1,999 letters as a browser counts them
    assert client_as(people.enterprise_clerk_a).post(_page(row), {"text": text + "字"}).status_code == 302


def test_flood_is_stopped_and_a_button_pressed_twice_sends_once(people: People) -> None:
    row, clerk = made.bare(people, rounds.current(people)), people.enterprise_clerk_a
    for number in range(services.MOST_AT_ONCE):
        _write(row, clerk, f"第{number}条")
    with walls.enter(clerk), pytest.raises(Refused, match="10分钟"):
        services.write(row, text="再来", actor=clerk)
    assert len(_told(people.city_reviewer_a)) == 1, "a burst is told once"
    with time_machine.travel(clock.now() + services.PAUSE * 1.1, tick=False):
        _write(row, clerk, "过后")
        with walls.enter(clerk), pytest.raises(Refused, match="相同"):
            services.write(row, text="过后", actor=clerk)
    assert len(_told(people.city_reviewer_a)) == 2


def test_after_the_round_it_can_be_read_only(people: People, client_as: ClientAs) -> None:
    round_ = rounds.current(people)
    row = made.bare(people, round_)
    _write(row, people.city_reviewer_a)
    rounds.put_in_state(round_, "finished")
    client = client_as(people.enterprise_clerk_a)
    assert "请补充审计报告" in client.get(_page(row)).content.decode()
    answer = client.post(_page(row), {"text": "晚了"})
    assert answer.status_code == 422
    assert "已结束" in answer.content.decode()


# -- slips, and what stays ---------------------------------------------------------------------------------------------
def test_slip_is_struck_out_with_a_reason_and_the_other_side_no_longer_reads_it(
    people: People, client_as: ClientAs
) -> None:
    row = made.bare(people, rounds.current(people))
    message = _write(row, people.city_reviewer_a, "发错了的内容")
    address, head = reverse("message_strike", args=[message.pk]), client_as(people.city_head_a)
    assert head.post(address, {"reason": " "}).status_code == 409
    assert head.post(address, {"reason": "发错企业"}).status_code == 302
    assert head.post(address, {"reason": "再来"}).status_code == 409
    own = head.get(_page(row)).content.decode()
    assert "发错了的内容" in own
    assert "发错企业" in own
    theirs = client_as(people.enterprise_clerk_a).get(_page(row)).content.decode()
    assert "发错了的内容" not in theirs
    assert "发错企业" not in theirs
    assert "已由发送机关" in theirs
    with walls.enter(people.enterprise_clerk_a):
        assert unread_by(people.enterprise_clerk_a).count() == 0
    with walls.system("test"):
        assert AuditEvent.objects.get(verb="message.strike").data["reason"] == "发错企业"


def test_applicant_strikes_out_nothing(people: People, client_as: ClientAs) -> None:
    row = made.bare(people, rounds.current(people))
    own, theirs = _write(row, people.enterprise_clerk_a), _write(row, people.city_reviewer_a)
    for message in (own, theirs):
        address = reverse("message_strike", args=[message.pk])
        assert client_as(people.enterprise_admin_a).post(address, {"reason": "x"}).status_code == 403
    address = reverse("message_strike", args=[own.pk])
    assert client_as(people.city_head_a).post(address, {"reason": "x"}).status_code == 403


@pytest.mark.parametrize(
    "change", ["text = 'x'", "at = now()", "office_id = NULL", "read_at = now()", "struck_at = NULL"]
)
def test_database_lets_nobody_rewrite_or_delete(people: People, change: str) -> None:
    row = made.bare(people, rounds.current(people))
    message = _write(row, people.city_reviewer_a)
    with walls.enter(people.enterprise_clerk_a):
        services.mark_read(row, actor=people.enterprise_clerk_a)
    with walls.enter(people.city_reviewer_a):
        services.strike(message, reason="误发", actor=people.city_reviewer_a)
    for statement in (f"UPDATE review_message SET {change}", "DELETE FROM review_message"):
        with walls.system("test"), pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_discarded_draft_leaves_its_messages_on_record(people: People) -> None:
    row, clerk = _draft(people), people.enterprise_clerk_a
    with walls.system("test"):
        Application.objects.filter(pk=row.pk).update(version=0)
    _write(row, people.city_reviewer_a)
    with walls.enter(clerk):
        beginning.discard(made.fresh(row), actor=clerk)
        assert unread_by(clerk).count() == 0
    with walls.system("test"):
        kept = Message.objects.get()
    assert (kept.application_id, kept.ref) == (None, row.ref)


def test_role_removed_a_moment_ago_writes_no_more(people: People, client_as: ClientAs) -> None:
    row, city = made.bare(people, rounds.current(people)), people.city_reviewer_a
    client = client_as(city)
    assert client.get(_page(row)).status_code == 200
    assert city.membership
    with walls.system("test"):
        type(city.membership).objects.filter(pk=city.membership.pk).update(state="disabled")
    assert client.post(_page(row), {"text": "x"}).status_code in {403, 404}
    with walls.system("test"):
        assert not Message.objects.exists()


def test_conversations_are_searched_and_nonsense_shows_all(people: People, client_as: ClientAs) -> None:
    round_ = rounds.current(people)
    quiet, talked = made.bare(people, round_), made.bare(people, round_)
    _write(talked, people.enterprise_clerk_a)
    client, address = client_as(people.city_reviewer_a), reverse("messages")

    def listed(query: dict[str, Any]) -> set[str]:
        shown = client.get(address, query).content.decode()
        return {row.ref for row in (quiet, talked) if _page(row) in shown}

    both = {quiet.ref, talked.ref}
    assert listed({}) == listed({"show": "nonsense"}) == listed({"search": people.enterprise_a.name}) == both
    assert listed({"show": "unread"}) == listed({"show": "talked"}) == listed({"search": talked.ref}) == {talked.ref}
    assert listed({"search": "没有这家"}) == set()


def test_gate_is_the_list(people: People) -> None:
    row = made.bare(people, rounds.current(people))
    with walls.enter(people.city_head_a):
        assert conversation_for(people.city_head_a, row.ref).pk == row.pk
