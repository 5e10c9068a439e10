"""Documents: what stands on them, in fonts that are inside, the same bytes each time; and that they reach nothing."""

import io
import subprocess
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from django.template.loader import render_to_string

from applications.documents import next_steps, receipt
from applications.models import Submission
from applications.services.submitting import COMMITMENTS
from portal import walls
from portal.clock import BEIJING
from portal.pdf import Unprintable, printed
from portal.richtext import parse
from portal.templatetags.papers import shares
from tests import papers
from tests.applications import submitted
from tests.factories import People

DIGEST = "0123456789abcdef" * 4
AT = datetime(2024, 11, 22, 23, 59, 58, tzinfo=BEIJING)


def _document(**changes: Any) -> dict[str, Any]:
    return {
        "ref": "SB-7KQ2M9XA",
        "number": "HB-2024-E-0042",
        "version": 2,
        "track": "regular",
        "round": {
            "ref": "HB-2024-E-1",
            "name": "湖北省2024年度卓越级智能工厂申报",
            "tier": "excellent",
            "year": 2024,
            "unit": {"code": "HB", "name": "湖北省"},
        },
        "enterprise": {"name": "武汉䶮喆智造〔集团〕有限公司", "code": "91420100MA4K12345X", "city": "武汉市"},
        "factory": {"ref": "GC-1", "name": "东湖 <b>一号</b> & 二号工厂", "address": "x", "industry": "C34"},
        "sections": {"unit": {}, "factory": {}, "scenarios": {}, "effects": {}, "attachments": {}},
        "files": {"attachments": {"attachment.licence": [{"id": 1}], "attachment.audit": [{"id": 2}, {"id": 3}]}},
        "commitment": {"texts": [text for _, text, _ in COMMITMENTS], "by": "张武华", "at": AT.isoformat()},
        "submitted_by": "张武华",
    } | changes  # fmt: skip


def _submission(**changes: Any) -> Submission:
    facts = {"number": "HB-2024-E-0042", "version": 2, "project": "面向水泵的智能工厂项目", "digest": DIGEST}
    return Submission(**{**facts, "document": _document(), "submitted_at": AT, **changes})


def _text(content: bytes) -> str:
    read = subprocess.run(["pdftotext", "-raw", "-", "-"], input=content, capture_output=True, check=True)
    return read.stdout.decode()


def _joined(content: bytes) -> str:
    return "".join(_text(content).split())


@pytest.fixture(scope="module")
def made() -> bytes:
    return receipt(_submission())


def test_receipt_says_what_was_handed_in_when_by_whom_and_what_follows(made: bytes) -> None:
    text = _joined(made)
    for said in (
        "申报回执",
        "HB-2024-E-0042",
        "第2版",
        "武汉䶮喆智造〔集团〕有限公司",
        "91420100MA4K12345X",
        "东湖<b>一号</b>&二号工厂",
        "面向水泵的智能工厂项目",
        "湖北省2024年度卓越级智能工厂申报",
        "HB-2024-E-1（推荐单位：湖北省）",
        "2024年11月22日23:59:58（北京时间）",
        "张武华",
        "5个部分，附件及图片3个",
        "承诺人：张武华",
        "武汉市工业和信息化主管部门会同相关部门初审并报送",
        "不代表审核结论",
        "第1页共1页",
        "HB-2024-E-0042第2版0123456789abcdef第1页",
    ):
        assert said in text, said
    assert DIGEST in text


def test_time_is_beijings_whatever_clock_it_came_by(made: bytes) -> None:
    utc = AT.astimezone(datetime.fromisoformat("2024-01-01T00:00:00+00:00").tzinfo)
    assert receipt(_submission(submitted_at=utc)) == made


def test_fonts_are_inside_and_no_letter_is_missing(caplog: pytest.LogCaptureFixture) -> None:
    made = receipt(_submission())
    listed = subprocess.run(["pdffonts", "-"], input=made, capture_output=True, check=True).stdout.decode().splitlines()
    assert len(listed) > 2
    for line in listed[2:]:
        embedded, subset = line.split()[-5:-3]
        assert (embedded, subset) == ("yes", "yes"), line
    assert "notdef" not in caplog.text
    printed("<p>\U000f0000</p>", identifier="x")
    assert "notdef" in caplog.text, "the test would see one"


def test_same_submission_gives_the_same_bytes_and_another_does_not(made: bytes) -> None:
    assert receipt(_submission()) == made
    assert receipt(_submission(version=3)) != made
    with pikepdf.open(io.BytesIO(made)) as document:
        assert DIGEST.encode() in bytes(document.trailer.ID[0])


def test_receipt_of_a_real_submission(people: People) -> None:
    row = submitted(people)
    with walls.system("test"):
        found = row.submissions.get(version=1)
    text = _joined(receipt(found))
    for said in (found.number, "第1版", row.factory.name, found.digest, people.enterprise_admin_a.user.name):
        assert said in text


@pytest.mark.parametrize(
    ("changes", "says", "not_said"),
    [
        ({}, "武汉市工业和信息化主管部门", "不占推荐名额"),
        ({"track": "direct"}, "不参加市州和省级排序", "武汉市"),
        ({"enterprise": {"name": "集团企业", "city": ""}}, "湖北省组织评审和推荐", "初审"),
    ],
)
def test_next_steps_follow_from_the_way_it_goes(changes: dict[str, Any], says: str, not_said: str) -> None:
    steps = "".join(next_steps(_document(**changes)))
    assert says in steps
    assert not_said not in steps


# -- a document reaches nothing ---------------------------------------------------------------------------------------
@pytest.fixture
def listener() -> Any:
    """A server on this machine, and what was asked of it."""
    with papers.listening() as found:
        yield found


@pytest.mark.parametrize(
    "html",
    [
        '<img src="http://{}/x.png">',
        '<img src="HTTP://{}/x.png">',
        '<img src="//{}/x.png">',
        '<link rel="stylesheet" href="http://{}/x.css">',
        '<style>@import "http://{}/x.css";</style>',
        '<style>@font-face {{ font-family: x; src: url(http://{}/x.ttf) }}</style><p style="font-family: x">x</p>',
        '<p style="background: url(http://{}/x.png)">x</p>',
        '<object data="http://{}/x"></object>',
        '<embed src="http://{}/x.svg">',
        '<link rel="attachment" href="http://{}/x">',
        '<a rel="attachment" href="http://{}/x">x</a>',
        '<base href="http://{}/"><img src="x.png">',
        "<svg><image href='http://{}/x.png'/></svg>",
        '<video poster="http://{}/x.png"></video><img src="http://{}/x">',
        '<ul style="list-style-image: url(http://{}/x.png)"><li>x</li></ul>',
        "<style>@page {{ background: url(http://{}/x.png) }}</style><p>x</p>",
        "<style>p::before {{ content: url(http://{}/x.png) }}</style><p>x</p>",
    ],
)
def test_no_address_is_asked_whatever_a_document_says(html: str, listener: Any) -> None:
    address, asked = listener
    with pytest.raises(Unprintable):
        printed(html.replace("{}", address).replace("{{", "{").replace("}}", "}"), identifier="x")
    assert asked == []


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://127.0.0.1/x.css",
        "data:text/css,p{color:red}",
        "asset:../portal/settings.py",
        "asset:../../etc/passwd.css",
        "asset:css/../../portal/x.css",
        "asset:/etc/x.css",
        "asset://127.0.0.1/x.css",
        "asset:css/nothing.css",
        "asset:js/portal.js",
        "asset:css/%2e%2e/x.css",
        "settings.py",
    ],
)
def test_nothing_but_named_static_files_is_loaded(url: str) -> None:
    with pytest.raises(Unprintable):
        printed(f'<link rel="stylesheet" href="{url}">', identifier="x")


def test_file_is_never_attached(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    for html in (f'<a rel="attachment" href="{secret}">x</a>', f'<link rel="attachment" href="file://{secret}">'):
        with pytest.raises(Unprintable):
            printed(html, identifier="x")


# -- what an applicant may well write ---------------------------------------------------------------------------------
def test_page_of_text_in_one_cell_is_set_in_seconds_and_all_of_it() -> None:
    """Without given widths WeasyPrint takes a minute for it, and no book of that kind would ever be made."""
    cell = "".join(f"第{number}句甲乙丙丁戊，" for number in range(200))
    html = render_to_string("documents/_rich.html", {"blocks": parse(f"| 项目 | 说明 |\n| 甲 | {cell} |\n| 乙 | 尾 |")})
    before = time.process_time()
    made = printed(f'<link rel="stylesheet" href="asset:css/paper.css">{html}', identifier="x")
    assert time.process_time() - before < 4
    text = _joined(made)
    assert all(f"第{number}句" in text for number in range(0, 200, 7))
    assert "尾" in text


def test_columns_are_as_wide_as_what_stands_in_them() -> None:
    assert sum(shares([["项目", "说明"], ["甲", "很长的说明" * 20]])) == 24
    narrow, wide = shares([["项目", "说明"], ["甲", "很长的说明" * 20]])
    assert narrow * 3 < wide
    assert shares([["甲"] * 12]) == [2] * 12
    assert shares([["甲"] * 16]) == [], "too many to tell apart: all the same"


def test_without_fonts_of_its_own_a_paper_is_set_in_what_the_machine_has(settings: Any, tmp_path: Path) -> None:
    settings.FONTS_DIR = tmp_path
    html = '<html lang="zh-CN"><head><title>x</title><link rel="stylesheet" href="asset:css/paper.css"></head>'
    assert "正文" in _joined(printed(f"{html}<body><p>正文</p></body></html>", identifier="x"))
