"""What is on file of an applicant, under the keys of the book's form: register, factory, self-assessment, last book."""

from typing import Any

from applications.models import Application, Submission
from applications.selectors.screening import assessment_in_use
from applications.takeover import Source
from portal.declared import Value, Values, row_key, rows_of
from portal.models import Enterprise
from tiers.assessment_form import INDICATORS, MATURITY, SCENARIOS
from tiers.models import Factory, SelfAssessment


def sources(application: Application) -> list[Source]:
    """The sources, the one that speaks first on top."""
    found = [_register(application.enterprise), _factory(application.factory)]
    if assessment := assessment_in_use(application.round, application.factory):
        found.append(_assessment(assessment))
    if last := last_submission(application):
        label = f"{last.document['round']['year']}年度申报书（{last.number}）"
        found.append(Source(f"application:{last.number}", label, last.document["sections"]))
    return found


def last_submission(application: Application) -> Submission | None:
    """What the factory submitted last in an earlier round, whatever became of it."""
    rows = Submission.objects.filter(application__factory=application.factory).exclude(application=application)
    return rows.order_by("-submitted_at").first()


def _register(enterprise: Enterprise) -> Source:
    yes = {True: "yes", False: "no"}
    unit: dict[str, Value] = {
        "name": enterprise.name,
        "code": enterprise.code,
        "address": enterprise.address,
        "nature": enterprise.nature,
        "industry": enterprise.industry_id,
        "legal_representative": enterprise.legal_representative,
        "contact": enterprise.contact_name,
        "phone": enterprise.contact_phone,
        "email": enterprise.contact_email,
        "is_central": yes[enterprise.is_central],
        "is_branch": yes[enterprise.is_branch],
        "is_above_scale": yes[enterprise.is_above_scale],
    }
    return Source("register", "企业登记信息", {"unit": unit})


def _factory(factory: Factory) -> Source:
    said: dict[str, Value] = {"factory_name": factory.name, "factory_address": factory.address}
    return Source("factory", f"工厂信息（{factory.ref}）", {"factory": said})


def _assessment(assessment: SelfAssessment) -> Source:
    """Maturity, scenarios and indicators; a scenario's note becomes its description."""
    sections: dict[str, Any] = {row.key: row.answers for row in assessment.sections.all()}
    maturity = {f"maturity.{key}": value for key, value in sections.get(MATURITY, {}).items()}
    return Source(
        "assessment",
        f"{assessment.year}年度自评（{assessment.ref}）",
        {
            "factory": maturity,
            "scenarios": _scenarios(sections.get(SCENARIOS, {})),
            "effects": dict(sections.get(INDICATORS, {})),
        },
    )


def _scenarios(values: Values) -> Values:
    rows = rows_of(values, SCENARIOS)
    return {row_key("scenarios", row): {**cells, "text": cells.get("note", "")} for row, cells in rows.items()}
