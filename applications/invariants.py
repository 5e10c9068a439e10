"""What must hold of applications: what was handed in, its numbers, and when it was written."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime

from django.db.models import Max
from django.utils.dateparse import parse_datetime

from applications.models import Application, ApplicationSection, Attachment, Submission
from portal.audit import AuditEvent, Outcome
from portal.invariants import Invariant, not_in_a_row, twice, undigested
from tiers.models import Extension


def _versions() -> Iterator[str]:
    """Versions run from 1, and the application is at the last of them."""
    held: dict[str, list[int]] = defaultdict(list)
    for ref, version in Submission.objects.values_list("application__ref", "version"):
        held[ref].append(version)
    yield from not_in_a_row("versions of", held)
    for ref, version in Application.objects.values_list("ref", "version"):
        if version != max(held.get(ref, [0])):
            yield f"{ref} is at version {version}, handed in are {sorted(held.get(ref, []))}"


def _numbers() -> Iterator[str]:
    yield from twice("number", Application.objects.exclude(number="").values_list("number", flat=True))
    for ref, number, other in Submission.objects.values_list("application__ref", "number", "application__number"):
        if number != other:
            yield f"{ref} is number {other}, but was handed in as {number}"


def written_until(row: Application) -> datetime:
    """The last instant at which this one might be written: the round's, an extension's, or a correction's."""
    last = [row.round.enterprise_until]
    own = Extension.objects.filter(round=row.round_id, enterprise=row.enterprise_id)
    last += [own.aggregate(last=Max("until"))["last"] or row.round.enterprise_until]
    events = AuditEvent.objects.filter(
        subject_type=row._meta.label_lower, subject_id=str(row.pk), outcome=Outcome.DONE,
        verb__in=("application.return", "application.extend"),
    )  # fmt: skip
    for data in events.values_list("data", flat=True):
        given = parse_datetime(str(data.get("until") or data.get("after") or ""))
        last += [given] if given else []
    return max(last)


def _late() -> Iterator[str]:
    """What enterprises wrote, attached or handed in after the last instant that the rules gave them (82号 二(二)3)."""
    times: dict[int, list[tuple[str, datetime]]] = defaultdict(list)
    for what, model, field in (
        ("handed in", Submission, "submitted_at"),
        ("written", ApplicationSection, "saved_at"),
        ("attached", Attachment, "uploaded_at"),
    ):
        last = model._base_manager.values("application").annotate(last=Max(field)).values_list("application", "last")
        for pk, at in last:
            times[pk] += [(what, at)] if at else []
    for row in Application.objects.select_related("round").filter(pk__in=times).iterator(500):
        if all(at <= row.round.enterprise_until for _, at in times[row.pk]):
            continue
        until = written_until(row)
        for what, at in times[row.pk]:
            if at > until:
                yield f"{row.ref} was {what} at {at:%F %T.%f}, its time ended at {until:%F %T.%f}"


INVARIANTS = (
    Invariant("each submission is what was digested", lambda: undigested(Submission.objects.all().iterator(50))),
    Invariant("versions of an application run from 1 to the present one", _versions),
    Invariant("numbers of applications are given once, and kept", _numbers),
    Invariant("nothing was written after a deadline without an extension", _late),
)
