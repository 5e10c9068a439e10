"""What follows from a self-assessment: the result with its gap report, and two of them side by side."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from portal import clock
from portal.views.page import PortalRequest
from tiers.answers import figures, hints, ladder_answers
from tiers.assessment_form import BASICS, EFFECTS, MATURITY, SCENARIOS
from tiers.comparison import figure_changes, tier_changes
from tiers.ladder import LEVEL_NAMES, Finding, Order, maturity_level
from tiers.radar import radar
from tiers.selectors.assessments import assessment_for, of_factory, paper

_SECTION = {
    Order.BASIC: BASICS,
    Order.MATURITY: MATURITY,
    Order.COVERAGE: SCENARIOS,
    Order.AI_SHARE: SCENARIOS,
    Order.EFFECT: EFFECTS,
}


@require_safe
def result(request: PortalRequest, ref: str) -> HttpResponse:
    """Where the factory stands, what is missing for the next tier, and what does not agree."""
    what = paper(assessment_for(request.actor, ref))
    verdict, names = what.verdict, what.edition.area_names
    reached = verdict.reached
    following = next((s for s in verdict.standings if not s.is_met), None)
    asked = {s.key for s in what.form.sections}
    score = ladder_answers(what.edition, what.sections).maturity
    context = {
        "assessment": what.assessment,
        "edition": what.edition,
        "reached": reached,
        "following": following,
        "level": LEVEL_NAMES[maturity_level(score)],
        "score": score,
        "gap": [_line(finding, names, asked, ref) for finding in following.findings] if following else [],
        "areas": names,
        "standings": [(s, [(names[code], score) for code, score in s.scores.items()]) for s in verdict.standings],
        "radar": radar(names, {s.tier.name: s.scores for s in verdict.standings}),
        "hints": hints(what.edition, what.sections),
        "others": of_factory(request.actor, what.assessment.factory).exclude(pk=what.assessment.pk),
        "now": clock.now(),
    }
    return render(request, "tiers/result.html", context)


def _line(finding: Finding, names: dict[str, str], asked: set[str], ref: str) -> dict[str, Any]:
    key = _SECTION.get(finding.order, finding.area)
    return {
        "finding": finding,
        "area": names.get(finding.area, "—"),
        "url": reverse("section", args=[ref, key]) if key in asked else "",
    }


@require_safe
def compare(request: PortalRequest, ref: str, other: str) -> HttpResponse:
    """Two assessments of one factory: the earlier year on the left."""
    one, two = assessment_for(request.actor, ref), assessment_for(request.actor, other)
    before, after = sorted((paper(one), paper(two)), key=lambda p: (p.assessment.year, p.assessment.pk))
    names = after.edition.area_names
    context = {
        "before": before.assessment,
        "after": after.assessment,
        "tiers": tier_changes(before.verdict, after.verdict, names),
        "figures": figure_changes(figures(before.edition, before.sections), figures(after.edition, after.sections)),
        "areas": names,
        "reached": [p.verdict.reached for p in (before, after)],
    }
    return render(request, "tiers/compare.html", context)
