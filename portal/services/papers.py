"""Issuing papers: asked for by somebody, made once by the worker, found again by their check code."""

import hashlib
import secrets
from datetime import timedelta
from functools import cache
from pathlib import Path

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.urls import reverse

from portal import audit, clock, walls
from portal.actors import Actor, Place
from portal.errors import Denied, Hidden, Refused
from portal.models import Paper
from portal.papers import Document, Marks, Source, document, draft_marks, marks_of, new_code
from portal.pdf import Unprintable
from portal.press import Unmade, pressed
from portal.rules import may
from portal.seals.comparing import page_marks
from portal.services import stored, worker
from portal.states import PaperState
from portal.workflow import move

FOLDER = "papers"
_PRESS = Actor(system="文书生成")
# A worker that was ended in the middle leaves its paper behind; after so long another may take it up.
_LOST = timedelta(minutes=5)


def issue(kind: str, key: str, *, actor: Actor) -> Paper:
    """The paper of this kind from what the key names now; asked of the worker unless it is there already.

    Raises Hidden, Denied.
    """
    form = document(kind)
    source = form.source(actor, key)
    if not may(actor, form.permission, source.thing):
        raise Denied(form.permission)
    same = {"kind": kind, "subject": key, "source": source.digest}
    facts = {**same, "template": revision(form.template)}
    # One that bears seals is the paper, whatever dress has come into use since.
    stamped = Paper.objects.filter(**same, stampings__isnull=False).order_by("pk").first()
    return stamped or Paper.objects.filter(**facts).first() or _asked(facts, source, actor)


def _asked(facts: dict[str, str], source: Source, actor: Actor) -> Paper:
    try:
        with transaction.atomic():
            row = Paper.objects.create(
                **facts,
                number=source.number,
                version=source.version,
                code=new_code(),
                secret=secrets.token_hex(16),
                issuer=source.issuer,
                issued_at=clock.now(),
                asked_by=actor.user,
                unit_id=source.unit_id,
                city_id=source.city_id,
                enterprise_id=source.enterprise_id,
            )
            audit.record("paper.issue", row, actor, kind=facts["kind"], ref=facts["subject"])
            worker.ask("portal.tasks.make_paper", row.pk)
    except IntegrityError:  # somebody else asked for it at the same moment
        return Paper.objects.get(**facts)
    return row


def retry(paper: Paper, *, actor: Actor) -> Paper:
    """Have a paper made again that failed. Raises Denied, Refused."""
    row = move(paper, "retry", actor=actor, changes={"failure": "", "begun_at": None})
    worker.ask("portal.tasks.make_paper", row.pk)
    return row


# Everything that decides how a paper looks, beside what it says.
_DRESS = (
    "templates/documents/**/*.html", "static/css/paper*.css", "portal/templatetags/papers.py", "*/documents.py",
    "*/*_layout.py", "fonts/*",
)  # fmt: skip


@cache
def revision(template: str) -> str:
    """The revision of a template: of everything that papers are set with, so that none is kept in an old dress."""
    root = Path(settings.BASE_DIR)
    files = sorted(file for pattern in _DRESS for file in root.glob(pattern) if file.is_file())
    content = hashlib.sha256(template.encode())
    for file in files:
        content.update(file.name.encode() + file.read_bytes())
    return content.hexdigest()[:16]


# -- in the worker ---------------------------------------------------------------------------------------------------
def make(pk: int) -> bool:
    """Make a paper that was asked for; whether it is made or failed now, and not left to another.

    Twice, or at two workers at once, does no harm: one makes it.
    """
    with walls.stand(Place(office="system")):
        row = _taken(pk)
        if row is None:
            return False
        form = document(row.kind)
        try:
            html, pictures = _set(form, row)
        except (Hidden, Denied, Refused) as error:
            move(row, "fail", actor=_PRESS, changes={"failure": f"内容已不可用：{error}"[:300]})
            return True
    try:
        content = _pressed(html, row, pictures)
    except (Unmade, Unprintable) as error:
        _failed(row, str(error))
        return True
    _finished(row, content)
    return True


def _taken(pk: int) -> Paper | None:
    now = clock.now()
    with transaction.atomic():
        row = Paper.objects.select_for_update(skip_locked=True).filter(pk=pk, state=PaperState.MAKING).first()
        if row is None or (row.begun_at and now - row.begun_at < _LOST):
            return None
        row.begun_at = now
        row.save(update_fields=["begun_at"])
    return row


def _set(form: Document, row: Paper) -> tuple[str, dict[str, bytes]]:
    """The paper as HTML, with its pictures."""
    thing = form.source(_PRESS, row.subject).thing
    html = render_to_string(form.template, {**form.context(thing), "marks": marks(row)})
    return html, dict(form.pictures(thing))


def marks(row: Paper) -> Marks:
    """What is printed on the paper besides its content."""
    issued_at = clock.beijing(row.issued_at)
    if not row.version:
        return draft_marks(issued_at, row.source)
    address = settings.PUBLIC_URL + reverse("verify", args=[row.code])
    return marks_of(
        number=row.number,
        version=row.version,
        code=row.code,
        secret=row.secret,
        address=address,
        issued_at=issued_at,
        digest=row.source,
    )


def _pressed(html: str, row: Paper, pictures: dict[str, bytes]) -> bytes:
    limits = {"seconds": settings.PRESS_SECONDS, "megabytes": settings.PRESS_MEGABYTES}
    return pressed(html, identifier=f"{row.source}{row.template}", pictures=pictures, **limits)


def _failed(row: Paper, reason: str) -> None:
    with walls.stand(Place(office="system")):
        move(row, "fail", actor=_PRESS, changes={"failure": reason[:300]})


def _finished(row: Paper, content: bytes) -> None:
    digest = hashlib.sha256(content).hexdigest()
    kept = default_storage.save(f"{FOLDER}/{row.issued_at:%Y%m}/{digest}.pdf", ContentFile(content))
    made = {"digest": digest, "stored": kept, "size": len(content), "marks": page_marks(content)}
    with walls.stand(Place(office="system")):
        move(row, "finish", actor=_PRESS, changes=made)


def sweep() -> int:
    """Remove stored papers that nothing points at: a worker was ended between keeping and recording. How many went."""
    with walls.stand(Place(office="system")):
        return stored.sweep(
            FOLDER, lambda names: set(Paper.objects.filter(stored__in=names).values_list("stored", flat=True))
        )


def waiting() -> list[int]:
    """Papers that nobody is making: Redis was away when they were asked for, or a worker was ended."""
    with walls.stand(Place(office="system")):
        lost = clock.now() - _LOST
        rows = Paper.objects.filter(state=PaperState.MAKING).exclude(begun_at__gte=lost)
        return list(rows.order_by("issued_at").values_list("pk", flat=True)[:50])
