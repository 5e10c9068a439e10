"""Seals and signatures as bytes: what is placed where, what a signature holds, and what gives a change away."""

import io
import subprocess
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pikepdf
import pkcs11
import pytest
import time_machine
from cryptography.hazmat.primitives import serialization
from PIL import Image
from pkcs11 import Attribute, CertificateType, ObjectClass

from portal.clock import BEIJING
from portal.errors import Refused
from portal.seals.comparing import Comparison, Verdict, compared
from portal.seals.keys import Keys, roots
from portal.seals.pictures import SIDE, seal_picture
from portal.seals.places import MM, places
from portal.seals.reading import Signature, is_signed, signatures
from portal.seals.signing import Words, signed, time_stamper
from portal.seals.stamping import stamped
from tests import seals as made

AT = datetime(2026, 11, 22, 17, 30, tzinfo=BEIJING)
WORDS = Words(AT, "湖北省2024年度推荐函用印", "武汉市")


@pytest.fixture(scope="module")
def paper() -> bytes:
    return made.paper()


@pytest.fixture(scope="module")
def picture() -> bytes:
    return seal_picture(made.picture())


@pytest.fixture(scope="module")
def root() -> made.Authority:
    return made.authority("测试根证书")


@pytest.fixture(scope="module")
def keys(root: made.Authority, tmp_path_factory: pytest.TempPathFactory) -> Keys:
    folder = tmp_path_factory.mktemp("keys")
    (folder / "HB-industry.p12").write_bytes(made.authority("湖北省经济和信息化厅", root).p12("a secret"))
    (folder / "HB-finance.p12").write_bytes(made.authority("湖北省财政厅", root).p12())
    return Keys(folder, {"HB-industry": "a secret"})


@pytest.fixture(scope="module")
def both(paper: bytes, picture: bytes, keys: Keys, root: made.Authority) -> bytes:
    """Signed by two departments, the first with a trusted time."""
    tsa = made.authority("测试时间戳", root, stamps_time=True)
    with made.time_stamp_service(tsa) as address, keys.signer("HB-industry") as signer:
        one = signed(paper, "unit", signer, WORDS, picture=picture, tsa=time_stamper(address))
    with keys.signer("HB-finance") as signer:
        return signed(one, "unit-finance", signer, WORDS, picture=picture)


def _red(pdf: bytes, page: int, box: tuple[float, float, float, float]) -> float:
    """Which part of a box (mm from the upper left corner) is red on the page as people see it."""
    drawn = subprocess.run(
        ["pdftoppm", "-r", "72", "-f", str(page), "-l", str(page), "-png", "-"],
        input=pdf,
        capture_output=True,
        check=True,
    )
    with Image.open(io.BytesIO(drawn.stdout)) as shown:
        cut = shown.convert("RGB").crop(tuple(round(edge * MM) for edge in box))
    red = sum(1 for r, g, b in cut.get_flattened_data() if r > 150 > max(g, b) + 50)
    return red / (cut.width * cut.height)


# -- the picture ------------------------------------------------------------------------------------------------------
def test_picture_is_cut_out_square_and_without_its_paper(picture: bytes) -> None:
    with Image.open(io.BytesIO(picture)) as shown:
        assert (shown.format, shown.mode, shown.size) == ("PNG", "RGBA", (701, 701))
        covers = shown.getchannel("A")
        assert covers.getpixel((0, 0)) == 0 == covers.getpixel((170, 170))  # outside and inside the ring
        assert covers.getpixel((350, 3)) > 200
        laid = Image.new("RGBA", shown.size, "white")
        laid.alpha_composite(shown)
    red, green, blue, _ = laid.getpixel((350, 8))
    assert abs(red - 214) < 12
    assert abs(green - 32) < 12
    assert abs(blue - 36) < 12


def test_picture_that_came_with_a_transparent_background_is_the_same_seal(picture: bytes) -> None:
    with Image.open(io.BytesIO(seal_picture(made.picture(ground=(0, 0, 0, 0))))) as shown:
        assert shown.size == (701, 701)
        assert shown.getchannel("A").getpixel((170, 170)) == 0


def test_large_picture_is_made_smaller() -> None:
    with Image.open(io.BytesIO(seal_picture(made.picture(side=2200)))) as shown:
        assert shown.size == (SIDE, SIDE)


@pytest.mark.parametrize(
    ("upload", "said"),
    [
        (b"no picture", "不是完整的"),
        (made.picture()[:900], "不是完整的"),
        (made.picture(side=150), "不足"),
        (made.picture(colour=(30, 30, 30)), "红色"),
        (made.picture(colour=(20, 40, 200)), "红色"),
        (made.picture(colour=(250, 250, 250), ground=(255, 255, 255)), "没有找到"),
        (made.picture(ground=(120, 20, 20)), "背景"),
    ],
)
def test_picture_that_is_no_seal_is_refused(upload: bytes, said: str) -> None:
    with pytest.raises(Refused, match=said):
        seal_picture(upload)


def test_two_seals_in_one_picture_are_refused() -> None:
    with Image.open(io.BytesIO(made.picture())) as one:
        two = Image.new("RGB", (one.width * 2, one.height), "white")
        two.paste(one, (0, 0))
        two.paste(one, (one.width, 0))
    upload = io.BytesIO()
    two.save(upload, "PNG")
    with pytest.raises(Refused, match="一枚"):
        seal_picture(upload.getvalue())


# -- stamping ---------------------------------------------------------------------------------------------------------
def test_places_are_found_where_the_template_put_them(paper: bytes) -> None:
    found = places(paper)
    assert list(found) == ["unit", "unit-finance"]
    unit, finance = found.values()
    assert (unit.page, finance.page) == (1, 1)
    assert unit.x == pytest.approx(26 * MM + 6, abs=0.1)
    assert finance.x + finance.w == pytest.approx((210 - 26) * MM - 6, abs=0.1)
    assert places(made.paper(keys=())) == {}


def test_stamped_paper_shows_the_seal_at_its_place_and_keeps_what_was_issued(paper: bytes, picture: bytes) -> None:
    place = places(paper)["unit"]
    box = (place.x / MM, 297 - (place.y + place.h) / MM, (place.x + place.w) / MM, 297 - place.y / MM)
    after = stamped(paper, picture, "unit")
    assert after.startswith(paper)
    assert _red(paper, 2, box) == 0
    assert _red(after, 2, box) > 0.08
    assert _red(after, 2, (0, box[3] + 1, 210, 297)) == 0
    assert _red(after, 2, (box[2] + 1, 0, 210, 297)) == 0
    assert compared(paper, after) == Comparison(Verdict.PAGES, altered=(2,))
    again = stamped(after, picture, "unit-finance")
    assert again.startswith(after)
    assert _red(again, 2, (box[2] + 1, 0, 210, 297)) > 0.003


def test_place_that_the_paper_does_not_have_is_refused(paper: bytes, picture: bytes, keys: Keys) -> None:
    with pytest.raises(Refused, match="没有这个用印位置"):
        stamped(paper, picture, "city")
    with keys.signer("HB-finance") as signer, pytest.raises(Refused, match="没有这个用印位置"):
        signed(paper, "city", signer, WORDS)


def test_picture_cannot_follow_a_signature(both: bytes, picture: bytes) -> None:
    assert is_signed(both)
    with pytest.raises(Refused, match="签名失效"):
        stamped(both, picture, "unit")


# -- signing ----------------------------------------------------------------------------------------------------------
def _pdfsig(pdf: bytes, folder: Path) -> str:
    (folder / "paper.pdf").write_bytes(pdf)
    said = subprocess.run(["pdfsig", "-nocert", str(folder / "paper.pdf")], capture_output=True, check=False)
    return said.stdout.decode()


def test_two_departments_sign_one_paper_and_both_signatures_hold(
    paper: bytes, both: bytes, root: made.Authority
) -> None:
    first, second = signatures(both, [root.asn1])
    assert (first.key, first.signer, first.is_timestamped, first.covers_all) == (
        "unit", "湖北省经济和信息化厅", True, False,
    )  # fmt: skip
    assert (second.key, second.signer, second.is_timestamped, second.covers_all) == (
        "unit-finance", "湖北省财政厅", False, True,
    )  # fmt: skip
    assert first.holds
    assert second.holds
    assert first.is_trusted
    assert second.is_trusted
    assert second.at == AT
    assert both.startswith(paper)
    assert [s.is_trusted for s in signatures(both)] == [False, False]
    assert [s.is_trusted for s in signatures(both, [made.authority("别的根").asn1])] == [False, False]


def test_trusted_time_outlives_the_certificate(paper: bytes, tmp_path: Path) -> None:
    lasting = made.authority("长期根证书", days=3650)
    (tmp_path / "a.p12").write_bytes(made.authority("某厅", lasting, days=300).p12())
    keys, tsa = Keys(tmp_path), made.authority("长期时间戳", lasting, stamps_time=True, days=3650)
    with made.time_stamp_service(tsa) as address, keys.signer("a") as signer:
        timed = signed(paper, "unit", signer, WORDS, tsa=time_stamper(address))
        plain = signed(paper, "unit", signer, WORDS)
    assert [s.is_trusted for s in (*signatures(timed, [lasting.asn1]), *signatures(plain, [lasting.asn1]))] == [
        True
    ] * 2
    with time_machine.travel(datetime.now(BEIJING) + timedelta(days=400)):
        (with_time,), (without,) = signatures(timed, [lasting.asn1]), signatures(plain, [lasting.asn1])
    assert (with_time.holds, with_time.is_trusted) == (True, True)
    assert (without.holds, without.is_trusted) == (True, False)


def test_another_reader_confirms_the_signatures(both: bytes, tmp_path: Path) -> None:
    said = _pdfsig(both, tmp_path)
    assert said.count("Signature is Valid") == 2
    assert said.count("ETSI.CAdES.detached") == 2
    assert "湖北省经济和信息化厅" in said
    assert "湖北省财政厅" in said


def test_signature_looks_like_the_seal_at_its_place(both: bytes) -> None:
    for place in places(both).values():
        box = (place.x / MM, 297 - (place.y + place.h) / MM, (place.x + place.w) / MM, 297 - place.y / MM)
        assert _red(both, 2, box) > 0.08


def test_paper_signed_without_a_picture_looks_as_before(paper: bytes, keys: Keys) -> None:
    with keys.signer("HB-finance") as signer:
        after = signed(paper, "unit-finance", signer, WORDS)
    assert _red(after, 2, (0, 0, 210, 297)) == 0
    assert [s.holds for s in signatures(after)] == [True]


def test_same_place_is_signed_once(both: bytes, keys: Keys) -> None:
    with keys.signer("HB-industry") as signer, pytest.raises(Refused, match="已经签名"):
        signed(both, "unit", signer, WORDS)


def test_changed_bytes_break_the_signatures(both: bytes, tmp_path: Path) -> None:
    middle = both.index(b"stream") + 60
    forged = both[:middle] + bytes([both[middle] ^ 1]) + both[middle + 1 :]
    assert [s.is_intact for s in signatures(forged)] == [False, False]
    assert "Signature is Valid" not in _pdfsig(forged, tmp_path)


def test_what_is_appended_after_the_signatures_shows(both: bytes) -> None:
    document = pikepdf.open(io.BytesIO(both))
    altered = io.BytesIO()
    document.pages[0].Rotate = 90
    document.save(altered)
    document.close()
    assert not any(s.holds for s in signatures(altered.getvalue()))
    assert compared(both, altered.getvalue()).altered == (1,)


def test_time_stamp_service_that_does_not_answer_leaves_the_paper_unsigned(paper: bytes, keys: Keys) -> None:
    with keys.signer("HB-finance") as signer, pytest.raises(Refused, match="时间戳服务没有应答"):
        signed(paper, "unit", signer, WORDS, tsa=time_stamper("http://127.0.0.1:9/"))


def test_key_is_found_by_its_organisation_and_opened_with_its_passphrase(keys: Keys, root: made.Authority) -> None:
    assert keys.has("HB-industry")
    assert not keys.has("HB-market")
    assert not keys.has("../HB-industry")
    assert not Keys().has("HB-industry")
    about = keys.certificate("HB-industry")
    assert (about.holder, about.issuer) == ("湖北省经济和信息化厅", "测试根证书")
    assert "a secret" not in repr(keys)
    with pytest.raises(Refused, match="密钥"):
        replace(keys, passphrases={"HB-industry": "wrong"}).certificate("HB-industry")
    with pytest.raises(Refused, match="密钥"):
        keys.certificate("HB-market")


def test_roots_are_read_from_a_folder_in_either_form(root: made.Authority, tmp_path: Path) -> None:
    other = made.authority("另一根证书")
    (tmp_path / "a.pem").write_bytes(root.pem + other.pem)
    (tmp_path / "b.crt").write_bytes(other.der)
    assert [r.subject.native["common_name"] for r in roots(tmp_path)] == ["测试根证书", "另一根证书", "另一根证书"]
    assert roots(None) == []


# -- a key in a token -------------------------------------------------------------------------------------------------
@pytest.fixture
def token(root: made.Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Keys:
    """A SoftHSM with one department's key and certificate."""
    (tmp_path / "tokens").mkdir()
    (tmp_path / "softhsm2.conf").write_text(f"directories.tokendir = {tmp_path / 'tokens'}\nlog.level = ERROR\n")
    monkeypatch.setenv("SOFTHSM2_CONF", str(tmp_path / "softhsm2.conf"))
    department = made.authority("湖北省数据局", root)
    key = department.key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (tmp_path / "key.pem").write_bytes(key)
    util = ["softhsm2-util", "--label"]
    subprocess.run([*util, "portal", "--init-token", "--free", "--pin", "4321", "--so-pin", "87654321"], check=True)
    subprocess.run(
        [*util, "HB-data", "--import", str(tmp_path / "key.pem"), "--token", "portal", "--pin", "4321", "--id", "01"],
        check=True,
    )
    module = str(next(Path("/usr/lib").glob("**/libsofthsm2.so")))
    facts: dict[Any, Any] = {
        Attribute.CLASS: ObjectClass.CERTIFICATE, Attribute.CERTIFICATE_TYPE: CertificateType.X_509,
        Attribute.TOKEN: True, Attribute.LABEL: "HB-data", Attribute.ID: b"\x01",
        Attribute.SUBJECT: department.asn1.subject.dump(), Attribute.VALUE: department.der,
    }  # fmt: skip
    library = pkcs11.lib(module)
    library.reinitialize()
    with library.get_token(token_label="portal").open(rw=True, user_pin="4321") as session:
        session.create_object(facts)
    return Keys(module=module, token="portal", pin="4321", in_token=("HB-data",))


def test_key_in_a_token_signs_without_leaving_it(
    paper: bytes, picture: bytes, token: Keys, root: made.Authority, tmp_path: Path
) -> None:
    assert token.has("HB-data")
    assert token.certificate("HB-data").holder == "湖北省数据局"
    with token.signer("HB-data") as signer:
        after = signed(paper, "unit", signer, WORDS, picture=picture)
    (only,) = signatures(after, [root.asn1])
    assert (only.signer, only.holds, only.is_trusted) == ("湖北省数据局", True, True)
    assert "Signature is Valid" in _pdfsig(after, tmp_path)
    with pytest.raises(Refused, match="密钥"):
        replace(token, pin="0000").certificate("HB-data")
    with pytest.raises(Refused, match="密钥"):
        replace(token, token="elsewhere").certificate("HB-data")
    with pytest.raises(Refused, match="密钥"):
        replace(token, in_token=("HB-tax",)).certificate("HB-tax")


def test_signature_that_is_read_knows_whose_certificate_it_was(both: bytes) -> None:
    found: list[Signature] = signatures(both)
    assert len({signature.certificate for signature in found}) == 2
