"""The outbox: mail is written with what it tells of, and delivered after commit, whether or not Redis is there."""

import uuid
from datetime import timedelta

import structlog
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string

from portal import clock, rehearsal
from portal.models import Mail
from portal.services import worker

log = structlog.get_logger(__name__)

MOST_ATTEMPTS = 14  # the last one almost a day after the first
AT_ONCE = 200


def post(to: str, subject: str, body: str) -> Mail:
    """Put a message in the outbox; the worker is told after commit, and beat sweeps up what it was not told."""
    if settings.IS_REHEARSAL:
        subject, body = rehearsal.marked(subject), f"{rehearsal.NOTICE}。\n\n{body}"
    mail = Mail.objects.create(to=to, subject=subject[:200], body=body, created_at=clock.now())
    worker.ask("portal.tasks.deliver_mail", str(mail.pk))
    return mail


def write(to: str, template: str, **context: object) -> Mail:
    """Put a message in the outbox from templates/mail/<template>.txt, whose first line is the subject."""
    text = render_to_string(f"mail/{template}.txt", {"site": settings.SITE, **context})
    subject, _, body = text.strip().partition("\n")
    return post(to, f"【{settings.SITE['name']}】{subject.strip()}", body.strip() + "\n")


def deliver(mail_id: uuid.UUID | str) -> bool:
    """Send one message unless it was sent before; True when it went out now.

    Running twice does no harm: the row is locked while it is sent, and marked with it. A second worker skips it.
    """
    with transaction.atomic():
        mail = Mail.objects.select_for_update(skip_locked=True).filter(pk=mail_id, sent_at=None).first()
        if mail is None or mail.attempts >= MOST_ATTEMPTS:
            return False
        mail.attempts += 1
        try:
            EmailMessage(mail.subject, mail.body, to=[mail.to]).send()
        except OSError as error:  # SMTPException is one
            mail.error = str(error)[:300]
            log.warning("mail.failed", mail=str(mail.pk), attempts=mail.attempts, error=mail.error)
        else:
            mail.sent_at, mail.error = clock.now(), ""
            if not settings.IS_DEMO:  # it may hold a secret link
                mail.body = ""
        mail.save(update_fields=["attempts", "sent_at", "error", "body"])
        return mail.sent_at is not None


def deliver_waiting() -> int:
    """Send what waits in the outbox, waiting twice as long after each failure; how many went out."""
    now = clock.now()
    waiting = Mail.objects.filter(sent_at=None, attempts__lt=MOST_ATTEMPTS).order_by("created_at")
    due = [
        pk
        for pk, created_at, attempts in waiting.values_list("pk", "created_at", "attempts")
        if created_at + timedelta(seconds=10 * (2**attempts - 1)) <= now
    ]
    return sum(deliver(pk) for pk in due[:AT_ONCE])
