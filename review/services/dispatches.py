"""Sending a unit's list to the ministry, once an issue; received, supplemented by a new version (399号 二(二)3)."""

import hashlib
import tempfile
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any

from portal import audit, clock, walls
from portal.actors import Actor
from portal.declared import canonical
from portal.errors import Denied, Hidden, Refused
from portal.models import Paper
from portal.rules import may
from portal.selectors.papers import made_from
from portal.selectors.seals import content_of, file_of
from portal.services import papers
from portal.services.packages import MANIFEST, digest_of, entry, put
from portal.spreadsheets import workbook
from portal.workflow import locked, move
from review.models import Dispatch, UnitIssue, UnitList
from review.selectors import publicity
from review.selectors.dispatches import current, entries, frozen
from review.selectors.dispatches import digest_of as document_digest
from review.services import results_told as told
from review.states import DispatchState, UnitListState
from tiers.rounds import said
from tiers.services import rounds
from tiers.states import RoundState

PORTAL = Actor(system="平台（部级往来）")
_ODD = str.maketrans(dict.fromkeys('\\/:*?"<>|', "_"))


# -- the unit --------------------------------------------------------------------------------------------------------
def send(unit_list: UnitList, issue: UnitIssue, *, actor: Actor) -> Dispatch:
    """Send an issue up, once: asked twice for the same issue, it answers with the same dispatch.

    A further issue answers what the ministry asked for, and takes the former's place. The round is reported with the
    first. Raises Denied, Refused with everything that keeps the round from being reported.
    """
    if not may(actor, "dispatch.send", unit_list):
        raise Denied("dispatch.send")
    with locked(unit_list.round) as round_:
        if made := Dispatch.objects.filter(issue=issue).first():
            return made
        before, now = current(round_), clock.now()
        if before is not None and before.state != DispatchState.SUPPLEMENTING:
            raise Refused(f"本批次已上报（{before.ref}，{before.get_state_display()}）；部级要求补正后才能再次上报。")
        if before is not None:
            move(before, "supersede", actor=PORTAL, at=now)
        if round_.state != RoundState.REPORTING:
            round_ = rounds.report(round_, actor=actor, at=now)
        elif missing := publicity.lacking(round_, now):
            raise Refused(*missing)
        version = Dispatch.objects.filter(round=round_).count() + 1
        ref = f"{round_.ref}-S{version}"
        issue.unit_list.round = round_
        document = frozen(issue, ref=ref, version=version, at=now)
        row = Dispatch.objects.create(
            ref=ref, unit_id=round_.unit_id, round=round_, issue=issue, version=version, document=document,
            digest=document_digest(document), sent_at=now, sent_by=actor.person,
        )  # fmt: skip
        audit.record("dispatch.send", row, actor, digest=row.digest, count=len(entries(row)), version=version)
        _books(row, actor)
        told.dispatched(row)
    return row


def _books(row: Dispatch, actor: Actor) -> None:
    """Have every book on paper, so that the ministry finds it made."""
    for line in entries(row):
        try:
            papers.issue("book", _book_key(line), actor=actor)
        except (Hidden, Denied):  # taken back since: the entry still says which version went up
            continue


def _book_key(line: Mapping[str, Any]) -> str:
    return f"{line['ref']}/{line['version']}"


# -- the ministry ----------------------------------------------------------------------------------------------------
def receive(dispatch: Dispatch, *, actor: Actor) -> Dispatch:
    """The ministry has it. Raises Denied, Refused."""
    now = clock.now()
    with locked(dispatch):
        row = move(dispatch, "receive", actor=actor, at=now, changes={"received_at": now, "received_by": actor.user})
        told.dispatch_moved(row, f"上报件（{row.ref}）部级已接收。")
    return row


def ask(dispatch: Dispatch, asked: Sequence[Mapping[str, Any]], *, due_at: datetime, actor: Actor) -> Dispatch:
    """Ask for supplements: `asked` has {position, text} for each entry (0: the whole).

    Raises Denied, Refused.
    """
    said_ = [{"position": one["position"], "text": one["text"].strip()} for one in asked if one["text"].strip()]
    with locked(dispatch) as before:
        known = {0, *(place for place, _ in enumerate(entries(before), start=1))}
        if unknown := [one["position"] for one in said_ if one["position"] not in known]:
            raise Refused(f"上报件中没有第{unknown[0]}项。")
        changes = {"asked": said_, "due_at": due_at}
        row = move(dispatch, "ask", actor=actor, changes=changes, asked=said_, due_at=due_at)
        with walls.system("部级要求补正：退回上报名单"):
            listed = UnitList.objects.get(issues__dispatch=row)
            reason = "；".join(one["text"] for one in said_)
            if listed.state == UnitListState.SENT:
                move(
                    listed,
                    "give_back",
                    actor=PORTAL,
                    changes={"returned_for": reason, "supplement_until": due_at},
                    reason=reason,
                )
        told.dispatch_moved(row, f"上报件（{row.ref}）须补正，请于{said(due_at)}前重新上报：{reason}")
    return row


def read_book(dispatch: Dispatch, place: int, *, actor: Actor) -> tuple[str, bytes]:
    """The book of an entry as it went up (its file's name, its content). Raises Denied, Hidden, Refused."""
    if not may(actor, "dispatch.read", dispatch):
        raise Denied("dispatch.read")
    lines = entries(dispatch)
    if not 1 <= place <= len(lines):
        raise Hidden("dispatch entry", str(place))
    line = lines[place - 1]
    with walls.system(f"查阅上报件{dispatch.ref}第{place}项的申报书"):
        paper = _book_of(line)
        if paper is None:
            raise Refused("该申报书的PDF尚未生成，请稍候再试。")
        content = content_of(paper)
    audit.record("dispatch.read_book", dispatch, actor, number=line["number"], version=line["version"])
    return f"申报书-{line['number']}-第{line['version']}版.pdf", content


def _book_of(line: Mapping[str, Any]) -> Paper | None:
    """The paper made from the very submission that went up: its digest is the entry's."""
    return made_from("book", _book_key(line), line["digest"])


# -- the package -----------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Packed:
    """A package in a file that is gone when it is closed; the same dispatch gives the same bytes each time."""

    stream: IO[bytes]
    size: int
    digest: str


def package(dispatch: Dispatch, *, held: str = "", actor: Actor) -> Packed:
    """Everything that went up as one ZIP (docs/dispatch.md).

    `held`: the tag of a first piece that the reader has already; going on with that very package is no new taking.
    Raises Denied, Refused when a paper isn't made yet.
    """
    if not may(actor, "dispatch.read", dispatch):
        raise Denied("dispatch.read")
    with walls.system(f"打包上报件{dispatch.ref}"):
        files = list(_files(dispatch))
        stream = tempfile.TemporaryFile()  # noqa: SIM115 — whoever sends it closes it
        lines = ["文件名,核验码,SHA-256"]
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as packed:
            for name, content, digest in _plain(dispatch):
                packed.writestr(entry(name), content)
                lines.append(f"{name},,{digest}")
            for name, paper in files:
                place, digest = file_of(paper)
                put(packed, name, place)
                lines.append(f"{name},{paper.printed_code},{digest}")
            packed.writestr(entry(MANIFEST), "\ufeff" + "\r\n".join(lines) + "\r\n")
    size, digest = stream.tell(), digest_of(stream)
    if held != f'"{digest}"':
        audit.record("dispatch.take", dispatch, actor, digest=dispatch.digest)
    return Packed(stream, size, digest)


def _plain(dispatch: Dispatch) -> Iterator[tuple[str, bytes, str]]:
    """The machine-readable parts: the document as its digest was made, and its table."""
    text = canonical(dispatch.document).encode()
    yield "dispatch.json", text, dispatch.digest
    columns = dispatch.document["columns"]
    rows = [[line["table"][column["code"]] for column in columns] for line in entries(dispatch)]
    made = workbook("推荐汇总表", [column["name"] for column in columns], rows, made_at=dispatch.sent_at)
    yield "summary.xlsx", made, digest_of_bytes(made)


def _files(dispatch: Dispatch) -> Iterator[tuple[str, Paper]]:
    names = {"unit_table": "推荐汇总表", "unit_letter": "推荐函"}
    found = {row.code: row for row in Paper.objects.filter(code__in=[p["code"] for p in dispatch.document["papers"]])}
    for paper in dispatch.document["papers"]:
        yield f"{names[paper['kind']]}.pdf", found[paper["code"]]
    for place, line in enumerate(entries(dispatch), start=1):
        book = _book_of(line)
        if book is None:
            raise Refused(f"{line['name']}的申报书PDF尚未生成，请稍候再下载。")
        yield f"申报书/{place:02d}-{line['number']}-{str(line['name']).translate(_ODD)[:80]}.pdf", book


def digest_of_bytes(content: bytes) -> str:
    """SHA-256 of a file."""
    return hashlib.sha256(content).hexdigest()
