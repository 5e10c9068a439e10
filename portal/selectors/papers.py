"""Papers as their readers find them: by gate inside, by check code from anywhere."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F

from portal import walls
from portal.actors import Actor, Place
from portal.errors import Hidden
from portal.models import Paper
from portal.papers import Standing, document, documents, page_code, read_code
from portal.rules import may
from portal.selectors.seals import file_of
from portal.states import PaperState


def paper_for(actor: Actor, code: str) -> Paper:
    """The gate to a paper: whoever may see what it is made from, by its document's own gate. Raises Hidden."""
    row = Paper.objects.filter(code=read_code(code) or "").first()
    if row is None or row.kind not in documents():
        raise Hidden("paper", code[:40])
    form = document(row.kind)
    if not may(actor, form.permission, form.source(actor, row.subject).thing):
        raise Hidden("paper", code[:40])
    return row


@dataclass(frozen=True)
class Known:
    """What anybody may hear of a paper, and no more."""

    code: str
    number: str
    kind: str
    version: int
    issued_at: datetime
    issuer: str
    digest: str
    standing: Standing


def verified(typed: str) -> Known | None:
    """What a check code stands for, for whoever holds a copy; None when the portal issued nothing with that code."""
    code = read_code(typed)
    if code is None:
        return None
    with walls.stand(Place(office="system")):
        row = Paper.objects.filter(code=code, state=PaperState.MADE, version__gt=0).first()
        if row is None:
            return None
        return Known(
            row.printed_code, row.number, document(row.kind).name, row.version, row.issued_at, row.issuer,
            file_of(row)[1], standing_of(row),
        )  # fmt: skip


def standing_of(row: Paper) -> Standing:
    """What a paper is worth now; to be asked behind all walls."""
    return document(row.kind).standing(row.subject, row.version)


def versions(paper: Paper) -> list[Paper]:
    """The papers of the same kind with the same number that the portal has made, newest first."""
    rows = Paper.objects.filter(kind=paper.kind, number=paper.number, state=PaperState.MADE, version__gt=0)
    return list(rows.order_by("-version", "-issued_at"))


def page_of(paper: Paper, typed: str) -> int | None:
    """The page of a paper that bears this code; None when none does."""
    code = read_code(typed, 6)
    pages = range(1, paper.pages + 1)
    return next((page for page in pages if page_code(paper.secret, page) == code), None)


def made_from(kind: str, subject: str, source: str) -> Paper | None:
    """The paper that stands today of those made from this very source: the one last stamped, else the newest.

    To be asked behind all walls.
    """
    rows = Paper.objects.filter(kind=kind, subject=subject, source=source, state=PaperState.MADE, version__gt=0)
    return rows.order_by(F("stampings__pk").desc(nulls_last=True), "-pk").first()


def named(papers: Iterable[Paper]) -> list[tuple[str, Paper]]:
    """Papers with what each is called."""
    return [(document(paper.kind).name, paper) for paper in papers]
