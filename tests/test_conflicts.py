"""Ties that the portal finds by itself: between a profile and a book, by code and by name however written."""

from datetime import date
from typing import Any

import pytest

from review.conflicts import Applicant, Body, Kind, Profile, applicant_of, find
from review.names import bare, is_named_in

ON = date(2024, 11, 26)
CODE, OTHER = "91420100MA4K0AAA0X", "91420100MA4K0BBB0Y"
ELSEWHERE = Profile(Body("华中科技大学"))


def document(**changes: Any) -> dict[str, Any]:
    sections = {
        "factory": {"integrators[a1]": {"name": "武汉华中数控股份有限公司", "code": OTHER, "scope": "产线"}},
        "scenarios": {
            "scenarios[b1]": {"equipment": "五轴机床（沈阳机床）、MES（北京用友）、机器视觉（武汉精测电子）"},
            "systems[c1]": {"name": "MES", "vendor": "用友网络科技股份有限公司"},
        },
    }
    said = {"name": "武汉光谷激光股份有限公司", "code": CODE, "city": "武汉市"}
    return {"enterprise": said, "sections": sections} | changes


APPLICANT = applicant_of(document())


def kinds(profile: Profile, applicant: Applicant = APPLICANT, **more: Any) -> list[Kind]:
    return [conflict.kind for conflict in find(profile, applicant, on=ON, **more)]


@pytest.mark.parametrize(
    ("profile", "found"),
    [
        (ELSEWHERE, []),
        (Profile(Body("武汉光谷激光股份有限公司")), [Kind.EMPLOYER]),
        (Profile(Body("光谷激光")), [Kind.EMPLOYER]),
        (Profile(Body("改了名的公司", CODE.lower())), [Kind.EMPLOYER]),
        (Profile(Body("某大学"), (Body("光谷激光", "", date(2021, 11, 26)),)), [Kind.FORMER]),
        (Profile(Body("某大学"), (Body("光谷激光", "", date(2021, 11, 25)),)), []),
        (Profile(Body("某大学"), (Body("", CODE, None),)), [Kind.FORMER]),
        (Profile(Body("某大学"), (), (Body("", CODE),)), [Kind.INTEREST]),
        (Profile(Body("华中数控股份有限公司")), [Kind.SUPPLIER]),
        (Profile(Body("改了名", OTHER)), [Kind.SUPPLIER]),
        (Profile(Body("用友网络科技股份有限公司")), [Kind.SUPPLIER]),
        (Profile(Body("精测电子")), [Kind.SUPPLIER]),
        (Profile(Body("某大学"), (), (Body("沈阳机床"),)), [Kind.SUPPLIER]),
        (Profile(Body("某大学"), (Body("华中数控股份有限公司", OTHER, date(2024, 1, 1)),)), []),
        (Profile(Body("武汉理工大学")), []),
    ],
)
def test_a_tie_is_found_or_not(profile: Profile, found: list[Kind]) -> None:
    assert kinds(profile) == found


def test_the_same_city_counts_only_when_asked() -> None:
    profile = Profile(Body("华中科技大学"), city="武汉市")
    assert kinds(profile) == []
    assert kinds(profile, same_city=True) == [Kind.CITY]
    assert kinds(ELSEWHERE, same_city=True) == []


def test_every_tie_is_named_once_with_its_sentence() -> None:
    profile = Profile(Body("武汉光谷激光股份有限公司", CODE), (), (Body("武汉精测电子"), Body("武汉精测电子集团")))
    said = [conflict.text for conflict in find(profile, APPLICANT, on=ON)]
    assert said[0] == "专家在申报单位（武汉光谷激光股份有限公司）任职。"
    assert len(said) == len(set(said)) == 3


def test_on_leap_day_three_years_end_on_the_28th() -> None:
    applicant = Applicant("甲", CODE)
    profile = Profile(Body("乙"), (Body("", CODE, date(2021, 2, 28)),))
    assert [c.kind for c in find(profile, applicant, on=date(2024, 2, 29))] == [Kind.FORMER]


def test_universities_of_two_cities_are_not_one() -> None:
    assert bare("武汉理工大学") == "武汉理工大学"
    assert not is_named_in("武汉理工大学", "与华南理工大学合作")
    assert is_named_in("武汉理工大学", "与武汉 理工大学合作")


@pytest.mark.parametrize("empty", ["", "  ", "公司"])
def test_an_empty_name_is_nobodys(empty: str) -> None:
    assert kinds(Profile(Body(empty))) == []
