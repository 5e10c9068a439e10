"""Facts that only some department has, and notes of the reviewing office: recorded, and struck out if wrong."""

from datetime import date

from django.db import transaction

from applications.models import Application, Submission
from applications.selectors.papers import submitted_form
from applications.services.beginning import keys_of
from applications.services.course import note
from portal import audit, clock
from portal.actors import Actor
from portal.errors import Denied, Refused
from portal.rules import may
from review.models import Finding, FindingKind, ReviewNote
from review.services.first_reviews import reviewing


def record(
    application: Application,
    *,
    kind: str,
    text: str,
    source: str,
    happened_on: date | None = None,
    is_adverse: bool = True,
    actor: Actor,
) -> Finding:
    """Record a fact about an applicant, with where it is known from. Raises Denied, Refused."""
    office = actor.membership.office if actor.membership else None
    if not may(actor, "finding.record", application) or office is None:
        raise Denied("finding.record")
    now = clock.now()
    reasons = [
        sentence
        for is_wrong, sentence in (
            (kind not in FindingKind, "请选择事实的类别。"),
            (not text.strip(), "请填写事实。"),
            (not source.strip(), "请填写来源（文号、平台或台账），没有来源的不作为核查事实。"),
            (happened_on is not None and happened_on > clock.beijing(now).date(), "发生日期不能晚于今天。"),
        )
        if is_wrong
    ]
    if reasons:
        raise Refused(*reasons)
    with transaction.atomic():
        made = Finding.objects.create(
            application=application, kind=kind, text=text.strip()[:500], source=source.strip()[:200],
            happened_on=happened_on, is_adverse=is_adverse, office=office, at=now, by=actor.person,
            **keys_of(application),
        )  # fmt: skip
        audit.record("finding.record", application, actor, kind=kind, text=made.text, source=made.source)
        said = f"{made.get_kind_display()}：{made.text}（来源：{made.source}）"
        note(application, "登记核查事实", actor=actor, at=now, opinion=said, is_public=False)
    return made


def strike(finding: Finding, *, reason: str, actor: Actor) -> Finding:
    """Strike out what was recorded by mistake: the office that recorded it alone may. Raises Denied, Refused."""
    if actor.membership is None or finding.office_id != actor.membership.office_id:
        raise Denied("finding.strike")
    if not reason.strip():
        raise Refused("请填写撤销理由。")
    with transaction.atomic():
        row = Finding.objects.select_for_update(of=("self",)).get(pk=finding.pk)
        if row.struck_at is not None:
            raise Refused("该事实已撤销。")
        row.struck_at, row.struck_reason = clock.now(), reason.strip()[:300]
        row.save(update_fields=["struck_at", "struck_reason"])
        audit.record("finding.strike", row.application, actor, text=row.text, reason=row.struck_reason)
    return row


# -- notes -----------------------------------------------------------------------------------------------------------
def annotate(submission: Submission, *, section: str, key: str, text: str, actor: Actor) -> ReviewNote:
    """A note of the office on a section or a field of what was handed in. Raises Denied, Refused."""
    application = submission.application
    try:
        asked = submitted_form(submission).section(section)
        label = f"{asked.title}·{asked.fields[key].label}" if key else asked.title
    except KeyError as error:
        raise Refused("所选位置不在申报书中，请刷新页面后重新选择。") from error
    if not text.strip():
        raise Refused("请填写批注内容。")
    with reviewing(application, actor) as review:
        made = ReviewNote.objects.create(
            application=review.application, version=submission.version, section=section, key=key, label=label[:120],
            text=text.strip()[:1000], at=clock.now(), by=actor.person, **keys_of(application),
        )  # fmt: skip
        audit.record("first_review.note", application, actor, label=made.label, text=made.text)
    return made


def strike_note(row: ReviewNote, *, actor: Actor) -> None:
    """Take one's own note back; it stays on record. Raises Denied, Refused."""
    if row.by_id != actor.person.pk:
        raise Denied("first_review.strike_note")
    with transaction.atomic():
        fresh = ReviewNote.objects.select_for_update(of=("self",)).get(pk=row.pk)
        if fresh.struck_at is not None:
            raise Refused("该批注已撤销。")
        fresh.struck_at = clock.now()
        fresh.save(update_fields=["struck_at"])
        audit.record("first_review.strike_note", fresh.application, actor, label=fresh.label, text=fresh.text)
