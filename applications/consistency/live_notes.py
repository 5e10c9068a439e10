"""What follows from answers while they are being written, by block."""

from collections.abc import Iterator

from applications.consistency.case import EFFECTS, FACTORY, Case
from applications.consistency.checks import plausible
from portal.declared import Field
from tiers import answers as assessed
from tiers.answers import scenario_uses
from tiers.assessment_form import INDICATORS, MATURITY, SCENARIOS
from tiers.editions import Force
from tiers.ladder import ai_share, coverage


def notes(case: Case, section: str) -> dict[str, str]:
    """What follows from a section's answers, by block, to be read while writing."""
    found: dict[str, list[str]] = {}
    for key, sentence in _notes(case, section):
        block = next(
            (b.key for s in case.form.sections if s.key == section for b in s.blocks if _holds(b.fields, key)), ""
        )
        if block and sentence:
            found.setdefault(block, []).append(sentence)
    return {block: " ".join(sentences) for block, sentences in found.items()}


def _holds(fields: tuple[Field, ...], key: str) -> bool:
    return any(f.key == key for f in fields)


def _notes(case: Case, section: str) -> Iterator[tuple[str, str]]:
    """Notes, each with the key of a field of its block."""
    if section == FACTORY:
        yield "maturity.score", assessed.notes(case.edition, case.assessed, MATURITY).get(MATURITY, "")
        yield "investment", _share_of_parts(case)
    if section == SCENARIOS:
        yield SCENARIOS, _coverage_note(case)
    if section == EFFECTS:
        averages = {average.indicator: average for average in case.book.averages}
        said = assessed.notes(case.edition, case.assessed, INDICATORS)
        for figure in case.figures:
            code = figure.indicator.code
            yield f"{code}.value", said.get(code, "")
            yield f"{code}.value", plausible(figure, averages.get(code))


def _share_of_parts(case: Case) -> str:
    total = case.number(FACTORY, "investment")
    parts = [p for key in ("equipment_investment", "software_investment") if (p := case.number(FACTORY, key))]
    if not total or not parts:
        return ""
    return f"所列装备与软件、系统投资合计{sum(parts)}万元，占总投资的{round(sum(parts) / total * 100, 1)}%。"


def _coverage_note(case: Case) -> str:
    """Which 环节 are covered, which are not, and what that means at the tier."""
    uses = scenario_uses(case.edition, case.assessed)
    if not uses:
        return ""
    built, names = {use.area for use in uses}, case.edition.area_names
    covered = [name for code, name in names.items() if code in built]
    gaps = coverage(case.edition, case.conditions, uses)
    said = [f"已列{len(uses)}个场景，覆盖{len(covered)}个环节（共{len(names)}个）：{'、'.join(covered) or '无'}。"]
    for force, what in ((Force.REQUIRED, "未达到要求"), (Force.IN_PRINCIPLE, "须说明原因")):
        if missing := [names[gap.area] for gap in gaps if gap.force is force]:
            said.append(
                f"{case.conditions.name}尚缺{'、'.join(missing)}，{what}（{case.conditions.coverage.clause}）。"
            )
    said.append(f"应用人工智能的场景{sum(use.uses_ai for use in uses)}个，占{round(ai_share(uses), 2)}%。")
    return "".join(said)
