"""The addresses of titles, imports and editions."""

from typing import Any

from portal import walls
from portal.actors import Actor
from tests.factories import People
from tests.samples.kinds import ABOVE, Sample, World
from tests.sheets import xlsx
from tests.titles import line, of_a, upload
from tiers import scenario_lines
from tiers.selectors.editions import edition_for
from tiers.services import catalogue, imports, recognitions

ENTERPRISE = {
    "enterprise_admin_a", "enterprise_clerk_a", "enterprise_admin_b", "enterprise_admin_group",
}  # fmt: skip
SEE_A = {"enterprise_admin_a", "enterprise_clerk_a", "city_reviewer_a", "city_head_a", "city_joint_a", "unit_joint"}
OFFICERS_A = {"unit_officer", "unit_head"}
OFFICERS = OFFICERS_A | {"unit_head_hunan", "group_officer", "group_head"}
MAY_NOT = dict.fromkeys(SEE_A, 403)
MEMBERS = ABOVE | ENTERPRISE | {"expert", "ministry", "system_admin", "security_admin", "auditor"}


def _title(world: World) -> list[Any]:
    return [world.title.ref]


def _upload(world: World) -> list[Any]:
    return [world.upload.ref]


def _scenarios(world: World) -> list[Any]:
    return ["2024", world.scenarios.ref]


SAMPLES: dict[str, Sample] = {
    "recognitions": Sample(ABOVE | ENTERPRISE, else_=403),
    "recognition_export": Sample(ABOVE | ENTERPRISE, else_=403),
    "recognition_add": Sample(OFFICERS, else_=403),
    "recognition_upload": Sample(OFFICERS, else_=403),
    "recognition_template": Sample(OFFICERS, else_=403),
    "recognition_import": Sample(OFFICERS_A, _upload),
    "recognition_import_confirm": Sample(OFFICERS_A, _upload, "post", {"seen": "x"}),
    "recognition_import_errors": Sample(OFFICERS_A, _upload),
    "recognition": Sample(SEE_A | OFFICERS_A, _title),
    "recognition_amend": Sample(OFFICERS_A, _title, but=MAY_NOT),
    "recognition_factory": Sample(OFFICERS_A, _title, but=MAY_NOT),
    "recognition_review": Sample(OFFICERS_A, _title, but=MAY_NOT),
    "recognition_restore": Sample(OFFICERS_A, lambda world: [world.reviewed.ref], but=MAY_NOT),
    "recognition_revoke": Sample(OFFICERS_A, _title, but=MAY_NOT),
    "editions": Sample(MEMBERS, else_=403),
    "edition": Sample(MEMBERS, lambda world: ["2024"], else_=403),
    "book": Sample(MEMBERS, lambda world: ["2024"], else_=403),
    "scenario_upload": Sample({"system_admin"}, lambda world: ["2024"], else_=403),
    "scenario_template": Sample({"system_admin"}, lambda world: ["2024"], else_=403),
    "scenario_import": Sample({"system_admin"}, _scenarios),
    "scenario_import_confirm": Sample({"system_admin"}, _scenarios, "post", {"seen": "x"}),
    "scenario_import_errors": Sample({"system_admin"}, _scenarios),
}


def things(people: People) -> dict[str, Any]:
    """A title of Wuhan's enterprise, another under review, an upload of each kind."""
    catalogue.load(actor=Actor(system="test"))
    reviewed = of_a(people, batch=2)
    with walls.enter(people.unit_officer):
        recognitions.review(reviewed, reason="复核", actor=people.unit_officer)
    with walls.enter(people.system_admin):
        content = xlsx(scenario_lines.HEADINGS, ("工厂建设", 1, "数字化工厂设计"))
        said = {"source": "某文件", "actor": people.system_admin}
        scenarios = imports.upload_scenarios(edition_for("2024"), content, "清单.xlsx", **said)
    return {
        "title": of_a(people),
        "reviewed": reviewed,
        "upload": upload(people.unit_officer, line()),
        "scenarios": scenarios,
    }
