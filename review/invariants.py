"""What must hold of the review: the order of lists, what was frozen, what was in time, what experts may read."""

from collections import defaultdict
from collections.abc import Iterator

from django.db.models import F, Max, Q

from portal.invariants import Invariant, not_in_a_row, undigested
from review.models import (
    CityList,
    Dispatch,
    FirstReview,
    Grant,
    ListEntry,
    ListIssue,
    Objection,
    Publicity,
    ScoreSheet,
    SheetIssue,
    UnitIssue,
    UnitList,
)
from review.services.grants import READING
from review.states import PublicityState
from tiers.models import CityExtension

_FROZEN = (ListIssue, UnitIssue, Dispatch, SheetIssue)


def _order() -> Iterator[str]:
    """Lists as they are now and as they were frozen are numbered from 1 without a gap (82号 二(三)2)."""
    held: dict[str, list[int]] = defaultdict(list)
    for ref, position in ListEntry.objects.values_list("city_list__ref", "position"):
        held[ref].append(position)
    issues: tuple[ListIssue | UnitIssue, ...] = (*ListIssue.objects.iterator(50), *UnitIssue.objects.iterator(50))
    for issue in issues:
        ranked = [line["position"] for line in issue.document["entries"] if not line.get("outside_quota")]
        held[f"{issue._meta.db_table} {issue.pk}"] = ranked
    yield from not_in_a_row("list", held)


def _frozen() -> Iterator[str]:
    for model in _FROZEN:
        yield from undigested(model._base_manager.iterator(50))
    yield from undigested(Publicity.objects.exclude(published_at=None).iterator(50))


def _over_quota() -> Iterator[str]:
    """What was issued or sent to the ministry with more than the quota that the round had."""
    for issue in UnitIssue.objects.select_related("unit_list__round").iterator(50):
        quota = issue.unit_list.round.quota
        given = sum(not line["outside_quota"] for line in issue.document["entries"])
        if quota is not None and given > quota:
            yield f"{issue.unit_list.ref} issue {issue.version}: {given} of {quota}"
    for sent in Dispatch.objects.iterator(50):
        quota, given = sent.document["round"]["quota"], len(sent.document["entries"])
        if quota is not None and given > quota:
            yield f"{sent.ref} version {sent.version}: {given} of {quota}"


def _late() -> Iterator[str]:
    """Lists, decisions, sheets and objections after the last instant of those who made them (82号 二(三)3)."""
    granted = CityExtension.objects.values("round", "city").annotate(last=Max("until"))
    until = {(row["round"], row["city"]): row["last"] for row in granted}
    listed = CityList.objects.filter(sent_at__gt=F("round__city_until"))
    for ref, round_, city, at in listed.values_list("ref", "round", "city", "sent_at"):
        if (round_, city) not in until or at > until[round_, city]:
            yield f"{ref} was sent at {at:%F %T.%f}"
    decided = FirstReview.objects.filter(decided_at__gt=F("application__round__unit_until"))
    yield from (f"first review {pk} was decided too late" for pk in decided.values_list("pk", flat=True))
    signed = ScoreSheet.objects.filter(signed_at__gt=F("panel__round__unit_until"))
    yield from (f"{ref} was signed too late" for ref in signed.values_list("ref", flat=True))
    sent = UnitList.objects.filter(sent_at__gt=F("round__unit_until"))
    late = sent.filter(Q(supplement_until=None) | Q(sent_at__gt=F("supplement_until")))
    yield from (f"{ref} was sent too late" for ref in late.values_list("ref", flat=True))
    outside = Q(lodged_at__lt=F("publicity__begins_at")) | Q(lodged_at__gt=F("publicity__until"))
    lodged = Objection.objects.filter(outside, publicity__state=PublicityState.PUBLISHED)
    yield from (f"{ref} was lodged outside the days of its publicity" for ref in lodged.values_list("ref", flat=True))


def _lent() -> Iterator[str]:
    """Books that somebody may read without a sheet that asks them to, and sheets whose book their expert can't read."""
    asked = set(ScoreSheet.objects.filter(state__in=READING).values_list("user", "application"))
    for user, application in Grant.objects.values_list("user", "content_object"):
        if (user, application) not in asked:
            yield f"application {application} is lent to user {user}, who has no sheet of it"


INVARIANTS = (
    Invariant("lists are numbered from 1 without a gap", _order),
    Invariant("what was issued, signed or sent is what was digested", _frozen),
    Invariant("nothing was issued or sent beyond the quota", _over_quota),
    Invariant("nothing was decided or sent after its deadline without an extension", _late),
    Invariant("only experts with a sheet read a book", _lent),
)
