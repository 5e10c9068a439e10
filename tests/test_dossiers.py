"""The dossiers of the 2024 round: every city, many industries, nobody's words twice, nobody real; and their reader."""

import json
import re
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from portal.credit_code import credit_code_error
from portal.declared import Form, Kind, problems, rows_of
from portal.errors import Malformed
from replay.dossiers import Dossier, parse, read
from replay.plan import TURNS, dossiers_of_2024, form_of_2024
from replay.workbooks import content_of, workbook_of
from tiers.editions import Edition
from tiers.ladder import maturity_level

FOLDER = Path(__file__).parent / "dossiers"
CITIES = [
    *(f"42{number:02d}00" for number in (1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 12, 13, 28)),
    *(f"4290{number:02d}" for number in (4, 5, 6, 21)),
]
LONG = 24  # letters in a row that two enterprises don't write alike by chance
NOT_PROSE = {"name", "code", "vendor", "address"}


@pytest.fixture(scope="module")
def dossiers() -> list[Dossier]:
    return dossiers_of_2024(FOLDER)


@pytest.fixture(scope="module")
def form() -> tuple[Form, Edition]:
    return form_of_2024()


def test_every_city_and_many_industries_are_there(dossiers: list[Dossier]) -> None:
    assert sorted({dossier.region for dossier in dossiers}) == sorted(CITIES)
    assert len({dossier.said("unit", "industry") for dossier in dossiers}) >= 12
    assert len(dossiers) >= 24
    assert {path.suffix for path in FOLDER.iterdir()} == {".json", ".xlsx"}


def test_everybody_is_invented_and_nobody_is_there_twice(dossiers: list[Dossier]) -> None:
    for dossier in dossiers:
        assert "（示例）" in dossier.enterprise
        assert not credit_code_error(dossier.said("unit", "code"))
        assert dossier.said("unit", "email").endswith(".example")
    for key in ("name", "code", "email", "phone", "legal_representative"):
        assert not [said for said, count in Counter(d.said("unit", key) for d in dossiers).items() if count > 1], key


def test_the_books_are_whole(dossiers: list[Dossier], form: tuple[Form, Edition]) -> None:
    asked, edition = form
    for dossier in dossiers:
        for section in asked.sections:
            if section.key != "attachments":
                assert not problems(section, dossier.answers[section.key]), (dossier.name, section.key)
        areas = {cells["area"] for cells in rows_of(dossier.answers["scenarios"], "scenarios").values()}
        assert {edition.area_of_guide[area] for area in areas} == {area.code for area in edition.areas}, dossier.name


def test_no_two_enterprises_write_alike(dossiers: list[Dossier]) -> None:
    seen: dict[str, str] = {}
    for dossier in dossiers:
        text = "\n".join(_prose(dossier))
        pieces = {text[place : place + LONG] for place in range(len(text) - LONG)}
        for piece in pieces:
            if re.search(r"[\n|]", piece):
                continue
            assert seen.setdefault(piece, dossier.name) == dossier.name, (piece, seen[piece], dossier.name)


def _prose(dossier: Dossier) -> list[str]:
    found = []
    for values in dossier.answers.values():
        for key, value in values.items():
            if isinstance(value, dict):
                found += [text for name, text in value.items() if name not in NOT_PROSE]
            elif key not in NOT_PROSE:
                found.append(str(value))
    return found


def test_the_turns_are_taken_by_dossiers_that_are_there(dossiers: list[Dossier]) -> None:
    names = {dossier.name for dossier in dossiers}
    assert {TURNS.late, TURNS.rejected, TURNS.returned} <= names
    others = Counter(d.region for d in dossiers if d.name not in {TURNS.late, TURNS.rejected})
    assert sorted(others) == sorted(CITIES), "every city has somebody to recommend"


def test_all_reach_the_level_that_the_notice_asks_for(dossiers: list[Dossier]) -> None:
    """82号 二(一)7: 三级及以上; the level that is said is the score's."""
    for dossier in dossiers:
        level = maturity_level(Decimal(dossier.said("factory", "maturity.score")))
        assert level >= 3
        assert str(level) == dossier.said("factory", "maturity.level")


# -- the reader ------------------------------------------------------------------------------------------------------
@pytest.fixture
def content() -> dict[str, Any]:
    return json.loads(next(FOLDER.glob("*.json")).read_text("utf-8"))


@pytest.mark.parametrize(
    ("where", "key"),
    [((), "misspelt"), (("unit",), "nam"), (("effects",), "productivity.befor"), (("attachments",), "photo"),
     (("attachments", "audit"), "firma"), (("title",), "date"), (("self_assessment",), "excellent.nothing.grade")],
)  # fmt: skip
def test_what_nobody_asked_for_is_refused_by_name(
    content: dict[str, Any], form: tuple[Form, Edition], where: tuple[str, ...], key: str
) -> None:
    table = content
    for part in where:
        table = table[part]
    table[key] = "1"
    with pytest.raises(Malformed, match=re.escape(key)):
        parse(content, "a.json", *form)


def test_a_column_that_a_table_has_not_is_refused_by_name(content: dict[str, Any], form: tuple[Form, Edition]) -> None:
    content["scenarios"]["scenarios"][0]["colour"] = "red"
    with pytest.raises(Malformed, match=r"scenarios\.scenarios no\. 1.*colour"):
        parse(content, "a.json", *form)


def test_what_is_missing_is_named(content: dict[str, Any], form: tuple[Form, Edition]) -> None:
    del content["attachments"]["audit"]
    with pytest.raises(Malformed, match="audit"):
        parse(content, "a.json", *form)


def test_a_file_that_is_no_json_is_named(tmp_path: Path, form: tuple[Form, Edition]) -> None:
    (tmp_path / "x.json").write_text("{")
    with pytest.raises(Malformed, match=r"x\.json"):
        read(tmp_path / "x.json", *form)


def test_a_workbook_and_json_give_the_same_values(
    content: dict[str, Any], form: tuple[Form, Edition], tmp_path: Path
) -> None:
    path = tmp_path / "a.xlsx"
    workbook_of(content, form[0]).save(path)
    assert parse(content_of(path), "a.json", *form) == parse(content, "a.json", *form)


def test_a_sheet_that_is_none_of_the_dossiers_is_refused(
    content: dict[str, Any], form: tuple[Form, Edition], tmp_path: Path
) -> None:
    book = workbook_of(content, form[0])
    book.create_sheet("notes").append(["编号", "问题", "填写内容"])
    book.save(tmp_path / "a.xlsx")
    with pytest.raises(Malformed, match="notes"):
        read(tmp_path / "a.xlsx", *form)


def test_every_question_in_a_table_has_one_kind(form: tuple[Form, Edition]) -> None:
    tables = {f.key for s in form[0].sections for f in s.fields.values() if f.kind is Kind.ROWS}
    assert tables == {"integrators", "scenarios", "systems"}
