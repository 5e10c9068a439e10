"""What a round allows an enterprise to know of its scores, as it is frozen with the result."""

from decimal import Decimal
from typing import Any

from applications.models import Application
from review.disclosure import disclosed as told
from review.models import ScoreSheet
from review.states import SheetState
from tiers.models import Round


def disclosed(round_: Round, row: Application) -> dict[str, Any]:
    """The total, or also the averages of each criterion, or nothing; never a name, never what one expert gave."""
    terms = round_.value
    sheets = ScoreSheet.objects.filter(candidate__application=row, state=SheetState.SIGNED).order_by("pk")
    points = [
        {code: Decimal(str(said["score"])) for code, said in scores.items() if said.get("score")}
        for scores in sheets.values_list("scores", flat=True)
    ]
    return told(terms.disclosure, terms.criteria, points, terms.aggregation)
