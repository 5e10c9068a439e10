"""The form of a self-assessment, drawn from an edition: its sections are the 环节, its blocks the 要素. Pure."""

import re
from decimal import Decimal
from functools import lru_cache

from portal.declared import Block, Field, Form, Kind, Section
from tiers.editions import Edition, Element, Indicator, IndicatorKind
from tiers.indicators import PARTS
from tiers.ladder import GRADES

BASICS, MATURITY, SCENARIOS, EFFECTS, INDICATORS = "basics", "maturity", "scenarios", "effects", "indicators"
_LEVELS = (
    ("1", "一级（规划级）"),
    ("2", "二级（规范级）"),
    ("3", "三级（集成级）"),
    ("4", "四级（优化级）"),
    ("5", "五级（引领级）"),
)
_NOTE_LIMIT = 500
_CHANGE = re.compile(r"（(?P<one>[^（）]+?) − (?P<two>[^（）]+?)）÷ (?P<base>.+)")
_ZERO, _FIVE = Decimal(0), Decimal(5)
MOST_FILES = 5  # of one field


def _files(key: str, label: str, *, help: str = "", aside: bool = False) -> Field:
    return Field(
        key,
        label,
        Kind.FILES,
        help=help,
        aside=aside,
        formats=("pdf", "jpg", "png"),
        most_mb=10,
        most_files=MOST_FILES,
    )


@lru_cache(maxsize=64)
def assessment_form(edition: Edition, aim: str, scenario_names: tuple[str, ...] = ()) -> Form:
    """The sections that an enterprise fills in when it aims at a tier: those above it are not asked for.

    `scenario_names` are offered in place of the edition's own.
    """
    rank = edition.tier(aim).rank
    sections = (
        _basics(edition),
        _maturity(edition),
        _scenarios(edition, scenario_names),
        *(_area(edition, code, name, rank) for code, name in edition.area_names.items()),
        *_effects(edition, rank),
        _indicators(edition),
    )
    return Form(f"assessment-{edition.code}", f"智能工厂自评（{edition.name}）", sections)


def _basics(edition: Edition) -> Section:
    blocks = tuple(
        Block(
            basic.code,
            basic.text,
            (
                Field(f"{basic.code}.met", "是否符合", Kind.YES_NO, required=True),
                Field(f"{basic.code}.note", "说明", Kind.LONG, limit=_NOTE_LIMIT, aside=True),
                _files(f"{basic.code}.files", "证明材料", aside=True),
            ),
            clause=basic.clause,
        )
        for basic in edition.basics
        if not basic.gate
    )
    return Section(BASICS, "基础要求", blocks, "各层级智能工厂均须满足。能力成熟度一项在“能力成熟度”中填写。")


def _maturity(edition: Edition) -> Section:
    fields = (
        Field("score", "自评估总分", Kind.NUMBER, required=True, least=_ZERO, most=_FIVE, help="0至5分，照报告填写。"),
        Field("level", "报告所载等级", Kind.CHOICE, choices=_LEVELS, help="与按总分计算的等级不一致时，将予以提示。"),
        Field("date", "评估日期", Kind.DATE, required=True),
        Field("by", "评估方式", Kind.CHOICE, required=True, choices=(("self", "自评估"), ("third", "第三方评估"))),
        Field("organisation", "第三方评估机构", Kind.TEXT, limit=100),
        _files("report", "评估报告", help="请上传从平台下载的评估报告。"),
    )  # fmt: skip
    standard = edition.notes.get("maturity_standard", "GB/T 39116-2020")
    intro = "请先在“智能制造评估评价公共服务平台”（www.c3mep.cn）完成自评估，再将结果填写在此。"
    return Section(MATURITY, "能力成熟度", (Block("maturity", standard, fields, clause="附件2 一5"),), intro)


def _scenarios(edition: Edition, names: tuple[str, ...]) -> Section:
    guide = [name for area in edition.areas for name in area.guide] + ([edition.beside] if edition.beside else [])
    columns = (
        Field("area", "环节", Kind.CHOICE, required=True, choices=tuple((name, name) for name in guide)),
        Field(
            "name",
            "场景名称",
            Kind.TEXT,
            limit=50,
            required=True,
            help="可选用指引所列名称，也可自拟。",
            suggestions=names or tuple(s.name for s in edition.scenarios),
        ),
        Field("instance", "实例名称", Kind.TEXT, limit=50, required=True),
        Field("ai", "是否应用人工智能", Kind.YES_NO, required=True),
        Field("note", "说明", Kind.LONG, limit=_NOTE_LIMIT),
    )
    table = Field(SCENARIOS, "场景", Kind.ROWS, required=True, columns=columns)
    intro = "逐项列出已建成的智能制造场景。环节覆盖情况和人工智能场景比例据此计算。"
    return Section(SCENARIOS, "建设场景", (Block(SCENARIOS, "场景", (table,), clause=edition.guide),), intro)


def _area(edition: Edition, code: str, name: str, rank: int) -> Section:
    blocks = [
        _element(element, tier.name)
        for tier in edition.tiers
        if tier.rank <= rank
        for clause in tier.content
        if clause.area == code
        for element in clause.elements
    ]
    return Section(code, name, tuple(blocks), "对照各层级要素条件逐项自评，并写明依据。")


def _effects(edition: Edition, rank: int) -> list[Section]:
    blocks = [
        _element(element, tier.name)
        for tier in edition.tiers
        if tier.rank <= rank
        for clause in tier.effects
        for element in clause.elements
    ]
    return [Section(EFFECTS, "建设成效", tuple(blocks), "对照各层级建设成效要求逐项自评。")] if blocks else []


def _element(element: Element, tier: str) -> Block:
    code = element.code
    grades = tuple((str(grade), label) for grade, label in GRADES.items())
    fields = [
        Field(f"{code}.grade", "满足程度", Kind.CHOICE, required=True, choices=grades),
        Field(f"{code}.note", "说明", Kind.LONG, limit=_NOTE_LIMIT, aside=True),
        Field(f"{code}.shown", "由哪些场景体现", Kind.PICK, picks=SCENARIOS, aside=True),
        _files(f"{code}.files", "证明材料", aside=True),
    ]
    return Block(code, element.label, tuple(fields), clause=element.clause, group=tier)


def _indicators(edition: Edition) -> Section:
    intro = "填写原始数据后，比例由平台计算；另填数值的，与计算结果不一致时予以提示。"
    return Section(INDICATORS, "关键绩效指标", indicator_blocks(edition), intro)


def indicator_blocks(edition: Edition) -> tuple[Block, ...]:
    """A block for each key figure of 附1: its counts or its values at two times, the claim, a note."""
    return tuple(_indicator(indicator, edition.groups[indicator.group]) for indicator in edition.indicators)


def _indicator(indicator: Indicator, group: str) -> Block:
    code, parts = indicator.code, _parts(indicator)
    value = "申报值" if parts else "数值"
    fields = [
        *(Field(f"{code}.{part}", label, Kind.NUMBER, required=not indicator.optional) for part, label in parts),
        Field(f"{code}.value", value, Kind.NUMBER, unit=indicator.unit, required=not parts, aside=bool(parts)),
        Field(f"{code}.note", "说明", Kind.TEXT, limit=200, aside=True),
    ]
    if indicator.optional:
        fields.insert(0, Field(f"{code}.na", "不适用", Kind.YES_NO))
    title = f"{indicator.number}. {indicator.name}"
    note = f"计算方法：{indicator.formula}" if indicator.formula else ""
    return Block(code, title, tuple(fields), clause=indicator.clause, group=group, note=note)


def _parts(indicator: Indicator) -> tuple[tuple[str, str], ...]:
    """What is asked for, called what the formula calls it: two counts, or a figure at two times."""
    parts, formula = PARTS[indicator.kind], indicator.formula.partition("；")[0]
    if indicator.kind is IndicatorKind.RATIO and "÷" in formula:
        names = [name.strip() for name in formula.split("÷")]
    elif times := _CHANGE.fullmatch(formula):
        base = times["base"]
        names = [base, times["two"] if times["one"] == base else times["one"]]
    else:
        return parts
    return tuple((part, name) for (part, _), name in zip(parts, names, strict=True))
