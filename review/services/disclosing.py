"""What a round allows an enterprise to know of its scores, as it is frozen with the result."""

from typing import Any

from applications.models import Application
from tiers.models import Round


def disclosed(_round: Round, _row: Application) -> dict[str, Any]:
    """Nothing, the total, or the averages of each criterion without any name."""
    return {}
