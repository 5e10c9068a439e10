"""What an uploaded list would do, line by line: computed for the preview, and again when it is confirmed."""

import hashlib
import json
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from portal import clock
from portal.actors import Actor
from portal.errors import Hidden
from portal.models import Enterprise
from portal.rules import may
from portal.sheets import Fault
from tiers import scenario_lines, title_lines
from tiers.editions import Scenario
from tiers.models import Import, Recognition, RecognitionImport, ScenarioImport
from tiers.selectors.editions import edition_for, scenario_names
from tiers.states import RecognitionState
from tiers.title_lines import HEADING_OF


@dataclass
class Verdict:
    """One line: its cells, what would be written, what is wrong, and a remark for whoever checks it."""

    number: int
    cells: dict[str, str]
    values: Any = None
    faults: list[Fault] = field(default_factory=list)
    is_known: bool = False
    remark: str = ""
    enterprise: Enterprise | None = None

    @property
    def status(self) -> str:
        """wrong, known or new."""
        return "wrong" if self.faults else "known" if self.is_known else "new"


@dataclass(frozen=True)
class Preview:
    """All lines of an upload; `dropped` names what would no longer be offered."""

    verdicts: list[Verdict]
    dropped: tuple[str, ...] = ()

    def _of(self, status: str) -> list[Verdict]:
        return [verdict for verdict in self.verdicts if verdict.status == status]

    @cached_property
    def wrong(self) -> list[Verdict]:
        """Lines in error; one is enough to stop all."""
        return self._of("wrong")

    @cached_property
    def new(self) -> list[Verdict]:
        """Lines that would be written."""
        return self._of("new")

    @cached_property
    def known(self) -> list[Verdict]:
        """Lines that are there already, unchanged."""
        return self._of("known")

    @property
    def can_be_confirmed(self) -> bool:
        """Nothing is wrong, and something would change."""
        return not self.wrong and bool(self.new or self.dropped)

    @cached_property
    def seen(self) -> str:
        """A digest of what is shown: a confirmation names it, so nothing else is imported than was looked at."""
        shown = [
            (v.number, v.cells, v.status, v.remark, v.enterprise.pk if v.enterprise else None) for v in self.verdicts
        ]
        text = json.dumps([shown, self.dropped], ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()


def recognition_import_for(actor: Actor, ref: str) -> RecognitionImport:
    """The gate to an upload of titles: the officers of its unit. Raises Hidden."""
    rows = RecognitionImport.objects.filter(unit_id=actor.stands("unit"), ref=ref).select_related("by", "unit")
    if may(actor, "recognition.import") and (row := rows.first()):
        return row
    raise Hidden("import", ref)


def scenario_import_for(actor: Actor, code: str, ref: str) -> ScenarioImport:
    """The gate to an upload of scenario names. Raises Hidden."""
    rows = ScenarioImport.objects.filter(edition_code=code, ref=ref).select_related("by")
    if may(actor, "scenarios.import") and (row := rows.first()):
        return row
    raise Hidden("import", ref)


def recognition_preview(batch: RecognitionImport) -> Preview:
    """What an upload of titles would do now, in its unit."""
    this_year = clock.beijing(clock.now()).year
    verdicts = read(batch)
    for verdict in verdicts:
        verdict.values, faults = title_lines.parsed(verdict.cells, this_year)
        verdict.faults += not_said_yet(faults, verdict)
    tell_twins(((title_lines.key(v.values), v) for v in verdicts if v.values["title"]), "与第{}行重复。")
    codes = {verdict.values["code"] for verdict in verdicts}
    known = {_key(row): row for row in Recognition.objects.filter(unit=batch.unit, code__in=codes)}
    holders = {row.code: row for row in Enterprise.objects.filter(unit=batch.unit, code__in=codes)}
    for verdict in verdicts:
        verdict.enterprise = holders.get(verdict.values["code"])
        if verdict.enterprise and verdict.enterprise.name != verdict.values["name"]:
            verdict.remark = "企业名称与册上不同，请核对。"
        if row := known.get(title_lines.key(verdict.values)):
            verdict.is_known = True
            verdict.faults += _differences(row, verdict.values)
    return Preview(verdicts)


def scenario_preview(batch: ScenarioImport) -> Preview:
    """What an upload of scenario names would do now, against the list that is offered."""
    edition = edition_for(batch.edition_code).value
    now = {scenario.number: scenario for scenario in scenario_names(edition)}
    verdicts = read(batch)
    for verdict in verdicts:
        verdict.values, faults = scenario_lines.parsed(verdict.cells, edition)
        verdict.faults += not_said_yet(faults, verdict)
        before = now.get(verdict.values.number)
        verdict.is_known = before is not None and _same(before, verdict.values)
        if before and not verdict.is_known:
            verdict.remark = f"现为：{before.guide_area} {before.name}"
    tell_twins(((v.values.number, v) for v in verdicts if v.values.number), "序号与第{}行重复。")
    tell_twins((((v.values.guide_area, v.values.name), v) for v in verdicts if v.values.name), "场景与第{}行重复。")
    listed = {verdict.values.number for verdict in verdicts}
    return Preview(verdicts, tuple(f"{s.number} {s.name}" for s in now.values() if s.number not in listed))


def _same(one: Scenario, other: Scenario) -> bool:
    """The same name in the same place, and no doubt that a list would settle."""
    return (one.name, one.guide_area, one.unverified) == (other.name, other.guide_area, other.unverified)


def read(batch: Import) -> list[Verdict]:
    """The lines as they were read, with what was wrong in reading."""
    return [
        Verdict(row["line"], row["cells"], faults=[Fault(heading, said) for heading, said in row["faults"]])
        for row in batch.rows
    ]


def not_said_yet(faults: list[Fault], verdict: Verdict) -> list[Fault]:
    """A cell that could not be read is not also reproached with what was not read."""
    unread = {fault.heading for fault in verdict.faults}
    return [fault for fault in faults if fault.heading not in unread]


def tell_twins(keyed: Iterable[tuple[Hashable, Verdict]], sentence: str) -> None:
    """Each of several lines that say the same gets a fault that names the others."""
    groups: dict[Hashable, list[Verdict]] = {}
    for key, verdict in keyed:
        groups.setdefault(key, []).append(verdict)
    for group in groups.values():
        for verdict in group if len(group) > 1 else ():
            others = [str(other.number) for other in group if other is not verdict]
            verdict.faults.append(Fault("", sentence.format("、".join(others[:5]))))


def _key(row: Recognition) -> tuple[Any, ...]:
    return (row.code, row.title, row.project, row.year, row.batch)


def _differences(row: Recognition, values: dict[str, Any]) -> list[Fault]:
    """How a line departs from the title that is on record: that is for the officer to settle on its page."""
    if row.state == RecognitionState.REVOKED:
        return [Fault("", f"该荣誉（{row.ref}）已被撤销，不能再次导入。")]
    recorded = {name: getattr(row, name) for name in ("name", "document", "selection_year", "passed_acceptance")}
    return [
        Fault(HEADING_OF[name], f"平台已有该荣誉（{row.ref}），此项登记为“{_in_words(value)}”，与本行不同。")
        for name, value in recorded.items()
        if value != values[name]
    ]


def _in_words(value: Any) -> str:
    return {None: "空", True: "是", False: "否"}.get(value, str(value))
