"""What must hold of rounds, recommendations and filings."""

from collections import defaultdict
from collections.abc import Iterator

from django.db.models import Count, F, Q

from portal.invariants import Invariant, not_in_a_row, twice, undigested
from tiers.models import Filing, Recognition, Recommendation, Round, RoundEffect
from tiers.states import RecognitionState


def _over_quota() -> Iterator[str]:
    """Rounds with more recommended than there are places (399号 二(二)3: at most 20 a province, 5 others)."""
    counted = Round.objects.annotate(given=Count("recommendations", filter=Q(recommendations__outside_quota=False)))
    for ref, quota, given in counted.filter(given__gt=F("quota")).values_list("ref", "quota", "given"):
        yield f"{ref}: {given} recommended, the quota is {quota}"


def _places() -> Iterator[str]:
    held: dict[str, list[int]] = defaultdict(list)
    rows = Recommendation.objects.filter(outside_quota=False).exclude(position=None)
    for ref, position in rows.values_list("round__ref", "position"):
        held[ref].append(position or 0)
    yield from not_in_a_row("recommendations of", held)


def _titles() -> Iterator[str]:
    valid = Recognition.objects.filter(state=RecognitionState.VALID).exclude(factory=None)
    yield from twice("title", valid.values_list("factory__ref", "title", "year", "batch"))


def _effects() -> Iterator[str]:
    yield from twice("effect", RoundEffect.objects.values_list("round__ref", "kind", "due_at"))


INVARIANTS = (
    Invariant("no round recommends more than its quota", _over_quota),
    Invariant("recommendations are numbered from 1 without a gap", _places),
    Invariant("each filing is what was digested", lambda: undigested(Filing.objects.all().iterator(200))),
    Invariant("a factory holds a title once", _titles),
    Invariant("what time brings about in a round happens once", _effects),
)
