"""Titles and lists of them for tests, made through the services."""

from typing import Any

from portal import walls
from portal.actors import Actor
from portal.demo.cast import DOMAIN
from portal.models import Membership
from portal.selectors.people import hats
from portal.spreadsheets import workbook
from tests import factories
from tests.factories import People
from tests.sheets import xlsx
from tiers import scenario_lines, title_lines
from tiers.demo.recognitions import seed_recognitions
from tiers.models import Recognition, RecognitionImport
from tiers.selectors.editions import edition_for
from tiers.selectors.imports import recognition_preview
from tiers.services import catalogue, imports, recognitions
from tiers.titles import BY_CODE


def facts(**changes: Any) -> dict[str, Any]:
    """What a document says of one title."""
    return {
        "code": factories.code(),
        "name": "某某智造有限公司",
        "project": "某某智能工厂",
        "title": "advanced",
        "year": 2024,
        "batch": 1,
        "document": "鄂经信〔2024〕1号",
        "selection_year": None,
        "passed_acceptance": None,
    } | changes


def recognition(by: Actor, **changes: Any) -> Recognition:
    """A title put on record by an officer, fresh from the database."""
    with walls.enter(by):
        row = recognitions.add(by, facts(**changes))
        return Recognition.objects.select_related("enterprise", "city", "factory").get(pk=row.pk)


def of_a(people: People, **changes: Any) -> Recognition:
    """A title of Wuhan's enterprise."""
    a = people.enterprise_a
    return recognition(people.unit_officer, **{"code": a.code, "name": a.name} | changes)


def line(**changes: Any) -> list[Any]:
    """A line of a list."""
    said = facts(**changes)
    accepted = {None: "", True: "是", False: "否"}[said["passed_acceptance"]]
    return [
        said["code"], said["name"], said["project"], BY_CODE[said["title"]].name, said["year"], said["batch"],
        said["document"], said["selection_year"] or "", accepted,
    ]  # fmt: skip


def sheet(*lines: list[Any]) -> bytes:
    """A workbook of such lines."""
    return workbook("名单", title_lines.HEADINGS, lines)


def upload(by: Actor, *lines: list[Any]) -> RecognitionImport:
    """An upload, not yet confirmed."""
    with walls.enter(by):
        return imports.upload_recognitions(sheet(*lines), "名单.xlsx", actor=by)


def confirm(batch: RecognitionImport, by: Actor) -> RecognitionImport:
    """Confirm what the preview shows now."""
    with walls.enter(by):
        return imports.confirm_recognitions(batch, seen=recognition_preview(batch).seen, actor=by)


def _wearing(account: str) -> Actor:
    membership = Membership.objects.select_related("user").get(user__email=f"{account}@{DOMAIN}")
    return Actor(user=membership.user, membership=next(h for h in hats(membership.user) if h.pk == membership.pk))


def titles_to_see() -> dict[str, Any]:
    """In the demo world: the editions, the demo's titles, lists that wait for their confirmation; their references."""
    catalogue.load(actor=factories.DIRECTOR)
    seed_recognitions()
    officer, admin = _wearing("jingban"), _wearing("xitong")
    twin = line()
    good = upload(officer, line(), line(name="另一家公司"))
    bad = upload(officer, twin, twin, line(code="91110108551385082X", name=""), line())
    reviewed = recognition(officer)
    with walls.enter(officer):
        recognitions.review(reviewed, reason="到期复核", actor=officer)
    with walls.enter(admin):
        content = xlsx(scenario_lines.HEADINGS, ("工厂建设", 1, "数字化工厂设计"), ("智能工厂", "一", ""))
        said = {"source": "工信厅通装函〔2024〕361号", "actor": admin}
        scenarios = imports.upload_scenarios(edition_for("2024"), content, "清单.xlsx", **said)
    return {
        "good_list": good.ref,
        "bad_list": bad.ref,
        "title": Recognition.objects.get(title="advanced", document__contains="示例").ref,
        "revoked": Recognition.objects.get(state="revoked").ref,
        "reviewed": reviewed.ref,
        "scenarios": scenarios.ref,
    }
