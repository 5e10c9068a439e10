"""An application read whole: its form, its answers, its files, and what stands in the way of handing it in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from applications import consistency, screening
from applications.models import Application, ApplicationSection, Attachment, Submission
from applications.selectors.screening import facts
from applications.states import Track
from portal import richtext
from portal.clock import beijing
from portal.declared import Answered, Form, Kind, Problem, Section, Values, problems
from portal.models import Office, Unit, UnitKind
from tiers.book_form import book_form
from tiers.models import BookForm, Edition
from tiers.selectors.editions import scenario_names
from tiers.terms import Terms

SCREENING = screening.KEY
_TERMS: dict[str, Terms] = {}


def terms_of(application: Application) -> Terms:
    """The round's terms, read once for each content: they are fixed from publication on."""
    if application.terms_digest not in _TERMS:
        _TERMS[application.terms_digest] = application.round.value
    return _TERMS[application.terms_digest]


def form_of(application: Application, book: BookForm | None = None, *, with_names: bool = False) -> Form:
    """The book's form as this application fills it in; `with_names`: scenarios' names are offered."""
    round_ = application.round
    edition = round_.edition.value
    names = tuple(scenario.name for scenario in scenario_names(edition)) if with_names else ()
    return book_form((book or application.book).value, edition, terms_of(application), round_.tier, names)


def section_of(application: Application, key: str, *, with_names: bool = False) -> Section:
    """A section of the book, or the screening. Raises KeyError."""
    if key == SCREENING:
        return screening.section(terms_of(application))
    return form_of(application, with_names=with_names).section(key)


@dataclass(frozen=True)
class Paper:
    """An application with everything that is needed to show, check and freeze it."""

    application: Application
    form: Form
    rows: dict[str, ApplicationSection]
    files: dict[str, list[Attachment]]

    @cached_property
    def answers(self) -> dict[str, Values]:
        """The answers, section by section, the screening's too."""
        return {key: row.answers for key, row in self.rows.items()}

    @cached_property
    def answered(self) -> Answered:
        """The form with its answers."""
        return Answered(self.form, self.answers, {s.key: self.held(s.key) for s in self.form.sections})

    @cached_property
    def handed_in(self) -> dict[str, list[Attachment]]:
        """The files that go with it: attachments that the form asks for, and the pictures that its texts show."""
        shown = {
            number
            for values in self.answers.values()
            for value in values.values()
            for text in (value.values() if isinstance(value, dict) else [value])
            if isinstance(text, str)
            for number in richtext.pictures(text)
        }
        asked = {f.key for s in self.form.sections for f in s.fields.values() if f.kind is Kind.FILES}
        kept = {f: [file for file in held if f in asked or str(file.pk) in shown] for f, held in self.files.items()}
        return {field: files for field, files in kept.items() if files}

    def held(self, section: str) -> frozenset[str]:
        """The fields of a section that have a file."""
        return frozenset(field for field, files in self.files.items() if any(f.section == section for f in files))

    def findings(self, key: str) -> list[Problem]:
        """What is missing or wrong in one section, taken by itself."""
        return section_problems(self.form.section(key), self.answers.get(key, {}), self.files)


def paper(application: Application, *, with_names: bool = False) -> Paper:
    """Read an application whole."""
    files: dict[str, list[Attachment]] = {}
    for file in application.files.filter(removed_at=None).select_related("uploaded_by"):
        files.setdefault(file.field, []).append(file)
    rows = {row.key: row for row in application.sections.select_related("saved_by")}
    return Paper(application, form_of(application, with_names=with_names), rows, files)


def section_problems(section: Section, values: Values, files: Mapping[str, Sequence[Attachment]]) -> list[Problem]:
    """What is missing or wrong in a section; pictures that a text names have to be there."""
    pictures = frozenset(str(file.pk) for held in files.values() for file in held)
    return problems(section, values, frozenset(field for field, held in files.items() if held), pictures)


# -- screening -------------------------------------------------------------------------------------------------------
def screened(application: Application, answers: Values, at: datetime) -> tuple[screening.Line, ...]:
    """Every condition of the round, as it stands for this applicant at an instant."""
    known = facts(application.round, application.factory, at, application.enterprise)
    direct = application.track == Track.DIRECT
    return screening.lines(terms_of(application), known, answers, direct=direct)


# -- the check -------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Check:
    """What the check found: what blocks, each a sentence with the way to its field, and what is only pointed out."""

    lines: tuple[screening.Line, ...]
    problems: tuple[tuple[Section, tuple[Problem, ...]], ...]
    findings: tuple[consistency.Finding, ...]

    @property
    def ineligible(self) -> int:
        """How many conditions stand against it."""
        return sum(line.blocks for line in self.lines)

    @property
    def blocking(self) -> list[consistency.Finding]:
        """The contradictions that must be mended."""
        return [finding for finding in self.findings if finding.blocks]

    @property
    def hints(self) -> list[consistency.Finding]:
        """What is worth a second look, and stops nothing."""
        return [finding for finding in self.findings if not finding.blocks]

    @property
    def unfinished(self) -> int:
        """How many points keep it from being handed in, beside the conditions."""
        return sum(len(found) for _, found in self.problems) + len(self.blocking)

    @property
    def is_ready(self) -> bool:
        """Nothing keeps it from being handed in."""
        return not self.unfinished and not self.ineligible


def check(what: Paper, at: datetime) -> Check:
    """Look an application over, as it stands."""
    application = what.application
    found = tuple((section, tuple(what.findings(section.key))) for section in what.form.sections)
    return Check(
        screened(application, what.answers.get(SCREENING, {}), at),
        tuple((section, problems_) for section, problems_ in found if problems_),
        tuple(crossed(what, at)),
    )


def crossed(what: Paper, at: datetime) -> list[consistency.Finding]:
    """What does not agree from one place to another."""
    files = {field: [consistency.File(f.name, f.size) for f in held] for field, held in what.files.items()}
    case = case_of(what.application, what.form, what.answers, at)
    return consistency.findings(replace(case, register=_register(what.application), files=files))


def _register(application: Application) -> consistency.Register:
    enterprise = application.enterprise
    return consistency.Register(
        enterprise.name,
        enterprise.code,
        application.factory.name,
        enterprise.is_central,
        enterprise.is_branch,
        enterprise.is_above_scale,
    )


def case_of(application: Application, form: Form, answers: Mapping[str, Values], at: datetime) -> consistency.Case:
    """An application as it is held against itself; the live notes ask for no more, and come with every save."""
    round_ = application.round
    return consistency.Case(
        form,
        application.book.value,
        round_.edition.value,
        round_.tier,
        answers,
        beijing(at).date(),
    )


# -- what was handed in ----------------------------------------------------------------------------------------------
def submitted_form(submission: Submission) -> Form:
    """The form a submission was written under: that revision of the book and of the edition, the round's terms."""
    said, application = submission.document, submission.application
    book = BookForm.objects.get(code=said["form"]["code"], revision=said["form"]["revision"])
    edition = submitted_edition(submission)
    return book_form(book.value, edition.value, terms_of(application), said["round"]["tier"])


def submitted_edition(submission: Submission) -> Edition:
    """The revision of the edition under which a submission was written."""
    said = submission.document["edition"]
    return Edition.objects.get(code=said["code"], revision=said["revision"])


def recommender(unit: Unit) -> str:
    """Who seals as 推荐单位 (82号 二(三)1): the unit's lead office; a central group seals as itself."""
    if unit.kind == UnitKind.CENTRAL_GROUP:
        return unit.name
    lead = Office.objects.filter(level="unit", unit=unit, is_lead=True).first()
    return lead.name if lead else unit.name


def files_section(form: Form, field: str) -> str | None:
    """The section that takes files for this field: an attachment's, or a text's that may hold pictures."""
    base, _, cell = field.partition("[")
    for section in form.sections:
        asked = section.fields.get(base)
        if asked is None:
            continue
        if cell and asked.kind is Kind.ROWS:
            column = field.rpartition(".")[2]
            asked = next((c for c in asked.columns if c.key == column), asked)
        if asked.kind is Kind.FILES or (asked.kind is Kind.RICH and asked.pictures):
            return section.key
    return None
