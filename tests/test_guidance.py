"""Guidance of rounds: who writes, who reads, what stays on record, what is refused."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from portal import walls
from portal.actors import Actor, Place
from portal.errors import Denied, Refused
from portal.models import AuditEvent
from tests import rounds
from tests.factories import People
from tests.uploads import PDF, PNG, docx, pdf
from tiers.demo.guidance import TEMPLATE, document
from tiers.models import CommonQuestion, Round, RoundFile
from tiers.services import downloads, guidance
from tiers.services import rounds as round_services

pytestmark = pytest.mark.django_db
ClientAs = Callable[..., Client]


def _question(round_: Round, by: Actor, question: str = "怎样盖章？", answer: str = "见通知。") -> CommonQuestion:
    with walls.enter(by):
        return guidance.add_question(round_, question=question, answer=answer, actor=by)


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
