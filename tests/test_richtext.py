"""Text with a little shape: what is a list, a table, a picture, and what is only text."""

import pytest
from django.template.loader import render_to_string
from hypothesis import given
from hypothesis import strategies as st

from portal import richtext
from portal.richtext import Items, Paragraph, Picture, Table, length, parse, pictures, plain


@pytest.mark.parametrize(
    ("text", "blocks"),
    [
        ("", ()),
        ("一\n二\n\n三", (Paragraph(("一", "二")), Paragraph(("三",)))),
        ("　　首行缩进\n \n尾", (Paragraph(("首行缩进",)), Paragraph(("尾",)))),
        ("- 甲\n-  乙", (Items(("甲", "乙")),)),
        ("1. 甲\n2. 乙\n4. 丙", (Items(("甲", "乙"), 1), Items(("丙",), 4))),
        ("3. 甲\n- 乙", (Items(("甲",), 3), Items(("乙",)))),
        ("- 甲\n\n- 乙", (Items(("甲",)), Items(("乙",)))),
        ("前\n- 甲\n后", (Paragraph(("前",)), Items(("甲",)), Paragraph(("后",)))),
        ("-无空格\n-\n1.5倍\n1、甲\n（一）乙", (Paragraph(("-无空格", "-", "1.5倍", "1、甲", "（一）乙")),)),
        ("| 甲 | 乙 |\n|---|:-:|\n| 1 |", (Table((("甲", "乙"), ("1", ""))),)),
        ("|---|", ()),
        ("| 只有一行 |", (Table((("只有一行",),)),)),
        ("a | b", (Paragraph(("a | b",)),)),
        ("![总体 架构](图片:12)", (Picture("12", "总体 架构"),)),
        ("![](图片：7)", (Picture("7", ""),)),
        ("见![图](图片:7)", (Paragraph(("见![图](图片:7)",)),)),
        ("![图](http://x/y.png)", (Paragraph(("![图](http://x/y.png)",)),)),
        ("<b>粗</b> **粗** # 标题", (Paragraph(("<b>粗</b> **粗** # 标题",)),)),
    ],
)  # fmt: skip
def test_text_is_read_as(text: str, blocks: tuple[richtext.Block, ...]) -> None:
    assert parse(text) == blocks


def test_what_is_read_is_counted_and_marks_are_not() -> None:
    assert length("甲乙\n丙") == 3
    assert length("- 甲\n- 乙\n\n| 丙 | 丁 |\n|---|---|\n\n![戊](图片:1234)\n\n10. 己") == 6
    assert length("䶮𠮷😀") == 3


@given(st.text(alphabet="甲- 1.|![](图片:)\n", max_size=80))
def test_nothing_is_counted_that_was_not_typed(text: str) -> None:
    """So a text no longer than its limit is never too long, and nobody has to read it to know."""
    assert length(text) <= len(text)
    assert len(pictures(text)) == sum(isinstance(block, Picture) for block in parse(text))


def test_pictures_are_named_in_order() -> None:
    assert pictures("![a](图片:2)\n\n文\n![b](图片:1)\n![a](图片:2)") == ("2", "1", "2")


def test_plain_text_keeps_what_tells_two_versions_apart() -> None:
    text = "文\n\n- 甲\n\n2. 乙\n\n| 丙 | 丁 |\n\n![戊](图片:1)\n![](图片:2)"
    assert plain(text) == "文\n• 甲\n2. 乙\n丙｜丁\n〔图片1：戊〕\n〔图片2〕"


def test_page_shows_shape_and_no_markup_of_its_own() -> None:
    text = '甲<script>\n乙\n\n- 丙\n\n3. 丁\n\n| 戊 | 己 |\n| 1 | 2 |\n\n![庚"><b>](图片:1)\n![辛](图片:2)'
    page = "".join(render_to_string("declared/_rich.html", {"blocks": parse(text, {"1": "/files/1/"})}).split())
    assert "<p>甲&lt;script&gt;<br>乙</p>" in page
    assert "<ul><li>丙</li></ul>" in page
    assert '<olstart="3"><li>丁</li></ol>' in page
    assert '<thscope="col">戊</th>' in page
    assert "<td>1</td><td>2</td>" in page
    assert '<imgsrc="/files/1/"alt="庚&quot;&gt;&lt;b&gt;">' in page
    assert "〔图片2已移除：辛〕" in page
