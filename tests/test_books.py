"""The book of an application: shipped and foreign, refused with a reason, drawn with a round's limits, loaded once."""

import tomllib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from portal import walls
from portal.actors import Place
from portal.audit import AuditEvent
from portal.declared import Form, Kind, problems, read
from portal.errors import Hidden, Malformed, Refused
from portal.models import Industry, Nature
from tests import rounds as given
from tests.factories import People
from tiers import book_file, edition_file, programme_file
from tiers.book import Book
from tiers.book_form import book_form
from tiers.editions import Edition
from tiers.models import BookForm
from tiers.selectors import books as selectors
from tiers.services import catalogue
from tiers.terms import Attachment, Limit, Terms

SMALL = Path(__file__).parent / "books"
NOTICE = catalogue.FOLDER.parent.parent.parent / "shared" / "notice.txt"


def _edition(code: str) -> Edition:
    return edition_file.read(catalogue.FOLDER / f"{code}.toml")


@pytest.fixture(scope="module")
def conditions() -> Edition:
    return _edition("2024")


@pytest.fixture(scope="module")
def book() -> Book:
    return book_file.read(catalogue.BOOKS / "2024.toml")


@pytest.fixture(scope="module")
def small() -> Book:
    return book_file.read(SMALL / "small.toml")


@pytest.fixture(scope="module")
def terms() -> Terms:
    return programme_file.read(catalogue.FOLDER.parent / "programmes" / "2024-excellent-HB.toml").terms


@pytest.fixture(scope="module")
def form(book: Book, conditions: Edition, terms: Terms) -> Form:
    return book_form(book, conditions, terms, "excellent")


# -- as shipped --------------------------------------------------------------------------------------------------------
def test_sections_are_those_of_the_list(form: Form) -> None:
    assert [(section.key, section.title) for section in form.sections] == [
        ("unit", "一、申报单位基本信息"),
        ("factory", "二、智能工厂基本情况"),
        ("scenarios", "三、智能工厂场景建设情况"),
        ("effects", "四、智能工厂建设成效"),
        ("attachments", "附件材料"),
    ]


@pytest.mark.skipif(not NOTICE.exists(), reason="the notice is not beside this checkout")
def test_what_the_sections_hold_is_said_in_the_notices_words(book: Book) -> None:
    notice = "".join(NOTICE.read_text("utf-8").split())
    for chapter in book.chapters:
        if not chapter.unverified:
            assert "".join(chapter.text.split()) in notice, chapter.code
            assert chapter.title.partition("、")[2] in notice
    for phrase in ("起止时间", "总投资", "集成商", "项目简介", "建设成效", "项目总体情况", "系统集成情况"):
        assert phrase in notice


def test_keys_that_the_portal_knows_are_there(form: Form) -> None:
    wanted = {
        "unit": "name code address nature industry founded_on business revenue staff legal_representative contact phone"
        " email is_central is_branch is_above_scale",
        "factory": "project factory_name factory_address started_on finished_on investment equipment_investment"
        " software_investment integrators summary effect maturity.score maturity.level maturity.date maturity.by"
        " maturity.organisation",
        "scenarios": "overview scenarios coverage_reason systems integration",
        "effects": "features results plan",
    }
    for section, keys in wanted.items():
        assert set(keys.split()) <= set(form.section(section).fields), section
    columns = {f.key: {c.key for c in f.columns} for f in form.section("scenarios").fields.values()}
    assert columns["scenarios"] == {"area", "name", "instance", "text", "equipment", "ai", "effect"}
    assert columns["systems"] == {"name", "vendor", "use", "means"}


@pytest.mark.django_db
def test_natures_and_industries_are_the_registers(form: Form) -> None:
    fields = form.section("unit").fields
    assert list(fields["nature"].choices) == Nature.choices
    assert list(fields["industry"].choices) == list(Industry.objects.order_by("code").values_list("code", "name"))


def test_all_twenty_indicators_are_asked_as_in_the_self_assessment(form: Form, conditions: Edition) -> None:
    fields = form.section("effects").fields
    for indicator in conditions.indicators:
        assert f"{indicator.code}.value" in fields
    assert {"ai_scenarios.part", "productivity.before", "advanced_control.na"} <= set(fields)


def test_limits_pictures_and_attachments_are_the_rounds(form: Form, terms: Terms) -> None:
    limits = {limit.code: limit.most for limit in terms.limits}
    text = next(c for c in form.section("scenarios").fields["scenarios"].columns if c.key == "text")
    assert (text.limit, text.pictures) == (limits["scenario_text"], limits["scenario_pictures"])
    assert form.section("effects").fields["plan"].limit == limits["plan"]
    files = form.section("attachments").fields
    assert list(files) == [f"attachment.{a.code}" for a in terms.attachments]
    video = files["attachment.video"]
    assert (video.formats, video.most_mb, video.most_files, video.required) == (("mp4",), 200, 1, False)


def test_another_rounds_limit_is_another_form(book: Book, conditions: Edition, terms: Terms, form: Form) -> None:
    shorter = replace(terms, limits=(Limit("plan", "计划", 7, "字", "某条"),), attachments=())
    other = book_form(book, conditions, shorter, "excellent")
    assert other.section("effects").fields["plan"].limit == 7
    assert other.section("factory").fields["summary"].limit == 0, "what a round doesn't limit has no limit"
    assert "attachments" not in {s.key for s in other.sections}, "nothing to ask, no section"
    assert form.section("effects").fields["plan"].limit == 2000


def test_reason_is_asked_where_coverage_is_in_principle_only(book: Book, conditions: Edition, terms: Terms) -> None:
    asked = {
        tier: "coverage_reason" in book_form(book, conditions, terms, tier).section("scenarios").fields
        for tier in ("advanced", "excellent", "leading")
    }
    assert asked == {"advanced": False, "excellent": True, "leading": False}


def test_the_guides_names_are_the_editions(book: Book, terms: Terms, conditions: Edition) -> None:
    table = book_form(book, _edition("2025"), terms, "excellent").section("scenarios").fields["scenarios"]
    columns = {c.key: c for c in table.columns}
    assert ("产品服务", "产品服务") in columns["area"].choices
    assert "供应链物流智能配送" in columns["name"].suggestions
    named = book_form(book, conditions, terms, "excellent", ("甲场景",)).section("scenarios").fields["scenarios"]
    assert {c.key: c for c in named.columns}["name"].suggestions == ("甲场景",)
    assert ("多环节模式创新", "多环节模式创新") in {c.key: c for c in named.columns}["area"].choices


def test_the_same_form_is_not_made_twice(book: Book, conditions: Edition) -> None:
    """It is asked for at each save; a round's terms are read anew each time."""
    read_anew = [
        programme_file.read(catalogue.FOLDER.parent / "programmes" / "2024-excellent-HB.toml").terms for _ in range(2)
    ]
    one, other = (book_form(book, conditions, terms, "excellent") for terms in read_anew)
    assert one is other


def test_every_question_has_its_clause(form: Form) -> None:
    fields = [f for section in form.sections for block in section.blocks for f in block.fields if not block.group]
    assert [f.key for f in fields if not f.clause] == []


def test_every_doubt_is_marked(book: Book) -> None:
    assert {"code", "scenarios.text", "maturity.score", "staff"} <= book.doubts
    assert not {"name", "started_on", "investment", "summary", "features", "plan"} & book.doubts


# -- refused with a reason ---------------------------------------------------------------------------------------------
def _field(document: dict[str, Any], place: int = 0) -> dict[str, Any]:
    return document["section"][0]["block"][0]["field"][place]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda d: _field(d).pop("label"), r"\[section main\] \[block facts\] \[field product\] lacks label"),
        (lambda d: _field(d).update(kind="colour"), r"\[field no\. 1|field product.* kind: 'colour'"),
        (lambda d: _field(d).update(kid="x"), r"field product\] doesn't know kid"),
        (lambda d: _field(d).update(least=1), r"field product\] least: not for text"),
        (lambda d: _field(d).update(pictures=1), r"field product\] pictures: not for text"),
        (lambda d: _field(d, 1).update(limit=5), r"field output\] limit: not for number"),
        (lambda d: _field(d).update(limit=-1), r"field product\] limit: -1"),
        (lambda d: _field(d).update(required="yes"), r"required: 'yes': neither true nor false"),
        (lambda d: _field(d).update(kind="choice", limit=0), r"field product\] lacks choices"),
        (lambda d: _field(d).update(kind="choice", choices=[["a"]]), r"choices: .*not \[code, name\]"),
        (lambda d: _field(d).update(kind="choice", choices=[["a", "甲"], ["a", "乙"]]), r"choices: .*stands twice"),
        (lambda d: _field(d, 1).update(code="product"), r"\[field\] code: product stands twice"),
        (lambda d: d["section"][1].update(code="main"), r"\[section\] code: main stands twice"),
        (lambda d: d["section"][0]["block"][0].pop("field"), r"block facts\] needs at least one \[\[field\]\]"),
        (lambda d: d["section"][0]["block"][0].update(draws="moons"), r"draws: 'moons'"),
        (lambda d: d["section"][0]["block"][0].update(draws="attachments"), r"draws: a block that draws attachments"),
        (lambda d: d["section"][0]["block"][1]["field"][0].pop("column"), r"field lines\] needs at least one \[\[col"),
        (lambda d: d["section"][0]["block"][1]["field"][0]["column"][0].update(kind="rows"), r"kind: 'rows'"),
        (lambda d: d["serves"][0].update(tiers=["golden"]), r"\[serves no\. 1\] tiers: .*not one of basic"),
        (lambda d: d.pop("serves"), r"needs at least one \[\[serves\]\]"),
        (lambda d: d["book"].update(revision=0), r"\[book\] revision"),
        (lambda d: d.update(more=1), r"\[top\] doesn't know more"),
    ],
)  # fmt: skip
def test_fault_names_file_table_key_and_reason(change: Callable[[dict[str, Any]], Any], reason: str) -> None:
    document = tomllib.loads((SMALL / "small.toml").read_text("utf-8"))
    book_file.parse(document, "small.toml")
    change(document)
    with pytest.raises(Malformed, match=r"small\.toml: .*" + reason):
        book_file.parse(document, "small.toml")


# -- a small foreign form ----------------------------------------------------------------------------------------------
def test_foreign_form_is_drawn_read_and_checked_like_the_shipped_one(
    small: Book, conditions: Edition, terms: Terms
) -> None:
    ours = replace(terms, limits=(Limit("story", "改造情况", 5, "字", "某条"),), attachments=())
    form = book_form(small, conditions, ours, "basic")
    assert [s.key for s in form.sections] == ["main", "wishes"]
    main = form.section("main")
    kept = read(
        main,
        {
            "output": "１２．５",
            "opened_on": "２０２４－０１－０２",
            "lines[a1]": {"name": "一线", "story": "- 一二三四五六"},
        },
    )
    assert kept == {
        "output": "12.5",
        "opened_on": "2024-01-02",
        "lines[a1]": {"name": "一线", "story": "- 一二三四五六"},
    }
    assert [p.sentence for p in problems(main, kept)] == ["请填写主要产品。", "改造情况限5字，现有6字，请删减1字。"]


def test_attachments_of_a_round_stand_where_a_book_draws_them(small: Book, conditions: Edition, terms: Terms) -> None:
    more = Attachment("a", "甲", True, ("pdf",), 5, 2, "某条")
    form = book_form(small, conditions, replace(terms, attachments=(more,)), "basic")
    kinds = {f.kind for s in form.sections for f in s.fields.values()}
    assert Kind.FILES not in kinds, "this book draws none"


# -- loading -----------------------------------------------------------------------------------------------------------
@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "small.toml").write_text((SMALL / "small.toml").read_text("utf-8"), "utf-8")
    return tmp_path


def _edit(folder: Path, old: str, new: str) -> None:
    file = folder / "small.toml"
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")


def _load(folder: Path) -> list[tuple[str, int]]:
    return [(c.code, c.revision) for c in catalogue.load(books=folder, actor=given.LOADER)]


@pytest.mark.django_db
def test_loading_a_book_twice_changes_nothing_the_second_time(folder: Path) -> None:
    assert _load(folder) == [("small", 1)]
    assert _load(folder) == []
    with walls.stand(Place(office="auditor")):
        assert AuditEvent.objects.filter(verb="book.load", subject_label__startswith="small").count() == 1
    assert BookForm.objects.get(code="small").value.chapters[0].title == "工厂情况"


@pytest.mark.django_db
def test_correction_of_a_book_is_a_new_revision(folder: Path) -> None:
    _load(folder)
    _edit(folder, "limit = 20", "limit = 30")
    with pytest.raises(Malformed, match=r"small\.toml: \[book\] revision: small r1 was loaded.*revision 2"):
        catalogue.plan(books=folder)
    _edit(folder, "revision = 1", "revision = 2")
    (change,) = catalogue.plan(books=folder)
    assert any("limit: 20 → 30" in line for line in change.lines)
    assert _load(folder) == [("small", 2)]
    assert selectors.book_form_for("small").revision == 2
    assert selectors.book_form_for("small", "1").revision == 1
    with pytest.raises(Hidden):
        selectors.book_form_for("small", "3")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('edition = "2024"', 'edition = "1999"', r"small\.toml: \[serves\] \[edition\]: unknown 1999"),
        ("[[section]]", '[[average]]\nindicator = "moons"\nvalue = 1\nsource = "x"\n\n[[section]]', r"unknown moons"),
    ],
)
def test_book_that_leads_nowhere_is_not_loaded(folder: Path, old: str, new: str, reason: str) -> None:
    _edit(folder, old, new)
    with pytest.raises(Malformed, match=reason):
        _load(folder)
    assert not BookForm.objects.filter(code="small").exists()


@pytest.mark.django_db
@pytest.mark.parametrize("statement", ["update", "delete"])
def test_loaded_book_never_changes(statement: str) -> None:
    rows = BookForm.objects.filter(code="2024")
    with pytest.raises(DatabaseError, match="Cannot"), transaction.atomic():
        rows.update(name="改") if statement == "update" else rows.delete()


# -- which book a round uses -------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_round_is_written_in_the_newest_book_that_serves_it(people: People, folder: Path) -> None:
    round_ = given.published(people)
    assert selectors.book_for(round_).code == "2024"
    _load(folder)
    assert selectors.book_for(round_).code == "2024", "the small book serves another tier"
    for new in ('["excellent"]', '["basic"]'):
        _edit(folder, '["basic"]' if new != '["basic"]' else '["excellent"]', new)
        newest = BookForm.objects.filter(code="small").order_by("-revision").values_list("revision", flat=True)[0]
        _edit(folder, f"revision = {newest}", f"revision = {newest + 1}")
        _load(folder)
        assert selectors.book_for(round_).code == ("small" if "excellent" in new else "2024")


@pytest.mark.django_db
def test_round_without_a_book_is_refused_in_a_sentence(people: People) -> None:
    round_ = given.published(people)
    round_.tier = "basic"
    with pytest.raises(Refused, match="基础级）尚无对应的申报书格式"):
        selectors.book_for(round_)
