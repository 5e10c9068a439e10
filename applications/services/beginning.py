"""Beginning an application, and giving a draft up again."""

import hashlib
from datetime import datetime
from typing import Any

from django.db import IntegrityError, connection, transaction

from applications import screening
from applications.models import Application, ApplicationSection, Number
from applications.selectors.papers import SCREENING, form_of
from applications.selectors.screening import facts
from applications.services.locking import lock
from applications.states import ApplicationState, Track
from portal import audit, clock
from portal.actors import Actor
from portal.declared import canonical
from portal.errors import Denied, Refused
from portal.references import new_ref
from portal.rules import may
from tiers.eligibility import is_direct
from tiers.models import Factory, Round
from tiers.rounds import Window, closed_reason
from tiers.selectors.books import book_for
from tiers.selectors.rounds import extension_of
from tiers.states import RoundState


def begin(
    round_: Round, factory: Factory, *, answers: dict[str, Any], actor: Actor, direct: bool = False
) -> Application:
    """Begin an application for a factory; `answers` are what was said in the screening, `direct` the direct way.

    Raises Denied, Refused: the window is closed, a condition ends the matter, there is one already.
    """
    if not may(actor, "application.begin", factory):
        raise Denied("application.begin")
    now = clock.now()
    with transaction.atomic():
        track = _admitted(round_, factory, answers, direct, now)
        row = _create(round_, factory, track, actor, now)
        _sections(row, answers)
        _number(round_)
        audit.record("application.begin", row, actor, round=round_.ref, factory=factory.ref, track=track)
    return row


def round_closed(round_: Round, enterprise_id: int, at: datetime) -> str | None:
    """Why nobody of this enterprise may begin in a round at an instant, or None."""
    if round_.state == RoundState.DRAFT:
        return "本批次尚未发布。"
    return closed_reason(round_.windows, Window.ENTERPRISE, at, extension_of(round_, enterprise_id))


def _admitted(round_: Round, factory: Factory, answers: dict[str, Any], direct: bool, at: datetime) -> Track:
    if reason := round_closed(round_, factory.enterprise_id, at):
        raise Refused(reason)
    if factory.unit_id != round_.unit_id:
        raise Refused("该工厂不属于本批次的推荐单位，请选择所属推荐单位的申报批次。")
    if factory.is_closed:
        raise Refused("该工厂已停用，不能申报。如已恢复生产，请先更正工厂信息。")
    terms, known = round_.value, facts(round_, factory, at)
    if ending := [line.reason for line in screening.lines(terms, known, answers, direct=direct) if line.ends]:
        raise Refused(*ending)
    if direct and not is_direct(terms.direct, known):
        raise Refused("未查到符合直接申报条件的称号，请通过推荐渠道申报，或联系推荐单位补录称号。")
    return Track.DIRECT if direct else Track.REGULAR


def _create(round_: Round, factory: Factory, track: Track, actor: Actor, at: datetime) -> Application:
    try:
        with transaction.atomic():
            return Application.objects.create(
                ref=new_ref("SB"),
                round=round_,
                factory=factory,
                book=book_for(round_),
                terms_digest=hashlib.sha256(canonical(round_.terms).encode()).hexdigest(),
                track=track,
                began_at=at,
                began_by=actor.person,
                **keys_of(factory),
            )
    except IntegrityError as error:
        if "application_once_a_round" not in str(error):
            raise
        standing = Application.objects.get(round=round_, factory=factory)
        raise Refused(f"该工厂在本批次已有申报（{standing}），请从“我的申报”中打开。") from error


def keys_of(thing: Any) -> dict[str, Any]:
    """The keys of all walls around a thing, for what is made from it."""
    return {f"{level}_id": getattr(thing, f"{level}_id") for level in ("unit", "city", "enterprise")}


def _sections(row: Application, answers: dict[str, Any]) -> None:
    made = [
        ApplicationSection(
            application=row,
            key=key,
            answers=(said := answers if key == SCREENING else {}),
            version=bool(said),
            versions=dict.fromkeys(said, 1),
            **keys_of(row),
        )
        for key in (SCREENING, *(section.key for section in form_of(row).sections))
    ]
    ApplicationSection.objects.bulk_create(made)


def _number(round_: Round) -> None:
    """One more number for the round. Only those who begin wait here for each other, never those who submit."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_NUMBERS, round_.pk])
    last = Number.objects.filter(round=round_).order_by("-value").values_list("value", flat=True).first()
    Number.objects.create(round=round_, value=(last or 0) + 1)


_NUMBERS = 0x5342  # the class of advisory locks under which numbers are added


def discard(application: Application, *, actor: Actor) -> None:
    """Delete a draft that was never submitted, and that nothing on record stands on. Raises Denied, Refused."""
    if not may(actor, "application.discard", application):
        raise Denied("application.discard")
    with transaction.atomic():
        row = lock(application)
        if row.state != ApplicationState.DRAFT or row.version:
            raise Refused("该申报已提交过，须保留备查，不能删除。")
        if row.late_drafts.exists():
            raise Refused("该申报有逾期内容留存备查，不能删除。")
        audit.record("application.discard", row, actor, ref=row.ref, round=row.round.ref, factory=row.factory.ref)
        row.delete()
