"""Editions as they are read, and the scenario names that are offered under one."""

from django.db.models import QuerySet

from portal.errors import Hidden
from tiers import editions as values
from tiers.models import Edition, ScenarioList


def editions() -> QuerySet[Edition]:
    """All revisions, the newest first."""
    return Edition.objects.order_by("-code", "-revision")


def edition_for(code: str, revision: str = "") -> Edition:
    """One revision of an edition, the newest unless another is asked for. Raises Hidden."""
    rows = editions().filter(code=code)
    if revision:
        rows = rows.filter(revision=int(revision)) if revision.isdecimal() and len(revision) < 5 else rows.none()
    if row := rows.first():
        return row
    raise Hidden("edition", f"{code} {revision}".strip())


def scenario_list(code: str) -> ScenarioList | None:
    """The newest imported list of an edition's scenarios, if there is one."""
    rows = ScenarioList.objects.filter(edition_code=code).order_by("-number")
    return rows.select_related("imported_by").prefetch_related("names").first()


def scenario_names(edition: values.Edition) -> tuple[values.Scenario, ...]:
    """What forms offer: the newest imported list, which is always complete; without one, what the edition ships."""
    return named_by(scenario_list(edition.code), edition)


def named_by(imported: ScenarioList | None, edition: values.Edition) -> tuple[values.Scenario, ...]:
    """The names of an imported list, or those the edition ships when there is none."""
    if imported is None:
        return edition.scenarios
    return tuple(values.Scenario(row.number, row.name, row.guide_area) for row in imported.names.all())
