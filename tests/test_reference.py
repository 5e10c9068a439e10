"""Reference data: what the notice says of units, cities and departments, loaded twice with the same result."""

import shutil
from pathlib import Path

import pytest
from stdnum.cn import uscc

from portal.credit_code import credit_code_error, normalised
from portal.demo.seed import credit_code
from portal.errors import Malformed
from portal.models import City, Industry, Office, Region, Unit, UnitKind
from portal.services import reference


@pytest.mark.django_db
def test_units_and_their_default_quotas() -> None:
    quotas = set(Unit.objects.exclude(code="TESTG").values_list("kind", "default_quota"))
    assert quotas == {(UnitKind.PROVINCE, 20), (UnitKind.SEPARATE_CITY, 5), (UnitKind.CORPS, 5)}
    assert Unit.objects.filter(kind=UnitKind.PROVINCE).count() == 31
    assert Unit.objects.filter(kind=UnitKind.SEPARATE_CITY).count() == 5


@pytest.mark.django_db
def test_hubeis_seventeen_cities_and_their_joint_departments() -> None:
    cities = City.objects.filter(unit__code="HB")
    assert cities.count() == 17
    assert set(cities.values_list("region__name", flat=True)) >= {"武汉市", "恩施土家族苗族自治州", "神农架林区"}
    joint = {"industry", "development", "finance", "market", "data"}
    for city in cities:
        assert set(city.offices.values_list("department", flat=True)) == joint
        assert city.offices.get(is_lead=True).name.endswith("经济和信息化局")
    hubei = Office.objects.filter(level="unit", unit__code="HB")
    assert (set(hubei.values_list("department", flat=True)), hubei.get(is_lead=True).name) == (
        joint,
        "湖北省经济和信息化厅",
    )
    national = set(Office.objects.filter(level="ministry").values_list("department", flat=True))
    assert national == joint | {"state_assets"}


@pytest.mark.django_db
def test_industries_are_sections_b_c_and_d() -> None:
    codes = set(Industry.objects.values_list("code", flat=True))
    assert codes == {f"B{n:02}" for n in range(6, 13)} | {f"C{n}" for n in range(13, 44)} | {"D44", "D45", "D46"}


@pytest.mark.django_db
def test_loading_again_changes_nothing() -> None:
    assert reference.load() == 0


@pytest.mark.django_db
def test_a_changed_entry_is_mended_and_counted(tmp_path: Path) -> None:
    shutil.copytree(reference.FOLDER, tmp_path, dirs_exist_ok=True)
    file = tmp_path / "regions.toml"
    file.write_text(file.read_text("utf-8").replace("潜江市", "潜江城"), "utf-8")
    assert reference.load(tmp_path) == 1 + 5, "the region, and the names of its five offices"
    assert Region.objects.get(code="429005").name == "潜江城"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        ("industries.toml", '[[industry]]\ncode = "C99"', ["industries.toml", "[[industry]] no. 1", "name"]),
        ("industries.toml", '[[trade]]\ncode = "C99"', ["industries.toml", "unknown table trade"]),
        ("offices.toml", "[[office]", ["offices.toml"]),
        ("units.toml", '[[unit]]\ncode="X"\nname="X"\nkind="moon"\nquota=1', ["units.toml", "moon"]),
        ("units.toml", '[[city]]\nunit="NOWHERE"\nregion="420100"', ["units.toml", "[[city]] no. 1"]),
    ],
)
def test_malformed_file_names_file_table_and_reason_and_loads_nothing(
    tmp_path: Path, file: str, text: str, said: list[str]
) -> None:
    shutil.copytree(reference.FOLDER, tmp_path, dirs_exist_ok=True)
    regions = tmp_path / "regions.toml"
    regions.write_text(regions.read_text("utf-8").replace("潜江市", "潜江城"), "utf-8")
    (tmp_path / file).write_text(text, "utf-8")
    with pytest.raises(Malformed) as error:
        reference.load(tmp_path)
    assert all(part in str(error.value) for part in said), str(error.value)
    assert Region.objects.get(code="429005").name == "潜江市", "nothing is half-loaded"


@pytest.mark.parametrize("code", ["91110108551385082Q", "91350100M000100Y43", "914413007820108867"])
def test_valid_credit_codes(code: str) -> None:
    assert credit_code_error(code) == ""
    assert uscc.is_valid(code)


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("91350100M000100Y4A", "校验位"),
        ("91350100M000100Y4", "17位"),
        ("9135O100M000100Y43", "不允许"),
        ("", "0位"),
        ("测试测试测试测试测试测试测试测试测试", "不允许"),
    ],
)
def test_invalid_credit_codes_are_explained(code: str, reason: str) -> None:
    assert reason in credit_code_error(code)


def test_a_remainder_of_zero_gives_the_check_character_zero() -> None:
    """The outer modulo of GB 32100 matters: without it such codes have no check character at all."""
    zeros = [made for n in range(20_000_000, 20_000_200) if (made := credit_code("420100", n)).endswith("0")]
    assert zeros
    assert all(credit_code_error(made) == "" for made in zeros)


def test_what_people_paste_is_folded() -> None:
    assert normalised("　９１３５０１００m000 100y43 ") == "91350100M000100Y43"
