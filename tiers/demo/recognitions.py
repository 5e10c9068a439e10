"""Titles of the demo world, put on record the way officers do: a list imported, one entered, one revoked."""

from datetime import date
from typing import Any

from portal import walls
from portal.actors import Actor
from portal.demo.companies import companies
from portal.demo.seed import credit_code
from portal.models import Enterprise, Membership
from portal.roles import Role
from portal.selectors.people import hats
from portal.spreadsheets import workbook
from tiers import title_lines
from tiers.models import Recognition
from tiers.selectors.imports import recognition_preview
from tiers.services import imports, recognitions
from tiers.titles import BY_CODE

_DIRECTOR = Actor(system="演示数据")
_PILOT_2022, _PILOT_2023 = "鄂经信智造〔2022〕000号（示例）", "鄂经信智造〔2023〕000号（示例）"
_ADVANCED, _NATIONAL = "鄂经信智造〔2024〕000号（示例）", "工信部联通装函〔2023〕000号（示例）"
_STRANGER = "黄冈遗爱湖精密机械（示例）有限公司"  # not on the register

# Enterprise, title, project, year, document; then 揭榜年度 and 是否通过验收.
LIST = (
    ("武汉星桥精密机电（示例）有限公司", "hubei_pilot", "", 2022, _PILOT_2022),
    ("武汉云帆光电传感（示例）有限公司", "hubei_pilot", "", 2022, _PILOT_2022),
    ("武汉鹦鹉洲生物制药（示例）有限公司", "hubei_pilot", "", 2023, _PILOT_2023),
    ("宜昌峡江新材料（示例）股份有限公司", "hubei_pilot", "", 2023, _PILOT_2023),
    ("襄阳隆中轴承（示例）有限公司", "hubei_pilot", "", 2023, _PILOT_2023),
    ("十堰车桥智造（示例）有限公司", "hubei_pilot", "", 2023, _PILOT_2023),
    (_STRANGER, "hubei_pilot", "", 2023, _PILOT_2023),
    ("武汉长丰车身部件（示例）有限公司", "national_demonstration", "车身部件智能工厂", 2023, _NATIONAL, "2021", "是"),
    ("武汉星桥精密机电（示例）有限公司", "advanced", "精密传动部件智能工厂", 2024, _ADVANCED),
)
REVOKED = ("黄石磁湖特种钢管（示例）有限公司", "hubei_pilot", "", 2022, _PILOT_2022)


def seed_recognitions(number: int = 1) -> bool:
    """Put the demo's titles on record; False when they are there. The demo's enterprises must be on the register."""
    with walls.system("载入演示数据：荣誉称号", _DIRECTOR):
        officer = _officer()
        there = Recognition.objects.filter(unit_id=officer.stands("unit")).exists()
        codes = dict(Enterprise.objects.values_list("name", "code")) | {_STRANGER: credit_code("421100", 39_000_013)}
    if there:
        return False
    pilots = [(row.name, "hubei_pilot", "", 2023, _PILOT_2023) for row in companies(number) if row.factory]
    rows = [_cells(codes[line[0]], *line) for line in LIST] + [_cells(codes[line[0]], *line) for line in pilots]
    with walls.enter(officer):
        content = workbook("荣誉名单", title_lines.HEADINGS, rows)
        batch = imports.upload_recognitions(content, "荣誉名单（示例）.xlsx", actor=officer)
        imports.confirm_recognitions(batch, seen=recognition_preview(batch).seen, actor=officer)
        revoked = recognitions.add(officer, _facts(codes[REVOKED[0]], *REVOKED))
        recognitions.review(revoked, reason="三年期满复核。", actor=officer)
        recognitions.revoke(
            revoked,
            reason="复核未提供有效证明材料。",
            document="鄂经信智造〔2025〕000号（示例）",
            on=date(2025, 6, 30),
            actor=officer,
        )
    return True


def _officer() -> Actor:
    """The province's officer."""
    rows = Membership.objects.filter(role=Role.UNIT_OFFICER, state="active", unit__code="HB").order_by("pk")
    found = rows.select_related("user")[0]
    return Actor(user=found.user, membership=next(hat for hat in hats(found.user) if hat.pk == found.pk))


def _cells(code: str, name: str, title: str, project: str, year: int, document: str, *more: str) -> list[Any]:
    selection_year, accepted = more or ("", "")
    return [code, name, project, BY_CODE[title].name, year, 1, document, selection_year, accepted]


def _facts(code: str, name: str, title: str, project: str, year: int, document: str) -> dict[str, Any]:
    facts = {"code": code, "name": name, "project": project, "title": title, "year": year, "batch": 1}
    return facts | {"document": document, "selection_year": None, "passed_acceptance": None}
