"""What time brings about in rounds, each effect exactly once, and the mail that tells of it, in chunks.

No rule relies on this: a request compares the windows by itself. An effect, the state it brings and the row that says
it happened are one transaction, under a lock on the round: two beats, a worker killed half-way and a beat that was
down across a deadline all end in the same.
"""

from datetime import datetime
from typing import Any

import structlog
from django.conf import settings

from portal import audit, clock, walls
from portal.actors import Actor, Place
from portal.services import mail
from portal.workflow import locked, move
from tiers.models import Round, RoundChange, RoundEffect
from tiers.rounds import Reminder, Window, reminders_due, said, step_due
from tiers.selectors.rounds import audience
from tiers.states import RoundState as S

log = structlog.get_logger(__name__)

PORTAL = Actor(system="平台（按期限自动办理）")
CHUNK = 200
MOST_CHUNKS = 100  # in one run of the task; what is left waits for the next
_REMINDED = frozenset({S.PUBLISHED, S.ACCEPTING, S.FIRST_REVIEW, S.EXPERT_REVIEW})
_AUDIENCES = {Window.CITY: "cities_at_work", Window.UNIT: "unit"}
_LAST_HOURS = 24  # from here on a reminder is for those who have begun
# What a move that time brings about is told to whom, and until when there is a point in telling.
_STEPS = {
    "accept": ("everyone", "round_opened", "enterprise_until"),
    "begin_first_review": ("cities", "round_closed", "city_until"),
    "begin_review": ("unit", "round_closed", "unit_until"),
}


def tick(at: datetime | None = None) -> list[int]:
    """Bring every round to where it should be; the keys of the effects that came of it."""
    moment, made = at or clock.now(), []
    with walls.stand(Place(office="system")):
        waiting = list(Round.objects.exclude(state__in=(S.DRAFT, S.FINISHED)).order_by("pk"))
    for round_ in waiting:
        try:
            with walls.stand(Place(office="system")):
                made += advance(round_, moment)
        except Exception:  # one round that breaks must not hold up the others; the next beat tries again
            log.exception("round.not_advanced", round=round_.ref)
    return made


def advance(round_: Round, at: datetime) -> list[int]:
    """Bring one round to where it should be: the moves that time brings about, then the reminders."""
    with locked(round_) as row:
        made = []
        while step := step_due(row.state, row.windows, at):
            action, due_at = step
            row = move(row, action, actor=PORTAL, at=at)
            to, template, until = _STEPS[action]
            is_late = at > (getattr(row, until) or row.unit_until)
            made.append(_put(row, action, due_at, at, "" if is_late else to, template))
        for reminder in _reminders(row, at):
            made.append(_remind(row, reminder, at))
    return made


def _reminders(row: Round, at: datetime) -> list[Reminder]:
    if row.state not in _REMINDED:
        return []
    done = set(RoundEffect.objects.filter(round=row).values_list("kind", "due_at"))
    return reminders_due(row.windows, settings.ROUND_REMINDER_HOURS, at, done)


def _remind(row: Round, reminder: Reminder, at: datetime) -> int:
    until = row.windows.until(reminder.window)
    data: dict[str, Any] = {"what": reminder.window.label, "until": said(until) if until else ""}
    to = "" if reminder.passed else _AUDIENCES.get(reminder.window) or _enterprises(reminder)
    if to:
        audit.record("round.remind", row, PORTAL, **data)
    return _put(row, reminder.kind, reminder.due_at, at, to, "round_reminder", **data)


def _enterprises(reminder: Reminder) -> str:
    return "writing" if reminder.hours <= _LAST_HOURS else "unfinished"


def _put(row: Round, kind: str, due_at: datetime, at: datetime, to: str, template: str, **data: Any) -> int:
    """Write down that it happened; without an audience there is nothing to tell, or no more."""
    effect = RoundEffect.objects.create(
        unit_id=row.unit_id,
        round=row,
        kind=kind,
        due_at=due_at,
        at=at,
        audience=to,
        template=template if to else "",
        data=data,
        told_at=None if to else at,
    )
    return effect.pk


def pass_over(row: Round, at: datetime) -> None:
    """After dates were moved: reminders that would have been due already are not sent, the change is told instead."""
    for reminder in _reminders(row, at):
        _put(row, reminder.kind, reminder.due_at, at, "", "")


def tell_of(row: Round, kind: str, at: datetime, to: str, change: RoundChange) -> int:
    """Let the worker tell those concerned of what an officer changed."""
    lines = [f"{name}：{before} → {after}" for name, before, after in change.lines]
    return _put(row, f"{kind}_{change.pk}", at, at, to, "round_moved", lines=lines, reason=change.reason)


def tell_waiting(most: int = MOST_CHUNKS) -> int:
    """Tell of what has not been told yet, chunk after chunk; how many people were told."""
    told = 0
    with walls.stand(Place(office="system")):
        waiting = list(RoundEffect.objects.filter(told_at=None).order_by("id").values_list("pk", flat=True))
    for pk in waiting:
        try:
            while most and (chunk := tell(pk)):
                told, most = told + chunk, most - 1
        except Exception:  # one letter that can't be written must not hold up the others
            log.exception("round.not_told", effect=pk)
    return told


def tell(pk: int, size: int = CHUNK) -> int:
    """Write the next chunk of an effect's mail; how many it was.

    The mail and how far it got are one transaction: nobody is told twice, nobody is left out. A second worker skips it.
    """
    with walls.stand(Place(office="system")):
        waiting = RoundEffect.objects.select_for_update(skip_locked=True, of=("self",)).filter(pk=pk, told_at=None)
        effect = waiting.select_related("round__unit").first()
        if effect is None:
            return 0
        people = list(audience(effect.round, effect.audience).filter(pk__gt=effect.cursor)[:size])
        for person in people:
            mail.write(person.email, effect.template, round=effect.round, person=person, **effect.data)
        if people:
            effect.cursor, effect.told = people[-1].pk, effect.told + len(people)
        if len(people) < size:
            effect.told_at = clock.now()
        effect.save(update_fields=["cursor", "told", "told_at"])
        return len(people)
