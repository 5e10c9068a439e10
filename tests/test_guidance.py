"""Guidance of rounds and announcements: who writes, who reads, what stays on record, what is refused."""

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
from portal.models import AuditEvent
from tests import rounds
from tests.factories import People
from tests.uploads import PDF, PNG, docx, pdf
from tiers.demo.guidance import TEMPLATE, document
from tiers.models import Announcement, AnnouncementFile, CommonQuestion, Round, RoundFile
from tiers.selectors.announcements import announcement_for
from tiers.services import announcements, downloads, guidance
from tiers.services import rounds as round_services
from tiers.states import AnnouncementState
from tiers.transitions import ANNOUNCEMENT

pytestmark = pytest.mark.django_db
ClientAs = Callable[..., Client]


def _question(round_: Round, by: Actor, question: str = "怎样盖章？", answer: str = "见通知。") -> CommonQuestion:
    with walls.enter(by):
        return guidance.add_question(round_, question=question, answer=answer, actor=by)


def _announcement(by: Actor, *, publish: bool = True, **said: Any) -> Announcement:
    with walls.enter(by):
        row = announcements.draft(**{"title": "某公告", "text": "正文"} | said, actor=by)
        return announcements.publish(row, actor=by) if publish else row


def _page(name: str, *args: Any) -> str:
    return reverse(name, args=args)


def _verbs() -> list[str]:
    with walls.system("test"):
        return list(
            AuditEvent.objects.filter(verb__startswith="guidance.").order_by("at").values_list("verb", flat=True)
        )


# -- common questions ------------------------------------------------------------------------------------------------
def test_question_is_written_by_the_office_and_read_by_whoever_sees_the_round(
    people: People, client_as: ClientAs
) -> None:
    round_, officer = rounds.current(people), client_as(people.unit_officer)
    said = {"text": "怎样盖章？", "answer": "第一段\r\n\r\n第二段<b>"}
    assert officer.post(_page("question_add", round_.ref), said).status_code == 302
    for who in ("enterprise_clerk_a", "city_head_b", "unit_joint"):
        client = client_as(people.actors()[who])
        shown = client.get(_page("guidance", round_.ref)).content.decode()
        assert "<p>第一段</p>" in shown
        assert "第二段&lt;b&gt;" in shown
        assert "新增常见问题" not in shown
        assert "怎样盖章？" in client.get(_page("round", round_.ref)).content.decode()
        assert client.post(_page("question_add", round_.ref), said).status_code == 403
    for who in ("enterprise_admin_group", "unit_head_hunan", "expert", "ministry"):
        assert client_as(people.actors()[who]).get(_page("guidance", round_.ref)).status_code == 404


def test_every_change_is_on_record_with_before_and_after(people: People) -> None:
    round_, officer = rounds.current(people), people.unit_officer
    first, second = _question(round_, officer), _question(round_, officer, "第二个？")
    with walls.enter(officer):
        guidance.edit_question(first, version=1, text="怎样盖章？", answer="见附件。", actor=officer)
        guidance.move_question(second, up=True, actor=officer)
        assert [row.pk for row in CommonQuestion.objects.all()] == [second.pk, first.pk]
        guidance.move_question(second, up=True, actor=officer)  # already on top
        guidance.withdraw_question(second, reason="与通知不符", actor=officer)
    acts = ["add_question", "add_question", "edit_question", "move_question", "withdraw_question"]
    assert _verbs() == [f"guidance.{act}" for act in acts]
    with walls.system("test"):
        data = AuditEvent.objects.get(verb="guidance.edit_question").data
        assert (data["before"]["answer"], data["after"]["answer"]) == ("见通知。", "见附件。")
        assert CommonQuestion.objects.get(pk=second.pk).reason == "与通知不符"


def test_withdrawn_question_is_seen_by_nobody_else(people: People, client_as: ClientAs) -> None:
    round_, officer = rounds.current(people), people.unit_officer
    row = _question(round_, officer, "错误的问答？")
    page = _page("question_withdraw", round_.ref, row.pk)
    assert client_as(officer).post(page, {"reason": " "}).status_code == 422
    assert client_as(officer).post(page, {"reason": "与通知不符"}).status_code == 302
    assert client_as(officer).post(page, {"reason": "再来"}).status_code == 404
    assert "与通知不符" in client_as(officer).get(_page("guidance", round_.ref)).content.decode()
    assert "错误的问答" not in client_as(people.city_head_a).get(_page("guidance", round_.ref)).content.decode()
    with walls.enter(people.enterprise_clerk_a):
        assert not CommonQuestion.objects.exists(), "the wall hides it, too"


def test_two_officers_do_not_overwrite_each_other(people: People, client_as: ClientAs) -> None:
    round_ = rounds.current(people)
    row = _question(round_, people.unit_officer)
    page, said = _page("question_edit", round_.ref, row.pk), {"text": "怎样盖章？", "answer": "甲", "version": "1"}
    assert client_as(people.unit_officer).post(page, said).status_code == 302
    answer = client_as(people.unit_head).post(page, said | {"answer": "乙"})
    assert answer.status_code == 422
    assert "刚刚修改" in answer.content.decode()
    assert "乙" in answer.content.decode(), "what was typed is not lost"
    with walls.system("test"):
        assert CommonQuestion.objects.get().answer == "甲"


def test_search_finds_in_question_and_answer(people: People, client_as: ClientAs) -> None:
    round_, officer = rounds.current(people), people.unit_officer
    _question(round_, officer, "甲问？", "关于盖章")
    _question(round_, officer, "乙问？", "关于报告")
    client, page = client_as(people.enterprise_clerk_a), _page("guidance", round_.ref)

    def found(search: str) -> tuple[bool, ...]:
        shown = client.get(page, {"search": search}).content.decode()
        return tuple(f"{name}问？</h3>" in shown for name in "甲乙")

    assert found("") == found("关于") == (True, True)
    assert found("盖章") == found("甲问") == (True, False)
    assert found("%") == found("'; DROP") == (False, False)
    assert "没有找到" in client.get(page, {"search": "没有"}).content.decode()
    assert found("x" * 51) == (True, True)


def test_guidance_of_a_draft_round_is_nobodys_yet(people: People, client_as: ClientAs) -> None:
    draft, officer = rounds.draft(people.unit_officer), people.unit_officer
    _question(draft, officer)
    assert client_as(officer).get(_page("guidance", draft.ref)).status_code == 200
    assert client_as(people.city_head_a).get(_page("guidance", draft.ref)).status_code == 404
    with walls.enter(people.city_head_a):
        assert not CommonQuestion.objects.exists()
    with walls.enter(officer):
        round_services.discard(draft, actor=officer)
        assert not CommonQuestion.objects.exists()


@pytest.mark.parametrize(("question", "answer"), [("", "x"), ("x", " \n"), ("  ", "x")])
def test_half_a_question_is_refused(people: People, question: str, answer: str) -> None:
    round_ = rounds.current(people)
    with pytest.raises(Refused, match="请填写"):
        _question(round_, people.unit_officer, question, answer)
    _question(round_, people.unit_officer)
    with pytest.raises(Refused, match="相同的问题"):
        _question(round_, people.unit_officer)


@pytest.mark.parametrize("who", ["city_head_a", "enterprise_admin_a", "unit_joint", "unit_head_hunan", "ministry"])
def test_services_refuse_everybody_else(people: People, who: str) -> None:
    round_, actor = rounds.current(people), people.actors()[who]
    row = _question(round_, people.unit_officer)
    row.round = round_
    with walls.system("test"):
        for act in (
            lambda: guidance.add_question(round_, question="x", answer="x", actor=actor),
            lambda: guidance.edit_question(row, version=1, text="x", answer="x", actor=actor),
            lambda: guidance.move_question(row, up=True, actor=actor),
            lambda: guidance.withdraw_question(row, reason="x", actor=actor),
            lambda: guidance.add_file(round_, title="x", note="", stream=io.BytesIO(PDF), name="x.pdf", actor=actor),
        ):
            with pytest.raises(Denied):
                act()


# -- files ------------------------------------------------------------------------------------------------
def _upload(client: Client, round_: Round, content: bytes, name: str) -> Any:
    said = {"title": "承诺书模板", "note": "填写后盖章", "file": SimpleUploadedFile(name, content)}
    return client.post(_page("round_file_add", round_.ref), said)


def test_file_is_offered_downloaded_and_taken_away(people: People, client_as: ClientAs) -> None:
    round_, officer, clerk = (
        rounds.current(people),
        client_as(people.unit_officer),
        client_as(people.enterprise_clerk_a),
    )
    content = document(TEMPLATE)
    assert _upload(officer, round_, content, "承诺书.docx").status_code == 302
    with walls.system("test"):
        file = RoundFile.objects.get()
    page = _page("round_file", round_.ref, file.pk)
    assert page in clerk.get(_page("round", round_.ref)).content.decode()
    got = clerk.get(page)
    assert b"".join(got) == content
    assert got["Content-Disposition"].startswith("attachment")
    other = rounds.current(people, batch=2)
    assert clerk.get(_page("round_file", other.ref, file.pk)).status_code == 404
    assert officer.post(_page("round_file_remove", round_.ref, file.pk)).status_code == 302
    assert clerk.get(page).status_code == 404
    assert "尚" not in clerk.get(_page("guidance", round_.ref)).content.decode().partition("资料下载</h2>")[2][:40]
    assert _verbs() == ["guidance.add_file", "guidance.remove_file"]
    with walls.stand(Place(office="system")):
        assert downloads.sweep() == 0, "what was taken away stays on record"


@pytest.mark.parametrize(
    ("content", "name", "reason"),
    [
        (PNG, "图.png", "不是可接受的文件"),
        (b"MZ\x90\x00", "模板.docx", "不是可接受的文件"),
        (docx(parts={"word/vbaProject.bin": b"\xd0\xcf\x11\xe0"}), "模板.docx", ""),
        (b"", "空.pdf", ""),
    ],
)
def test_what_is_no_template_is_refused(
    people: People, client_as: ClientAs, content: bytes, name: str, reason: str
) -> None:
    answer = _upload(client_as(people.unit_officer), rounds.current(people), content, name)
    assert answer.status_code == 422
    assert reason in answer.content.decode()
    with walls.system("test"):
        assert not RoundFile.objects.exists()


def test_limits_are_said_beforehand_and_the_same_file_is_taken_once(people: People, client_as: ClientAs) -> None:
    round_, officer = rounds.current(people), client_as(people.unit_officer)
    shown = officer.get(_page("round_file_add", round_.ref)).content.decode()
    assert "DOCX、XLSX 或 PDF 格式，每个文件不超过 20 MB" in shown
    assert _upload(officer, round_, PDF, "甲.pdf").status_code == 302
    assert "无需重复上传" in _upload(officer, round_, PDF, "乙.pdf").content.decode()
    for number in range(downloads.MOST_FILES - 1):
        _upload(officer, round_, pdf(mark=str(number)), "甲.pdf")
    assert "最多上传" in _upload(officer, round_, pdf(mark="x"), "甲.pdf").content.decode()


# -- announcements ------------------------------------------------------------------------------------------------
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
