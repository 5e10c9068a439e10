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


def current_editions() -> list[Edition]:
    """The newest revision of each edition, newest year first."""
    newest: dict[str, Edition] = {}
    for edition in editions():
        newest.setdefault(edition.code, edition)
    return list(newest.values())


def tier_steps() -> tuple[values.Tier, ...]:
    """The steps of the ladder, lowest first, as the newest edition names them; empty before any is loaded."""
    newest = Edition.objects.first()
    return newest.value.tiers if newest else ()


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


def by_area(scenarios: tuple[values.Scenario, ...]) -> dict[str, list[values.Scenario]]:
    """Scenarios under the guide's 环节 they stand under, in order."""
    found: dict[str, list[values.Scenario]] = {}
    for scenario in scenarios:
        found.setdefault(scenario.guide_area, []).append(scenario)
    return found


def indicators_by_group(edition: values.Edition) -> list[tuple[str, list[values.Indicator]]]:
    """The key figures under the names of their groups, in the notice's order."""
    return [(name, [i for i in edition.indicators if i.group == code]) for code, name in edition.groups.items()]


def doubts(edition: values.Edition, imported: ScenarioList | None) -> list[str]:
    """What no official text at hand confirms, each as a phrase; an imported list settles doubts about names."""
    found = [f"“{area.name}”与指引环节（{'、'.join(area.guide)}）的对应" for area in edition.areas if area.unverified]
    for tier in edition.tiers:
        if tier.needs and tier.needs.unverified:
            found.append(f"{tier.name}须先获评{edition.tier(tier.needs.tier).name}")
        if tier.ai_share_unverified:
            found.append(f"{tier.name}应用人工智能的场景占比不低于{tier.ai_share}%")
    if imported is None:
        found += [
            f"场景{scenario.number}“{scenario.name}”的名称或所属环节"
            for scenario in edition.scenarios
            if scenario.unverified
        ]
    if any(indicator.formula for indicator in edition.indicators):
        found.append("关键绩效指标的计算方法（按通行做法整理）")
    return [*found, f"要素达到“大部分满足”（{edition.met_from}）即计为满足"]
