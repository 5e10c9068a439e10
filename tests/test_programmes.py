"""Programmes as shipped: the notice's own words and numbers, and files that are refused with a reason."""

import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from portal.errors import Malformed
from tests.rounds import CITY_UNTIL, ENTERPRISE_UNTIL, UNIT_UNTIL
from tiers import programme_file
from tiers.editions import Force
from tiers.file_tables import loaded
from tiers.terms import Decider, Method, Programme, missing

FOLDER = Path(programme_file.__file__).parent / "programmes"
NOTICE = FOLDER.parent.parent.parent / "shared" / "notice.txt"
FILES = sorted(path.stem for path in FOLDER.glob("*.toml"))


def _programme(name: str) -> Programme:
    return programme_file.read(FOLDER / f"{name}.toml")


def _document(name: str = "2024-excellent-HB") -> dict[str, Any]:
    return loaded(FOLDER / f"{name}.toml", "programme")


@pytest.fixture(scope="module")
def hubei() -> Programme:
    return _programme("2024-excellent-HB")


@pytest.fixture(scope="module")
def national() -> Programme:
    return _programme("2024-excellent")


# -- what the notice says ----------------------------------------------------------------------------------------------
def _bare(text: str) -> str:
    return re.sub(r"\s+|—\d+—", "", re.sub(r"\s+", "", text))


@pytest.mark.skipif(not NOTICE.exists(), reason="the notice is not beside this checkout")
@pytest.mark.parametrize("name", FILES)
def test_what_is_not_marked_unverified_stands_in_the_notice(name: str) -> None:
    notice, programme = _bare(NOTICE.read_text("utf-8")), _programme(name)
    for rule in programme.terms.rules:
        if not rule.unverified:
            assert _bare(rule.text) in notice, (name, rule.code)
    if programme.terms.direct:
        assert _bare(programme.terms.direct.text) in notice
    for source in programme.terms.sources:
        assert _bare(source) in notice


@pytest.mark.skipif(not NOTICE.exists(), reason="the notice is not beside this checkout")
def test_the_notices_dates_and_numbers_are_the_programmes(hubei: Programme, national: Programme) -> None:
    notice = _bare(NOTICE.read_text("utf-8"))
    for sentence in (
        "请申报主体11月22日前在平台上完成申报，逾期无法受理。",
        "11月25日前联合行文",
        "推荐20家符合条件的优秀企业",
        "推荐单位应于2024年11月29日前完成线上审核",
        "各省（区、市）推荐项目数量不超过20个，计划单列市、新疆生产建设兵团、有关中央企业推荐项目数量不超过5个。",
    ):
        assert sentence in notice
    assert (hubei.windows.enterprise_until, hubei.windows.city_until) == (ENTERPRISE_UNTIL, CITY_UNTIL)
    assert hubei.windows.unit_until == national.windows.unit_until == UNIT_UNTIL
    assert hubei.quota == national.quota == 20


def test_hubei_in_figures(hubei: Programme) -> None:
    until = hubei.windows.enterprise_until
    assert (until.isoformat(), until.timestamp()) == ("2024-11-22T23:59:59+08:00", 1732291199.0)
    assert hubei.terms.departments == ("industry", "development", "finance", "market", "data"), "five, without 国资"
    assert hubei.terms.decider is Decider.MINISTRY
    assert hubei.terms.weight == 100
    assert [int(c.weight) for c in hubei.terms.criteria] == [20, 30, 20, 10, 10, 10]
    assert all(c.unverified for c in (*hubei.terms.criteria, *hubei.terms.columns, *hubei.terms.attachments))
    assert hubei.terms.aggregation.method is Method.TRIMMED
    assert hubei.unverified_windows, "the day it opened is not in the notice"


def test_hubei_differs_from_the_nation_where_the_notice_does(hubei: Programme, national: Programme) -> None:
    ours = {rule.code: rule for rule in hubei.terms.rules}
    theirs = {rule.code: rule for rule in national.terms.rules}
    assert list(ours) == list(theirs)
    assert (theirs["title"].kind, theirs["title"].force) == ("holds_tier", Force.IN_PRINCIPLE)
    assert (ours["title"].kind, ours["title"].force) == ("any_title", Force.REQUIRED)
    assert ours["title"].value == ("hubei_pilot",)
    assert set(ours["accidents"].value) - set(theirs["accidents"].value) == {"fatal"}
    assert ours["maturity"].value == theirs["maturity"].value == 3
    assert len(national.terms.departments) == 6
    assert national.terms.direct is None
    assert (hubei.terms.direct.from_year, hubei.terms.direct.to_year) == (2021, 2023)


@pytest.mark.parametrize(
    ("name", "kind", "quota"),
    [
        ("2024-excellent", "province", 20),
        ("2024-excellent-separate-city", "separate_city", 5),
        ("2024-excellent-corps", "corps", 5),
        ("2024-excellent-group", "central_group", 5),
    ],
)
def test_each_kind_of_unit_has_its_quota_and_no_step_through_cities(name: str, kind: str, quota: int) -> None:
    programme = _programme(name)
    assert (programme.kinds, programme.quota, programme.windows.city_until) == ((kind,), quota, None)
    assert programme.is_for("XX", kind)
    assert not programme.is_for("XX", "other")


def test_a_group_asks_for_its_own_and_a_province_for_all_others(national: Programme) -> None:
    assert national.terms.rules[0].kind == "not_central"
    assert _programme("2024-excellent-group").terms.rules[0].kind == "of_group"


def test_the_province_decides_about_advanced_factories_without_a_quota() -> None:
    advanced = _programme("2024-advanced-HB")
    assert (advanced.quota, advanced.terms.decider, advanced.terms.direct) == (None, Decider.UNIT, None)
    kinds = {rule.kind: rule for rule in advanced.terms.rules}
    assert (kinds["maturity"].value, kinds["tier_met"].value) == (2, "advanced")
    assert "any_title" not in kinds
    assert advanced.unverified_windows


@pytest.mark.parametrize("name", FILES)
def test_every_programme_could_be_published(name: str) -> None:
    assert missing(_programme(name).terms) == []


# -- files that can't be used ------------------------------------------------------------------------------------------
def _row(document: dict[str, Any], part: str, code: str) -> dict[str, Any]:
    return next(row for row in document[part] if row["code"] == code)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda d: d["programme"].pop("quota"), ["[programme]", "quota"]),
        (lambda d: d["programme"].update(quota=0), ["[programme]", "quota", "none"]),
        (lambda d: d["programme"].update(tier="golden"), ["[programme]", "tier", "golden"]),
        (lambda d: d["programme"].update(kinds=["county"]), ["[programme]", "kinds", "county"]),
        (lambda d: d["programme"].update(colour="red"), ["[programme]", "doesn't know colour"]),
        (lambda d: d["windows"].update(enterprise_until="2024-11-22"), ["[windows]", "enterprise_until", "instant"]),
        (lambda d: d["windows"].update(opens_at=d["windows"]["unit_until"]), ["[windows]", "order", "开始受理"]),
        (lambda d: d["windows"].update(publicity_days=-1), ["[windows]", "publicity_days"]),
        (lambda d: d["terms"].update(decider="jury"), ["[terms]", "decider", "jury"]),
        (lambda d: d["terms"].update(departments=["finance", "finance"]), ["[terms]", "departments", "twice"]),
        (lambda d: d["terms"].update(departments=["moon"]), ["[terms]", "departments", "moon"]),
        (lambda d: d.pop("terms"), ["[terms]"]),
        (lambda d: d.pop("rule"), ["[[rule]]"]),
        (lambda d: d["rule"][3].update(kind="luck"), ["[rule no. 4]", "kind", "luck"]),
        (lambda d: _row(d, "rule", "title").update(titles=["champion"]), ["titles", "champion"]),
        (lambda d: _row(d, "rule", "title").pop("titles"), ["lacks titles"]),
        (lambda d: _row(d, "rule", "maturity").update(level=6), ["level", "1 to 5"]),
        (lambda d: _row(d, "rule", "maturity").update(level=True), ["level", "True"]),
        (lambda d: _row(d, "rule", "accidents").update(grades=["small"]), ["grades", "small"]),
        (lambda d: _row(d, "rule", "conditions").update(tier="golden"), ["tier", "golden"]),
        (lambda d: _row(d, "rule", "built").update(level=3), ["doesn't know level"]),
        (lambda d: d["rule"][1].update(force="perhaps"), ["[rule no. 2]", "force", "perhaps"]),
        (lambda d: d["rule"][1].update(code=d["rule"][0]["code"]), ["[rule]", "stands twice"]),
        (lambda d: d["criterion"][0].update(weight=19), ["[criterion] weight", "99", "100"]),
        (lambda d: d["criterion"][0].update(weight=0), ["[criterion no. 1]", "weight"]),
        (lambda d: d["attachment"][0].update(formats=["exe"]), ["[attachment no. 1]", "formats", "exe"]),
        (lambda d: d["attachment"][0].update(required="yes"), ["[attachment no. 1]", "required"]),
        (lambda d: d["attachment"][0].update(most_mb=0), ["[attachment no. 1]", "most_mb"]),
        (lambda d: d["limit"][0].update(most="viel"), ["[limit no. 1]", "most"]),
        (lambda d: d["column"][0].update(code="horoscope"), ["[column no. 1]", "code", "horoscope"]),
        (lambda d: d["aggregation"].update(method="median"), ["[aggregation]", "method", "median"]),
        (lambda d: d["aggregation"].update(trim_from=2), ["[aggregation]", "trim_from"]),
        (lambda d: d["direct"].update(from_year=2024), ["[direct]", "from_year"]),
        (lambda d: d["direct"].update(title="champion"), ["[direct]", "title", "champion"]),
        (lambda d: d.update(rules=[]), ["[top]", "doesn't know rules"]),
    ],
)
def test_malformed_file_names_file_table_key_and_reason(change: Any, said: list[str]) -> None:
    document = _document()
    change(document)
    with pytest.raises(Malformed) as error:
        programme_file.parse(document, "bad.toml")
    assert all(part in str(error.value) for part in ["bad.toml", *said]), str(error.value)


def test_rows_of_an_overlay_are_merged_replaced_or_taken_out(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(
        '[head]\nname = "a"\n[gone]\nx = 1\n[[row]]\ncode = "1"\nx = 1\ny = 1\n[[row]]\ncode = "2"\nx = 2\n'
        '[[row]]\ncode = "3"\nx = 3\n'
    )
    (tmp_path / "b.toml").write_text(
        '[head]\nextends = "a"\n[gone]\nabsent = true\n[[row]]\ncode = "1"\ny = 5\n[[row]]\ncode = "2"\nanew = true\n'
        'z = 9\n[[row]]\ncode = "3"\nabsent = true\n[[row]]\ncode = "4"\n'
    )
    (tmp_path / "c.toml").write_text('[head]\nextends = "b"\nname = "c"\n')
    assert loaded(tmp_path / "c.toml", "head") == {
        "head": {"name": "c"},
        "row": [{"code": "1", "x": 1, "y": 5}, {"code": "2", "z": 9}, {"code": "4"}],
    }


def test_what_a_draft_still_lacks_is_said_in_sentences() -> None:
    document = _document()
    terms = {key: document[key] for key in ("terms", "aggregation")} | {"criterion": [document["criterion"][0]]}
    terms["terms"] = document["terms"] | {"departments": []}
    with pytest.raises(Malformed):
        programme_file.parse_terms(terms, "bad.toml")
    lacks = missing(programme_file.parse_terms(terms, "draft", complete=False))
    assert len(lacks) == 5
    assert "评分表各项权重之和应为100，现为20，请调整。" in lacks
    assert Decimal(20) == programme_file.parse_terms(terms, "draft", complete=False).weight
