"""Announcements: who makes them, who reads them where, what stays as it was, what is refused."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from portal import walls
from portal.actors import Actor, Place
from portal.errors import Denied, Hidden, Refused
from tests import rounds
from tests.factories import People
from tests.uploads import PDF
from tiers.models import Announcement, AnnouncementFile
from tiers.selectors.announcements import announcement_for
from tiers.services import announcements
from tiers.states import AnnouncementState
from tiers.transitions import ANNOUNCEMENT

pytestmark = pytest.mark.django_db
ClientAs = Callable[..., Client]


def _announcement(by: Actor, *, publish: bool = True, **said: Any) -> Announcement:
    with walls.enter(by):
        row = announcements.draft(**{"title": "某公告", "text": "正文"} | said, actor=by)
        return announcements.publish(row, actor=by) if publish else row


def _page(name: str, *args: Any) -> str:
    return reverse(name, args=args)


def test_announcement_is_read_without_signing_in(people: People, client_as: ClientAs) -> None:
    row = _announcement(people.unit_officer, title="受理公告", text="一段\n\n<script>x</script>")
    visitor = Client()
    listed = visitor.get(_page("announcements")).content.decode()
    assert "受理公告" in listed
    assert "湖北省经济和信息化厅" in listed
    shown = visitor.get(_page("announcement", row.ref)).content.decode()
    assert "&lt;script&gt;" in shown
    assert "撤回" not in shown
    start = visitor.get("/").content.decode()
    assert _page("announcement", row.ref) in start
    assert f'href="{_page("announcements")}"' in start


def test_round_is_linked_for_those_who_can_open_it(people: People, client_as: ClientAs) -> None:
    round_ = rounds.current(people)
    page = _page("announcement", _announcement(people.unit_officer, round_=round_).ref)
    link = f'href="{_page("round", round_.ref)}"'
    assert link in client_as(people.city_head_b).get(page).content.decode()
    for client in (Client(), client_as(people.expert), client_as(people.unit_head_hunan)):
        shown = client.get(page).content.decode()
        assert round_.name in shown
        assert link not in shown


def test_draft_is_its_offices_alone(people: People, client_as: ClientAs) -> None:
    row = _announcement(people.unit_officer, publish=False, title="未定稿")
    for who, actor in people.actors().items():
        status = client_as(actor).get(_page("announcement", row.ref)).status_code
        assert status == (200 if who in {"unit_officer", "unit_head"} else 404), who
        listed = client_as(actor).get(_page("announcements")).content.decode()
        assert ("未定稿" in listed) is (who in {"unit_officer", "unit_head"}), who
    assert Client().get(_page("announcement", row.ref)).status_code == 404
    national = _announcement(people.ministry, publish=False)
    for actor in (people.unit_head, people.unit_head_hunan, people.system_admin, people.security_admin):
        with walls.enter(actor):
            assert not Announcement.objects.filter(pk=national.pk).exists(), "the wall hides it, too"
            with pytest.raises(Hidden):
                announcement_for(actor, national.ref)


def test_newest_stand_on_the_home_page_of_whom_they_concern(people: People, client_as: ClientAs) -> None:
    _announcement(people.unit_head, title="湖北公告")
    _announcement(people.unit_head_hunan, title="湖南公告")
    _announcement(people.ministry, title="部级公告")
    for who, wanted in {
        "enterprise_clerk_a": (True, False, True),
        "city_joint_a": (True, False, True),
        "expert": (True, False, True),
        "unit_head_hunan": (False, True, True),
        "enterprise_admin_group": (False, False, True),
        "ministry": (False, False, True),
    }.items():
        home = client_as(people.actors()[who]).get("/").content.decode()
        assert tuple(f"{name}公告" in home for name in ("湖北", "湖南", "部级")) == wanted, who


def test_list_is_narrowed_by_issuer_and_words_and_pinned_come_first(people: People) -> None:
    first = _announcement(people.unit_head, title="湖北先发", is_pinned=True)
    _announcement(people.unit_head, title="湖北后发")
    _announcement(people.ministry, title="部级公告", text="收费提示")

    def listed(**query: str) -> list[str]:
        shown = Client().get(_page("announcements"), query).content.decode()
        names = ["湖北先发", "湖北后发", "部级公告"]
        return sorted((name for name in names if name in shown), key=shown.index)

    assert listed() == ["湖北先发", "部级公告", "湖北后发"]
    assert listed(unit="HB") == ["湖北先发", "湖北后发"]
    assert listed(unit="national") == listed(search="收费") == ["部级公告"]
    assert listed(unit="XX") == listed(), "nonsense narrows nothing"
    with walls.enter(people.unit_officer):
        announcements.pin(first, is_pinned=False, actor=people.unit_officer)
    assert listed() == ["部级公告", "湖北后发", "湖北先发"]


def test_what_is_withdrawn_shows_why_and_nothing_more(people: People, client_as: ClientAs) -> None:
    with walls.enter(people.unit_officer):
        row = announcements.draft(title="有误的公告", text="错误正文", actor=people.unit_officer)
        file = announcements.attach(row, stream=io.BytesIO(PDF), name="附件.pdf", actor=people.unit_officer)
        announcements.publish(row, actor=people.unit_officer)
    address = _page("announcement_file", row.ref, file.pk)
    assert b"".join(Client().get(address)) == PDF
    officer = client_as(people.unit_officer)
    assert officer.post(_page("announcement_withdraw", row.ref), {"reason": " "}).status_code == 422
    assert officer.post(_page("announcement_withdraw", row.ref), {"reason": "日期有误"}).status_code == 302
    shown = Client().get(_page("announcement", row.ref)).content.decode()
    assert "日期有误" in shown
    assert "错误正文" not in shown
    assert Client().get(address).status_code == 404
    assert "错误正文" in officer.get(_page("announcement", row.ref)).content.decode()
    assert "有误的公告" not in Client().get(_page("announcements")).content.decode()
    with walls.stand(Place()):
        assert not AnnouncementFile.objects.exists()


def test_what_is_published_is_changed_by_nobody(people: People, client_as: ClientAs) -> None:
    row, officer = _announcement(people.unit_officer), people.unit_officer
    with walls.enter(officer):
        for act in (
            lambda: announcements.edit(row, version=1, title="新", text="新", actor=officer),
            lambda: announcements.discard(row, actor=officer),
            lambda: announcements.attach(row, stream=io.BytesIO(PDF), name="x.pdf", actor=officer),
        ):
            with pytest.raises(Refused, match="已发布"):
                act()
    assert client_as(officer).get(_page("announcement_edit", row.ref)).status_code == 409
    with walls.system("test"):
        for change in ({"text": "新"}, {"title": "新"}):
            with pytest.raises(DatabaseError), transaction.atomic():
                Announcement.objects.filter(pk=row.pk).update(**change)
        with pytest.raises(DatabaseError), transaction.atomic():
            Announcement.objects.filter(pk=row.pk).delete()


def test_draft_is_edited_with_its_file_and_never_over_a_colleagues_change(people: People, client_as: ClientAs) -> None:
    round_ = rounds.current(people)
    officer, head = client_as(people.unit_officer), client_as(people.unit_head)
    said = {"title": "甲", "text": "正文", "round": round_.pk, "file": SimpleUploadedFile("附件.pdf", PDF)}
    address = officer.post(_page("announcement_add"), said)["Location"]
    assert "附件.pdf" in head.get(address).content.decode()
    with walls.system("test"):
        row = Announcement.objects.get()
    page = _page("announcement_edit", row.ref)
    assert head.post(page, {"title": "乙", "text": "正文", "version": "1"}).status_code == 302
    answer = officer.post(page, {"title": "丙", "text": "正文", "version": "1"})
    assert answer.status_code == 422
    assert "刚刚修改" in answer.content.decode()
    with walls.system("test"):
        row.refresh_from_db()
    assert (row.title, row.round, row.version) == ("乙", None, 2)


def test_nobodys_elses_round_and_no_bad_file_goes_with_it(people: People, client_as: ClientAs) -> None:
    foreign = rounds.draft(people.unit_officer)
    page, client = _page("announcement_add"), client_as(people.unit_head_hunan)
    assert client.post(page, {"title": "甲", "text": "x", "round": foreign.pk}).status_code == 422
    with walls.enter(people.unit_head_hunan), pytest.raises(Refused, match="本单位"):
        announcements.draft(title="x", text="x", round_=foreign, actor=people.unit_head_hunan)
    bad = {"title": "甲", "text": "x", "file": SimpleUploadedFile("x.pdf", b"MZ")}
    assert client.post(page, bad).status_code == 422
    assert client_as(people.ministry).post(page, {"title": "甲", "text": "x"}).status_code == 302
    with walls.system("test"):
        assert Announcement.objects.count() == 1, "a refused file takes its draft back with it"


MAY = {"announcement.publish": {"unit_officer", "unit_head"}, "announcement.withdraw": {"unit_officer", "unit_head"}}


def test_matrix_of_state_action_and_role(people: People) -> None:
    assert set(MAY) == {f"announcement.{t.action}" for t in ANNOUNCEMENT.transitions}
    acts = {
        "publish": lambda row, actor: announcements.publish(row, actor=actor),
        "withdraw": lambda row, actor: announcements.withdraw(row, reason="理由", actor=actor),
    }
    for state in AnnouncementState:
        row = _announcement(people.unit_officer, publish=state is not AnnouncementState.DRAFT)
        if state is AnnouncementState.WITHDRAWN:
            with walls.enter(people.unit_officer):
                announcements.withdraw(row, reason="理由", actor=people.unit_officer)
        for transition in ANNOUNCEMENT.transitions:
            for name, actor in people.actors().items():
                may, fits = name in MAY[f"announcement.{transition.action}"], state in transition.sources
                wanted = None if may and fits else Refused if may else Denied
                with walls.system("test"), transaction.atomic():
                    if wanted is None:
                        assert acts[transition.action](row, actor).state == transition.target
                    else:
                        with pytest.raises(wanted):
                            acts[transition.action](row, actor)
                    transaction.set_rollback(True)
