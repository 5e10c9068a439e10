"""The papers of the review: set after GB/T 9704, each of their facts on them, seals where they belong."""

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from itertools import combinations, pairwise
from math import dist
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from PIL import Image

from portal.clock import BEIJING
from portal.seals.places import SIDE, places
from portal.templatetags.papers import balanced
from review.documents import LAYOUTS
from review.papers import (
    Contact,
    Judge,
    Judged,
    Listed,
    Minutes,
    PublicNotice,
    Recommendation,
    Scored,
    ScoreSheet,
    Signatory,
    SummaryTable,
    city_letter,
    unit_letter,
)
from tests import papers
from tests.papers import MM, Read
from tiers.terms import Column

ON = date(2024, 11, 25)
DEPARTMENTS = {
    "": "经济和信息化",
    "-development": "发展和改革",
    "-finance": "财政",
    "-market": "市场监督管理",
    "-data": "数据",
}
CITY = tuple(Signatory(f"city{key}", f"武汉市{name}局") for key, name in DEPARTMENTS.items())
UNIT = (
    Signatory("unit", "湖北省经济和信息化厅"),
    Signatory("unit-development", "湖北省发展和改革委员会"),
    Signatory("unit-finance", "湖北省财政厅"),
    Signatory("unit-market", "湖北省市场监督管理局"),
    Signatory("unit-data", "湖北省数据局"),
)
CONTACT = Contact("张武华", "027-87236839", "湖北省武汉市武昌区洪山大厦A座", "zbc@hubei.example")
NAMES = ("position", "enterprise", "code", "project", "industry", "address", "contact", "phone")
LABELS = ("序号", "申报单位", "统一社会信用代码", "项目名称", "所属行业", "工厂地址", "联系人", "联系电话")
COLUMNS = tuple(Column(code, name, "") for code, name in zip(NAMES, LABELS, strict=True))


def _row(place: int) -> dict[str, str]:
    return {
        "enterprise": f"武汉䶮喆智造第{place}〔集团〕有限公司",
        "code": f"91420100MA4K{place:05d}X",
        "project": f"面向水泵的智能工厂项目之{place}",
        "industry": "C37 铁路、船舶、航空航天和其他运输设备制造业",
        "address": f"武汉市东湖新技术开发区高新大道{place}号",
        "contact": "欧阳喆",
        "phone": f"027-8723{place:04d}",
    }


ROWS = tuple(map(_row, range(1, 21)))
LONG = "为贯彻落实制造业数字化转型行动方案" * 62
MIXED = "2024年智造CO减排12.5%，" * 120
FACTS = Recommendation(
    tier="卓越级",
    year=2024,
    notice="《关于开展智能工厂梯度培育及2024年度卓越级智能工厂申报的通知》",
    place="武汉市",
    to="湖北省经济和信息化厅",
    projects=tuple(row["project"] for row in ROWS),
    signatories=CITY,
    on=ON,
    contact=CONTACT,
    number="武经信函〔2024〕108号",
)
TABLE = SummaryTable("卓越级", 2024, CITY[0].name, COLUMNS, ROWS, CITY, ON, CONTACT)
SHEET = ScoreSheet(
    "湖北省2024年度卓越级智能工厂申报",
    "HB-2024-E-0042",
    "面向水泵的智能工厂项目",
    "武汉䶮喆智造有限公司",
    "装备制造组",
    "陈喆",
    (
        Scored("智能制造能力成熟度", Decimal(20), Decimal("17.5"), "等级与现场一致"),
        Scored("信息基础", Decimal(30), Decimal(26), "网络与数据底座完整"),
        Scored("技术应用先进性", Decimal(50), Decimal("43.25")),
    ),
    "场景覆盖全面，能耗每㎡下降明显。",
    ON,
)
MINUTES = Minutes(
    "湖北省2024年度卓越级智能工厂申报",
    "装备制造组",
    datetime(2024, 11, 27, 9, 30, tzinfo=BEIJING),
    "武汉市洪山大厦三楼会议室",
    (Judge("陈喆", "华中科技大学", "教授", is_chair=True), Judge("李䶮", "某研究院", "研究员", recused="回避“某项目”")),
    (
        Judged("武汉䶮喆智造有限公司", "面向水泵的智能工厂项目", "86.75", "推荐"),
        Judged("某公司", "某项目", "61.00", "不推荐"),
    ),
    ("专家组审阅了申报材料，质询后形成以上结果。", "建议补充数据安全措施。"),
    "周记录",
)
NOTICE = PublicNotice(
    "湖北省2024年度卓越级智能工厂拟推荐名单公示",
    "按照鄂经信办函〔2024〕82号要求，经企业申报、市州初审、专家评审",
    tuple(Listed(row["enterprise"], row["project"], "武汉市") for row in ROWS),
    ON,
    date(2024, 11, 29),
    5,
    CONTACT,
    UNIT[:1],
    ON,
)
THINGS: dict[str, Any] = {
    "city_table": TABLE,
    "unit_table": replace(TABLE, issuer=UNIT[0].name, signatories=UNIT, size="A3"),
    "city_letter": city_letter(FACTS),
    "unit_letter": replace(
        unit_letter(replace(FACTS, place="湖北省", to="工业和信息化部（装备工业一司）", signatories=UNIT)),
        paragraphs=(LONG, MIXED),
    ),
    "score_sheet": SHEET,
    "minutes": MINUTES,
    "public_notice": NOTICE,
}


@pytest.fixture(scope="module")
def missing() -> Iterator[list[str]]:
    """What WeasyPrint says about letters that no font has."""
    with papers.missing_letters() as found:
        yield found


@pytest.fixture(scope="module")
def made(missing: list[str]) -> dict[str, Read]:
    """Each paper, printed once."""
    done = {}
    for kind, layout in LAYOUTS.items():
        done[kind] = papers.set_in(layout.template, layout.context(THINGS[kind]), papers.marks())
    return done


def _sealed(paper: Read) -> dict[str, tuple[int, float, float]]:
    """Each seal's place: page (from 1), and its middle in mm from the page's upper left corner."""
    with pikepdf.open(io.BytesIO(paper.content)) as pdf:
        tall = {number: float(page.mediabox[3]) for number, page in enumerate(pdf.pages, start=1)}
    found = places(paper.content)
    half = SIDE / 2
    return {
        key: (place.page + 1, (place.x + half) / MM, (tall[place.page + 1] - place.y - half) / MM)
        for key, place in found.items()
    }


# -- what stands on them ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("kind", ["city_table", "unit_table"])
def test_table_has_the_rounds_columns_in_their_order_and_the_rows_in_theirs(made: dict[str, Read], kind: str) -> None:
    paper = made[kind]
    head = "".join(LABELS)
    for page in paper.pages:
        assert head in page, "the heading is repeated"
    lines = [
        "".join(f"{place}" if name == "position" else row[name] for name in NAMES) for place, row in enumerate(ROWS, 1)
    ]
    text = "".join(paper.pages)
    found = [text.index("".join(line.split())) for line in lines]
    assert found == sorted(found)
    assert "共20个项目" in text


def test_table_follows_the_round_and_not_its_own_idea_of_columns() -> None:
    columns = (Column("project", "项目", ""), Column("remarks", "备注", ""), Column("position", "推荐顺序", ""))
    layout = LAYOUTS["city_table"]
    paper = papers.set_in(layout.template, layout.context(replace(TABLE, columns=columns)), papers.marks())
    assert "项目备注推荐顺序" in paper.pages[0]
    assert "面向水泵的智能工厂项目之11面向" in paper.pages[0]
    assert "027-87230001" not in paper.pages[0]


def test_letters_say_whom_they_recommend_to_whom_by_which_notice(made: dict[str, Read]) -> None:
    text = "".join(made["city_letter"].pages)
    for said in (
        "武汉市经济和信息化局武经信函〔2024〕108号",
        "武汉市经济和信息化局等5部门关于推荐2024年度卓越级智能工厂项目的函",
        "湖北省经济和信息化厅：",
        "现推荐“面向水泵的智能工厂项目之1”等20个项目",
        "一式两份",
        "附件：1．2024年度卓越级智能工厂项目推荐汇总表",
        "张武华027-87236839",
    ):
        assert said in text, said
    unit = unit_letter(replace(FACTS, signatories=UNIT, projects=FACTS.projects[:1]))
    assert unit.paragraphs[0].endswith("现推荐“面向水泵的智能工厂项目之1”共1个项目，推荐优先顺序见附件1。")


@pytest.mark.parametrize(
    ("kind", "facts"),
    [
        (
            "score_sheet",
            ["HB-2024-E-0042", "装备制造组", "专家：陈喆", "2信息基础3026网络与数据底座完整", "3技术应用先进性5043.25"],
        ),
        ("score_sheet", ["合计10086.75", "场景覆盖全面，能耗每㎡下降明显。", "2024年11月25日"]),
        (
            "minutes",
            ["2024年11月27日09:30", "武汉市洪山大厦三楼会议室", "1武汉䶮喆智造有限公司面向水泵的智能工厂项目86.75推荐"],
        ),
        (
            "minutes",
            [
                "建议补充数据安全措施。",
                "1陈喆（组长）华中科技大学教授无",
                "2李䶮某研究院研究员回避“某项目”",
                "记录人周记录",
            ],
        ),
        ("public_notice", ["公示时间为2024年11月25日至2024年11月29日（5个工作日）", "匿名", "身份依法予以保密"]),
        ("public_notice", ["20武汉䶮喆智造第20〔集团〕有限公司面向水泵的智能工厂项目之20武汉市", "zbc@hubei.example"]),
    ],
)
def test_form_says_its_facts(made: dict[str, Read], kind: str, facts: list[str]) -> None:
    for said in facts:
        assert said in "".join(made[kind].pages), said


@pytest.mark.parametrize("kind", sorted(LAYOUTS))
def test_every_paper_is_marked_tagged_and_set_in_chosen_fonts(
    made: dict[str, Read], kind: str, missing: list[str]
) -> None:
    paper = made[kind]
    for place, page in enumerate(paper.pages, start=1):
        assert f"核验码{papers.marks().code}" in page
        assert f"页码校验码{papers.code_of(place)}" in page
        assert re.search(rf"第{place}页共{len(paper.pages)}页|共{len(paper.pages)}页", page)
    assert any("HB-2024-E-0042第2版" in page for page in paper.pages)
    assert set(paper.fonts) <= papers.FONTS
    assert set(paper.fonts.values()) == {("yes", "yes")}
    with pikepdf.open(io.BytesIO(paper.content)) as pdf:
        assert pdf.Root.MarkInfo.Marked
        assert str(pdf.Root.Lang) == "zh-CN"
    assert missing == []


# -- how they are set -------------------------------------------------------------------------------------------------
def test_page_of_text_has_22_lines_of_28_letters_where_the_standard_wants_them(made: dict[str, Read]) -> None:
    lines = [word for word in made["unit_letter"].words if word.page == 2 and 33 < word.top < 262]
    assert len(lines) == 22
    assert {len(line.text) for line in lines[:-1]} == {28}
    assert {round(line.left) for line in lines} == {28}
    assert all(abs(line.right - 184) < 0.5 for line in lines[:-1])
    assert 37 <= lines[0].top < 41
    assert 252 < lines[-1].bottom <= 262


def test_lines_with_figures_are_22_to_a_page_too(made: dict[str, Read]) -> None:
    tops = sorted(word.top for word in made["unit_letter"].words if word.page == 3 and 33 < word.top < 262)
    assert 1 + sum(later - earlier > 5 for earlier, later in pairwise(tops)) == 22


def test_tables_lie_across_the_page(made: dict[str, Read]) -> None:
    for kind, (width, height) in {"city_table": (297, 210), "unit_table": (420, 297), "minutes": (210, 297)}.items():
        with pikepdf.open(io.BytesIO(made[kind].content)) as pdf:
            for page in pdf.pages:
                assert [round(float(side) / MM) for side in page.mediabox[2:]] == [width, height]


def test_letters_bear_their_number_on_the_outer_side_and_none_on_the_first_page(made: dict[str, Read]) -> None:
    words = [word for word in made["unit_letter"].words if word.top > 262]
    dashes = {p: [word.left for word in words if word.page == p and word.text == "—"] for p in (1, 2, 3)}
    assert dashes[1] == []
    assert max(dashes[2]) < 60, "the left of an even page"
    assert min(dashes[3]) > 150, "the right of an odd one"


# -- where they are sealed --------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("kind", "signatories"),
    [
        ("city_table", CITY),
        ("unit_table", UNIT),
        ("city_letter", CITY),
        ("unit_letter", UNIT),
        ("public_notice", UNIT[:1]),
    ],
)
def test_each_seal_lies_on_its_office_and_the_last_on_the_date_too(
    made: dict[str, Read], kind: str, signatories: tuple[Signatory, ...]
) -> None:
    paper, found = made[kind], _sealed(made[kind])
    assert set(found) == {signatory.key for signatory in signatories}
    for signatory in signatories:
        page, x, y = found[signatory.key]
        words = [word for word in paper.words if word.page == page and word.text == signatory.name]
        middles = [((word.left + word.right) / 2, (word.top + word.bottom) / 2) for word in words]
        assert any(abs(x - left) < 1 and abs(y - top) < 7 for left, top in middles), signatory.name
    page, x, y = found[signatories[-1].key]
    date_ = [
        word for word in paper.words if word.page == page and word.text in {"2024", "年", "2024年11月25日", "25", "日"}
    ]
    assert any(abs(x - (word.left + word.right) / 2) < 21 and 0 < word.top - y < 12 for word in date_)


@pytest.mark.parametrize("kind", ["city_table", "unit_table", "city_letter", "unit_letter"])
def test_seals_do_not_touch_each_other_and_stay_on_the_page(made: dict[str, Read], kind: str, tmp_path: Path) -> None:
    found = list(_sealed(made[kind]).values())
    for one, other in combinations(found, 2):
        assert one[0] != other[0] or dist(one[1:], other[1:]) > 42
    page = found[0][0]
    assert "".join(made[kind].pages[page - 1]).count("2024年11月25日") == 1
    with Image.open(made[kind].picture(page, tmp_path)) as picture:
        dots = 60 / 25.4
        grey = picture.convert("L")
        for _, x, y in found:
            box = tuple(int(side * dots) for side in (x - 21, y - 21, x + 21, y + 21))
            assert box[0] > 0
            assert box[1] > 0
            assert box[2] < picture.width
            assert box[3] < picture.height
            assert grey.crop(box).getextrema()[0] < 100, "there is a name to be sealed over"
            edge = (box[0], box[1], box[2], box[1] + 8)
            assert grey.crop(edge).getextrema()[0] > 200, "and nothing else that the seal would cover"


def test_headings_break_where_no_word_is_torn() -> None:
    assert balanced("短标题", 20) == "短标题"
    long = balanced("湖北省经济和信息化厅等5部门关于推荐2024年度卓越级智能工厂项目的函", 20).split("<br>")
    assert "".join(long) == "湖北省经济和信息化厅等5部门关于推荐2024年度卓越级智能工厂项目的函"
    assert all(len(line) <= 20 for line in long)
    assert not any(re.search(r"\d$", one) and re.match(r"\d", two) for one, two in pairwise(long))
    assert balanced("关于甲<乙", 4).count("&lt;") == 1
