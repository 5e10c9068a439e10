"""A draft of an older form under a newer one: nothing is lost, nothing comes to mean something else."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.declared import Block, Field, Form, Kind, Lost, Section, carried, read
from tests.book_answers import complete
from tests.test_books import SMALL
from tiers import book_file, edition_file, programme_file
from tiers.book_form import book_form
from tiers.services import catalogue


def _choice(code: str, name: str) -> dict[str, Any]:
    return {"kind": Kind.CHOICE, "choices": ((code, name),)}


def _form(*fields: Field, key: str = "s", title: str = "节") -> Form:
    return Form("f", "表", (Section(key, title, (Block("b", "块", fields),)),))


@pytest.mark.parametrize(
    ("old", "new", "value", "fits"),
    [
        ({"kind": Kind.TEXT}, {"kind": Kind.TEXT, "limit": 1}, "太长的文字", True),
        ({"kind": Kind.TEXT}, {"kind": Kind.RICH}, "文字", True),
        ({"kind": Kind.LONG}, {"kind": Kind.TEXT}, "一行", True),
        ({"kind": Kind.LONG}, {"kind": Kind.TEXT}, "两\n行", False),
        ({"kind": Kind.RICH}, {"kind": Kind.LONG}, "甲\n\n乙", True),
        ({"kind": Kind.RICH}, {"kind": Kind.LONG}, "- 甲", False),
        ({"kind": Kind.RICH}, {"kind": Kind.LONG}, "![](图片:1)", False),
        ({"kind": Kind.NUMBER, "unit": "万元"}, {"kind": Kind.NUMBER, "unit": "万元"}, "12", True),
        ({"kind": Kind.NUMBER, "unit": "万元"}, {"kind": Kind.NUMBER, "unit": "元"}, "12", False),
        ({"kind": Kind.NUMBER, "unit": "万元"}, {"kind": Kind.TEXT}, "12", False),
        ({"kind": Kind.NUMBER}, {"kind": Kind.TEXT}, "12", True),
        ({"kind": Kind.TEXT}, {"kind": Kind.NUMBER, "unit": "人"}, "12", True),
        ({"kind": Kind.TEXT}, {"kind": Kind.NUMBER, "unit": "人"}, "十二", False),
        ({"kind": Kind.DATE}, {"kind": Kind.TEXT}, "2024-01-01", True),
        ({"kind": Kind.TEXT}, {"kind": Kind.DATE}, "去年", False),
        ({"kind": Kind.YES_NO}, {"kind": Kind.YES_NO}, "yes", True),
        ({"kind": Kind.YES_NO}, {"kind": Kind.TEXT}, "yes", False),
        (_choice("a", "甲"), _choice("a", "甲"), "a", True),
        (_choice("a", "甲"), _choice("a", "乙"), "a", False),
        (_choice("a", "甲"), _choice("b", "甲"), "a", False),
        ({"kind": Kind.PICK, "picks": "t"}, {"kind": Kind.PICK, "picks": "t"}, ["r1"], True),
        ({"kind": Kind.PICK, "picks": "t"}, {"kind": Kind.PICK, "picks": "u"}, ["r1"], False),
    ],
)  # fmt: skip
def test_answer_is_kept_where_it_means_the_same(old: dict, new: dict, value: Any, fits: bool) -> None:
    found = carried(_form(Field("a", "旧问", **old)), _form(Field("a", "新问", **new)), {"s": {"a": value}})
    assert found.answers == {"s": {"a": value} if fits else {}}
    assert [lost.label for lost in found.lost] == ([] if fits else ["旧问"])


def test_question_that_moved_takes_its_answer_along() -> None:
    moved = carried(_form(Field("a", "问", Kind.TEXT)), _form(Field("a", "问", Kind.TEXT), key="t"), {"s": {"a": "答"}})
    assert (moved.answers, moved.lost) == ({"t": {"a": "答"}}, ())


def test_what_has_no_place_is_handed_back_as_people_read_it() -> None:
    old = _form(
        Field("gone", "年产值", Kind.NUMBER, unit="万元"),
        Field("file", "执照", Kind.FILES),
        Field("t", "场景", Kind.ROWS, columns=(Field("a", "名称", Kind.TEXT), Field("b", "是否", Kind.YES_NO))),
        Field("u", "系统", Kind.ROWS, columns=(Field("a", "名称", Kind.TEXT), Field("b", "用途", Kind.TEXT))),
    )
    new = _form(Field("t", "场景", Kind.ROWS, columns=(Field("a", "名称", Kind.TEXT), Field("c", "新栏", Kind.TEXT))))
    answers = {"s": {
        "gone": "12", "t[r1]": {"a": "甲", "b": "yes"}, "t[r2]": {"a": "", "b": "no"},
        "u[r1]": {"a": "乙", "b": "丙"}, "stray": "更早的文字",
    }, "gone_section": {"x": "旧节文字"}}  # fmt: skip
    found = carried(old, new, answers, {"file": ["营业执照.pdf"]})
    assert found.answers == {"s": {"t[r1]": {"a": "甲", "c": ""}}}
    assert found.lost == (
        Lost("节", "年产值", "12万元"),
        Lost("节", "执照", "营业执照.pdf"),
        Lost("节", "场景第1项·是否", "是"),
        Lost("节", "场景第2项·是否", "否"),
        Lost("节", "系统第1项", "名称：乙；用途：丙"),
        Lost("节", "stray", "更早的文字"),
        Lost("gone_section", "x", "旧节文字"),
    )


@given(st.dictionaries(st.sampled_from(["a", "b", "c"]), st.text("甲乙1-\n", min_size=1, max_size=6)))
def test_every_answer_is_either_kept_or_handed_back(said: dict[str, str]) -> None:
    old = _form(*(Field(key, key, Kind.LONG) for key in "abc"))
    new = _form(Field("a", "a", Kind.TEXT), Field("b", "b", Kind.NUMBER))
    found = carried(old, new, {"s": said})
    kept, lost = found.answers["s"], {one.label: one.text for one in found.lost}
    assert {**kept, **lost} == said
    assert not set(kept) & set(lost)


def test_the_shipped_form_carries_itself_whole_and_the_foreign_one_hands_all_back() -> None:
    conditions = edition_file.read(catalogue.FOLDER / "2024.toml")
    terms = programme_file.read(catalogue.FOLDER.parent / "programmes" / "2024-excellent-HB.toml").terms
    book = book_file.read(catalogue.BOOKS / "2024.toml")
    form = book_form(book, conditions, terms, "excellent")
    answers = {key: {k: v for k, v in said.items() if v} for key, said in complete(form).items()}
    again = carried(form, replace(form, key="newer"), answers)
    assert (again.answers, again.lost) == (answers, ())
    for section in form.sections:
        assert read(section, again.answers[section.key]) == again.answers[section.key]
    foreign = carried(form, book_form(book_file.read(SMALL / "small.toml"), conditions, terms, "basic"), answers)
    assert foreign.answers == {"main": {}, "wishes": {}}
    assert len(foreign.lost) == sum(map(len, answers.values()))
