"""An expert's desk, a sheet with the book it is about, and what the unit reads of signed sheets."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from statistics import fmean
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from applications.models import Attachment, Submission
from applications.selectors.applications import file_keys
from applications.selectors.pages import Shown
from applications.selectors.papers import submitted_form
from portal import clock
from portal.actors import Actor
from portal.declared import summary
from portal.errors import Hidden
from portal.papers import Source, Standing
from portal.rules import may
from review import papers
from review.masking import WITHHELD, masked
from review.models import Candidate, Panel, ScoreSheet, Seat, SheetIssue
from review.sheet_rules import lacking, lines, total
from review.states import HELD_SHEETS, PanelState, SeatState, SheetState
from tiers.terms import Criterion


def own_sheets(actor: Actor) -> QuerySet[ScoreSheet]:
    """What an expert was given, under the hat of the unit that gave it."""
    if not may(actor, "sheet.list"):
        return ScoreSheet.objects.none()
    rows = ScoreSheet.objects.filter(user=actor.person, unit=actor.stands("unit"))
    return rows.select_related("panel__round").defer("panel__round__terms")


_CRITERIA: dict[tuple[str, datetime], tuple[Criterion, ...]] = {}


def criteria_of(sheet: ScoreSheet) -> tuple[Criterion, ...]:
    """What is scored: the round's criteria, read once a round; its terms never change once it is published."""
    round_ = sheet.panel.round
    key = (round_.ref, round_.created_at)
    if key not in _CRITERIA:
        _CRITERIA[key] = round_.value.criteria
    return _CRITERIA[key]


def sheet_for(actor: Actor, ref: str) -> ScoreSheet:
    """The gate to one's own sheet; one that was taken away again is gone. Raises Hidden."""
    row = own_sheets(actor).filter(ref=ref).exclude(state=SheetState.RELEASED).first()
    if row is None:
        raise Hidden("sheet", ref)
    return row


def office_sheet_for(actor: Actor, ref: str) -> ScoreSheet:
    """The gate to a sheet of the unit's panels, for its officers. Raises Hidden."""
    if may(actor, "panel.list"):
        rows = ScoreSheet.objects.filter(unit=actor.stands("unit"))
        row = rows.select_related("panel__round", "expert", "user").filter(ref=ref).first()
        if row is not None:
            return row
    raise Hidden("sheet", ref)


# -- the desk --------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Bench:
    """A panel on an expert's desk, with their own sheets there."""

    panel: Panel
    is_chair: bool
    sheets: tuple[ScoreSheet, ...]

    def _count(self, *states: str) -> int:
        return sum(sheet.state in states for sheet in self.sheets)

    @property
    def held(self) -> int:
        """How many are theirs to do or done."""
        return self._count(*HELD_SHEETS)

    @property
    def signed(self) -> int:
        """How many are done."""
        return self._count(SheetState.SIGNED)

    @property
    def undeclared(self) -> int:
        """How many wait for the declaration."""
        return self._count(SheetState.ASSIGNED)

    @property
    def open(self) -> int:
        """How many are being scored."""
        return self._count(SheetState.OPEN)

    @property
    def is_open(self) -> bool:
        """Everybody's sheets can be seen."""
        return self.panel.state == PanelState.OPENED


def desk(actor: Actor) -> dict[str, Any]:
    """Invitations that wait for an answer, and the panels one sits on with one's sheets."""
    own = {"user": actor.person, "unit": actor.stands("unit")}
    seats = Seat.objects.filter(**own).select_related("panel__round").order_by("-asked_at", "-pk")
    seats = seats.defer("panel__round__terms")
    of_panel: dict[int, list[ScoreSheet]] = {}
    rows = own_sheets(actor).exclude(state=SheetState.RELEASED).select_related(None)
    for sheet in rows.defer("scores", "opinion").order_by("number", "pk"):
        of_panel.setdefault(sheet.panel_id, []).append(sheet)
    chaired = set(Panel.objects.filter(chair__user=actor.person).values_list("pk", flat=True))
    return {
        "invitations": [seat for seat in seats if seat.state == SeatState.INVITED],
        "benches": [
            Bench(seat.panel, seat.panel_id in chaired, tuple(of_panel.get(seat.panel_id, ())))
            for seat in seats
            if seat.state == SeatState.CONSENTED
        ],
    }


# -- a sheet ---------------------------------------------------------------------------------------------------------
def book(sheet: ScoreSheet) -> dict[str, Any]:
    """What is judged, from the frozen version alone; masked where the panel is blind. Raises Hidden when not lent."""
    submission = submission_of(sheet)
    is_blind = sheet.panel.is_blind
    document = masked(submission.document) if is_blind else submission.document
    form = submitted_form(submission)
    shown = []
    for section in form.sections:
        files = document["files"].get(section.key, {})
        pictures = {} if is_blind else _addresses(sheet, files)
        said = summary(section, document["sections"].get(section.key, {}), {}, files, pictures)
        shown.append(Shown(section, said))
    return {
        "document": document,
        "shown": shown,
        "lines": document["screening"],
        "withheld": WITHHELD if is_blind else "",
        "files_at": "" if is_blind else "sheet_file",
        "of": sheet.ref,
    }


def submission_of(sheet: ScoreSheet) -> Submission:
    """The version that is judged. Raises Hidden when it is not lent."""
    rows = Submission.objects.select_related("application__round__edition")
    row = rows.filter(application=sheet.application_id, version=sheet.version).first()
    if row is None:
        raise Hidden("submission", sheet.ref)
    return row


def _addresses(sheet: ScoreSheet, files: dict[str, Any]) -> dict[str, str]:
    found = [file["id"] for held in files.values() for file in held]
    return {str(pk): reverse("sheet_file", args=[sheet.ref, pk]) for pk in found}


def file_for(sheet: ScoreSheet, pk: int) -> Attachment:
    """The gate to a file of the judged version. Raises Hidden; in a blind panel none can be had."""
    if sheet.panel.is_blind or pk not in file_keys(submission_of(sheet).document):
        raise Hidden("attachment", str(pk))
    return Attachment.objects.get(pk=pk)


def scoring(sheet: ScoreSheet) -> dict[str, Any]:
    """The sheet's lines with what was typed, their sum, and what is lacking."""
    found = lines(criteria_of(sheet), sheet.scores)
    return {
        "score_lines": found,
        "total": total(found),
        "full": sum((line.criterion.weight for line in found), Decimal(0)),
        "lacking": lacking(found, sheet.opinion),
        "done": sum(line.score is not None for line in found),
    }


# -- after the panel was opened --------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Compared:
    """A candidate with the signed sheets about it that whoever looks may see."""

    number: str
    project: str
    sheets: tuple[ScoreSheet, ...]

    @property
    def mean(self) -> str:
        """The plain mean; how a score is made of sheets is the round's affair, and its unit's."""
        return f"{fmean(float(sheet.total or 0) for sheet in self.sheets):.2f}"

    @property
    def spread(self) -> Decimal:
        """Between the highest and the lowest."""
        totals = [sheet.total or Decimal(0) for sheet in self.sheets]
        return max(totals) - min(totals)


def compared(panel: Panel) -> list[Compared]:
    """Signed sheets side by side; the walls leave out what whoever looks does not judge."""
    rows = ScoreSheet.objects.filter(panel=panel, state=SheetState.SIGNED).select_related("user")
    found: dict[str, list[ScoreSheet]] = {}
    for sheet in rows.order_by("number", "user__name", "pk"):
        found.setdefault(sheet.number, []).append(sheet)
    return [Compared(number, held[0].project, tuple(held)) for number, held in found.items()]


# -- the unit --------------------------------------------------------------------------------------------------------
def sheets_of(panel: Panel) -> list[tuple[Candidate, list[ScoreSheet]]]:
    """A panel's candidates with everybody's sheets, for its unit: totals of what is signed, states of the rest."""
    rows = ScoreSheet.objects.filter(panel=panel).select_related("user").defer("scores", "opinion")
    found: dict[int, list[ScoreSheet]] = {}
    for sheet in rows.order_by("user__name", "pk"):
        found.setdefault(sheet.candidate_id, []).append(sheet)
    candidates = Candidate.objects.filter(panel=panel).select_related("application").order_by("industry", "number")
    return [(row, found.get(row.pk, [])) for row in candidates]


# -- paper -----------------------------------------------------------------------------------------------------------
def key_of(issue: SheetIssue) -> str:
    """The key by which the paper of a signed sheet is asked for."""
    return f"{issue.sheet.ref}/{issue.version}"


def issue_source(actor: Actor, key: str) -> Source:
    """What the paper is made from. Raises Hidden."""
    ref, _, version = key.partition("/")
    if version.isascii() and version.isdecimal() and len(version) < 5:
        rows = SheetIssue.objects.select_related("sheet__panel__round__unit")
        row = rows.filter(sheet__ref=ref, version=int(version)).first()
        if row is not None and (actor.system or may(actor, "paper.sheet", row)):
            issuer = row.sheet.panel.round.unit.name
            return Source(row, row.sheet.number, row.version, row.digest, issuer=issuer, unit_id=row.unit_id)
    raise Hidden("sheet issue", key[:40])


def issue_standing(key: str, version: int) -> Standing:
    """What a paper of this issue is worth now."""
    row = ScoreSheet.objects.get(ref=key.partition("/")[0])
    if row.issued != version:
        return Standing.SUPERSEDED
    return Standing.VALID if row.state == SheetState.SIGNED else Standing.WITHDRAWN


def issue_page(key: str) -> str:
    """The page of the sheet that a paper's key names."""
    return reverse("sheet_signed", args=[key.partition("/")[0]])


def paper_of(issue: SheetIssue) -> papers.ScoreSheet:
    """专家评分表, from what was signed."""
    said = issue.document
    found: Sequence[papers.Scored] = [
        papers.Scored(
            line["name"],
            Decimal(line["weight"]),
            None if line["score"] is None else Decimal(line["score"]),
            line["comment"],
        )
        for line in said["lines"]
    ]
    return papers.ScoreSheet(
        round=said["round"], number=said["number"], project=said["project"], applicant=said["applicant"],
        panel=said["panel"], expert=said["expert"], lines=tuple(found), opinion=said["opinion"],
        on=clock.beijing(issue.at).date(),
    )  # fmt: skip
