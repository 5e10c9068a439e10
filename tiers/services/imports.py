"""Lists that people upload: kept as read, shown line by line, and taken over once, whole or not at all."""

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar

from django.db import connection, transaction

from portal import audit, clock
from portal.actors import Actor
from portal.errors import Denied, Refused
from portal.models import User
from portal.references import new_ref
from portal.rules import may
from portal.sheets import read_lines
from portal.workflow import locked
from tiers import scenario_lines, title_lines
from tiers.models import (
    Edition,
    Import,
    Recognition,
    RecognitionImport,
    RecognitionSource,
    ScenarioImport,
    ScenarioList,
    ScenarioName,
)
from tiers.selectors.imports import Preview, recognition_preview, scenario_preview
from tiers.services import recognitions

KEPT_HOURS = 24
Upload = TypeVar("Upload", bound=Import)


def _person(actor: Actor) -> User:
    if actor.user is None:
        raise Denied("an upload is somebody's")
    return actor.user


def keep(kind: type[Upload], content: bytes, file: str, headings: Sequence[str], actor: Actor, **about: Any) -> Upload:
    """Read a file and keep its lines until somebody confirms them. Raises Refused."""
    lines = read_lines(content, headings)
    now = clock.now()
    return kind.objects.create(  # type: ignore[attr-defined]
        ref=new_ref("DR"),
        by=_person(actor),
        at=now,
        expires_at=now + timedelta(hours=KEPT_HOURS),
        file=file[-150:],
        digest=hashlib.sha256(content).hexdigest(),
        rows=[
            {"line": line.number, "cells": line.cells, "faults": [[f.heading, f.sentence] for f in line.faults]}
            for line in lines
        ],
        **about,
    )


def take_over(
    batch: Upload, seen: str, look: Callable[[Upload], Preview], write: Callable[[Upload, Preview, datetime], None]
) -> Upload:
    """Write what the preview showed, once; a second confirmation changes nothing. Raises Refused.

    The caller holds whatever keeps others from writing the same between looking and writing.
    """
    with locked(batch) as row:
        if row.done_at:
            return row
        now = clock.now()
        if now > row.expires_at:
            raise Refused(f"该预览已超过{KEPT_HOURS}小时，请重新上传文件。")
        preview = look(row)
        if preview.wrong:
            raise Refused(f"文件中有{len(preview.wrong)}行有错误，未导入任何内容。请更正后重新上传。")
        if not preview.can_be_confirmed:
            raise Refused("文件中没有新的内容，无需导入。")
        if preview.seen != seen:
            raise Refused("您查看之后平台上的数据有了变化，未导入任何内容。请重新核对预览后再确认。")
        row.done_at, row.count = now, len(preview.new)
        write(row, preview, now)
        row.save()
    return row


# -- titles ---------------------------------------------------------------------------------------------------------
def upload_recognitions(content: bytes, file: str, *, actor: Actor) -> RecognitionImport:
    """Keep an uploaded list of titles for its preview. Raises Denied, Refused."""
    if not may(actor, "recognition.import"):
        raise Denied("recognition.import")
    return keep(RecognitionImport, content, file, title_lines.HEADINGS, actor, unit_id=actor.stands("unit"))


def confirm_recognitions(batch: RecognitionImport, *, seen: str, actor: Actor) -> RecognitionImport:
    """Put the titles of an upload on record, all or none; `seen` is the preview's digest. Raises Denied, Refused."""
    if not may(actor, "recognition.import") or actor.stands("unit") != batch.unit_id:
        raise Denied("recognition.import")
    with transaction.atomic():
        recognitions.hold_unit(batch.unit_id)
        return take_over(batch, seen, recognition_preview, partial(_write_recognitions, actor))


def _write_recognitions(actor: Actor, batch: RecognitionImport, preview: Preview, at: datetime) -> None:
    rows = [
        Recognition(
            **verdict.values,
            unit_id=batch.unit_id,
            ref=new_ref("RY"),
            source=RecognitionSource.IMPORT,
            recorded_at=at,
            steps=[recognitions.step("登记", actor, document=verdict.values["document"])],
        )
        for verdict in preview.new
    ]
    recognitions.place(rows)
    Recognition.objects.bulk_create(rows, batch_size=1_000)
    audit.record(
        "recognition.import", batch, actor, file=batch.file, digest=batch.digest, lines=len(batch.rows), count=len(rows)
    )
    recognitions.renew_held_tiers(row.factory_id for row in rows)


# -- scenario names -------------------------------------------------------------------------------------------------
def upload_scenarios(edition: Edition, content: bytes, file: str, *, source: str, actor: Actor) -> ScenarioImport:
    """Keep an uploaded list of an edition's scenario names for its preview. Raises Denied, Refused."""
    if not may(actor, "scenarios.import"):
        raise Denied("scenarios.import")
    about = {"edition_code": edition.code, "source": source.strip()}
    return keep(ScenarioImport, content, file, scenario_lines.HEADINGS, actor, **about)


def confirm_scenarios(batch: ScenarioImport, *, seen: str, actor: Actor) -> ScenarioImport:
    """Make an upload the list that forms offer; the former one is kept. Raises Denied, Refused."""
    if not may(actor, "scenarios.import"):
        raise Denied("scenarios.import")
    with transaction.atomic():
        _hold_edition(batch.edition_code)
        return take_over(batch, seen, scenario_preview, partial(_write_scenarios, actor))


def _hold_edition(code: str) -> None:
    """One at a time makes a list for an edition."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"scenarios:{code}"])


def _write_scenarios(actor: Actor, batch: ScenarioImport, preview: Preview, at: datetime) -> None:
    """The whole list, with what is new and what stays: a list is always complete."""
    newest = ScenarioList.objects.filter(edition_code=batch.edition_code).order_by("-number").first()
    made = ScenarioList.objects.create(
        edition_code=batch.edition_code,
        number=newest.number + 1 if newest else 1,
        source=batch.source,
        digest=batch.digest,
        imported_at=at,
        imported_by=_person(actor),
    )
    found = [verdict.values for verdict in preview.verdicts]
    ScenarioName.objects.bulk_create(
        ScenarioName(list=made, guide_area=scenario.guide_area, number=scenario.number, name=scenario.name)
        for scenario in found
    )
    batch.made, batch.count = made, len(found)
    said: dict[str, Any] = {"file": batch.file, "digest": batch.digest, "document": batch.source, "count": len(found)}
    audit.record("scenarios.import", made, actor, **said)


def clear_lapsed() -> int:
    """Remove uploads that nobody confirmed in time; how many. What was taken over is kept with its lines."""
    lapsed = {"done_at": None, "expires_at__lt": clock.now()}
    return sum(kind.objects.filter(**lapsed).delete()[0] for kind in (RecognitionImport, ScenarioImport))
