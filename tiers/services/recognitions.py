"""Titles: put on record, corrected, reviewed, revoked; linked to the register; what a factory holds follows."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q

from portal import audit, clock, walls
from portal.actors import Actor
from portal.credit_code import credit_code_error, normalised
from portal.errors import Denied, Refused
from portal.models import Enterprise
from portal.references import new_ref
from portal.rules import may
from portal.workflow import locked, move
from tiers.models import Factory, Recognition, RecognitionSource
from tiers.states import RecognitionState
from tiers.titles import BY_CODE, misfits, title_of

FACTS = ("code", "name", "project", "title", "year", "batch", "document", "selection_year", "passed_acceptance")
_KEY = ("code", "title", "project", "year", "batch")


def hold_unit(unit_id: int) -> None:
    """One at a time writes a unit's titles, so that what was found new still is when it is written."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"recognitions:{unit_id}"])


def step(what: str, actor: Actor, **said: Any) -> dict[str, Any]:
    """One entry of a title's history: its readers see the office, not the person."""
    office = actor.place_label or "平台"
    return {"at": clock.now(), "what": what, "office": office} | {key: value for key, value in said.items() if value}


# -- on record ------------------------------------------------------------------------------------------------------
def add(actor: Actor, facts: dict[str, Any]) -> Recognition:
    """Put one title on record by hand; `facts` has FACTS. Raises Denied, Refused."""
    if not may(actor, "recognition.add"):
        raise Denied("recognition.add")
    with transaction.atomic():
        return _record(actor.stands("unit"), _checked(facts), RecognitionSource.ENTRY, actor)


def grant(
    factory: Factory,
    *,
    title: str,
    year: int,
    batch: int = 1,
    document: str = "",
    source: RecognitionSource = RecognitionSource.FILING,
    actor: Actor,
) -> Recognition:
    """Give a factory a title that was decided on this portal (a filing, a round); once, however often it is asked.

    The caller has made sure that the actor may. A title that a document already put on record for the unit is that one.
    """
    enterprise = factory.enterprise
    facts = {"code": enterprise.code, "name": enterprise.name, "project": factory.name, "title": title, "year": year}
    facts |= {"batch": batch, "document": document, "selection_year": None, "passed_acceptance": None}
    with walls.system("按办理结果登记荣誉称号"):
        hold_unit(enterprise.unit_id)
        key = {field: facts[field] for field in _KEY}
        row = Recognition.objects.filter(unit_id=enterprise.unit_id, **key).first()
        if row is None:
            return _record(enterprise.unit_id, facts, source, actor, factory=factory)
        if row.state == RecognitionState.REVOKED:
            raise Refused(f"该工厂的“{row.title_value.name}”（{row.ref}）已被撤销，不能再次授予。")
        if row.factory_id != factory.pk:
            _link(row, enterprise, factory, actor)
        return row


def _record(
    unit_id: int, facts: dict[str, Any], source: RecognitionSource, actor: Actor, factory: Factory | None = None
) -> Recognition:
    hold_unit(unit_id)
    _refuse_twin(unit_id, facts)
    row = Recognition(**facts, unit_id=unit_id, ref=new_ref("RY"), source=source, recorded_at=clock.now())
    row.steps = [step("登记", actor, document=facts["document"])]
    place([row])
    if factory:
        row.factory = factory
    row.save(force_insert=True)
    audit.record("recognition.add", row, actor, ref=row.ref, code=row.code, document=row.document, by=source)
    renew_held_tiers([row.factory_id])
    return row


def _checked(facts: dict[str, Any]) -> dict[str, Any]:
    """The facts as they are stored. Raises Refused."""
    said = {field: facts[field] for field in FACTS} | {"code": normalised(facts["code"])}
    title = BY_CODE.get(said["title"])
    if title is None:
        raise Refused("请选择荣誉称号。")
    asked = ("project", "year", "selection_year", "passed_acceptance")
    this_year = clock.beijing(clock.now()).year
    reasons = [sentence for _, sentence in misfits(title, **{name: said[name] for name in asked}, this_year=this_year)]
    if error := credit_code_error(said["code"]):
        reasons.append(error)
    if not said["document"].strip():
        reasons.append("请填写文号。")
    if reasons:
        raise Refused(*reasons)
    return said


def _refuse_twin(unit_id: int, facts: dict[str, Any], but: int | None = None) -> None:
    rows = Recognition.objects.filter(unit_id=unit_id, **{field: facts[field] for field in _KEY})
    if twin := (rows.exclude(pk=but) if but else rows).first():
        raise Refused(f"同一企业、荣誉、项目、年度和批次的记录已经存在（{twin.ref}），无需重复登记。")


def amend(recognition: Recognition, facts: dict[str, Any], *, actor: Actor) -> Recognition:
    """Correct what is on record; what it was and what it became goes on record. Raises Denied, Refused."""
    if not may(actor, "recognition.amend", recognition):
        raise Denied("recognition.amend")
    said = _checked(facts)
    with transaction.atomic():
        hold_unit(recognition.unit_id)
        with locked(recognition) as row:
            if row.state == RecognitionState.REVOKED:
                raise Refused("已撤销的荣誉不再更正。")
            changed = [field for field in FACTS if getattr(row, field) != said[field]]
            if not changed:
                raise Refused("内容没有变化，无需保存。")
            _refuse_twin(row.unit_id, said, but=row.pk)
            before, factory_before = {field: getattr(row, field) for field in changed}, row.factory_id
            for field in changed:
                setattr(row, field, said[field])
            if "code" in changed:
                row.enterprise = row.city = row.factory = None
                row.factory_by_hand = False
            place([row])
            row.steps = [*row.steps, step("更正", actor)]
            row.save()
            after = {field: said[field] for field in changed}
            audit.record("recognition.amend", row, actor, ref=row.ref, before=before, after=after)
            renew_held_tiers([factory_before, row.factory_id])
    return row


# -- its life -------------------------------------------------------------------------------------------------------
def review(recognition: Recognition, *, reason: str, actor: Actor) -> Recognition:
    """Begin to look again at whether a title is still deserved. Raises Denied, Refused."""
    return _move(recognition, "review", "开始复核", actor, reason=reason.strip())


def restore(recognition: Recognition, *, reason: str, actor: Actor) -> Recognition:
    """End a review in its holder's favour. Raises Denied, Refused."""
    return _move(recognition, "restore", "复核通过，恢复有效", actor, reason=reason.strip())


def revoke(recognition: Recognition, *, reason: str, document: str, on: date | None, actor: Actor) -> Recognition:
    """Take a title away, by a document of that day; bars its holder for a time. Raises Denied, Refused."""
    changes = {"revoked_on": on, "revoking_document": document.strip()}
    return _move(recognition, "revoke", "撤销", actor, changes, reason=reason.strip(), document=document.strip(), on=on)


def _move(
    recognition: Recognition, action: str, what: str, actor: Actor, changes: dict[str, Any] | None = None, **said: Any
) -> Recognition:
    with locked(recognition) as row:
        steps = [*row.steps, step(what, actor, **said)]
        row = move(row, action, actor=actor, changes={"steps": steps} | (changes or {}), **said)
        renew_held_tiers([row.factory_id])
    return row


# -- the register ---------------------------------------------------------------------------------------------------
def place(rows: Iterable[Recognition]) -> None:
    """Give titles (unsaved changes) the enterprise of their code in their unit, its city, and the factory of that name.

    A factory that the officer chose stays. A code that another unit's register holds is not theirs to link.
    """
    rows = list(rows)
    codes, units = {row.code for row in rows}, {row.unit_id for row in rows}
    holders = {(e.unit_id, e.code): e for e in Enterprise.objects.filter(unit_id__in=units, code__in=codes)}
    found = Factory.objects.filter(
        enterprise__in=[e.pk for e in holders.values()], name__in={row.project for row in rows if row.project}
    )
    factories = {(factory.enterprise_id, factory.name): factory for factory in found}
    for row in rows:
        if enterprise := holders.get((row.unit_id, row.code)):
            row.enterprise, row.city_id = enterprise, enterprise.city_id
            if not row.factory_by_hand:
                row.factory = factories.get((enterprise.pk, row.project))


def link_waiting(most: int = 500) -> int:
    """Link titles whose enterprise, or factory, has come onto the register since; how many.

    May run twice or at once: a row that another run holds is left to it, one that is linked is not found again.
    """
    here = Enterprise.objects.filter(unit=OuterRef("unit"), code=OuterRef("code"))
    its_factory = Factory.objects.filter(enterprise=OuterRef("enterprise"), name=OuterRef("project"))
    waiting = Q(Exists(here), enterprise=None) | Q(Exists(its_factory), factory=None, factory_by_hand=False)
    with transaction.atomic():
        rows = list(Recognition.objects.filter(waiting).select_for_update(of=("self",), skip_locked=True)[:most])
        place(rows)
        for row in rows:
            _save_links(row)
    renew_held_tiers(row.factory_id for row in rows)
    return len(rows)


def _link(row: Recognition, enterprise: Enterprise, factory: Factory, actor: Actor) -> None:
    """Link a title that is on record to the factory it was now confirmed for."""
    before, row.enterprise, row.city_id, row.factory = row.factory_id, enterprise, enterprise.city_id, factory
    _save_links(row, actor)
    renew_held_tiers([before, factory.pk])


def _save_links(row: Recognition, actor: Actor | None = None) -> None:
    row.save(update_fields=["enterprise", "city", "factory"])
    holder = row.enterprise.name if row.enterprise else ""
    audit.record(
        "recognition.link", row, actor, ref=row.ref, holder=holder, factory=row.factory.name if row.factory else ""
    )


def set_factory(recognition: Recognition, factory: Factory | None, *, actor: Actor) -> Recognition:
    """Say by hand which factory a title belongs to, or that it belongs to none. Raises Denied, Refused."""
    if not may(actor, "recognition.amend", recognition):
        raise Denied("recognition.amend")
    with locked(recognition) as row:
        if row.enterprise_id is None:
            raise Refused("该荣誉的企业尚未入册，入册后才能关联工厂。")
        if factory is not None and factory.enterprise_id != row.enterprise_id:
            raise Refused("只能关联该企业自己的工厂。")
        before, row.factory, row.factory_by_hand = row.factory_id, factory, True
        row.save(update_fields=["factory", "factory_by_hand"])
        audit.record("recognition.link", row, actor, ref=row.ref, factory=factory.name if factory else "")
        renew_held_tiers([before, row.factory_id])
    return row


def renew_held_tiers(factories: Iterable[int | None]) -> None:
    """`renew_held_tier` for several factories, locked in one order so that two such acts don't wait for each other."""
    for pk in sorted({pk for pk in factories if pk is not None}):
        renew_held_tier(pk)


def renew_held_tier(factory_id: int) -> str:
    """Write the highest tier that a valid title says of a factory, empty when none does; the tier's code."""
    with transaction.atomic():
        factory = Factory.objects.select_for_update(of=("self",)).get(pk=factory_id)
        valid = Recognition.objects.filter(factory=factory, state=RecognitionState.VALID)
        titles = [title_of(code) for code in set(valid.values_list("title", flat=True))]
        highest = max((title for title in titles if title.rank), key=lambda title: title.rank, default=None)
        held = highest.code if highest else ""
        if factory.held_tier != held:
            before, factory.held_tier = factory.held_tier, held
            factory.save(update_fields=["held_tier"])
            audit.record("factory.hold_tier", factory, before=before, after=held)
    return held
