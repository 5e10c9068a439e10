"""Editions of the ladder: the notice's words and nothing else, and files that are refused with a reason."""

import re
import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from portal.errors import Malformed
from tiers import edition_file
from tiers.editions import Edition, Force, IndicatorKind

CATALOGUE = Path(edition_file.__file__).parent / "catalogue"
NOTICE = CATALOGUE.parent.parent.parent / "shared" / "notice.txt"


def _document(name: str) -> dict[str, Any]:
    return tomllib.loads((CATALOGUE / name).read_text("utf-8"))


@pytest.fixture(scope="module")
def edition() -> Edition:
    return edition_file.read(CATALOGUE / "2024.toml")


@pytest.fixture(scope="module")
def of_2025() -> Edition:
    return edition_file.read(CATALOGUE / "2025.toml")


def _bare(text: str) -> str:
    """White space aside; and the notice's PDF lost the small 2 of CO₂."""
    return re.sub(r"\s+", "", text).replace("CO₂", "CO")


@pytest.mark.skipif(not NOTICE.exists(), reason="the notice is not beside this checkout")
def test_every_clause_put_together_from_its_elements_is_the_notices(edition: Edition) -> None:
    """Nothing missing, nothing reworded, in the notice's order: the annex is taken apart clause by clause."""
    text = _bare(NOTICE.read_text("utf-8"))
    annex = text[text.index("附件2智能工厂梯度培育要素条件为指导") : text.index("附1：智能工厂建设关键绩效指标参考注")]
    expected = annex[annex.index("一、基础要求") :]
    rebuilt = "一、基础要求" + "".join(f"{n}．{b.text}" for n, b in enumerate(edition.basics, start=1))
    for number, tier in zip("二三四五", edition.tiers, strict=True):
        coverage = tier.coverage.text
        rebuilt += f"{number}、{tier.name}智能工厂" + "".join(tier.aim)
        rebuilt += (
            "（一）建设内容鼓励企业参考《智能制造典型场景参考指引（2024年版）》，围绕工厂建设、研发设计、生产作业、"
        )
        rebuilt += f"生产管理、运营管理等开展智能工厂建设，{coverage}。"
        for n, clause in enumerate(tier.content, start=1):
            note = f"[{n}]" if tier.rank == 1 else ""
            rebuilt += f"{n}．{clause.heading or edition.area_names[clause.area]}{note}：{clause.text}"
        rebuilt += "（二）建设成效"
        for n, clause in enumerate(tier.effects, start=1):
            dot = "." if (tier.rank, n) == (4, 4) else "．"
            rebuilt += f"{n}{dot}{clause.text}"
    assert _bare(rebuilt) == expected


@pytest.mark.skipif(not NOTICE.exists(), reason="the notice is not beside this checkout")
def test_indicators_and_their_groups_are_the_notices(edition: Edition) -> None:
    text = _bare(NOTICE.read_text("utf-8"))
    annex = text[text.index("附1智能工厂建设关键绩效指标参考序号") : text.index("附3卓越级")]
    rebuilt, group = "附1智能工厂建设关键绩效指标参考序号智能工厂建设关键绩效指标", ""
    for indicator in edition.indicators:
        if indicator.group != group:
            group = indicator.group
            rebuilt += f"（{'一二三四五'[list(edition.groups).index(group)]}）{edition.groups[group]}"
        rebuilt += f"{indicator.number}{indicator.name}（{indicator.unit}）"
    assert _bare(rebuilt) == annex


@pytest.mark.skipif(not NOTICE.exists(), reason="the notice is not beside this checkout")
def test_areas_cover_the_guides_as_the_notes_say(edition: Edition) -> None:
    text = _bare(NOTICE.read_text("utf-8"))
    counts = {2: "两", 3: "三", 5: "五"}
    for number, area in enumerate(edition.areas, start=1):
        note = f"[{number}]{area.name}涵盖《智能制造典型场景参考指引（2024年版）》中的"
        assert note + f"{'、'.join(area.guide)}{counts[len(area.guide)]}个环节。" in text


def test_ladder_of_2024_in_figures(edition: Edition) -> None:
    assert [(t.name, t.maturity, t.coverage.force) for t in edition.tiers] == [
        ("基础级", 2, Force.REQUIRED),
        ("先进级", 2, Force.REQUIRED),
        ("卓越级", 3, Force.IN_PRINCIPLE),
        ("领航级", 4, Force.REQUIRED),
    ]
    assert [len(t.coverage.areas) for t in edition.tiers] == [1, 3, 5, 5]
    assert (len(edition.basics), len(edition.indicators), len(edition.groups)) == (5, 20, 5)
    assert sum(len(area.guide) for area in edition.areas) == 14, "the fifteenth is 多环节模式创新, beside the five"
    assert edition.beside == "多环节模式创新"
    assert edition.tier("leading").content[4].heading == "经营管理"
    assert edition.tier("leading").content[4].area == "management"
    assert edition.tier("excellent").needs.force is Force.IN_PRINCIPLE


def test_indicators_know_their_kind_and_their_limits(edition: Edition) -> None:
    by_number = {i.number: i for i in edition.indicators}
    assert sorted(by_number) == list(range(1, 21))
    assert by_number[2].optional, "discrete plants may have no advanced process control"
    assert by_number[9].most == 100
    assert by_number[11].most is None, "inventory turnover may more than double"
    assert by_number[6].least is None, "sales may shrink"
    assert by_number[18].kind is IndicatorKind.LEVEL
    assert {by_number[4].unit, by_number[20].unit} == {"个", "家"}


def test_2025_adds_scenarios_shares_of_ai_and_a_harder_step(of_2025: Edition, edition: Edition) -> None:
    assert [s.number for s in of_2025.scenarios] == list(range(1, 41))
    assert len({s.guide_area for s in of_2025.scenarios}) == 8
    assert set(of_2025.area_of_guide) == {s.guide_area for s in of_2025.scenarios}
    assert [t.ai_share for t in of_2025.tiers] == [None, None, Decimal(20), Decimal(60)]
    assert of_2025.tier("excellent").needs.force is Force.REQUIRED
    assert [t.elements for t in of_2025.tiers] == [t.elements for t in edition.tiers], "the conditions stayed"


def test_2025_says_what_is_not_verified(of_2025: Edition) -> None:
    assert {s.number for s in of_2025.scenarios if s.unverified} == {18, 33, 37}
    assert {t.code for t in of_2025.tiers if t.ai_share_unverified} == {"excellent", "leading"}
    assert {a.code for a in of_2025.areas if a.unverified} == {"design", "management"}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda d: d["tier"][0].pop("name"), ["[tier no. 1]", "name"]),
        (lambda d: d["tier"][1].update(maturity="二级"), ["[tier no. 2]", "maturity", "二级"]),
        (lambda d: d["tier"][2]["coverage"].update(force="perhaps"), ["[coverage]", "force", "perhaps"]),
        (lambda d: d["tier"][2]["coverage"].update(areas=["moon"]), ["excellent", "unknown moon"]),
        (lambda d: d["tier"][0].update(nmae="x"), ["[tier no. 1]", "doesn't know nmae"]),
        (lambda d: d["tier"][0].update(needs={"tier": "leading", "force": "required", "clause": "x"}), ["leading"]),
        (lambda d: d["indicator"][4].update(group="luck"), ["[indicator]", "luck"]),
        (lambda d: d["indicator"][4].update(code="productivity"), ["[indicator]", "productivity stands twice"]),
        (lambda d: d["indicator"][4].update(most=True), ["[indicator no. 5]", "most"]),
        (lambda d: d.pop("area"), ["[[area]]"]),
        (lambda d: d.update(tier={}), ["[[tier]]"]),
        (lambda d: d["tier"].reverse(), ["rank"]),
        (lambda d: d["edition"].update(revision="one"), ["[edition]", "revision"]),
        (lambda d: d["area"][0].update(guide="工厂建设"), ["[area no. 1]", "guide"]),
        (lambda d: d["basic"][0].update(text=" "), ["[basic no. 1]", "text"]),
        (lambda d: d.update(scenario=[{"number": 1, "name": "x", "guide_area": "月球"}]), ["[scenario]", "月球"]),
    ],
)
def test_malformed_file_names_file_table_key_and_reason(change: Any, said: list[str]) -> None:
    document = _document("2024.toml")
    change(document)
    with pytest.raises(Malformed) as error:
        edition_file.parse(document, "bad.toml")
    assert all(part in str(error.value) for part in ["bad.toml", *said]), str(error.value)


def test_file_that_is_no_toml_or_extends_nothing_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text("[edition")
    (tmp_path / "b.toml").write_text('[edition]\nextends = "1999"\ncode = "b"')
    for name in ("a.toml", "b.toml", "absent.toml"):
        with pytest.raises(Malformed, match=r"toml"):
            edition_file.read(tmp_path / name)
