"""Titles, bars and lines of lists as values; no database."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiers import scenario_lines, title_lines
from tiers.bars import Bar, last_day
from tiers.edition_file import read
from tiers.services.catalogue import FOLDER
from tiers.title_lines import HEADINGS
from tiers.titles import BY_CODE, TITLES, misfits, named, title_of

GOOD = {
    "统一社会信用代码": "91110108551385082Q",
    "企业名称": "某某公司",
    "项目（工厂）名称": "某某工厂",
    "荣誉称号": "先进级智能工厂",
    "年度": "2024",
    "批次": "1",
    "文号": "鄂经信〔2024〕1号",
    "揭榜年度": "",
    "是否通过验收": "",
}
NATIONAL = GOOD | {"荣誉称号": "国家智能制造示范工厂", "揭榜年度": "2021", "是否通过验收": "是"}


def _faults(**cells: str) -> dict[str, str]:
    _, faults = title_lines.parsed(GOOD | cells, 2026)
    return {fault.heading: fault.sentence for fault in faults}


def test_tiers_rank_as_the_ladder_does_and_other_titles_stand_beside_it() -> None:
    assert [title.name for title in sorted(TITLES, key=lambda t: t.rank) if title.rank] == [
        "基础级智能工厂", "先进级智能工厂", "卓越级智能工厂", "领航级智能工厂",
    ]  # fmt: skip
    assert {title.code for title in TITLES if not title.rank} == {"hubei_pilot", "national_demonstration"}


def test_a_title_is_known_by_its_name_and_by_what_documents_call_it() -> None:
    assert named("卓越级") == named("卓越级智能工厂") == BY_CODE["excellent"]
    assert named("省智能制造试点示范企业") == BY_CODE["hubei_pilot"]
    assert named("国家级") is None
    assert title_of("abolished").name == "abolished", "a title that left the table doesn't break its holders' pages"


def test_what_belongs_to_a_title_must_be_there_and_nothing_else() -> None:
    said = {"project": "某厂", "year": 2023, "selection_year": None, "passed_acceptance": None, "this_year": 2026}
    national, pilot = BY_CODE["national_demonstration"], BY_CODE["hubei_pilot"]
    assert [field for field, _ in misfits(national, **said)] == ["selection_year"]
    assert misfits(national, **said | {"selection_year": 2021}) == [], "acceptance may not be known yet"
    assert misfits(pilot, **said | {"project": ""}) == [], "given to the enterprise"
    assert [f for f, _ in misfits(BY_CODE["advanced"], **said | {"project": ""})] == ["project"]
    assert [f for f, _ in misfits(pilot, **said | {"selection_year": 2021, "passed_acceptance": False})] == [
        "selection_year", "passed_acceptance",
    ]  # fmt: skip
    assert [f for f, _ in misfits(pilot, **said | {"year": 2027})] == ["year"]


@pytest.mark.parametrize(
    ("revoked_on", "years", "until"),
    [
        (date(2024, 5, 10), 3, date(2027, 5, 10)),
        (date(2024, 2, 29), 3, date(2027, 2, 28)),
        (date(2024, 2, 29), 4, date(2028, 2, 29)),
        (date(2023, 2, 28), 1, date(2024, 2, 28)),
        (date(2024, 12, 31), 1, date(2025, 12, 31)),
    ],
)
def test_last_day_of_a_bar(revoked_on: date, years: int, until: date) -> None:
    assert last_day(revoked_on, years) == until


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(0, 20), st.integers(0, 20))
def test_a_later_revocation_or_a_longer_bar_never_ends_sooner(day: date, years: int, more: int) -> None:
    assert last_day(day, years) <= last_day(day, years + more)
    assert last_day(day, years).month == day.month


def test_bar_says_why_and_until_when() -> None:
    sentence = Bar("先进级智能工厂", date(2024, 5, 10), "鄂经信〔2024〕9号", date(2027, 5, 10)).sentence
    assert "“先进级智能工厂”已于2024年5月10日被撤销（鄂经信〔2024〕9号）" in sentence
    assert "2027年5月10日及以前不得申报" in sentence


def test_a_good_line_becomes_facts() -> None:
    values, faults = title_lines.parsed(NATIONAL | {"统一社会信用代码": " 9111010855138 5082q", "批次": "第二批"}, 2026)
    assert faults == []
    assert values == {
        "code": "91110108551385082Q", "name": "某某公司", "project": "某某工厂", "title": "national_demonstration",
        "year": 2024, "batch": 2, "document": "鄂经信〔2024〕1号", "selection_year": 2021, "passed_acceptance": True,
    }  # fmt: skip


@pytest.mark.parametrize(("said", "batch"), [("", 1), ("3", 3), ("第一批", 1), ("第10批", 10), ("十", 10)])
def test_batches_are_read_as_people_write_them(said: str, batch: int) -> None:
    assert title_lines.parsed(GOOD | {"批次": said}, 2026)[0]["batch"] == batch


@pytest.mark.parametrize(
    ("cells", "heading", "sentence"),
    [
        ({"统一社会信用代码": "91110108551385082X"}, "统一社会信用代码", "校验位不符"),
        ({"统一社会信用代码": ""}, "统一社会信用代码", "必填"),
        ({"企业名称": ""}, "企业名称", "必填"),
        ({"企业名称": "长" * 101}, "企业名称", "不得超过100字"),
        ({"企业名称": "（示例行，导入前请删除）某某"}, "企业名称", "示例行"),
        ({"荣誉称号": "灯塔工厂"}, "荣誉称号", "应为：基础级智能工厂"),
        ({"年度": "24"}, "年度", "四位数字"),
        ({"年度": "2027"}, "年度", "2000年至2026年"),
        ({"批次": "首批"}, "批次", "第一批"),
        ({"批次": "0"}, "批次", "第一批"),
        ({"文号": ""}, "文号", "必填"),
        ({"项目（工厂）名称": ""}, "项目（工厂）名称", "请填写"),
        ({"揭榜年度": "2021"}, "揭榜年度", "没有揭榜年度"),
        ({"是否通过验收": "也许"}, "是否通过验收", "“是”或“否”"),
    ],
)
def test_a_bad_cell_is_named_with_a_sentence(cells: dict[str, str], heading: str, sentence: str) -> None:
    faults = _faults(**cells)
    assert list(faults) == [heading]
    assert sentence in faults[heading]


def test_the_example_of_the_template_is_a_good_line_but_for_being_one() -> None:
    example = dict(zip(HEADINGS, title_lines.EXAMPLE, strict=True))
    _, faults = title_lines.parsed(example, 2026)
    assert {fault.heading for fault in faults} == {"统一社会信用代码", "企业名称"}


@given(st.dictionaries(st.sampled_from(HEADINGS), st.text(max_size=30)))
def test_no_line_breaks_the_reader(cells: dict[str, str]) -> None:
    values, faults = title_lines.parsed(dict.fromkeys(HEADINGS, "") | cells, 2026)
    assert faults or values["title"]


def test_full_width_digits_are_digits() -> None:
    values, faults = title_lines.parsed(GOOD | {"年度": "２０２４", "批次": "第２批"}, 2026)
    assert faults == []
    assert (values["year"], values["batch"]) == (2024, 2)


def test_full_width_number_of_a_scenario_is_a_number() -> None:
    edition = read(FOLDER / "2025.toml")
    said, faults = scenario_lines.parsed({"环节": "生产作业", "序号": "２", "场景名称": "某场景"}, edition)
    assert (said.number, faults) == (2, [])
