"""The papers of the review: set after GB/T 9704, each of their facts on them, seals where they belong."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from portal.clock import BEIJING
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
from tests.papers import Read
from tiers.terms import Column

ON = date(2024, 11, 25)
DEPARTMENTS = {"": "经济和信息化", "-development": "发展和改革", "-finance": "财政", "-market": "市场监督管理", "-data": "数据"}
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
LONG = "为贯彻落实制造业数字化转型行动方案" * 60
FACTS = Recommendation(
    tier="卓越级",
    year=2024,
    notice="关于开展智能工厂梯度培育及2024年度卓越级智能工厂申报的通知",
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
    "湖北省2024年度卓越级智能工厂申报", "HB-2024-E-0042", "面向水泵的智能工厂项目", "武汉䶮喆智造有限公司", "装备制造组", "陈喆",
    (
        Scored("智能制造能力成熟度", Decimal(20), Decimal("17.5"), "等级与现场一致"),
        Scored("信息基础", Decimal(30), Decimal(26), "网络与数据底座完整"),
        Scored("技术应用先进性", Decimal(50), Decimal("43.25")),
    ),
    "场景覆盖全面，能耗每㎡下降明显。",
    ON,
)  # fmt: skip
MINUTES = Minutes(
    "湖北省2024年度卓越级智能工厂申报", "装备制造组", datetime(2024, 11, 27, 9, 30, tzinfo=BEIJING), "武汉市洪山大厦三楼会议室",
    (Judge("陈喆", "华中科技大学", "教授", is_chair=True), Judge("李䶮", "某研究院", "研究员", recused="回避“某项目”")),
    (Judged("武汉䶮喆智造有限公司", "面向水泵的智能工厂项目", "86.75", "推荐"), Judged("某公司", "某项目", "61.00", "不推荐")),
    ("专家组审阅了申报材料，质询后形成以上结果。", "建议补充数据安全措施。"),
    "周记录",
)  # fmt: skip
NOTICE = PublicNotice(
    "湖北省2024年度卓越级智能工厂拟推荐名单公示", "按照鄂经信办函〔2024〕82号要求，经企业申报、市州初审、专家评审",
    tuple(Listed(row["enterprise"], row["project"], "武汉市") for row in ROWS), ON, date(2024, 11, 29), 5, CONTACT, UNIT[:1], ON,
)  # fmt: skip
THINGS: dict[str, Any] = {
    "city_table": TABLE,
    "unit_table": replace(TABLE, issuer=UNIT[0].name, signatories=UNIT, size="A3"),
    "city_letter": city_letter(FACTS),
    "unit_letter": replace(
        unit_letter(replace(FACTS, place="湖北省", to="工业和信息化部（装备工业一司）", signatories=UNIT)),
        paragraphs=(LONG,),
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
        done[kind] = papers.set_in(layout.template, layout.context(THINGS[kind]), papers.marks("", 1))
    return done


def test_x(made):
    for k, v in made.items():
        Path(f"/tmp/p-{k}.pdf").write_bytes(v.content)
        print(k, len(v.pages), v.fonts.keys())
