"""Filings of 基础级 factories, as each place sees them."""

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from portal.actors import Actor
from portal.declared import rows_of, summary
from portal.errors import Hidden
from portal.roles import Level
from portal.rules import may
from tiers.answers import hints
from tiers.assessment_form import SCENARIOS, assessment_form
from tiers.models import AssessmentFile, Edition, Factory, Filing, SelfAssessment
from tiers.states import FilingState

_RELATED = ("factory__region", "factory__industry", "enterprise", "filed_by", "decided_by")


def filings(actor: Actor, state: str = FilingState.FILED) -> QuerySet[Filing]:
    """The filings of the actor's city, or of its unit, in a state, oldest first."""
    rows = Filing.objects.filter(state=state).select_related(*_RELATED)
    if not may(actor, "filing.list"):
        return rows.none()
    level = "city" if actor.stands("city") else "unit"
    return rows.filter(**{f"{level}_id": actor.stands(level)})


def waiting_for(actor: Actor) -> QuerySet[Filing]:
    """The filings that this actor is to decide: a unit's people only those of enterprises without a city."""
    rows = filings(actor)
    return rows if actor.stands("city") else rows.filter(city=None)


def returned_to(actor: Actor) -> QuerySet[Filing]:
    """The filings that came back to the actor's enterprise and were not filed again that year."""
    later = Filing.objects.filter(factory=OuterRef("factory"), year=OuterRef("year"), filed_at__gt=OuterRef("filed_at"))
    rows = Filing.objects.filter(enterprise_id=actor.stands("enterprise"), state=FilingState.RETURNED)
    return rows.filter(~Exists(later))


def standing(assessment: SelfAssessment) -> Filing | None:
    """The filing that stands for the assessment's factory and year, waiting or confirmed."""
    rows = Filing.objects.filter(factory_id=assessment.factory_id, year=assessment.year)
    return rows.filter(state__in=[FilingState.FILED, FilingState.CONFIRMED]).first()


def filing_for(actor: Actor, ref: str) -> Filing:
    """The gate to a filing: the enterprise that filed it, its city, its unit. Raises Hidden."""
    if row := _open_to(actor).filter(ref=ref).select_related(*_RELATED, "assessment").first():
        return row
    raise Hidden("filing", ref)


def _open_to(actor: Actor) -> QuerySet[Filing]:
    if actor.role and actor.role.level is Level.ENTERPRISE:
        return Filing.objects.filter(enterprise_id=actor.stands("enterprise"))
    return Filing.objects.all() if may(actor, "filing.list") else Filing.objects.none()


def of_factory(actor: Actor, factory: Factory) -> QuerySet[Filing]:
    """A factory's filings that the actor may open, newest first."""
    return _open_to(actor).filter(factory=factory).select_related("decided_by").order_by("-filed_at")


def shown(filing: Filing) -> list[dict[str, Any]]:
    """What was filed, as people read it: the 基础级's questions and answers, section by section."""
    document = filing.document
    edition = Edition.objects.get(code=document["edition"], revision=document["revision"]).value
    form, sections = assessment_form(edition, edition.tiers[0].code), document["sections"]
    names = {
        row: cells.get("instance") or cells.get("name", row)
        for row, cells in rows_of(sections.get(SCENARIOS, {}), SCENARIOS).items()
    }
    return [
        {
            "title": s.title,
            "blocks": summary(s, sections.get(s.key, {}), names, document["files"]),
            "notes": [hint.sentence for hint in hints(edition, sections) if hint.section == s.key],
        }
        for s in form.sections
    ]


def filed_file(filing: Filing, pk: int) -> tuple[str, str]:
    """Where a filed piece of evidence lies, and its name. Raises Hidden."""
    named = {file["pk"] for files in filing.document["files"].values() for file in files}
    row = AssessmentFile.objects.filter(pk=pk, assessment_id=filing.assessment_id).first() if pk in named else None
    if row is None:
        raise Hidden("evidence", f"{filing.ref}/{pk}")
    return row.stored, row.name
