"""The browser reads a rich text as the server does, and makes markup of what Word, WPS and Excel copy."""

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from portal import richtext
from portal.declared import Block, Field, Kind, Section, read

SCRIPT = Path(__file__).parent.parent / "static/js/richtext.js"
PIECES = [
    "- ", "-", "1. ", "2. ", "12. ", "| ", "|", " |", "|---|", "![", "](图片:", "](图片：", "3)", "甲", "乙丙", "\n",
    "\n\n", " ",
    "\u3000", "\u00a0", "\t", "😀", "𠮷", "\u200b", "\ufeff", "\r\n", "\x0b", "\u2028", "0. ", "。", "]", "(",
]  # fmt: skip


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    tab = browser.new_page()
    tab.add_script_tag(path=SCRIPT)
    yield tab
    tab.close()


def _as_server_keeps(text: str) -> str:
    section = Section("s", "节", (Block("b", "块", (Field("f", "文", Kind.RICH),)),))
    return str(read(section, {"f": text})["f"])


def _said(block: richtext.Block) -> dict[str, Any]:
    if isinstance(block, richtext.Picture):
        return {"kind": block.kind, "id": block.id, "caption": block.caption}
    if isinstance(block, richtext.Items):
        return {"kind": block.kind, "start": block.start, "items": list(block.items)}
    if isinstance(block, richtext.Paragraph):
        return {"kind": block.kind, "lines": list(block.lines)}
    return {"kind": block.kind, "rows": [list(row) for row in block.rows]}


def _padded(block: dict[str, Any]) -> dict[str, Any]:
    if block["kind"] != "table":
        return block
    width = max(map(len, block["rows"]))
    return block | {"rows": [row + [""] * (width - len(row)) for row in block["rows"]]}


def test_browser_counts_and_reads_as_the_server_does(page: Page) -> None:
    chance = random.Random(4)
    texts = ["".join(chance.choices(PIECES, k=chance.randint(1, 14))) for _ in range(3000)]
    read_there = page.evaluate("texts => texts.map((t) => [portalRich.length(t), portalRich.parse(t)])", texts)
    for text, (counted, blocks) in zip(texts, read_there, strict=True):
        kept = _as_server_keeps(text)
        assert counted == richtext.length(kept), repr(text)
        assert [_padded(b) for b in blocks] == [_said(b) for b in richtext.parse(kept)], repr(text)


WORD_LIST = "<p class=MsoListParagraph style='mso-list:l0 level1 lfo1'>{sign}{text}</p>"
SIGN = "<![if !supportLists]><span style='mso-list:Ignore'>{}<span>&nbsp;&nbsp;</span></span><![endif]>"


@pytest.mark.parametrize(
    ("html", "markup"),
    [
        ("<p>只有<b>文字</b></p>", ""),
        (
            "<html><head><style>td{color:red}</style></head><body><table><tr><td>甲</td><td>乙</td></tr>"
            "<tr><td>1\n  2</td><td>a|b</td></tr></table></body></html>",
            "| 甲 | 乙 |\n| 1 2 | a｜b |",
        ),
        (
            "<table><tr><td rowspan=2>指标</td><td colspan=2>数值</td></tr><tr><td>前</td><td>后</td></tr></table>",
            "| 指标 | 数值 |  |\n|  | 前 | 后 |",
        ),
        (
            "<p>前文</p><ul><li>甲<ul><li>乙</li></ul></li></ul><ol start=3><li>丙</li></ol>后文",
            "前文\n\n- 甲\n- 乙\n3. 丙\n\n后文",
        ),
        (
            WORD_LIST.format(sign=SIGN.format("·"), text="第一项")
            + WORD_LIST.format(sign=SIGN.format("2."), text="第二项")
            + WORD_LIST.format(sign=SIGN.format("（三）"), text="标题"),
            "- 第一项\n2. 第二项\n\n（三）标题",
        ),
        ("<table><tr><td>孤零零一格</td></tr></table>", "孤零零一格"),
        ("<ul><li>甲<script>alert(1)</script><img src=x onerror=alert(1)></li></ul>", "- 甲"),
    ],
)  # fmt: skip
def test_what_was_copied_becomes_markup(page: Page, html: str, markup: str) -> None:
    assert page.evaluate("html => portalRich.fromHtml(html)", html) == markup
