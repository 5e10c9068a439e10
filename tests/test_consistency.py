"""Where an application doesn't agree: each point by itself, and silence where nothing is asked."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from applications.consistency import Case, File, Finding, Register, findings, notes
from portal.declared import problems
from tests import factories
from tests.book_answers import FACTORY, NAME, changed, complete, scenario
from tests.test_books import SMALL
from tiers import book_file, edition_file, programme_file
from tiers.book_form import book_form
from tiers.services import catalogue
from tiers.terms import Terms

TODAY = date(2024, 11, 20)
CODE = factories.code()
ROOT = catalogue.FOLDER.parent


@pytest.fixture(scope="module")
def terms() -> Terms:
    return programme_file.read(ROOT / "programmes" / "2024-excellent-HB.toml").terms


def _case(terms: Terms, tier: str = "excellent", edition: str = "2024") -> Case:
    conditions = edition_file.read(catalogue.FOLDER / f"{edition}.toml")
    book = book_file.read(catalogue.BOOKS / "2024.toml")
    form = book_form(book, conditions, terms, tier)
    return Case(form, book, conditions, tier, complete(form, CODE), TODAY, Register(NAME, CODE, FACTORY))


@pytest.fixture(scope="module")
def case(terms: Terms) -> Case:
    return _case(terms)


def _said(case: Case, section: str, **said: Any) -> list[Finding]:
    return findings(replace(case, answers=changed(dict(case.answers), section, **said)))


def test_complete_application_has_nothing_to_mend(case: Case) -> None:
    assert findings(case) == []
    for section in case.form.sections[:-1]:
        assert problems(section, case.answers[section.key], frozenset(), frozenset()) == []


@pytest.mark.parametrize(
    ("section", "said", "key", "sentence", "blocks"),
    [
        ("unit", {"name": "别的公司"}, "name", "与企业登记的“湖北某某制造有限公司”不一致", True),
        ("unit", {"code": "91350100M000100Y4A"}, "code", "校验位不符", True),
        ("unit", {"is_central": "yes"}, "is_central", "与企业登记不一致", False),
        ("unit", {"email": "no"}, "email", "格式不正确", True),
        ("unit", {"phone": "12345"}, "phone", "位数不足", True),
        ("unit", {"founded_on": "2001-05-21"}, "", "", False),
        ("factory", {"started_on": "2001-05-19"}, "started_on", "早于企业成立时间", False),
        ("unit", {"founded_on": "2025-01-01"}, "founded_on", "晚于今日", True),
        ("unit", {"revenue": "500000000"}, "revenue", "请核对单位是否为万元", False),
        ("unit", {"revenue": "1999"}, "revenue", "低于规模以上工业企业的标准", False),
        ("factory", {"factory_name": "别的工厂"}, "factory_name", "与工厂档案的", False),
        ("factory", {"finished_on": "2021-02-28"}, "finished_on", "早于建设开始时间", True),
        ("factory", {"finished_on": "2024-11-21"}, "finished_on", "申报时应已完成建设", True),
        ("factory", {"maturity__date": "2024-11-21"}, "maturity.date", "晚于今日", True),
        ("factory", {"equipment_investment": "15000.01"}, "investment", "合计20000.01万元，大于总投资", True),
        ("factory", {"investment": "200000000"}, "investment", "请核对单位是否为万元", False),
        ("factory", {"maturity__level": "4"}, "maturity.level", "与报告所载四级不一致", False),
        ("factory", {"maturity__score": "2.5", "maturity__level": "2"}, "maturity.score", "须达到三级及以上", True),
        ("factory", {"maturity__by": "third"}, "maturity.organisation", "由第三方评估的", True),
        (
            "factory",
            {"integrators[r1]": {"name": "甲", "code": "91350100M000100Y4A", "scope": "乙"}},
            "integrators[r1].code",
            "集成商第1项：统一社会信用代码的校验位不符",
            True,
        ),
        ("scenarios", {"scenarios[r6]": scenario("生产作业")}, "scenarios[r6].instance", "第6项与第3项的环节", True),
        ("scenarios", {"overview": "总体架构如图所示。"}, "", "", False),
        ("scenarios", {"integration": "架构见下图。"}, "integration", "没有插入图片", False),
        (
            "scenarios",
            {"scenarios[r1]": scenario("工厂建设", ai=True, text="如图1。")},
            "scenarios[r1].text",
            "场景第1项：场景描述提到了附图",
            False,
        ),
        ("effects", {"ai_scenarios__part": "3"}, "ai_scenarios.part", "按所列5个场景计算为40.00%", False),
        (
            "effects",
            {"numerical_control__part": "117", "numerical_control__whole": "150", "numerical_control__value": "82"},
            "numerical_control.value",
            "填写的82%与按原始数据计算的78.00%不一致",
            False,
        ),
        ("effects", {"numerical_control__part": "151"}, "numerical_control.part", "超出合理范围（0%至100%）", True),
        ("effects", {"defects__before": "0"}, "defects.before", "作除数的数值为0", True),
        ("effects", {"carbon__after": "20"}, "carbon.before", "80.00%偏高（平均值20.4%", False),
        ("effects", {"carbon__after": "120"}, "carbon.before", "偏低", False),
    ],
)
def test_each_point_is_a_sentence_that_leads_to_its_field(
    case: Case, section: str, said: dict[str, Any], key: str, sentence: str, blocks: bool
) -> None:
    said_of_it = _said(case, section, **said)
    found = [f for f in said_of_it if f.key == key and sentence in f.sentence]
    assert [(f.section, f.blocks) for f in found] == ([(section, blocks)] if sentence else [])
    assert all(f.sentence.endswith("。") for f in said_of_it)


def test_name_is_the_same_however_brackets_and_spaces_were_typed(case: Case) -> None:
    registered = replace(case, register=Register("湖北（某某）制造有限公司", CODE, FACTORY))
    assert _said(registered, "unit", name="湖北(某某) 制造有限公司") == []


# -- 环节 --------------------------------------------------------------------------------------------------------------
def _without(case: Case, *rows: str, **more: str) -> list[Finding]:
    answers = {**case.answers, "scenarios": {**case.answers["scenarios"], **more}}
    for row in rows:
        del answers["scenarios"][f"scenarios[{row}]"]
    answers["effects"] = {
        **answers["effects"],
        "ai_scenarios.part": "",
        "ai_scenarios.whole": "",
        "ai_scenarios.na": "",
    }
    return [f for f in findings(replace(case, answers=answers)) if f.section == "scenarios"]


def test_excellent_without_all_five_explains_itself(case: Case) -> None:
    (found,) = _without(case, "r2")
    assert (found.key, found.blocks) == ("coverage_reason", True)
    assert "尚未覆盖研发设计，请填写未覆盖全部环节的说明" in found.sentence
    assert _without(case, "r2", coverage_reason="本工厂为来料加工，不设研发。") == []


def test_excellent_is_stopped_where_a_lower_tier_already_requires(case: Case) -> None:
    (found,) = _without(case, "r3", coverage_reason="理由。")
    assert (found.key, found.blocks) == ("scenarios", True)
    assert "生产作业环节尚无建设场景" in found.sentence


def test_leading_is_stopped_and_no_reason_helps(terms: Terms) -> None:
    leading = _case(terms, "leading")
    found = _without(leading, "r1", "r2", coverage_reason="理由。")
    assert [(f.key, f.blocks) for f in found] == [("scenarios", True)] * 2


def test_advanced_needs_three(terms: Terms) -> None:
    advanced = _case(terms, "advanced")
    assert _without(advanced, "r1", "r2") == []
    assert [f.blocks for f in _without(advanced, "r1", "r2", "r4")] == [True]


def test_share_of_ai_is_asked_by_the_edition_and_only_asks_back_while_unverified(terms: Terms) -> None:
    of_2025 = _case(terms, edition="2025")
    answers = {**of_2025.answers, "scenarios": {"scenarios[r1]": scenario("生产作业")}}
    found = [f for f in findings(replace(of_2025, answers=answers)) if "人工智能的场景占比" in f.sentence]
    assert [(f.key, f.blocks) for f in found] == [("scenarios", False)]
    sure = replace(of_2025.edition.tier("excellent"), ai_share_unverified=False)
    tiers = tuple(sure if t.code == "excellent" else t for t in of_2025.edition.tiers)
    strict = replace(of_2025, answers=answers, edition=replace(of_2025.edition, tiers=tiers))
    assert [f.blocks for f in findings(strict) if "人工智能的场景占比" in f.sentence] == [True]


# -- files -------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("key", "files", "sentence"),
    [
        ("attachment.licence", [File("a.mp4", 5)], "“a.mp4”不是所要求的格式（PDF、JPG、PNG）"),
        ("attachment.licence", [File("a.pdf", 5), File("b.jpeg", 5)], "营业执照最多1个文件，现有2个"),
        ("attachment.licence", [File("a.pdf", 10 * 1024 * 1024 + 1)], "“a.pdf”超过10 MB"),
        ("attachment.licence", [File("a.JPEG", 10 * 1024 * 1024)], ""),
        ("attachment.unknown", [File("a.exe", 5)], ""),
    ],
)
def test_files_are_of_the_kind_that_was_asked_for(case: Case, key: str, files: list[File], sentence: str) -> None:
    found = findings(replace(case, files={key: files}))
    assert [(f.key, f.blocks) for f in found] == ([(key, True)] if sentence else [])
    assert sentence in "".join(f.sentence for f in found)


# -- another form ------------------------------------------------------------------------------------------------------
def test_every_check_is_silent_where_a_form_asks_nothing_of_the_kind(case: Case, terms: Terms) -> None:
    small = book_file.read(SMALL / "small.toml")
    form = book_form(small, case.edition, terms, "basic")
    foreign = replace(case, form=form, book=small, tier="basic", answers=complete(form))
    assert findings(foreign) == []
    assert [notes(foreign, section.key) for section in form.sections] == [{}, {}]
    left_over = replace(foreign, answers=case.answers)
    assert findings(left_over) == [], "answers that this form doesn't ask for are not looked at"


def test_form_that_is_empty_is_not_told_off(case: Case) -> None:
    assert findings(replace(case, answers={})) == []


# -- notes -------------------------------------------------------------------------------------------------------------
def test_notes_say_what_follows_from_what_was_typed(case: Case) -> None:
    assert notes(case, "unit") == {}
    assert notes(case, "factory") == {
        "maturity": "按总分计算为三级。",
        "money": "所列装备与软件、系统投资合计17000万元，占总投资的85.0%。",
    }
    (covered,) = notes(case, "scenarios").values()
    assert covered.startswith("已列5个场景，覆盖5个环节（共5个）：工厂建设、研发设计、")
    assert "应用人工智能的场景2个，占40" in covered
    figures = notes(case, "effects")
    assert figures["productivity"] == "计算结果：25.00%。"
    unusual = replace(case, answers=changed(dict(case.answers), "effects", productivity__after="150"))
    assert "150.00%偏高（平均值22.3%" in notes(unusual, "effects")["productivity"]


def test_coverage_is_shown_while_it_is_written(case: Case, terms: Terms) -> None:
    few = {"scenarios": {"scenarios[r1]": scenario("生产作业"), "scenarios[r2]": scenario("多环节模式创新")}}
    said = notes(replace(case, answers=few), "scenarios")["scenarios"]
    assert "已列2个场景，覆盖1个环节（共5个）：生产作业。" in said
    assert "卓越级尚缺生产管理、运营管理，未达到要求" in said
    assert "尚缺工厂建设、研发设计，须说明原因" in said
