"""The addresses of guidance: messages at an application, a round's questions and files, announcements."""

import io
from typing import Any

from portal import walls
from review.services import messages
from tests import applications as made
from tests import rounds
from tests.factories import People
from tests.samples.applications import ENTERPRISES, LEADS, OWN
from tests.samples.kinds import Sample
from tests.samples.rounds import LEAD, OWN_LEAD, READERS
from tests.uploads import PDF
from tiers.models import Round
from tiers.services import announcements, guidance

CITY_A = {"city_reviewer_a", "city_head_a"}

_READING = dict.fromkeys(READERS, 403)


def _guided(*more: str, **kwargs: Any) -> Sample:
    """What only the unit's lead office does in a round that others read."""
    return Sample(OWN_LEAD, lambda w: [w.guided.ref, *(w.things[name] for name in more)], but=_READING, **kwargs)


def _draft(*more: str, **kwargs: Any) -> Sample:
    return Sample(OWN_LEAD, lambda w: [w.announcement_draft, *(w.things[name] for name in more)], **kwargs)


SAMPLES: dict[str, Sample] = {
    "messages": Sample(ENTERPRISES | LEADS, else_=403),
    "conversation": Sample(OWN | CITY_A, lambda w: [w.talked.ref]),
    "message_strike": Sample(
        CITY_A, lambda w: [w.message], method="post", data={"reason": "误发"}, but=dict.fromkeys(OWN, 403)
    ),
    "guidance": Sample(READERS | OWN_LEAD, lambda w: [w.guided.ref]),
    "question_add": _guided(),
    "question_edit": _guided("question"),
    "question_move": _guided("question", method="post", data={"to": "down"}),
    "question_withdraw": _guided("question"),
    "round_file_add": _guided(),
    "round_file": Sample(READERS | OWN_LEAD, lambda w: [w.guided.ref, w.round_file]),
    "round_file_remove": _guided("round_file", method="post"),
    "announcements": Sample(None, public=True),
    "announcement_add": Sample(LEAD | {"ministry"}, else_=403),
    "announcement": Sample(None, lambda w: [w.announced], public=True),
    "announcement_edit": _draft(),
    "announcement_publish": _draft(method="post"),
    "announcement_withdraw": Sample(OWN_LEAD, lambda w: [w.announced], else_=403),
    "announcement_pin": Sample(OWN_LEAD, lambda w: [w.announced], "post", else_=403),
    "announcement_discard": _draft(method="post"),
    "announcement_file": Sample(None, lambda w: [w.announced, w.announced_file], public=True),
    "announcement_file_remove": _draft("draft_file", method="post"),
}


def things(people: People) -> dict[str, Any]:
    """An application with a message of Wuhan's."""
    row = made.bare(people, rounds.current(people, batch=7))
    with walls.enter(people.city_reviewer_a):
        message = messages.write(row, text="请补充审计报告。", actor=people.city_reviewer_a)
    return {"talked": row, "message": message.pk, **_guidance(people, row.round)}


def _guidance(people: People, round_: Round) -> dict[str, Any]:
    """A question and a file in a round; an announcement and a draft of one, each with a file."""
    officer = people.unit_officer
    with walls.enter(officer):
        question = guidance.add_question(round_, question="怎样盖章？", answer="见通知。", actor=officer)
        file = guidance.add_file(
            round_, title="承诺书模板", note="", stream=io.BytesIO(PDF), name="承诺书.pdf", actor=officer
        )
        rows = [announcements.draft(title=title, text="正文", actor=officer) for title in ("已发布", "草稿")]
        files = [announcements.attach(r, stream=io.BytesIO(PDF), name="附件.pdf", actor=officer).pk for r in rows]
        announcements.publish(rows[0], actor=officer)
    return {
        "guided": round_,
        "question": question.pk,
        "round_file": file.pk,
        "announced": rows[0].ref,
        "announcement_draft": rows[1].ref,
        "announced_file": files[0],
        "draft_file": files[1],
    }
