"""After the rush: whether all that was acknowledged is in the database, and nothing that came too late."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from applications.models import Application, ApplicationSection, LateDraft, Submission
from bench.measure import Figure
from bench.writers import Log
from portal import walls
from portal.audit import AuditEvent
from portal.invariants import invariants
from tiers.models import Round


def set_deadline(round_: Round, until: datetime) -> None:
    """Set the round's deadline for enterprises, as no officer could so shortly before."""
    with walls.system("bench"):
        Round.objects.filter(pk=round_.pk).update(enterprise_until=until)


def judged(round_: Round, logs: list[Log]) -> Iterator[Figure]:
    """What must be 0, with what was counted beside it."""
    with walls.system("bench"):
        round_.refresh_from_db(fields=["enterprise_until"])
        yield _lost(logs)
        yield _late_accepted(round_, logs)
        yield _numbers(round_)
        yield _once(logs)
        unheld = [one.sentence for one in invariants() if any(True for _ in one.faults())]
    yield _none("invariants broken", len(unheld), "; ".join(unheld) or "check_invariants")
    broken = [said for log in logs for said in log.broken]
    wrong = Counter(one.status for log in logs for one in log.asked if one.status >= 500)
    yield _none("5xx, or no answer", sum(wrong.values()) + len(broken), "; ".join(broken[:3]) or str(dict(wrong)))


def _none(what: str, count: int, note: str) -> Figure:
    return Figure(f"rush: {what}", count, "", 0, note)


def _lost(logs: list[Log]) -> Figure:
    """Of each field the last acknowledged text is in the section, and in what was frozen."""
    answers: dict[tuple[int, str], dict[str, str]] = {
        (row, key): said for row, key, said in ApplicationSection.objects.values_list("application", "key", "answers")
    }
    frozen = dict(Submission.objects.values_list("application", "document"))
    lost = held = 0
    for log in logs:
        pk = log.applicant.application
        for (section, key), text in log.acknowledged.items():
            held += 1
            is_frozen = pk not in frozen or frozen[pk]["sections"][section].get(key) == text
            lost += answers[pk, section].get(key) != text or not is_frozen
    saves = sum(one.kind == "save" and one.status == 200 for log in logs for one in log.asked)
    return _none("acknowledged writes lost", lost, f"{saves} saves acknowledged, the last of {held} fields compared")


def _late_accepted(round_: Round, logs: list[Log]) -> Figure:
    """Nothing in the application or its record has a time after the deadline; what came late was set aside."""
    until = round_.enterprise_until
    late = ApplicationSection.objects.filter(saved_at__gt=until).count()
    late += Submission.objects.filter(submitted_at__gt=until).count()
    late += AuditEvent.objects.filter(verb__in=("application.save", "application.submit"), at__gt=until).count()
    told, kept = sum(log.kept_late for log in logs), LateDraft.objects.count()
    refused = sum(one.kind.startswith("late") and one.status in {409, 422} for log in logs for one in log.asked)
    return _none(
        "late writes accepted, or not set aside", late + abs(told - kept), f"{refused} refused, {kept} set aside"
    )


def _numbers(round_: Round) -> Figure:
    given = list(Application.objects.filter(round=round_).exclude(number="").values_list("number", flat=True))
    return _none("numbers given twice", len(given) - len(set(given)), f"{len(given)} given")


def _once(logs: list[Log]) -> Figure:
    """One submission for each application that was told so; none where nobody was told."""
    made = Counter(Submission.objects.values_list("application", flat=True))
    told = {log.applicant.application for log in logs if log.submitted}
    wrong = sum(made[pk] != 1 for pk in told) + len(made.keys() - told)
    return _none("submissions not just once as told", wrong, f"{len(told)} told, {sum(made.values())} made")
