"""What a score sheet must hold before it can be signed: steps of 0.1, bounds, reasons at the extremes. Pure.

Whatever was typed is kept; what is wrong with it is said, and only signing asks that nothing is.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tiers.terms import Criterion

# A score of so little or so much of its weight has to be explained.
LOW, HIGH = Decimal("0.20"), Decimal("0.95")
MOST_SCORE, MOST_COMMENT, MOST_OPINION = 12, 500, 3_000
_NUMBER = re.compile(r"\d{1,3}(?:\.\d*)?|\.\d+")


@dataclass(frozen=True)
class Line:
    """A criterion with what was typed for it, and what is wrong with that."""

    criterion: Criterion
    typed: str
    comment: str
    score: Decimal | None
    problem: str

    @property
    def low(self) -> Decimal:
        """At or below this a reason is asked for."""
        return low(self.criterion)

    @property
    def high(self) -> Decimal:
        """At or above this a reason is asked for."""
        return high(self.criterion)


def low(criterion: Criterion) -> Decimal:
    """The highest score that still has to be explained as a very low one."""
    return (criterion.weight * LOW).quantize(Decimal("0.1"))


def high(criterion: Criterion) -> Decimal:
    """The lowest score that has to be explained as a very high one."""
    return (criterion.weight * HIGH).quantize(Decimal("0.1"))


def number(typed: str) -> Decimal | None:
    """The score that somebody typed (full-width digits are folded), or None when it is none."""
    text = unicodedata.normalize("NFKC", typed).strip()
    if not _NUMBER.fullmatch(text):
        return None
    return Decimal(text if not text.endswith(".") else text[:-1])


def is_extreme(criterion: Criterion, score: Decimal) -> bool:
    """Whether the score has to be explained."""
    return score <= low(criterion) or score >= high(criterion)


def _problem(criterion: Criterion, typed: str, comment: str) -> str:
    name = f"“{criterion.name}”"
    if not typed.strip():
        return f"{name}尚未评分。"
    score = number(typed)
    if score is None:
        return f"{name}的得分应为数字。"
    if score != score.quantize(Decimal("0.1")):
        return f"{name}的得分最多保留一位小数。"
    if score > criterion.weight:
        return f"{name}的得分应在0至{criterion.weight}之间。"
    if is_extreme(criterion, score) and not comment.strip():
        return f"{name}得分不高于{low(criterion)}分或不低于{high(criterion)}分的，须写明理由。"
    return ""


def lines(criteria: Sequence[Criterion], scores: Mapping[str, Mapping[str, str]]) -> list[Line]:
    """Every criterion of the round with what stands on the sheet for it."""
    found = []
    for criterion in criteria:
        said = scores.get(criterion.code, {})
        typed, comment = said.get("score", ""), said.get("comment", "")
        score, problem = number(typed), _problem(criterion, typed, comment)
        found.append(Line(criterion, typed, comment, score, problem))
    return found


def total(found: Sequence[Line]) -> Decimal:
    """What the scores that can be read sum up to."""
    return sum((line.score for line in found if line.score is not None), Decimal(0))


def lacking(found: Sequence[Line], opinion: str) -> list[str]:
    """What keeps the sheet from being signed, a sentence each."""
    reasons = [line.problem for line in found if line.problem]
    if not opinion.strip():
        reasons.append("请填写评审意见。")
    return reasons


def clean(criteria: Sequence[Criterion], said: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """What is kept of scores that came in: criteria of the round, texts within their lengths."""
    found = {}
    for criterion in criteria:
        part = said.get(criterion.code)
        if isinstance(part, Mapping):
            score, comment = (str(part.get(key, "") or "").strip() for key in ("score", "comment"))
            if score or comment:
                found[criterion.code] = {"score": score[:MOST_SCORE], "comment": comment[:MOST_COMMENT]}
    return found
