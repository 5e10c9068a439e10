"""What the replay leaves to be opened: books, tables, letters, minutes, the package; and the ledger's line of each."""

import shutil
from dataclasses import replace
from pathlib import Path

from django.template.loader import render_to_string
from django.utils.html import strip_tags

from portal import walls
from portal.actors import Actor
from portal.models import Paper
from portal.papers import document
from portal.selectors.seals import content_of
from portal.services import papers
from replay import ledger
from review.models import Dispatch
from review.selectors.dispatches import entries
from review.selectors.unit_lists import NAMES
from review.services import dispatches
from tiers.models import RoundEffect

_READER = Actor(system="演练脚本")


def keep(folder: Path, name: str, paper: Paper) -> ledger.Produced:
    """A paper as it stands, with its stamps, in a file of its own."""
    with walls.system("演练：取出文书"):
        content, said = content_of(paper), _said(paper)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.pdf").write_bytes(content)
    return ledger.paper(f"{document(paper.kind).name}：{name}", content, said)


def _said(paper: Paper) -> str:
    """The text that a paper was set from, without the codes of its pages."""
    form = document(paper.kind)
    thing = form.source(_READER, paper.subject).thing
    marks = replace(papers.marks(paper), page_codes=())
    return strip_tags(render_to_string(form.template, {**form.context(thing), "marks": marks}))


def name_of(paper: Paper) -> str:
    """What one of the province's papers is called; minutes are told apart by their group's number."""
    return NAMES[paper.kind] + (f"-{paper.subject.rpartition('/')[2]}" if paper.kind == "minutes" else "")


def effects(round_key: int) -> ledger.Produced:
    """What time brought about in a round so far; not whom it reminded, which turns on when the clock is moved on."""
    with walls.system("演练：批次办理"):
        rows = RoundEffect.objects.filter(round=round_key).exclude(template="round_reminder").order_by("due_at", "kind")
        found = [
            [kind, due_at.isoformat(), at.isoformat()] for kind, due_at, at in rows.values_list("kind", "due_at", "at")
        ]
    return ledger.rows("定时办理", found)


def books_of(sent: Dispatch) -> list[Paper]:
    """The books that go with a dispatch."""
    with walls.system("演练：上报申报书"):
        keys = [f"{line['ref']}/{line['version']}" for line in entries(sent)]
        return list(Paper.objects.filter(kind="book", subject__in=keys))


def pack(sent: Dispatch, path: Path, by: Actor) -> ledger.Produced:
    """The package as the ministry takes it."""
    with walls.enter(by):
        packed = dispatches.package(sent, actor=by)
    with packed.stream as source, path.open("wb") as target:
        shutil.copyfileobj(source, target)
    return ledger.package("上报件（ZIP）", path)
