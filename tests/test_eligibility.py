"""Rules of eligibility: each kind against facts, what is asked where nothing is known, and what stops."""

from dataclasses import replace
from typing import Any

import pytest

from tests.test_programmes import FOLDER
from tiers import programme_file
from tiers.editions import Force
from tiers.eligibility import RULE_KINDS, SOURCES, Facts, Held, Verdict, is_direct, judge, screen, value_in_words
from tiers.terms import Direct, Rule, Terms

PILOT = Held("hubei_pilot", 2023)
# Somebody who may apply in Hubei's round of 2024.
FIT = Facts(
    is_branch=False,
    industry="C34",
    is_in_unit=True,
    is_central=False,
    is_above_scale=True,
    held=(PILOT,),
    tiers_held=frozenset({"advanced"}),
    tiers_met=frozenset({"basic", "advanced", "excellent"}),
    basics_met=True,
    maturity_level=3,
    accidents=frozenset(),
    is_barred=False,
    statements=dict.fromkeys(["built", "competitive", "sound", "lawful", "controllable", "organised", "willing"], True),
)


def _rule(kind: str, value: Any = None, **changes: Any) -> Rule:
    return replace(Rule("r", kind, "条文", "82号", value=value), **changes)


@pytest.fixture(scope="module")
def hubei() -> Terms:
    return programme_file.read(FOLDER / "2024-excellent-HB.toml").terms


@pytest.mark.parametrize(
    ("rule", "facts", "verdict"),
    [
        (_rule("legal_person", ("C32",)), Facts(is_branch=False), "met"),
        (_rule("legal_person", ("C32",)), Facts(is_branch=True, industry="C32"), "met"),
        (_rule("legal_person", ("C32",)), Facts(is_branch=True, industry="C34"), "unmet"),
        (_rule("legal_person", ("C32",)), Facts(is_branch=True), "unknown"),
        (_rule("legal_person", ("C32",)), Facts(), "unknown"),
        (_rule("registered_in_unit"), Facts(is_in_unit=True), "met"),
        (_rule("registered_in_unit"), Facts(is_in_unit=False), "unmet"),
        (_rule("not_central"), Facts(is_central=False), "met"),
        (_rule("not_central"), Facts(is_central=True), "unmet"),
        (_rule("not_central"), Facts(), "unknown"),
        (_rule("of_group"), Facts(is_of_group=True), "met"),
        (_rule("of_group"), Facts(is_central=True, is_of_group=False), "unmet"),
        (_rule("above_scale"), Facts(is_above_scale=True), "met"),
        (_rule("above_scale"), Facts(is_above_scale=False), "unmet"),
        (_rule("any_title", ("hubei_pilot",)), Facts(held=(PILOT,)), "met"),
        (_rule("any_title", ("national_demonstration",)), Facts(held=(PILOT,)), "unmet"),
        (_rule("any_title", ("hubei_pilot",)), Facts(held=()), "unmet"),
        (_rule("any_title", ("hubei_pilot",)), Facts(), "unknown"),
        (_rule("holds_tier", "advanced"), Facts(tiers_held=frozenset({"advanced"})), "met"),
        (_rule("holds_tier", "advanced"), Facts(tiers_held=frozenset({"basic"})), "unmet"),
        (_rule("maturity", 3), Facts(maturity_level=3), "met"),
        (_rule("maturity", 3), Facts(maturity_level=4), "met"),
        (_rule("maturity", 3), Facts(maturity_level=2), "unmet"),
        (_rule("maturity", 1), Facts(maturity_level=0), "unmet"),
        (_rule("maturity", 3), Facts(), "unknown"),
        (_rule("tier_met", "excellent"), Facts(tiers_met=frozenset({"excellent"})), "met"),
        (_rule("tier_met", "excellent"), Facts(tiers_met=frozenset()), "unmet"),
        (_rule("basics_met"), Facts(basics_met=True), "met"),
        (_rule("basics_met"), Facts(basics_met=False), "unmet"),
        (_rule("no_accidents", ("fatal", "larger")), Facts(accidents=frozenset()), "met"),
        (_rule("no_accidents", ("larger",)), Facts(accidents=frozenset({"fatal"})), "met"),
        (_rule("no_accidents", ("fatal", "larger")), Facts(accidents=frozenset({"fatal"})), "unmet"),
        (_rule("no_accidents", ("fatal",)), Facts(), "unknown"),
        (_rule("not_barred"), Facts(is_barred=False), "met"),
        (_rule("not_barred"), Facts(is_barred=True), "unmet"),
        (_rule("statement"), Facts(statements={"r": True}), "met"),
        (_rule("statement"), Facts(statements={"r": False}), "unmet"),
        (_rule("statement"), Facts(statements={"other": True}), "unknown"),
    ],
)
def test_each_kind_of_rule(rule: Rule, facts: Facts, verdict: str) -> None:
    outcome = judge(rule, facts)
    assert outcome.verdict == verdict
    assert bool(outcome.reason) == (verdict != "met"), "whoever does not meet it reads why; whoever is asked reads what"
    assert outcome.stops == (verdict == "unmet")
    assert bool(outcome.remedy) == (verdict == "unmet"), "and what can be done about it"


def test_only_who_applies_and_where_ends_the_matter_and_never_in_principle() -> None:
    final = {name for name, kind in RULE_KINDS.items() if kind.is_final}
    assert final == {"legal_person", "registered_in_unit", "not_central", "of_group", "not_barred"}
    assert judge(_rule("not_central"), Facts(is_central=True)).ends
    assert not judge(_rule("not_central", force=Force.IN_PRINCIPLE), Facts(is_central=True)).ends
    assert not judge(_rule("maturity", 3), Facts(maturity_level=2)).ends
    assert {kind.fact for kind in RULE_KINDS.values()} == set(SOURCES)


def test_accidents_that_happened_are_named_and_no_others() -> None:
    said = judge(_rule("no_accidents", ("fatal", "larger", "major")), Facts(accidents=frozenset({"fatal"}))).reason
    assert "亡人" in said
    assert "重大" not in said


def test_every_kind_is_tried_above() -> None:
    tried = {mark.args[0].kind for mark in _params()}
    assert tried == set(RULE_KINDS)


def _params() -> list[Any]:
    (mark,) = [m for m in test_each_kind_of_rule.pytestmark if m.name == "parametrize"]
    return [type("P", (), {"args": row})() for row in mark.args[1]]


def test_in_principle_asks_and_does_not_stop() -> None:
    outcome = judge(_rule("holds_tier", "advanced", force=Force.IN_PRINCIPLE), Facts(tiers_held=frozenset()))
    assert (outcome.verdict, outcome.stops) == (Verdict.UNMET, False)


def test_who_fits_hubei_2024_meets_every_rule(hubei: Terms) -> None:
    assert {outcome.verdict for outcome in screen(hubei.rules, FIT)} == {Verdict.MET}


@pytest.mark.parametrize(
    ("change", "code", "said"),
    [
        ({"is_central": True}, "channel", "中央企业另有申报渠道"),
        ({"held": (Held("national_demonstration", 2022),)}, "title", "省智能制造试点示范企业"),
        ({"accidents": frozenset({"fatal"})}, "accidents", "亡人"),
        ({"maturity_level": 2}, "maturity", "自评估为二级，应达到三级及以上"),
        ({"is_branch": True}, "legal_person", "分支机构"),
        ({"tiers_met": frozenset({"basic"})}, "conditions", "卓越级"),
    ],
)
def test_who_does_not_fit_reads_why_and_the_clause(hubei: Terms, change: dict[str, Any], code: str, said: str) -> None:
    stopped = [outcome for outcome in screen(hubei.rules, replace(FIT, **change)) if outcome.stops]
    assert [outcome.rule.code for outcome in stopped] == [code]
    assert said in stopped[0].reason
    assert stopped[0].rule.clause.startswith("82号")


def test_nothing_known_stops_nobody_and_asks_about_everything(hubei: Terms) -> None:
    outcomes = screen(hubei.rules, Facts())
    assert {outcome.verdict for outcome in outcomes} == {Verdict.UNKNOWN}
    assert not any(outcome.stops for outcome in outcomes)


@pytest.mark.parametrize(
    ("held", "direct"),
    [
        ((Held("national_demonstration", 2021),), True),
        ((Held("national_demonstration", 2023),), True),
        ((Held("national_demonstration", 2020),), False),
        ((Held("national_demonstration", 2024),), False),
        ((Held("national_demonstration", 2022, accepted=False),), False),
        ((Held("hubei_pilot", 2022),), False),
        ((), False),
        (None, False),
    ],
)
def test_direct_way_is_for_those_who_took_it_on_in_those_years_and_passed(
    hubei: Terms, held: tuple[Held, ...] | None, direct: bool
) -> None:
    assert is_direct(hubei.direct, Facts(held=held)) is direct


def test_without_a_direct_way_nobody_goes_it() -> None:
    assert not is_direct(None, FIT)
    assert is_direct(Direct("hubei_pilot", 2000, 2030, "x", "y"), FIT)


def test_values_are_said_in_words(hubei: Terms) -> None:
    words = {rule.code: value_in_words(rule) for rule in hubei.rules}
    assert words["maturity"] == "三级"
    assert words["accidents"] == "亡人、较大、重大、特别重大"
    assert words["title"] == "湖北省智能制造试点示范企业"
    assert words["legal_person"] == "B07、B09、C25、C32"
    assert words["built"] == ""
