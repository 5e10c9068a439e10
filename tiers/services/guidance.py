"""Writing a round's common questions, and offering files in it; also after publication, each change on record."""

from typing import Any

from django.db import transaction
from django.db.models import Max

from portal import audit, clock
from portal.actors import Actor
from portal.errors import Denied, Refused
from portal.rules import may
from portal.workflow import locked
from tiers.models import CommonQuestion, Round, RoundFile
from tiers.services import downloads

MOST_QUESTIONS = 100


def _ask(actor: Actor, round_: Round) -> None:
    if not may(actor, "guidance.edit", round_):
        raise Denied("guidance.edit")


def _said(question: str, answer: str) -> dict[str, str]:
    said = {"question": question.strip(), "answer": answer.replace("\r\n", "\n").strip()}
    if not all(said.values()):
        raise Refused("请填写问题和答复。")
    return said


def add_question(round_: Round, *, question: str, answer: str, actor: Actor) -> CommonQuestion:
    """A further question, at the end. Raises Denied, Refused."""
    _ask(actor, round_)
    said = _said(question, answer)
    with locked(round_) as row:
        there = row.questions.filter(withdrawn_at=None)
        if there.count() >= MOST_QUESTIONS:
            raise Refused(f"每个批次最多{MOST_QUESTIONS}个常见问题，请先合并或撤下不用的问题。")
        if there.filter(question=said["question"]).exists():
            raise Refused("已有相同的问题，请直接修改其答复。")
        last = row.questions.aggregate(last=Max("position"))["last"] or 0
        made = CommonQuestion.objects.create(
            **said, unit_id=row.unit_id, round=row, position=last + 1, saved_at=clock.now(), saved_by=actor.person
        )
        audit.record("guidance.add_question", row, actor, question=made.question, answer=made.answer)
    return made


def _fresh(question: CommonQuestion, actor: Actor) -> CommonQuestion:
    """Its row, locked after its round's. Raises Denied, Refused: withdrawn meanwhile."""
    _ask(actor, question.round)
    row: CommonQuestion = CommonQuestion.objects.select_for_update(of=("self",)).get(pk=question.pk)
    if row.withdrawn_at is not None:
        raise Refused("该问题已撤下，请刷新页面后再看。")
    return row


def edit_question(question: CommonQuestion, *, version: int, text: str, answer: str, actor: Actor) -> CommonQuestion:
    """Put it differently. Raises Denied, Refused: changed by a colleague since, nothing said."""
    said = _said(text, answer)
    with locked(question.round) as round_:
        row = _fresh(question, actor)
        if row.version != version:
            raise Refused(f"{row.saved_by.name}刚刚修改了该问题，请返回核对后再修改。")
        before = {"question": row.question, "answer": row.answer}
        if before == said:
            return row
        row.question, row.answer, row.version = said["question"], said["answer"], row.version + 1
        row.saved_at, row.saved_by = clock.now(), actor.person
        row.save(update_fields=["question", "answer", "version", "saved_at", "saved_by"])
        audit.record("guidance.edit_question", round_, actor, before=before, after=said)
    return row


def move_question(question: CommonQuestion, *, up: bool, actor: Actor) -> None:
    """One place up or down among those that are shown; at the end it stays. Raises Denied, Refused."""
    with locked(question.round) as round_:
        row = _fresh(question, actor)
        order = list(round_.questions.filter(withdrawn_at=None).values_list("pk", flat=True))
        place = order.index(row.pk)
        other = place - 1 if up else place + 1
        if not 0 <= other < len(order):
            return
        order[place], order[other] = order[other], order[place]
        for position, pk in enumerate(order, start=1):
            CommonQuestion.objects.filter(pk=pk).exclude(position=position).update(position=position)
        audit.record("guidance.move_question", round_, actor, question=row.question, question_position=other + 1)


def withdraw_question(question: CommonQuestion, *, reason: str, actor: Actor) -> CommonQuestion:
    """Show it no longer; it stays on record. Raises Denied, Refused."""
    if not reason.strip():
        raise Refused("请填写撤下理由。")
    with locked(question.round) as round_:
        row = _fresh(question, actor)
        row.withdrawn_at, row.withdrawn_by, row.reason = clock.now(), actor.person, reason.strip()[:300]
        row.save(update_fields=["withdrawn_at", "withdrawn_by", "reason"])
        audit.record("guidance.withdraw_question", round_, actor, question=row.question, reason=row.reason)
    return row


def add_file(round_: Round, *, title: str, note: str, stream: Any, name: str, actor: Actor) -> RoundFile:
    """Offer a file (read from `stream`) for download. Raises Denied, Refused."""
    _ask(actor, round_)
    if not title.strip():
        raise Refused("请填写资料名称。")
    upload = downloads.looked_through(stream, name)
    with locked(round_) as row:
        said = downloads.kept(upload, row.files, folder=f"{downloads.ROUNDS}/{row.unit_id}", actor=actor)
        file = RoundFile.objects.create(**said, unit_id=row.unit_id, round=row, title=title.strip(), note=note.strip())
        audit.record("guidance.add_file", row, actor, heading=file.title, name=file.name, digest=file.digest)
    return file


def remove_file(file: RoundFile, *, actor: Actor) -> None:
    """Offer it no longer; it stays on record. Raises Denied; twice does no harm."""
    _ask(actor, file.round)
    with transaction.atomic():
        if RoundFile.objects.filter(pk=file.pk, removed_at=None).update(removed_at=clock.now()):
            audit.record("guidance.remove_file", file.round, actor, heading=file.title, name=file.name)
