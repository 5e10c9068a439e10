"""What becomes of an application after it was handed in: returned, mended, let stand; and its timeline."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from applications.models import Application, Correction, Event
from applications.selectors.applications import submission_for
from applications.selectors.papers import section_of
from applications.services import notices
from applications.services.beginning import keys_of
from applications.services.locking import lock
from applications.services.restoring import restore
from applications.states import ApplicationState
from portal import audit, clock
from portal.actors import Actor
from portal.errors import Denied, Refused
from portal.rooms import declared
from portal.rules import may
from portal.workflow import move
from tiers.rounds import said

PORTAL = Actor(system="平台")


@dataclass(frozen=True)
class Item:
    """One thing to mend: a section, or one field of it (key empty: the whole section), and why."""

    section: str
    key: str
    reason: str


def tell_followers(application: Application, what: str) -> None:
    """Let the apps above know, in the same transaction, that it was taken back, returned or handed in anew."""
    for followers in declared("followers", "APPLICATION_MOVED"):
        for follower in followers:
            follower(application, what)


def note(
    application: Application,
    action: str,
    *,
    actor: Actor,
    at: datetime,
    opinion: str = "",
    is_public: bool = True,
    version: int = 0,
) -> Event:
    """One line of the timeline; `version`: the one that was handed in with it."""
    return Event.objects.create(
        application=application,
        at=at,
        office=actor.place_label or "平台",
        by=actor.user,
        action=action,
        opinion=opinion,
        is_public=is_public,
        version=version,
        **keys_of(application),
    )


def return_for_correction(
    application: Application, *, items: Sequence[Item], until: datetime | None, opinion: str = "", actor: Actor
) -> Application:
    """Return it with what has to be mended: only these sections and fields unlock. Raises Denied, Refused."""
    now = clock.now()
    with transaction.atomic():
        named = _named(application, items)
        row = move(
            application,
            "return",
            actor=actor,
            at=now,
            changes={"correct_until": until},
            items=named,
            until=until,
        )
        Correction.objects.create(
            application=row,
            version=row.version,
            items=named,
            opinion=opinion.strip(),
            returned_at=now,
            returned_by=actor.person,
            office=actor.place_label,
            **keys_of(row),
        )
        lines = [*([opinion.strip()] if opinion.strip() else []), *(f"{i['label']}：{i['reason']}" for i in named)]
        note(row, "退回修改", actor=actor, at=now, opinion="\n".join(lines))
        tell_followers(row, "退回修改")
        notices.returned(row)
    return row


def _named(application: Application, items: Sequence[Item]) -> list[dict[str, str]]:
    """The items with the names that people know them by. Raises Refused for what the form doesn't have."""
    found, seen = [], set()
    for item in items:
        try:
            section = section_of(application, item.section)
            label = section.fields[item.key].label if item.key else "全节"
        except KeyError as error:
            raise Refused("所选的修改内容不在申报书中，请刷新页面后重新选择。") from error
        if (item.section, item.key) in seen:
            continue
        seen.add((item.section, item.key))
        found.append(
            {
                "section": item.section,
                "key": item.key,
                "label": f"{section.title}·{label}",
                "reason": item.reason.strip(),
            }
        )
    return found


def extend_correction(application: Application, *, until: datetime, reason: str, actor: Actor) -> Application:
    """Give more time to mend, also past the round's next deadline: the unit alone may. Raises Denied, Refused."""
    if not may(actor, "application.extend", application):
        raise Denied("application.extend")
    with transaction.atomic():
        row, now = lock(application), clock.now()
        if row.state != ApplicationState.RETURNED or row.correct_until is None:
            raise Refused("该申报当前不在退回修改中，无需延长。")
        if not reason.strip():
            raise Refused("请写明延长的理由。")
        if until <= max(row.correct_until, now):
            raise Refused(f"新的时限须晚于现有时限（{said(row.correct_until)}）和当前时间。")
        if until > row.round.unit_until:
            raise Refused(f"新的时限不能晚于审核推荐截止时间（{said(row.round.unit_until)}）。")
        before, row.correct_until = row.correct_until, until
        row.save(update_fields=["correct_until"])
        audit.record("application.extend", row, actor, before=before, after=until, reason=reason.strip())
        note(row, f"修改时限延至{said(until)}", actor=actor, at=now, opinion=reason.strip())
        notices.extended(row)
    return row


def lapse_due() -> int:
    """Let what was submitted before stand where the time for a correction is over; how many. Twice does no harm."""
    now, done = clock.now(), 0
    due = Application.objects.filter(state=ApplicationState.RETURNED, correct_until__lt=now)
    for application in due.select_related("round__unit", "enterprise", "factory"):
        try:
            with transaction.atomic():
                row = lock(move(application, "lapse", actor=PORTAL, at=now))
                restore(row, submission_for(row, row.version), reason="修改时限届满，未重新提交。", at=now)
                note(row, "修改逾期，按原提交内容继续审核", actor=PORTAL, at=now)
                notices.lapsed(row)
        except Refused:  # mended, or given more time, a moment ago
            continue
        done += 1
    return done
