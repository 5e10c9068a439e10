"""The book on paper: field by field what was handed in; marked on each page; set in the fonts that were chosen."""

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from PIL import Image

from applications.documents import DOCUMENTS
from applications.models import Submission
from applications.selectors.papers import paper as draft_of
from applications.selectors.papers import submitted_edition, submitted_form
from applications.services import files
from portal import richtext, walls
from portal.declared import Field, Form, Kind, rows_of
from portal.pdf import printed
from portal.seals.places import SIDE, places
from tests import applications as made
from tests import factories, papers
from tests.papers import Read
from tests.uploads import picture
from tiers.indicators import figure

ODD = "企业䶮喆〔2024〕①Ⅳ㎡CO₂ ≥90% “甲—乙” <b>&</b> ×10³"
RICH = (
    f"总体架构：{ODD}。\n第二行紧接其后。\n\n- 数据统一采集\n- 装备互联互通\n\n3. 第三步\n4. 第四步\n\n"
    "| 系统 | 建设前 | 建设后 |\n|---|---|---|\n| MES | 45天 | 30天 |\n| 能源管理 | 1,200吨 | 980吨 |\n\n"
)
HOSTILE = """<img src="http://{0}/x.png"><object data="http://{0}/x"></object>
<style>@import "http://{0}/x.css"; @font-face {{ font-family: x; src: url(http://{0}/x.ttf) }}</style>
<link rel="stylesheet" href="http://{0}/x.css"><svg><image href="http://{0}/x.png"/></svg><a href="file:///etc/passwd">x</a>
"""


@pytest.fixture(scope="module")
def missing() -> Iterator[list[str]]:
    """What WeasyPrint says about letters that no font has."""
    with papers.missing_letters() as found:
        yield found


@pytest.fixture(scope="module")
def listener() -> Iterator[tuple[str, list[str]]]:
    """A server on this machine, and what was asked of it."""
    with papers.listening() as found:
        yield found


@pytest.fixture(scope="module")
def world(
    django_db_setup: None, django_db_blocker: Any, missing: list[str], listener: tuple[str, list[str]]
) -> Iterator[dict[str, Any]]:
    """A submission with something of every kind in it, and a draft of it, early; each printed once."""
    address, _ = listener
    with django_db_blocker.unblock(), transaction.atomic():
        people = factories.cast()
        row, by = made.begun(people), people.enterprise_clerk_a
        made.save(row, "factory", {"project": "面向水泵〔䶮〕的智能工厂项目"}, by)
        with walls.system("test"):
            draft = papers.paper(DOCUMENTS["draft"], draft_of(made.fresh(row)), papers.DRAFT)
        made.fill(row, by)
        with walls.enter(by):
            held = files.add(made.fresh(row), "integration", io.BytesIO(picture()), "架构图.png", actor=by)
        rows = {f"scenarios[extra{n}]": _scenario(n) for n in range(2)}
        hostile = HOSTILE.format(address)
        shown = f"{RICH}![{hostile.splitlines()[0]}](图片:{held.pk})"
        made.save(row, "scenarios", {**rows, "integration": shown, "overview": f"{RICH}{hostile}"}, by)
        made.submit(row, people.enterprise_admin_a)
        with walls.system("test"):
            submission = Submission.objects.select_related("application__round", "unit").get(application=row)
            form, edition = submitted_form(submission), submitted_edition(submission).value
            book = papers.paper(DOCUMENTS["book"], submission)
        yield {"submission": submission, "form": form, "edition": edition, "book": book, "draft": draft}
        transaction.set_rollback(True)


def _scenario(number: int) -> dict[str, str]:
    area = "质量管控"
    return {
        "area": area,
        "name": f"在线智能检测{number}",
        "instance": f"总装线视觉检测{number}",
        "ai": "yes" if number else "no",
        "text": RICH,
        "equipment": f"相机、{ODD}\n边缘服务器（供应商甲）",
        "effect": "漏检率由0.8%降至0.05%",
    }


@pytest.fixture(scope="module")
def book(world: dict[str, Any]) -> Read:
    """The book of the submission."""
    return world["book"]


# -- the same as what was handed in -----------------------------------------------------------------------------------
def _joined(text: object) -> str:
    return "".join(str(text).split())


def _words(asked: Field, value: Any) -> list[str]:
    """What has to be read on paper for an answer: said once more, not by the layout itself."""
    if asked.kind is Kind.RICH:
        return [word for block in richtext.parse(value) for word in block.words]
    if asked.kind is Kind.YES_NO:
        return ["是" if value == "yes" else "否"]
    if asked.kind is Kind.CHOICE:
        return [dict(asked.choices)[value]]
    if asked.kind is Kind.DATE:
        year, month, day = map(int, value.split("-"))
        return [f"{year}年{month}月{day}日"]
    return [line for line in f"{value}{asked.unit}".split("\n") if line]


def _expected(form: Form, document: dict[str, Any]) -> Iterator[tuple[str, str, Field, str]]:
    """Section, key, field, words of everything that was answered."""
    for section in form.sections:
        values = document["sections"][section.key]
        for asked in section.fields.values():
            for row, cells in rows_of(values, asked.key).items() if asked.kind is Kind.ROWS else ():
                for column in asked.columns:
                    for words in _words(column, cells[column.key]) if cells.get(column.key) else ():
                        yield section.key, f"{asked.key}[{row}]", column, _joined(words)
            if asked.kind is not Kind.ROWS and values.get(asked.key):
                for words in _words(asked, values[asked.key]):
                    yield section.key, asked.key, asked, _joined(words)


def _chapters(form: Form, text: str) -> dict[str, str]:
    """The text of each section: from its heading, behind the contents, to the next one's."""
    text = text[text.rindex(_joined(form.sections[0].title)) :]
    titles = [*(_joined(section.title) for section in form.sections[:4]), "附表1申报条件核对", "附表2附件材料清单"]
    places = [text.index(title) for title in titles] + [len(text)]
    assert places == sorted(places)
    keys = [*(section.key for section in form.sections[:4]), "screening", "attached"]
    return {key: text[places[place] : places[place + 1]] for place, key in enumerate(keys)}


def test_book_says_field_by_field_what_was_handed_in(world: dict[str, Any], book: Read) -> None:
    form, document = world["form"], world["submission"].document
    read, compared = _chapters(form, book.body), set()
    for section, key, asked, words in _expected(form, document):
        assert words in read[section], (key, asked.label, words)
        compared.add((section, key))
    answered = {(name, key) for name, values in document["sections"].items() for key, value in values.items() if value}
    assert compared == answered, "every answer was looked for"
    assert len(compared) > 70


def test_short_answers_stand_beside_their_question_and_nothing_else_does(world: dict[str, Any], book: Read) -> None:
    form, document = world["form"], world["submission"].document
    text = _chapters(form, book.body)
    several = {"evidence", "effects"}
    seen = 0
    for section, key, asked, words in _expected(form, document):
        if asked.kind in {Kind.NUMBER, Kind.DATE, Kind.CHOICE, Kind.YES_NO, Kind.TEXT} and "[" not in key:
            between = "：" if section in several else ""
            if key.endswith(".note"):
                continue
            assert f"{_joined(asked.label)}{between}{words}" in text[section], (key, words)
            assert f"{_joined(asked.label)}{between}仟{words}" not in text[section], "the test would see another answer"
            seen += 1
    assert seen > 50


def test_every_row_of_a_table_stands_on_a_line_of_its_own(world: dict[str, Any], book: Read) -> None:
    values, text = (
        world["submission"].document["sections"]["scenarios"],
        _chapters(world["form"], book.body)["scenarios"],
    )
    for place, cells in enumerate(rows_of(values, "scenarios").values(), start=1):
        applied = "是" if cells["ai"] == "yes" else "否"
        line = _joined(f"{place}{cells['area']}{cells['name']}{cells['instance']}{applied}")
        assert line in text, line
        assert f"场景{place}{_joined(cells['name'])}环节{cells['area']}" in text


def test_numbered_lists_keep_the_numbers_that_were_typed(book: Read) -> None:
    assert "3.第三步4.第四步" in book.body


def test_key_figures_are_worked_out_as_on_the_screen(book: Read, world: dict[str, Any]) -> None:
    values, text = world["submission"].document["sections"]["effects"], _chapters(world["form"], book.body)["effects"]
    blocks = {block.key: block for block in world["form"].section("effects").blocks}
    for indicator in world["edition"].indicators:
        value = figure(indicator, values).value
        assert value is not None
        asked = [field for field in blocks[indicator.code].fields if field.kind is Kind.NUMBER]
        said = "".join(f"{f.label}：{values[f.key]}{f.unit}" for f in asked if values.get(f.key))
        line = f"{indicator.number}{indicator.name}{said}{value.normalize():f}{indicator.unit}"
        assert _joined(line) in text, line


def test_conditions_commitments_and_every_file_with_its_digest_are_there(world: dict[str, Any], book: Read) -> None:
    document, text = world["submission"].document, _chapters(world["form"], book.body)
    for line in document["screening"]:
        for words in (line["text"], line["mark_label"], line["reason"], line["source"], *map("：".join, line["said"])):
            assert _joined(words) in text["screening"], words
    listed = [file for held in document["files"].values() for found in held.values() for file in found]
    assert len(listed) > 4
    for file in listed:
        assert _joined(file["name"]) in text["attached"]
        assert file["digest"] in text["attached"]
    for said in (*document["commitment"]["texts"], document["commitment"]["by"]):
        assert _joined(said) in book.pages[1]


# -- how it is marked -------------------------------------------------------------------------------------------------
def test_cover_names_who_applies_and_who_recommends_and_no_city(book: Read, world: dict[str, Any]) -> None:
    cover = book.pages[0]
    for said in ("卓越级智能工厂项目申报书", "项目名称面向水泵〔䶮〕的智能工厂项目", "申报单位（盖章）甲企业"):
        assert said in cover
    assert "推荐单位（盖章）湖北省经济和信息化厅申报日期" in cover
    assert "武汉" not in cover
    assert "市州" not in cover
    assert world["submission"].document["round"]["unit"]["office"] == "湖北省经济和信息化厅"


def test_each_page_bears_number_version_check_code_and_a_code_of_its_own(book: Read) -> None:
    count = len(book.pages)
    assert count > 15
    for place, page in enumerate(book.pages, start=1):
        assert "卓越级智能工厂项目申报书HB-2024-E-0042第2版" in page, place
        foot = f"核验码{papers.marks().code}页码校验码{papers.code_of(place)}第{place}页共{count}页"
        assert foot in page, place
    assert "扫描二维码" in book.pages[-1]


def test_contents_name_the_page_on_which_each_part_begins(book: Read, world: dict[str, Any]) -> None:
    contents = re.sub(r"[·.…⋯・]+", "·", book.pages[2])
    for section in world["form"].sections[:4]:
        title = _joined(section.title)
        pages = [place for place, page in enumerate(book.pages[3:], start=4) if title in page]
        assert f"{title}·{pages[0]}" in contents, title


def test_draft_says_so_across_each_page_and_has_neither_number_nor_codes(world: dict[str, Any]) -> None:
    draft = world["draft"]
    assert len(draft.pages) > 5
    for page in draft.pages:
        assert "草稿不作为申报依据" in page.replace("草稿草稿", "草稿")
        assert page.count("草稿") >= 2
        assert "核验码" not in page
        assert "HB-2024" not in page
        assert "校验码" not in page
    assert "面向水泵〔䶮〕的智能工厂项目" in draft.pages[0]
    assert "承诺于提交时作出" in draft.pages[1]
    assert "（未填写）" in draft.body


def test_two_seals_lie_on_the_names_they_belong_to_and_cross_nothing_else(book: Read, tmp_path: Path) -> None:
    found = places(book.content)
    assert list(found) == ["enterprise", "unit"]
    assert {place.page for place in found.values()} == {0}
    cover = [word for word in book.words if word.page == 1]
    middles = {}
    for key, name in (("enterprise", "甲企业"), ("unit", "湖北省经济和信息化厅")):
        x, y = (found[key].x + SIDE / 2) / papers.MM, 297 - (found[key].y + SIDE / 2) / papers.MM
        middles[key] = y
        word = next(word for word in cover if word.text == name)
        assert abs((word.left + word.right) / 2 - x) < 1
        assert abs((word.top + word.bottom) / 2 - y) < 3
        others = [other for other in cover if other is not word and other.bottom > y - 21 and other.top < y + 21]
        assert all(other.right < x - 21 or other.left > x + 21 for other in others), key
    assert middles["unit"] - middles["enterprise"] > 42
    with Image.open(book.picture(1, tmp_path)) as page:
        dots = 60 / 25.4
        for y in middles.values():
            box = tuple(int(side * dots) for side in (x - 21, y - 21, x + 21, y + 21))
            seen = page.convert("L").crop(box)
            assert seen.getextrema()[0] < 100, "there is a name to be sealed over"
            assert sum(seen.histogram()[:128]) < seen.width * seen.height / 10, "and not much more"


def test_nothing_that_was_written_is_taken_for_markup(book: Read, listener: tuple[str, list[str]]) -> None:
    address, asked = listener
    assert f'<imgsrc="http://{address}/x.png">' in book.body
    assert asked == []


# -- how it is set ----------------------------------------------------------------------------------------------------
def test_every_letter_is_in_a_font_that_was_chosen(book: Read, world: dict[str, Any], missing: list[str]) -> None:
    for paper in (book, world["draft"]):
        assert set(paper.fonts) <= papers.FONTS, paper.fonts
        assert set(paper.fonts.values()) == {("yes", "yes")}
        assert {"Portal-Fang", "Portal-Kai", "Portal-Hei", "Portal-Song", "Portal-Latin"} <= set(paper.fonts)
    assert missing == []
    for letter in "䶮喆〔〕①Ⅳ㎡₂":
        assert letter in book.body
    printed('<html lang="zh-CN"><title>x</title><p>\U000f0000</p>', identifier="x")
    assert missing, "the test would see one"
