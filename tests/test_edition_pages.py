"""The conditions on screen: complete, in the notice's words, with their doubts for those who must know them."""

import html
import re
from collections.abc import Callable
from io import BytesIO

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from portal import walls
from portal.actors import Actor
from portal.errors import Denied, Refused
from tests.factories import People
from tests.sheets import xlsx
from tests.test_committed import at_once
from tiers.editions import Scenario
from tiers.models import Edition, ScenarioList, ScenarioName
from tiers.scenario_lines import HEADINGS
from tiers.selectors import editions as selectors
from tiers.selectors.imports import scenario_preview
from tiers.services import catalogue, imports

MARK = "未经官方文本核实"
SOURCE = "工信厅通装函〔2024〕361号"
SEES_DOUBTS = {"system_admin", "unit_officer", "unit_head", "unit_head_hunan", "group_officer", "group_head"}


@pytest.fixture
def loaded(db: None) -> None:
    catalogue.load(actor=Actor(system="test"))


def _text(client: Client, code: str, **query: str) -> str:
    answer = client.get(reverse("edition", args=[code]), query)
    assert answer.status_code == 200
    return html.unescape(re.sub(r"<[^>]+>", "", answer.content.decode()))


def _main(text: str) -> str:
    return re.sub(r"\s+", "", text)


# -- the pages ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("code", ["2024", "2025"])
def test_page_holds_every_clause_element_and_indicator(
    loaded: None, people: People, client_as: Callable[..., Client], code: str
) -> None:
    value = Edition.objects.get(code=code).value
    page = _main(_text(client_as(people.enterprise_clerk_a), code))
    for tier in value.tiers:
        for part in (*tier.content, *tier.effects):
            assert _main(part.text) in page.replace(_main(part.clause), ""), part.clause
        assert _main(tier.cohort) in page
        assert f"GB/T39116{tier.maturity}级及以上" in page
    for basic in value.basics:
        assert _main(basic.text) in page
    for indicator in value.indicators:
        assert _main(indicator.name) in page
        assert _main(indicator.formula) in page
    for scenario in value.scenarios:
        assert f"{scenario.number}{scenario.name}" in page
    for name in value.area_of_guide:
        assert name in page


def test_doubts_are_marked_for_those_who_must_know_them_and_nobody_is_misled(
    loaded: None, people: People, client_as: Callable[..., Client]
) -> None:
    for name, actor in people.actors().items():
        if actor.role is None:
            continue
        page = _text(client_as(actor), "2025")
        assert (MARK in page) == (name in SEES_DOUBTS), name
        assert "以主管部门正式文本为准" in page, name


def test_every_doubt_of_the_file_is_marked_in_its_place(
    loaded: None, people: People, client_as: Callable[..., Client]
) -> None:
    value = Edition.objects.get(code="2025").value
    doubts = selectors.doubts(value, None)
    assert len(doubts) == 2 + 2 + 2 + 3 + 2, doubts
    page = client_as(people.system_admin).get(reverse("edition", args=["2025"])).content.decode()
    for scenario in ("污染在线管控", "产品精准营销", "供应商数字化管理"):
        assert re.search(rf"{scenario}\s*<span[^>]*>{MARK}", page), scenario
    assert not re.search(rf"能源智能管控\s*<span[^>]*>{MARK}", page)
    for condition in ("须已获评基础级", "须已获评先进级"):
        assert re.search(rf"{condition}<span[^>]*>251号</span>\s*<span[^>]*>{MARK}", page), condition
    for share in (20, 60):
        assert re.search(rf"占比不低于 {share}%\s*<span[^>]*>{MARK}", page)
    assert "原则上应已获评先进级" in _text(client_as(people.system_admin), "2024")


def test_older_revisions_are_found_and_said_to_be_old(
    loaded: None, people: People, client_as: Callable[..., Client]
) -> None:
    first = Edition.objects.get(code="2024")
    document = first.document | {"edition": first.document["edition"] | {"revision": 2}}
    Edition.objects.create(
        code="2024", revision=2, name=first.name, document=document, digest="x" * 64, loaded_at=first.loaded_at
    )
    client = client_as(people.unit_head)
    assert "这不是最新修订" not in _text(client, "2024")
    assert "这不是最新修订" in _text(client, "2024", revision="1")
    for wrong in ("3", "abc", "²", "9" * 30):
        assert client.get(reverse("edition", args=["2024"]), {"revision": wrong}).status_code == 404, wrong
    assert client.get(reverse("edition", args=["2031"])).status_code == 404
    listed = client.get(reverse("editions")).content.decode()
    assert "2024 第2修订" in listed
    assert "工信厅联通装函〔2025〕251号" in listed


def test_whoever_belongs_nowhere_reads_nothing(loaded: None, people: People, client_as: Callable[..., Client]) -> None:
    for page in (reverse("editions"), reverse("edition", args=["2024"])):
        assert client_as(people.newcomer).get(page).status_code == 403


# -- scenario lists -------------------------------------------------------------------------------------------------
GOOD = (("工厂建设", 1, "数字化工厂设计"), ("生产作业", 2, "人机协同"), ("多环节模式创新", 3, "网络协同制造"))


def _import(by: Actor, code: str, *lines: tuple) -> ScenarioList:
    with walls.enter(by):
        edition = selectors.edition_for(code)
        batch = imports.upload_scenarios(edition, xlsx(HEADINGS, *lines), "清单.xlsx", source=SOURCE, actor=by)
        return imports.confirm_scenarios(batch, seen=scenario_preview(batch).seen, actor=by).made


def _names(code: str) -> list[tuple[int, str, str]]:
    return [(s.number, s.name, s.guide_area) for s in selectors.scenario_names(Edition.objects.get(code=code).value)]


def test_an_imported_list_is_what_forms_offer_and_a_later_one_takes_its_place(loaded: None, people: People) -> None:
    assert _names("2024") == []
    first = _import(people.system_admin, "2024", *GOOD)
    assert _names("2024") == [(number, name, area) for area, number, name in GOOD]
    second = _import(people.system_admin, "2024", *GOOD[:2])
    assert [name for _, name, _ in _names("2024")] == ["数字化工厂设计", "人机协同"]
    assert (first.number, second.number, second.source) == (1, 2, SOURCE)
    assert ScenarioName.objects.filter(list=first).count() == 3, "the former one is kept"
    for rows in (ScenarioList.objects, ScenarioName.objects):
        with pytest.raises(DatabaseError, match="Cannot update or delete"), transaction.atomic():
            rows.update(number=9)


def test_a_list_settles_the_doubts_about_names(loaded: None, people: People, client_as: Callable[..., Client]) -> None:
    own = Edition.objects.get(code="2025").value.scenarios
    _import(people.system_admin, "2025", *[(s.guide_area, s.number, s.name) for s in own])
    imported = selectors.scenario_list("2025")
    assert not any("场景" in doubt and "名称" in doubt for doubt in selectors.doubts(_value("2025"), imported))
    page = _text(client_as(people.system_admin), "2025")
    assert f"来源：{SOURCE}" in page
    assert selectors.scenario_names(_value("2025"))[17] == Scenario(18, "污染在线管控", "生产管理")


def _value(code: str):
    return Edition.objects.get(code=code).value


def test_preview_tells_what_is_new_what_changes_and_what_goes(loaded: None, people: People) -> None:
    _import(people.system_admin, "2024", *GOOD)
    lines = (GOOD[0], ("生产作业", 2, "人机协同作业"), ("设备管理", 4, "设备监控"))
    with walls.enter(people.system_admin):
        edition = selectors.edition_for("2024")
        said = {"source": SOURCE, "actor": people.system_admin}
        preview = scenario_preview(imports.upload_scenarios(edition, xlsx(HEADINGS, *lines), "x", **said))
        same = scenario_preview(imports.upload_scenarios(edition, xlsx(HEADINGS, *GOOD), "x", **said))
    assert [v.status for v in preview.verdicts] == ["known", "new", "new"]
    assert [v.remark for v in preview.verdicts] == ["", "现为：生产作业 人机协同", ""]
    assert preview.dropped == ("3 网络协同制造",)
    assert not same.can_be_confirmed


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ([("智能工厂", 1, "某某")], "不是该版指引的环节，应为：工厂建设、信息基础设施"),
        ([("工厂建设", "一", "某某")], "1至999的整数"),
        ([("工厂建设", 0, "某某")], "1至999的整数"),
        ([("工厂建设", 1, "")], "必填"),
        ([("工厂建设", 1, "长" * 61)], "不得超过60字"),
        ([("工厂建设", 1, "甲"), ("生产作业", 1, "乙")], "序号与第3行重复"),
        ([("工厂建设", 1, "甲"), ("工厂建设", 2, "甲")], "场景与第3行重复"),
        ([("工厂建设", 1, "=1+1")], "公式"),
        ([("工厂建设", 1, "（示例行，导入前请删除）某某场景")], "示例行"),
    ],
)
def test_a_bad_line_stops_the_whole_list(loaded: None, people: People, lines: list[tuple], sentence: str) -> None:
    with walls.enter(people.system_admin):
        batch = imports.upload_scenarios(
            selectors.edition_for("2024"), xlsx(HEADINGS, *lines), "x", source=SOURCE, actor=people.system_admin
        )
        preview = scenario_preview(batch)
        assert sentence in preview.wrong[0].faults[0].sentence
        with pytest.raises(Refused, match="有错误"):
            imports.confirm_scenarios(batch, seen=preview.seen, actor=people.system_admin)
    assert not ScenarioList.objects.exists()


def test_only_the_system_administrator_imports_scenarios(loaded: None, people: People) -> None:
    for name, actor in people.actors().items():
        if name != "system_admin":
            with walls.enter(actor), pytest.raises(Denied):
                imports.upload_scenarios(
                    selectors.edition_for("2024"), xlsx(HEADINGS, *GOOD), "x", source=SOURCE, actor=actor
                )


def test_journey_of_a_list_of_scenarios(loaded: None, people: People, client_as: Callable[..., Client]) -> None:
    client = client_as(people.system_admin)
    template = client.get(reverse("scenario_template", args=["2024"])).content
    book = openpyxl.load_workbook(BytesIO(template))
    words = [cell.value for cell in book["可选值"]["A"]]
    assert (words[0], words[-1], len(words)) == ("环节", "多环节模式创新", 1 + 14 + 1)
    upload = reverse("scenario_upload", args=["2024"])
    assert client.post(upload, {"file": SimpleUploadedFile("x.csv", b"x")}).status_code == 422
    text = "环节,序号,场景名称\n工厂建设,1,数字化工厂设计\n".encode("gb18030")
    answer = client.post(upload, {"source": SOURCE, "file": SimpleUploadedFile("清单.csv", text)})
    page = client.get(answer["Location"])
    assert "数字化工厂设计" in page.content.decode()
    ref = page.context["batch"].ref
    confirm = reverse("scenario_import_confirm", args=["2024", ref])
    done = client.post(confirm, {"seen": page.context["preview"].seen}, follow=True)
    assert "采用" in done.content.decode()
    assert f"来源：{SOURCE}" in done.content.decode()
    assert client.post(confirm, {"seen": "x"}).status_code == 302
    assert ScenarioList.objects.count() == 1


def test_two_lists_confirmed_at_once_are_one_after_the_other(own_database: str) -> None:
    from tests import factories

    admin = factories.cast().system_admin
    catalogue.load(actor=Actor(system="test"))
    with walls.enter(admin):
        edition = selectors.edition_for("2024")
        said = {"source": SOURCE, "actor": admin}
        batches = [imports.upload_scenarios(edition, xlsx(HEADINGS, *GOOD), "x", **said) for _ in range(2)]
        seen = scenario_preview(batches[0]).seen

    def act(number: int):
        def run() -> object:
            with walls.enter(admin):
                return imports.confirm_scenarios(batches[number], seen=seen, actor=admin)

        return run

    results = at_once(act(0), act(1))
    assert sorted(type(result).__name__ for result in results) == ["Refused", "ScenarioImport"], results
    assert ScenarioList.objects.count() == 1
