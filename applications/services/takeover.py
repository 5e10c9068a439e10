"""Taking over what is on file into an application, marked with where it came from; and moving it to a newer form."""

from collections.abc import Iterable

from django.db import transaction

from applications.models import Application, ApplicationSection
from applications.selectors.applications import open_correction
from applications.selectors.papers import files_section, form_of
from applications.selectors.sources import sources
from applications.services.locking import lock
from applications.services.writing import ask, measure, open_for_writing
from applications.states import ApplicationState
from applications.takeover import Offer, offers
from portal import audit, clock
from portal.actors import Actor
from portal.declared import Form, Section, carried
from portal.errors import Refused
from portal.services.drafts import write_answers
from tiers.selectors.books import book_for


def offered(application: Application) -> list[Offer]:
    """Everything on file that this application could take over, and how its answers stand to it."""
    rows = {row.key: row for row in application.sections.all()}
    answers = {key: row.answers for key, row in rows.items()}
    taken = {key: row.taken for key, row in rows.items()}
    found = offers(form_of(application), sources(application), answers, taken)
    correction = open_correction(application)
    return [o for o in found if correction is None or correction.opens(o.section, o.key)]


def take_over(application: Application, *, keys: Iterable[tuple[str, str]] | None = None, actor: Actor) -> int:
    """Take over these answers, (section, key) each; without `keys` whatever overwrites nothing. How many.

    Raises Denied, TooLate, Refused.
    """
    ask(actor, application)
    with transaction.atomic():
        row = lock(application)
        open_for_writing(row)
        wanted = None if keys is None else set(keys)
        chosen = [
            offer
            for offer in offered(row)
            if (offer.standing.is_suggested if wanted is None else (offer.section, offer.key) in wanted)
        ]
        form = form_of(row)
        for section in form.sections:
            if mine := [offer for offer in chosen if offer.section == section.key]:
                _write(row, section, mine, actor)
        if chosen:
            row.saved_at = clock.now()
            row.save(update_fields=["progress", "saved_at"])
            audit.record("application.take_over", row, actor, fields=len(chosen))
    return len(chosen)


def _write(row: Application, section: Section, chosen: list[Offer], actor: Actor) -> None:
    draft = ApplicationSection.objects.get(application=row, key=section.key)
    changes = {offer.key: offer.value for offer in chosen}
    write_answers(draft, section, changes, version=draft.version, actor=actor)
    at = clock.now().isoformat()
    for offer in chosen:
        said = {"source": offer.source.code, "label": offer.source.label, "at": at}
        draft.taken[offer.key] = said | {"value": draft.answers.get(offer.key)}
    draft.save(update_fields=["taken"])
    measure(row, section, draft)


def carry_over(application: Application, *, actor: Actor) -> Application:
    """Move a draft to the newest revision of its form: what fits is kept, the rest is set aside and shown.

    Raises Denied, TooLate, Refused.
    """
    ask(actor, application)
    with transaction.atomic():
        row = lock(application)
        open_for_writing(row)
        if row.state == ApplicationState.RETURNED:
            raise Refused("退回修改期间沿用原提交的格式，无需转换。")
        newest = book_for(row.round)
        if newest.pk == row.book_id:
            raise Refused("申报书已是最新格式，无需转换。")
        old, new = form_of(row), form_of(row, newest)
        before, drafts = row.book, {draft.key: draft for draft in row.sections.all()}
        # The screening is no part of the form, and stays as it is.
        moved = carried(old, new, {s.key: drafts[s.key].answers for s in old.sections if s.key in drafts})
        row.book, row.progress = newest, {}
        _rewrite(row, new, drafts, moved.answers, actor)
        row.lost = [
            *row.lost,
            *({"section": lost.section, "label": lost.label, "text": lost.text} for lost in moved.lost),
        ]
        row.lost += [
            {"section": file.section, "label": f"附件：{file.field}", "text": file.name}
            for file in row.files.filter(removed_at=None)
            if files_section(new, file.field) is None
        ]
        row.save(update_fields=["book", "progress", "lost"])
        audit.record(
            "application.carry_over", row, actor, before=str(before), after=str(newest), fields=len(moved.lost)
        )
    return row


def _rewrite(
    row: Application, form: Form, drafts: dict[str, ApplicationSection], answers: dict[str, dict], actor: Actor
) -> None:
    for section in form.sections:
        draft = drafts.get(section.key) or ApplicationSection(
            application=row, key=section.key, unit_id=row.unit_id, city_id=row.city_id, enterprise_id=row.enterprise_id
        )
        kept = answers.get(section.key, {})
        gone = [key for key in draft.answers if key not in kept]
        draft.version += 1
        draft.versions = {**draft.versions, **dict.fromkeys([*gone, *kept], draft.version)}
        draft.answers = dict(kept)
        draft.saved_at, draft.saved_by = clock.now(), actor.user
        draft.save()
        measure(row, section, draft)
