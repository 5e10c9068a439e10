"""What is held against what, one function for each: silent where a form has no such section or field."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from decimal import Decimal

from applications.consistency.case import EFFECTS, FACTORY, UNIT, Case, File, Finding
from portal import richtext
from portal.credit_code import credit_code_error
from portal.declared import Field, Kind
from tiers.answers import AI_INDICATOR, ai_sentence, level_sentence, scenario_uses, score_of
from tiers.assessment_form import SCENARIOS
from tiers.book import Average
from tiers.editions import Force
from tiers.indicators import PARTS, Figure
from tiers.ladder import LEVEL_NAMES, ai_share, coverage, maturity_level

_REASON = "coverage_reason"
_MB = 1024 * 1024

# Amounts in 万元 that are rather 元: 100亿元 in one factory; more revenue a head than any branch of industry makes.
_LARGE_INVESTMENT = Decimal(1_000_000)
_LARGE_REVENUE_A_HEAD = Decimal(10_000)
_SCALE_REVENUE = Decimal(2_000)  # 规模以上: 年主营业务收入2000万元及以上
_AS_SHOWN = re.compile(r"如(?:下|上)?图|见(?:下|上)?图|图\s*[0-9一二三四五六七八九]")


# -- names and codes ------------------------------------------------------------------------------------------------
def _same(one: str, other: str) -> bool:
    """The same name, however its brackets and spaces were typed."""
    folded = ["".join(unicodedata.normalize("NFKC", text).split()).casefold() for text in (one, other)]
    return folded[0] == folded[1]


def _names(case: Case) -> Iterator[Finding]:
    if case.register is None:
        return
    held = (
        (UNIT, "name", case.register.name, "企业登记", True),
        (UNIT, "code", case.register.code, "企业登记", True),
        (FACTORY, "factory_name", case.register.factory, "工厂档案", False),
    )
    for section, key, known, where, blocks in held:
        said = case.text(section, key)
        if said and not _same(said, known):
            sentence = f"{case.label(section, key)}填写为“{said}”，与{where}的“{known}”不一致，请核对。"
            yield Finding(section, key, sentence, blocks)


def _standing(case: Case) -> Iterator[Finding]:
    if case.register is None:
        return
    for key in ("is_central", "is_branch", "is_above_scale"):
        said = case.text(UNIT, key)
        if said and (said == "yes") is not getattr(case.register, key):
            yield Finding(UNIT, key, f"“{case.label(UNIT, key)}”的填写与企业登记不一致，请核对。")


def _codes(case: Case) -> Iterator[Finding]:
    if (code := case.text(UNIT, "code")) and (error := credit_code_error(code)):
        yield Finding(UNIT, "code", error, True)
    for place, (key, cells) in enumerate(case.rows(FACTORY, "integrators"), start=1):
        if (code := cells.get("code", "")) and (error := credit_code_error(code)):
            yield Finding(FACTORY, f"{key}.code", f"集成商第{place}项：{error}", True)


def _addresses(case: Case) -> Iterator[Finding]:
    email = case.text(UNIT, "email")
    if email and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s.]+", email):
        yield Finding(UNIT, "email", f"{case.label(UNIT, 'email')}格式不正确，请核对。", True)
    phone = case.text(UNIT, "phone")
    if phone and len(re.findall(r"[0-9]", unicodedata.normalize("NFKC", phone))) < 7:
        yield Finding(UNIT, "phone", f"{case.label(UNIT, 'phone')}的位数不足，请核对。", True)


# -- dates and money ------------------------------------------------------------------------------------------------
def _dates(case: Case) -> Iterator[Finding]:
    founded, started = case.day(UNIT, "founded_on"), case.day(FACTORY, "started_on")
    finished, measured = case.day(FACTORY, "finished_on"), case.day(FACTORY, "maturity.date")
    if founded and started and started < founded:
        sentence = f"建设开始时间（{started}）早于企业成立时间（{founded}），请核对。"
        yield Finding(FACTORY, "started_on", sentence)
    if started and finished and finished < started:
        sentence = f"建设完成时间（{finished}）早于建设开始时间（{started}），请核对。"
        yield Finding(FACTORY, "finished_on", sentence, True)
    if finished and finished > case.today:
        sentence = f"建设完成时间（{finished}）晚于今日，申报时应已完成建设，请核对。"
        yield Finding(FACTORY, "finished_on", sentence, True)
    for section, key, when in ((UNIT, "founded_on", founded), (FACTORY, "maturity.date", measured)):
        if when and when > case.today:
            yield Finding(section, key, f"{case.label(section, key)}（{when}）晚于今日，请核对。", True)


def _money(case: Case) -> Iterator[Finding]:
    total = case.number(FACTORY, "investment")
    parts = [p for key in ("equipment_investment", "software_investment") if (p := case.number(FACTORY, key))]
    if total is not None and parts and sum(parts) > total:
        sentence = f"装备投资与软件、系统投资合计{sum(parts)}万元，大于总投资{total}万元，请核对。"
        yield Finding(FACTORY, "investment", sentence, True)
    if total is not None and total >= _LARGE_INVESTMENT:
        yield Finding(
            FACTORY, "investment", f"总投资填写为{total}万元（{total / 10_000:f}亿元），请核对单位是否为万元。"
        )
    revenue, staff = case.number(UNIT, "revenue"), case.number(UNIT, "staff")
    if revenue is not None and staff and revenue / staff >= _LARGE_REVENUE_A_HEAD:
        sentence = f"营业收入填写为{revenue}万元，人均超过{_LARGE_REVENUE_A_HEAD:f}万元，请核对单位是否为万元。"
        yield Finding(UNIT, "revenue", sentence)
    if revenue is not None and revenue < _SCALE_REVENUE and case.text(UNIT, "is_above_scale") == "yes":
        sentence = f"营业收入填写为{revenue}万元，低于规模以上工业企业的标准（{_SCALE_REVENUE}万元），请核对。"
        yield Finding(UNIT, "revenue", sentence)


# -- maturity -------------------------------------------------------------------------------------------------------
def _maturity(case: Case) -> Iterator[Finding]:
    if sentence := level_sentence(case.assessed):
        yield Finding(FACTORY, "maturity.level", sentence)
    score, needed = score_of(case.assessed), case.conditions.maturity
    if score is not None and maturity_level(score) < needed:
        level = LEVEL_NAMES[maturity_level(score)]
        sentence = f"智能制造能力成熟度须达到{LEVEL_NAMES[needed]}及以上，所填总分{score}分为{level}（附件2 一5）。"
        yield Finding(FACTORY, "maturity.score", sentence, True)
    organisation = "maturity.organisation"
    is_third = case.text(FACTORY, "maturity.by") == "third"
    if is_third and case.asks(FACTORY, organisation) and not case.text(FACTORY, organisation):
        yield Finding(FACTORY, organisation, f"由第三方评估的，请填写{case.label(FACTORY, organisation)}。", True)


# -- scenarios ------------------------------------------------------------------------------------------------------
def _coverage(case: Case) -> Iterator[Finding]:
    """卓越级 without all five 环节 explains itself; what is 须 stops (附件2 二 to 五, decision 8)."""
    uses = scenario_uses(case.edition, case.assessed)
    if not uses:
        return
    gaps = coverage(case.edition, case.conditions, uses)
    for gap in gaps:
        if gap.force is Force.REQUIRED:
            yield Finding(SCENARIOS, SCENARIOS, gap.sentence, True)
    open_ = "、".join(case.edition.area_names[gap.area] for gap in gaps if gap.force is Force.IN_PRINCIPLE)
    if not open_:
        return
    rule = f"{case.conditions.coverage.text}（{case.conditions.coverage.clause}）"
    if not case.asks(SCENARIOS, _REASON):
        yield Finding(SCENARIOS, SCENARIOS, f"{rule}，尚未覆盖{open_}。")
    elif not case.text(SCENARIOS, _REASON):
        yield Finding(SCENARIOS, _REASON, f"{rule}，尚未覆盖{open_}，请填写{case.label(SCENARIOS, _REASON)}。", True)


def _ai(case: Case) -> Iterator[Finding]:
    uses, least = scenario_uses(case.edition, case.assessed), case.conditions.ai_share
    if sentence := ai_sentence(case.edition, case.assessed, case.figures):
        yield Finding(EFFECTS, f"{AI_INDICATOR}.part", sentence)
    if uses and least is not None and ai_share(uses) < least:
        now = f"现为{round(ai_share(uses), 1)}%"
        sentence = f"应用人工智能的场景占比应不低于{least}%，{now}（{case.edition.source}）。"
        yield Finding(SCENARIOS, SCENARIOS, sentence, not case.conditions.ai_share_unverified)


def _twice(case: Case) -> Iterator[Finding]:
    seen: dict[tuple[str, ...], int] = {}
    for place, (key, cells) in enumerate(case.rows(SCENARIOS, SCENARIOS), start=1):
        name = tuple("".join(cells.get(column, "").split()) for column in ("area", "name", "instance"))
        if not (name[1] and name[2]):
            continue
        if name in seen:
            sentence = f"场景第{place}项与第{seen[name]}项的环节、场景名称和实例名称相同，请合并或更正。"
            yield Finding(SCENARIOS, f"{key}.instance", sentence, True)
        seen.setdefault(name, place)


# -- figures --------------------------------------------------------------------------------------------------------
def _indicators(case: Case) -> Iterator[Finding]:
    averages = {average.indicator: average for average in case.book.averages}
    for figure in case.figures:
        code = figure.indicator.code
        first = next((f"{code}.{part}" for part, _ in PARTS[figure.indicator.kind]), f"{code}.value")
        place = first if figure.claimed is None and case.asks(EFFECTS, first) else f"{code}.value"
        if figure.contradiction:
            yield Finding(EFFECTS, f"{code}.value", figure.contradiction)
        if figure.excess:
            yield Finding(EFFECTS, place, figure.excess, True)
        if sentence := _zero(case, figure):
            yield Finding(EFFECTS, first, sentence, True)
        if sentence := plausible(figure, averages.get(code)):
            yield Finding(EFFECTS, place, sentence)


def _zero(case: Case, figure: Figure) -> str:
    """That nothing can be computed, because what is divided by is zero, and nothing was claimed in its place."""
    parts = [case.number(EFFECTS, f"{figure.indicator.code}.{part}") for part, _ in PARTS[figure.indicator.kind]]
    if figure.not_applicable or figure.value is not None or not parts or None in parts:
        return ""
    return f"{figure.indicator.name}：作除数的数值为0，无法计算，请核对或填写申报值并说明。"


def plausible(figure: Figure, average: Average | None) -> str:
    """What a published average makes one ask; empty when there is none, or the figure is within its bounds."""
    if average is None or figure.value is None:
        return ""
    if average.ask_below is not None and figure.value < average.ask_below:
        unusual = "偏低"
    elif average.ask_above is not None and figure.value > average.ask_above:
        unusual = "偏高"
    else:
        return ""
    unit = figure.indicator.unit
    return (
        f"{figure.indicator.name}：{figure.value}{unit}{unusual}（平均值{average.value}{unit}，{average.source}），"
        "请核对数据和统计口径；情况属实的，请在说明中注明。"
    )


# -- files and pictures ---------------------------------------------------------------------------------------------
def _files(case: Case) -> Iterator[Finding]:
    for section, fields in case.fields.items():
        for key, asked in fields.items():
            held = case.files.get(key, ())
            if asked.kind is not Kind.FILES or not held:
                continue
            if asked.most_files and len(held) > asked.most_files:
                yield Finding(section, key, f"{asked.label}最多{asked.most_files}个文件，现有{len(held)}个。", True)
            for file in held:
                if sentence := _unfit(asked, file):
                    yield Finding(section, key, sentence, True)


def _unfit(asked: Field, file: File) -> str:
    if asked.formats and file.format not in asked.formats:
        return f"{asked.label}：“{file.name}”不是所要求的格式（{'、'.join(asked.formats).upper()}）。"
    if asked.most_mb and file.size > asked.most_mb * _MB:
        return f"{asked.label}：“{file.name}”超过{asked.most_mb} MB。"
    return ""


def _pictures(case: Case) -> Iterator[Finding]:
    """A text that speaks of a picture and shows none."""
    for section, fields in case.fields.items():
        for key, asked in fields.items():
            if asked.kind is Kind.RICH and _lacks_picture(asked, case.text(section, key)):
                yield Finding(section, key, f"{asked.label}提到了附图，但没有插入图片，请核对。")
            for place, (row, cells) in enumerate(case.rows(section, key), start=1):
                for column in asked.columns:
                    if column.kind is Kind.RICH and _lacks_picture(column, cells.get(column.key, "")):
                        sentence = f"{asked.label}第{place}项：{column.label}提到了附图，但没有插入图片，请核对。"
                        yield Finding(section, f"{row}.{column.key}", sentence)


def _lacks_picture(asked: Field, text: str) -> bool:
    return bool(asked.pictures and _AS_SHOWN.search(text) and not richtext.pictures(text))


CHECKS: tuple[Callable[[Case], Iterator[Finding]], ...] = (
    _names, _standing, _codes, _addresses, _dates, _money, _maturity, _coverage, _ai, _twice, _indicators, _files,
    _pictures,
)  # fmt: skip
