"""Self-assessments, as the enterprise that makes them sees them."""

from dataclasses import dataclass

from django.db.models import QuerySet

from portal.actors import Actor
from portal.declared import Answered, Form, Values
from portal.errors import Hidden
from portal.rules import may
from tiers import ladder
from tiers.answers import ladder_answers
from tiers.assessment_form import assessment_form
from tiers.editions import Edition
from tiers.models import AssessmentFile, AssessmentSection, Factory, SelfAssessment
from tiers.selectors.editions import scenario_names


def assessments(actor: Actor) -> QuerySet[SelfAssessment]:
    """The self-assessments of the actor's enterprise: nobody else reads what isn't filed."""
    rows = SelfAssessment.objects.select_related("factory", "edition", "enterprise")
    return rows.filter(enterprise_id=actor.stands("enterprise")) if may(actor, "factory.open") else rows.none()


def assessment_for(actor: Actor, ref: str) -> SelfAssessment:
    """The gate to a self-assessment. Raises Hidden."""
    row = assessments(actor).filter(ref=ref).first()
    if row is None:
        raise Hidden("assessment", ref)
    return row


def of_factory(actor: Actor, factory: Factory) -> QuerySet[SelfAssessment]:
    """A factory's self-assessments, newest year first, the current one of each year on top."""
    return assessments(actor).filter(factory=factory)


@dataclass(frozen=True)
class Paper:
    """A self-assessment with everything needed to show and to measure it."""

    assessment: SelfAssessment
    edition: Edition
    form: Form
    rows: dict[str, AssessmentSection]
    files: dict[str, list[AssessmentFile]]

    @property
    def sections(self) -> dict[str, Values]:
        """The answers, section by section."""
        return {key: row.answers for key, row in self.rows.items()}

    @property
    def answered(self) -> Answered:
        """The form with its answers, for progress and problems."""
        held: dict[str, set[str]] = {}
        for field, files in self.files.items():
            for file in files:
                held.setdefault(file.section, set()).add(field)
        return Answered(self.form, self.sections, {key: frozenset(fields) for key, fields in held.items()})

    @property
    def verdict(self) -> ladder.Verdict:
        """Where the factory stands by these answers."""
        return ladder.evaluate(self.edition, ladder_answers(self.edition, self.sections))


def paper(assessment: SelfAssessment) -> Paper:
    """Read a self-assessment whole, in four queries."""
    edition = assessment.edition.value
    files: dict[str, list[AssessmentFile]] = {}
    for file in assessment.files.filter(removed_at=None).select_related("uploaded_by"):
        files.setdefault(file.field, []).append(file)
    rows = {row.key: row for row in assessment.sections.select_related("saved_by")}
    names = tuple(scenario.name for scenario in scenario_names(edition))
    return Paper(assessment, edition, assessment_form(edition, assessment.aim, names), rows, files)


def file_for(assessment: SelfAssessment, pk: int) -> AssessmentFile:
    """The gate to a piece of evidence of an assessment one may see. Raises Hidden."""
    row = assessment.files.filter(pk=pk, removed_at=None).first()
    if row is None:
        raise Hidden("evidence", str(pk))
    return row
