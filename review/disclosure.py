"""What an applicant may know of the scores: as much as its round says, never what one expert gave. Pure."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from review.scoring import ZERO, aggregate, rounded
from tiers.terms import Aggregation, Criterion

# With fewer sheets an average would tell what single experts gave.
LEAST = 3


def disclosed(
    kind: str, criteria: Sequence[Criterion], sheets: Sequence[Mapping[str, Decimal]], rule: Aggregation
) -> dict[str, Any]:
    """The total, and the average of each criterion, in words; nothing where the round allows nothing.

    `kind`: one of tiers.terms.DISCLOSURES; `sheets`: each signed sheet's points by criterion, in any order.
    """
    if kind == "nothing" or len(sheets) < LEAST:
        return {}
    total = aggregate([sum(sheet.values(), ZERO) for sheet in sheets], rule)
    if total is None:
        return {}
    found: dict[str, Any] = {"total": str(total), "sheets": len(sheets)}
    if kind == "criteria":
        found["criteria"] = [
            {
                "code": one.code,
                "name": one.name,
                "weight": f"{one.weight.normalize():f}",
                "average": str(_average([sheet.get(one.code, ZERO) for sheet in sheets], rule.decimals)),
            }
            for one in criteria
        ]
    return found


def _average(values: Sequence[Decimal], decimals: int) -> Decimal:
    return rounded(sum(values, ZERO) / len(values), decimals)
