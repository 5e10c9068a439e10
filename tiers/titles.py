"""The titles an enterprise or a factory can hold, as data: a new one is one line here."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Title:
    """One title; `rank` is its step on the ladder (0: beside it), the flags say which further facts belong to it."""

    code: str
    name: str
    rank: int = 0
    has_selection_year: bool = False  # 揭榜年度
    has_acceptance: bool = False  # whether 验收 was passed
    is_of_enterprise: bool = False  # given to the enterprise, so no project need be named


TITLES = (
    Title("basic", "基础级智能工厂", 1),
    Title("advanced", "先进级智能工厂", 2),
    Title("excellent", "卓越级智能工厂", 3),
    Title("leading", "领航级智能工厂", 4),
    Title("hubei_pilot", "湖北省智能制造试点示范企业", is_of_enterprise=True),  # 82号 二(一)2
    Title(
        "national_demonstration", "国家智能制造示范工厂", has_selection_year=True, has_acceptance=True
    ),  # 82号 二(三)4
)

# What documents also call them.
ALIASES = {
    "基础级": "basic",
    "先进级": "advanced",
    "卓越级": "excellent",
    "领航级": "leading",
    "省智能制造试点示范企业": "hubei_pilot",
    "智能制造示范工厂": "national_demonstration",
    "智能制造示范工厂揭榜单位": "national_demonstration",
}
BY_CODE = {title.code: title for title in TITLES}
_BY_NAME = {title.name: title for title in TITLES} | {alias: BY_CODE[code] for alias, code in ALIASES.items()}
CHOICES = [(title.code, title.name) for title in TITLES]
EARLIEST = 2000


def title_of(code: str) -> Title:
    """The title of that code; one that is no longer in the table is called by its code."""
    return BY_CODE.get(code) or Title(code, code)


def named(text: str) -> Title | None:
    """The title that a document calls so."""
    return _BY_NAME.get(text)


def misfits(
    title: Title,
    *,
    project: str,
    year: int,
    selection_year: int | None,
    passed_acceptance: bool | None,
    this_year: int,
) -> list[tuple[str, str]]:
    """What about the facts of one recognition doesn't fit its title, as (field, sentence)."""
    found = []
    if not EARLIEST <= year <= this_year:
        found.append(("year", f"年度应在{EARLIEST}年至{this_year}年之间。"))
    if not project and not title.is_of_enterprise:
        found.append(("project", f"“{title.name}”授予工厂或项目，请填写项目（工厂）名称。"))
    if title.has_selection_year and selection_year is None:
        found.append(("selection_year", f"“{title.name}”须填写揭榜年度。"))
    if not title.has_selection_year and selection_year is not None:
        found.append(("selection_year", f"“{title.name}”没有揭榜年度，请留空。"))
    if selection_year is not None and not EARLIEST <= selection_year <= this_year:
        found.append(("selection_year", f"揭榜年度应在{EARLIEST}年至{this_year}年之间。"))
    if not title.has_acceptance and passed_acceptance is not None:
        found.append(("passed_acceptance", f"“{title.name}”不涉及验收，请留空。"))
    return found
