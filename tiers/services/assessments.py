"""Making self-assessments: begun or copied, saved section by section, measured at once, one of them current."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from portal import audit, clock
from portal.actors import Actor
from portal.errors import Denied, Hidden, Refused
from portal.references import new_ref
from portal.rules import may
from portal.services.drafts import Saved, write_answers
from tiers.assessment_form import assessment_form
from tiers.models import AssessmentFile, AssessmentSection, Edition, Factory, SelfAssessment
from tiers.services.measuring import measure, tell_factory

MOST_DRAFTS = 50


def begin(
    factory: Factory,
    *,
    edition: Edition,
    year: int,
    aim: str,
    name: str,
    actor: Actor,
    copy: SelfAssessment | None = None,
) -> SelfAssessment:
    """Begin a self-assessment, empty or from another's answers; the year's first is current.

    Raises Denied, Refused (too many drafts of a year, a factory that is closed).
    """
    _ask(actor, factory)
    with transaction.atomic():
        factory = Factory.objects.select_for_update(of=("self",)).get(pk=factory.pk)
        if factory.is_closed:
            raise Refused("该工厂已停用，不能新建自评。如已恢复生产，请先更正工厂信息。")
        drafts = SelfAssessment.objects.filter(factory=factory, year=year)
        if drafts.count() >= MOST_DRAFTS:
            raise Refused(f"该工厂{year}年度已有{MOST_DRAFTS}个自评方案，请先删除不用的方案。")
        row = SelfAssessment.objects.create(
            ref=new_ref("ZP"),
            factory=factory,
            edition=edition,
            year=year,
            name=name,
            aim=aim,
            is_current=not drafts.filter(is_current=True).exists(),
            copied_from=copy,
            created_at=clock.now(),
            **_keys(factory),
        )
        _sections(row, copy)
        audit.record("assessment.begin", row, actor, edition=str(edition), year=year, copied_from=copy and copy.ref)
        measure(row)
    return row


def _ask(actor: Actor, thing: Any) -> None:
    if not may(actor, "assessment.edit", thing):
        raise Denied("assessment.edit")


def _keys(thing: Any) -> dict[str, Any]:
    return {f"{level}_id": getattr(thing, f"{level}_id") for level in ("unit", "city", "enterprise")}


def _sections(row: SelfAssessment, copy: SelfAssessment | None) -> None:
    """A row for each section of the whole form, so that a later aim finds its place; filled from another's."""
    edition = row.edition.value
    form = assessment_form(edition, edition.tiers[-1].code)
    old = {s.key: s.answers for s in copy.sections.all()} if copy else {}
    made = []
    for section in form.sections:
        keys = set(section.fields)
        kept = {k: v for k, v in old.get(section.key, {}).items() if k.partition("[")[0] in keys}
        version = 1 if kept else 0
        made.append(
            AssessmentSection(
                assessment=row,
                key=section.key,
                answers=kept,
                version=version,
                versions=dict.fromkeys(kept, version),
                **_keys(row),
            )
        )
    AssessmentSection.objects.bulk_create(made)
    if copy:
        _evidence(row, copy, {key for section in form.sections for key in section.fields})


def _evidence(row: SelfAssessment, copy: SelfAssessment, fields: set[str]) -> None:
    """The other's evidence, by reference: what is stored never changes."""
    files = list(copy.files.filter(removed_at=None, field__in=fields))
    for file in files:
        file.pk, file.assessment = None, row
    AssessmentFile.objects.bulk_create(files)


def save(
    assessment: SelfAssessment, key: str, changes: Mapping[str, Any], *, version: int, actor: Actor
) -> tuple[Saved, SelfAssessment]:
    """Save changed answers of a section, and measure anew. `version`: the one that the writer had seen.

    Raises Denied, Hidden (no such section), Refused, Stale, Unreadable.
    """
    _ask(actor, assessment)
    with transaction.atomic():
        # The whole assessment is locked, so that two sections saved at once are both measured.
        row = lock(assessment)
        form = assessment_form(row.edition.value, row.aim)
        if key not in {section.key for section in form.sections}:
            raise Hidden("section", key)
        section = (
            AssessmentSection.objects.select_for_update(of=("self",))
            .select_related("saved_by")
            .get(assessment=row, key=key)
        )
        saved = write_answers(section, form.section(key), changes, version=version, actor=actor)
        if saved.changed:
            row.saved_at = clock.now()
            measure(row)
            audit.record("assessment.save", row, actor, section=key, version=saved.version, fields=len(saved.changed))
    return saved, row


def lock(assessment: SelfAssessment) -> SelfAssessment:
    """The assessment, fresh and locked, after its factory: everybody locks them in this order. Raises Refused."""
    Factory.objects.select_for_update(of=("self",), no_key=True).filter(pk=assessment.factory_id).first()
    rows = SelfAssessment.objects.select_for_update(of=("self",)).select_related("edition", "factory")
    row = rows.filter(pk=assessment.pk).first()
    if row is None:
        raise Refused("该自评方案刚刚已被删除，请返回工厂页面查看。")
    return row


def make_current(assessment: SelfAssessment, *, actor: Actor) -> SelfAssessment:
    """Let this one speak for its factory in its year. Raises Denied, Refused."""
    _ask(actor, assessment)
    with transaction.atomic():
        row = lock(assessment)
        if row.is_current:
            raise Refused("该方案已是当前方案。")
        others = SelfAssessment.objects.filter(factory_id=row.factory_id, year=row.year, is_current=True)
        before = [other.ref for other in others]
        others.update(is_current=False)
        row.is_current = True
        row.save(update_fields=["is_current"])
        tell_factory(row.factory_id)
        audit.record("assessment.make_current", row, actor, before=before)
    return row


def amend(assessment: SelfAssessment, *, name: str, aim: str, actor: Actor) -> SelfAssessment:
    """Rename an assessment, or aim it at another tier; answers above the aim are kept, but not asked for."""
    _ask(actor, assessment)
    with transaction.atomic():
        row = lock(assessment)
        before = {"name": row.name, "aim": row.aim}
        row.name, row.aim = name, aim
        row.save(update_fields=["name", "aim"])
        audit.record("assessment.amend", row, actor, before=before, after={"name": name, "aim": aim})
    return row


def discard(assessment: SelfAssessment, *, actor: Actor) -> None:
    """Delete a draft that nothing stands on. Raises Denied, Refused."""
    _ask(actor, assessment)
    with transaction.atomic():
        row = lock(assessment)
        if row.filings.exists():
            raise Refused("该方案已用于备案，须保留备查，不能删除。")
        if row.is_current and SelfAssessment.objects.filter(factory_id=row.factory_id, year=row.year).count() > 1:
            raise Refused("该方案为当前方案，请先将同年度的另一方案设为当前方案，再删除。")
        if SelfAssessment.objects.filter(copied_from=row).exists():
            raise Refused("其他自评方案由该方案复制而来，不能删除。")
        audit.record("assessment.discard", row, actor, ref=row.ref)
        row.delete()
        tell_factory(row.factory_id)
