"""A form declared as data: what is kept, what is pointed out, how two versions differ."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal import richtext
from portal.declared import (
    Answered,
    Block,
    Field,
    Form,
    Kind,
    Line,
    Section,
    Unkeepable,
    Unreadable,
    day,
    differences,
    field_of,
    label_of,
    length,
    limits_in_words,
    number,
    problems,
    progress,
    read,
    row_key,
    rows_of,
    summary,
)

COLUMNS = (
    Field("area", "环节", Kind.CHOICE, required=True, choices=(("a", "甲环节"), ("b", "乙环节"))),
    Field("name", "名称", Kind.TEXT, limit=5, required=True),
)
SECTION = Section(
    "one",
    "第一节",
    (
        Block(
            "q",
            "问题",
            (Field("q.met", "是否", Kind.YES_NO, required=True), Field("q.note", "说明", Kind.LONG, limit=10)),
        ),
        Block("n", "数", (Field("n", "产值", Kind.NUMBER, unit="万元", least=Decimal(0), most=Decimal(100)),)),
        Block("d", "日", (Field("d", "日期", Kind.DATE),)),
        Block("t", "表", (Field("t", "场景", Kind.ROWS, required=True, columns=COLUMNS),)),
        Block("p", "选", (Field("p", "体现", Kind.PICK, picks="t"), Field("f", "材料", Kind.FILES, required=True))),
    ),
)  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("12", "12"), ("12.50", "12.50"), ("１２．５", "12.5"), ("1,234,567.8", "1234567.8"), ("-3", "-3"),
        ("82%", "82"),
        (".5", "0.5"), (" 7 ", "7"), ("＋3", "3"),
    ],
)  # fmt: skip
def test_number_is_read_however_it_is_typed(typed: str, value: str) -> None:
    assert number(typed) == Decimal(value)


@pytest.mark.parametrize(
    "typed", ["", "abc", "3,2", "1,23,456", "1.2.3", "1e5", "NaN", "Infinity", "一百", "1" * 20, "--1", "1/2"]
)
def test_what_is_no_number_gives_none(typed: str) -> None:
    assert number(typed) is None


@given(st.text(max_size=30))
def test_number_never_breaks(typed: str) -> None:
    assert number(typed) is None or number(typed).is_finite()


def test_day_is_iso_or_none() -> None:
    assert str(day("2024-11-22")) == "2024-11-22"
    assert [day(text) for text in ("", "2024-02-30", "22/11/2024", "20241122x")] == [None] * 4


def test_length_counts_code_points_and_a_line_break_once() -> None:
    assert length("䶮喆\r\n𠮷") == 4


def test_read_keeps_what_was_mistyped_and_shortens_nothing() -> None:
    kept = read(SECTION, {"n": " 12x ", "q.note": "字" * 50, "d": "昨天"})
    assert kept == {"n": "12x", "q.note": "字" * 50, "d": "昨天"}


def test_read_folds_line_ends() -> None:
    assert read(SECTION, {"q.note": "一\r\n二 "}) == {"q.note": "一\n二"}


@pytest.mark.parametrize(
    "changes",
    [
        {"unknown": "x"}, {"q.met": "maybe"}, {"q.met": True}, {"n": 12}, {"n": ["1"]}, {"q.note": "x\0"},
        {"f": "x"}, {"t": "x"}, {"t[r1]": "x"}, {"t[r1]": {"other": "x"}}, {"t[r1]": {"area": "c"}},
        {"t[R1]": {"name": "x"}}, {"p": "r1"}, {"p": ["no good!"]}, {"q.note": "字" * 20_001}, {"n[r1]": {"name": "x"}},
    ],
)  # fmt: skip
def test_what_the_form_cannot_have_asked_is_refused(changes: dict) -> None:
    with pytest.raises(Unreadable):
        read(SECTION, changes)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [("字" * 20_001, "“说明”内容过长（20001字）"), ("甲\0", "无法保存的特殊字符"), ("\ud83d", "无法保存的特殊字符")],
)
def test_what_cannot_be_kept_is_said_in_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(Unkeepable, match=sentence):
        read(SECTION, {"q.note": text})


def test_row_is_kept_whole_and_taken_away_by_null() -> None:
    assert read(SECTION, {"t[r1]": {"name": "甲"}}) == {"t[r1]": {"area": "", "name": "甲"}}
    assert read(SECTION, {"t[r1]": None}) == {"t[r1]": None}


def test_rows_stand_in_the_order_they_were_made() -> None:
    values = {row_key("t", "m2"): {"name": "后"}, row_key("t", "m1"): {"name": "先"}, "n": "1", row_key("u", "m0"): {}}
    assert [row["name"] for row in rows_of(values, "t").values()] == ["先", "后"]


def test_problems_are_sentences_that_lead_to_their_field() -> None:
    values = {"q.met": "", "q.note": "字" * 12, "n": "101", "d": "昨天", "t[m1]": {"area": "a", "name": "六个字的名字"}}
    found = {p.key: (p.sentence, p.is_missing) for p in problems(SECTION, values)}
    assert found == {
        "q.met": ("请填写是否。", True),
        "q.note": ("说明限10字，现有12字，请删减2字。", False),
        "n": ("产值不应大于100万元。", False),
        "d": ("日期不是日期，请按 2024-11-22 的格式填写。", False),
        "t[m1].name": ("名称限5字，现有6字，请删减1字。", False),
        "f": ("请上传材料。", True),
    }
    assert {p.sentence for p in problems(SECTION, {"n": "x"})} >= {"产值应为数字，请只填写数字，单位不必填写。"}
    assert {p.sentence for p in problems(SECTION, {"n": "-1"})} >= {"产值不应小于0万元。"}


def test_progress_counts_what_is_required_and_evidence_too() -> None:
    assert (progress(SECTION, {}).answered, progress(SECTION, {}).asked) == (0, 3)
    done = progress(SECTION, {"q.met": "no", "t[m1]": {"name": "x"}}, frozenset({"f"}))
    assert (done.answered, done.percent) == (3, 100)
    assert progress(Section("e", "空", ()), {}).percent == 100
    answered = Answered(Form("x", "表", (SECTION,)), {"one": {"q.met": "yes"}})
    assert answered.progress("one").answered == 1


def test_differences_say_what_people_read_and_name_rows_that_came_and_went() -> None:
    before = {"q.met": "yes", "n": "5", "t[m1]": {"area": "a", "name": "旧"}}
    after = {"q.met": "no", "n": "5", "t[m2]": {"area": "b", "name": "新"}}
    assert [(d.key, d.label, d.before, d.after) for d in differences(SECTION, before, after)] == [
        ("q.met", "问题：是否", "是", "否"),
        ("t[m1]", "场景第1项", "环节：甲环节；名称：旧", "（已删除）"),
        ("t[m2]", "场景第1项", "（无）", "环节：乙环节；名称：新"),
    ]


@given(st.dictionaries(st.sampled_from(["q.met", "q.note", "n", "d"]), st.sampled_from(["", "yes", "no"])))
def test_no_version_differs_from_itself(values: dict[str, str]) -> None:
    assert differences(SECTION, values, values) == []


def test_summary_reads_answers_rows_and_picks() -> None:
    values = {"q.met": "yes", "n": "5", "t[m1]": {"area": "a", "name": "甲"}, "p": ["m1"]}
    said = {s.block.key: s for s in summary(SECTION, values, {"m1": "甲场景"}, {"f": ["文件"]})}
    assert said["q"].lines == (Line("q.met", "是否", "是"),)
    assert said["n"].lines == (Line("n", "产值", "5万元"),)
    assert said["t"].rows == ((Line("t[m1].area", "环节", "甲环节"), Line("t[m1].name", "名称", "甲")),)
    assert said["p"].lines == (Line("p", "体现", "甲场景"), Line("f", "材料", "", files=("文件",)))


def test_label_of_a_row_is_its_tables() -> None:
    assert label_of(SECTION, "t[m1]") == "场景"
    assert field_of(SECTION, "t[m1]").kind is Kind.ROWS


# -- what pasting brings along ---------------------------------------------------------------------------------------
PASTED = Section(
    "p",
    "粘贴",
    (
        Block(
            "b",
            "块",
            (
                Field("text", "名称", Kind.TEXT),
                Field("long", "说明", Kind.LONG),
                Field("rich", "正文", Kind.RICH, limit=5, pictures=1),
                Field("number", "产值", Kind.NUMBER),
                Field("date", "日期", Kind.DATE),
            ),
        ),
    ),
)


@pytest.mark.parametrize(
    ("key", "typed", "kept"),
    [
        ("long", "一\x0b二\x0c三\r四\u2028五\x85六", "一\n二\n三\n四\n五\n六"),
        ("long", "\ufeff甲\u200b乙\u200d丙\u2060", "甲乙丙"),
        ("long", "制表\t符", "制表\t符"),
        ("long", "䶮𠮷😀", "䶮𠮷😀"),
        ("rich", "- 甲\x0b- 乙", "- 甲\n- 乙"),
        ("text", "上\r\n下", "上 下"),
        ("number", "１２３，４５６．７８", "123,456.78"),
        ("number", "１２x", "１２x"),
        ("date", "２０２４－１１－２２", "2024-11-22"),
        ("date", "20241122", "2024-11-22"),
        ("date", "２０２４年", "２０２４年"),
    ],
)
def test_pasted_text_is_kept_without_what_nobody_sees(key: str, typed: str, kept: str) -> None:
    assert read(PASTED, {key: typed}) == {key: kept}


@pytest.mark.parametrize("sign", ["\x00", "\x08", "\x1b", "\x7f", "\x9f", "\ufffe", "\ud800"])
@pytest.mark.parametrize("key", ["text", "long", "rich", "number"])
def test_control_characters_are_refused_in_a_sentence_that_names_the_field(key: str, sign: str) -> None:
    label = PASTED.fields[key].label
    with pytest.raises(Unkeepable, match=f"“{label}”含有无法保存的特殊字符"):
        read(PASTED, {key: f"甲{sign}乙"})


@pytest.mark.parametrize("sign", ["\u202e", "\u2066"])
def test_what_turns_text_around_is_refused(sign: str) -> None:
    with pytest.raises(Unkeepable, match="“说明”含有改变文字显示方向的控制符"):
        read(PASTED, {"long": f"甲{sign}乙"})


# -- rich text ---------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "there", "sentence"),
    [
        ("- 一二\n- 三四五", None, ""),
        ("- 一二\n- 三四五六", None, "正文限5字，现有6字，请删减1字。"),
        ("![](图片:1)\n![](图片:2)", None, "正文限1张图片，现有2张，请删减。"),
        ("![](图片:3)", {"3"}, ""),
        ("![](图片:3)", None, ""),
        ("![](图片:3)", set(), "正文中的图片3不存在或已移除，请重新上传，或删去对应的一行。"),
    ],
)
def test_rich_text_is_held_to_what_is_read_and_to_its_pictures(text: str, there: set | None, sentence: str) -> None:
    assert [p.sentence for p in problems(PASTED, {"rich": text}, frozenset(), there)] == [sentence] * bool(sentence)


def test_rich_text_without_pictures_takes_none() -> None:
    section = Section("s", "节", (Block("b", "块", (Field("r", "正文", Kind.RICH),)),))
    assert [p.sentence for p in problems(section, {"r": "![](图片:3)"})] == ["正文不能插入图片，现有1张，请删减。"]


STORIES = Section(
    "s",
    "节",
    (Block("t", "表", (Field("t", "场景", Kind.ROWS, columns=(
        Field("name", "名称", Kind.TEXT), Field("text", "描述", Kind.RICH, limit=3, pictures=2),
    )),)),),
)  # fmt: skip


def test_cells_of_a_row_have_their_own_problems_and_differences() -> None:
    before = {
        "t[a]": {"name": "甲", "text": "旧"},
        "t[b]": {"name": "乙", "text": "同"},
        "t[c]": {"name": "丙", "text": ""},
    }
    after = {
        "t[b]": {"name": "乙", "text": "- 新文本了"},
        "t[c]": {"name": "丙", "text": ""},
        "t[d]": {"name": "丁", "text": ""},
    }
    assert [(p.key, p.label) for p in problems(STORIES, after)] == [("t[b].text", "场景第1项·描述")]
    assert [(d.key, d.label, d.before, d.after) for d in differences(STORIES, before, after)] == [
        ("t[a]", "场景第1项", "名称：甲；描述：旧", "（已删除）"),
        ("t[b].text", "场景第1项·描述", "同", "• 新文本了"),
        ("t[d]", "场景第3项", "（无）", "名称：丁"),
    ]
    assert label_of(STORIES, "t[b].text") == "场景·描述"


def test_rich_text_is_read_with_its_shape_and_its_pictures() -> None:
    (said,) = summary(STORIES, {"t[a]": {"name": "甲", "text": "- 乙\n\n![丙](图片:9)"}}, pictures={"9": "/f/9/"})
    ((name, text),) = said.rows
    assert (name.text, name.blocks, text.text) == ("甲", (), "• 乙\n〔图片9：丙〕")
    assert text.blocks == (richtext.Items(("乙",)), richtext.Picture("9", "丙", "/f/9/"))


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (Field("a", "甲", Kind.TEXT, limit=50), "文字，不超过50字"),
        (Field("a", "甲", Kind.RICH, limit=3000, pictures=5), "文字，可用列表和表格，不超过3000字，图片不超过5张"),
        (Field("a", "甲", Kind.NUMBER, unit="万元"), "数字（万元）"),
        (Field("a", "甲", Kind.NUMBER, least=Decimal(0), most=Decimal(5)), "数字，0至5"),
        (Field("a", "甲", Kind.CHOICE, choices=(("x", "子"), ("y", "丑"))), "选择：子、丑"),
        (Field("a", "甲", Kind.CHOICE, choices=tuple((str(n), "x") for n in range(9))), "选择，共9项"),
        (Field("a", "甲", Kind.FILES, formats=("pdf", "jpg"), most_mb=10, most_files=3),
         "PDF、JPG格式，每个文件不超过10 MB，最多3个"),
    ],
)  # fmt: skip
def test_limits_are_said_beforehand(asked: Field, words: str) -> None:
    assert limits_in_words(asked) == words
