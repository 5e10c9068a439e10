"""Organisations' seals and their use: whose, by whom, proved how, on record; and what the pages call what they see."""

import hashlib
import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from applications import documents
from portal import walls
from portal.actors import Actor
from portal.audit import AuditEvent
from portal.errors import Denied, Hidden, Refused
from portal.models import Mark, Paper, Seal, Stamping
from portal.papers import Standing
from portal.seals.reading import signatures
from portal.selectors import seals as selectors
from portal.services import seals as services
from tests import seals as made
from tests.factories import People
from tests.signing_in import code_of, enrol

pytestmark = pytest.mark.django_db
KEYS = ("enterprise", "city-finance", "unit", "unit-finance")


@pytest.fixture(scope="module")
def content() -> bytes:
    return made.paper(keys=KEYS)


@pytest.fixture(scope="module")
def scan() -> bytes:
    return made.picture()


@pytest.fixture(scope="module")
def root() -> made.Authority:
    return made.authority("测试根证书")


@pytest.fixture(scope="module")
def seals_folder(root: made.Authority, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("seals")
    for part in ("keys", "roots"):
        (folder / part).mkdir()
    (folder / "keys" / "HB-industry.p12").write_bytes(made.authority("湖北省经济和信息化厅", root).p12("a secret"))
    (folder / "keys" / "HB-finance.p12").write_bytes(made.authority("湖北省财政厅", root, days=-1).p12())
    (folder / "roots" / "root.pem").write_bytes(root.pem)
    return folder


@pytest.fixture
def with_keys(seals_folder: Path, settings: Any) -> None:
    settings.SEALS_FOLDER, settings.SEAL_PASSPHRASES = seals_folder, {"HB-industry": "a secret"}


@pytest.fixture
def paper(people: People, content: bytes, monkeypatch: pytest.MonkeyPatch) -> Paper:
    """A letter with places for the enterprise, the city's 财政, the unit and the unit's 财政."""
    monkeypatch.setitem(documents.DOCUMENTS, made.KIND, made.letter())
    enterprise = people.enterprise_a
    return made.issued(content, enterprise=enterprise, city_id=enterprise.city_id, unit_id=enterprise.unit_id)


def _keep(actor: Actor, scan: bytes) -> Seal:
    with walls.enter(actor):
        return services.keep(io.BytesIO(scan), "印章.png", actor=actor)


def _stamp(paper: Paper, key: str, actor: Actor, proved_by: str = "second_factor") -> Stamping:
    with walls.enter(actor):
        return services.stamp(paper, key, proved_by=proved_by, actor=actor)


def _stamp_as(people: People) -> dict[str, Actor]:
    return {
        "enterprise": people.enterprise_admin_a,
        "city-finance": people.city_joint_a,
        "unit": people.unit_head,
        "unit-finance": people.unit_joint,
    }


def _events(verb: str) -> list[AuditEvent]:
    with walls.system("test"):
        return list(AuditEvent.objects.filter(verb=verb).order_by("at"))


# -- the seal ---------------------------------------------------------------------------------------------------------
def test_seal_is_kept_by_its_organisation_and_seen_by_nobody_else(people: People, scan: bytes) -> None:
    row = _keep(people.city_head_a, scan)
    assert default_storage.exists(row.stored)
    for name, actor in people.actors().items():
        with walls.enter(actor):
            is_seen = Seal.objects.filter(pk=row.pk).exists()
        # Within a city the wall is the city's; whose seal it is the selector says.
        assert is_seen == name.startswith(("city_reviewer_a", "city_head_a", "city_joint_a")), name
    with walls.enter(people.city_joint_a):
        assert selectors.seal_of(selectors.holder_of(people.city_joint_a)) is None
    (event,) = _events("seal.keep")
    assert event.data == {"organisation": "武汉市经济和信息化局", "digest": row.digest}


def test_enterprises_seal_is_hidden_from_those_above_it(people: People, scan: bytes) -> None:
    row = _keep(people.enterprise_admin_a, scan)
    assert row.office_id is None
    for actor in (people.city_head_a, people.unit_head, people.enterprise_admin_b):
        with walls.enter(actor):
            assert not Seal.objects.filter(pk=row.pk).exists()


def test_only_those_who_seal_for_their_organisation_keep_its_seal(people: People, scan: bytes) -> None:
    keeping = {
        "enterprise_admin_a", "enterprise_admin_b", "enterprise_admin_group", "city_head_a", "city_joint_a",
        "city_head_b", "unit_head", "unit_joint", "unit_head_hunan", "group_head",
    }  # fmt: skip
    for name, actor in people.actors().items():
        if name not in keeping:
            with walls.enter(actor), pytest.raises(Denied):
                services.keep(io.BytesIO(scan), "印章.png", actor=actor)
        else:
            with walls.enter(actor):
                assert selectors.holder_of(actor).key


def test_new_picture_takes_the_place_of_the_former_which_is_kept(people: People, scan: bytes) -> None:
    first = _keep(people.unit_head, scan)
    with pytest.raises(Refused, match="相同"):
        _keep(people.unit_head, scan)
    second = _keep(people.unit_head, made.picture(side=600))
    with walls.enter(people.unit_head):
        assert selectors.seal_of(selectors.holder_of(people.unit_head)) == second
        assert Seal.objects.get(pk=first.pk).removed_at is not None
        services.remove(actor=people.unit_head)
        assert selectors.means_of(selectors.holder_of(people.unit_head)).label == "待盖章"
        with pytest.raises(Refused, match="没有在用"):
            services.remove(actor=people.unit_head)
    assert len(_events("seal.remove")) == 1


def test_database_keeps_seals_and_stampings_as_they_are(people: People, paper: Paper, scan: bytes) -> None:
    seal = _keep(people.unit_head, scan)
    stamping = _stamp(paper, "unit", people.unit_head)
    for change in (
        lambda: Seal.objects.filter(pk=seal.pk).update(stored="elsewhere"),
        lambda: Seal.objects.filter(pk=seal.pk).delete(),
        lambda: Stamping.objects.filter(pk=stamping.pk).update(after="0" * 64),
        lambda: Stamping.objects.filter(pk=stamping.pk).delete(),
    ):
        with pytest.raises(DatabaseError), walls.enter(people.unit_head):
            change()


# -- stamping ---------------------------------------------------------------------------------------------------------
def test_places_name_the_organisations_they_are_for(people: People, paper: Paper) -> None:
    with walls.enter(people.unit_head):
        found = selectors.places_on(paper)
    assert {(place.key, place.name, place.page, place.label) for place in found} == {
        ("enterprise", "湖北省经济和信息化厅", 2, "待盖章"),  # the paper's issuer
        ("city-finance", "武汉市财政局", 2, "待盖章"),
        ("unit", "湖北省经济和信息化厅", 2, "待盖章"),
        ("unit-finance", "湖北省财政厅", 2, "待盖章"),
    }


def test_place_is_stamped_by_its_own_organisation_only(people: People, paper: Paper, scan: bytes) -> None:
    for key, right in _stamp_as(people).items():
        for name, actor in people.actors().items():
            if actor == right:
                continue
            with pytest.raises((Denied, Hidden, Paper.DoesNotExist)):
                _stamp(paper, key, actor)
            with walls.system("test"):
                assert not Stamping.objects.exists(), (key, name)


def test_stamping_is_on_record_and_leaves_the_file_that_is_taken_from_then_on(
    people: People, paper: Paper, content: bytes, scan: bytes
) -> None:
    by = people.unit_head
    _keep(by, scan)
    stamping = _stamp(paper, "unit", by)
    assert (stamping.mark, stamping.has_picture, stamping.signer) == (Mark.PICTURE, True, "")
    assert stamping.before == paper.digest
    with walls.enter(by):
        after = selectors.content_of(paper)
        assert selectors.file_of(paper) == (stamping.stored, stamping.after)
    assert hashlib.sha256(after).hexdigest() == stamping.after
    assert after.startswith(content)
    (event,) = _events("paper.stamp")
    assert event.actor == by.user
    assert event.data == {
        "place": "unit", "organisation": "湖北省经济和信息化厅", "mark": "picture", "digest_before": paper.digest,
        "digest_after": stamping.after, "proved_by": "second_factor",
    }  # fmt: skip
    for actor in (people.enterprise_admin_a, people.city_head_a, people.unit_officer):
        with walls.enter(actor):
            assert Stamping.objects.filter(pk=stamping.pk).exists()
    for actor in (people.enterprise_admin_b, people.city_head_b, people.unit_head_hunan):
        with walls.enter(actor):
            assert not Stamping.objects.filter(pk=stamping.pk).exists()


def test_several_organisations_stamp_one_after_another(people: People, paper: Paper, scan: bytes) -> None:
    digest = paper.digest
    for key, actor in _stamp_as(people).items():
        _keep(actor, scan)
        stamping = _stamp(paper, key, actor)
        assert stamping.before == digest
        digest = stamping.after
    with walls.enter(people.unit_head):
        assert {place.label for place in selectors.places_on(paper)} == {"印章图片"}


def test_stamping_is_refused_with_every_reason(
    people: People, paper: Paper, scan: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    by = people.unit_head
    with pytest.raises(Refused) as nothing:
        _stamp(paper, "unit", by, proved_by="password")
    assert [reason[:6] for reason in nothing.value.reasons] == ["用印须以动态", "本单位没有印"]
    _keep(by, scan)
    _stamp(paper, "unit", by)
    with pytest.raises(Refused, match="已经用印"):
        _stamp(paper, "unit", by)
    with pytest.raises(Hidden):
        _stamp(paper, "city", people.city_head_a)  # the letter has no such place
    _keep(people.unit_joint, scan)
    for standing in (Standing.SUPERSEDED, Standing.WITHDRAWN):
        monkeypatch.setitem(documents.DOCUMENTS, made.KIND, made.letter(standing))
        with pytest.raises(Refused, match=standing.label):
            _stamp(paper, "unit-finance", people.unit_joint)


def test_same_place_cannot_be_stamped_twice_even_past_the_service(people: People, paper: Paper, scan: bytes) -> None:
    _keep(people.unit_head, scan)
    first = _stamp(paper, "unit", people.unit_head)
    said = {f.attname: getattr(first, f.attname) for f in Stamping._meta.concrete_fields if not f.primary_key}
    for changes in ({"before": "1" * 64}, {"place": "unit-finance"}):
        with pytest.raises(IntegrityError), transaction.atomic(), walls.enter(people.unit_head):
            Stamping.objects.create(**said | changes)


def test_draft_has_no_places(people: People, content: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(documents.DOCUMENTS, made.KIND, made.letter())
    draft = made.issued(content, subject="T-2", version=0, number="", enterprise=people.enterprise_a)
    with pytest.raises(Hidden):
        _stamp(draft, "enterprise", people.enterprise_admin_a)


# -- signing ----------------------------------------------------------------------------------------------------------
def test_organisation_with_a_key_signs_and_the_page_says_so(
    people: People, paper: Paper, scan: bytes, root: made.Authority, with_keys: None
) -> None:
    by = people.unit_head
    _keep(by, scan)
    stamping = _stamp(paper, "unit", by)
    assert (stamping.mark, stamping.signer, stamping.has_picture) == (Mark.SIGNATURE, "湖北省经济和信息化厅", True)
    assert not stamping.is_timestamped
    with walls.enter(by):
        (found,) = signatures(selectors.content_of(paper), [root.asn1])
        assert found.holds
        assert found.is_trusted
        assert abs((found.at - stamping.at).total_seconds()) < 2
        assert next(place.label for place in selectors.places_on(paper) if place.key == "unit") == "数字签名"
        assert [(s.key, s.holds, s.is_trusted) for s in selectors.signatures_on(paper)] == [("unit", True, True)]


def test_trusted_time_is_asked_for_where_a_service_is_configured(
    people: People, paper: Paper, root: made.Authority, with_keys: None, settings: Any
) -> None:
    settings.TIMESTAMP_URL = "http://127.0.0.1:9/"
    with pytest.raises(Refused, match="没有应答"):
        _stamp(paper, "unit", people.unit_head)
    with made.time_stamp_service(made.authority("测试时间戳", root, stamps_time=True)) as address:
        settings.TIMESTAMP_URL = address
        stamping = _stamp(paper, "unit", people.unit_head)
    assert (stamping.is_timestamped, stamping.has_picture) == (True, False)
    with walls.enter(people.unit_head):
        assert [s.is_timestamped for s in selectors.signatures_on(paper)] == [True]


def test_picture_waits_for_ink_where_a_signature_stands_already(
    people: People, paper: Paper, scan: bytes, with_keys: None
) -> None:
    _stamp(paper, "unit", people.unit_head)
    _keep(people.enterprise_admin_a, scan)
    with pytest.raises(Refused, match="签名失效"):
        _stamp(paper, "enterprise", people.enterprise_admin_a)


def test_certificate_that_has_run_out_signs_nothing(people: People, paper: Paper, with_keys: None) -> None:
    with pytest.raises(Refused, match="有效期"):
        _stamp(paper, "unit-finance", people.unit_joint)
    with walls.system("test"):
        assert not Stamping.objects.exists()


# -- pages ------------------------------------------------------------------------------------------------------------
def _text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def test_own_seal_is_uploaded_shown_and_removed_on_its_page(
    people: People, scan: bytes, client_as: Callable[..., Client]
) -> None:
    browser = client_as(people.city_head_a)
    assert "待盖章" in _text(browser.get(reverse("seal")))
    assert browser.get(reverse("seal_picture")).status_code == 404
    bad = browser.post(reverse("seal"), {"file": SimpleUploadedFile("a.png", b"no picture")})
    assert bad.status_code == 422
    assert "不是可接受的文件" in _text(bad)
    small = browser.post(reverse("seal"), {"file": SimpleUploadedFile("a.png", made.picture(side=100))})
    assert "不足 240 像素" in _text(small)
    assert browser.post(reverse("seal"), {"file": SimpleUploadedFile("a.png", scan)}).status_code == 302
    assert "印章图片" in _text(browser.get(reverse("seal")))
    shown = browser.get(reverse("seal_picture"))
    assert shown["Content-Type"] == "image/png"
    assert b"".join(shown).startswith(b"\x89PNG")
    assert client_as(people.city_head_b).get(reverse("seal_picture")).status_code == 404
    assert client_as(people.city_joint_a).get(reverse("seal_picture")).status_code == 404
    assert browser.post(reverse("seal_remove")).status_code == 302
    assert browser.get(reverse("seal_picture")).status_code == 404


def test_key_is_told_of_on_the_page_but_never_where_it_is_locked(
    people: People, client_as: Callable[..., Client], with_keys: None, settings: Any
) -> None:
    text = _text(client_as(people.unit_head).get(reverse("seal")))
    assert "数字签名" in text
    assert "测试根证书签发" in text
    assert "a secret" not in text
    settings.SEAL_PASSPHRASES = {}
    assert "签名密钥现在无法使用" in _text(client_as(people.unit_head).get(reverse("seal")))


def test_stamping_on_the_page_needs_a_fresh_code(
    people: People, paper: Paper, scan: bytes, client_as: Callable[..., Client]
) -> None:
    by = people.unit_head
    _keep(by, scan)
    secret = enrol(by.person)
    browser, address = client_as(by), reverse("paper_stamp", args=[paper.code, "unit"])
    assert paper.digest in _text(browser.get(address))
    for said in ({"code": ""}, {"code": "000000"}, {"password": "Correct-Horse-9"}):
        assert browser.post(address, said).status_code == 422
    with walls.system("test"):
        assert not Stamping.objects.exists()
    code = code_of(secret)
    assert browser.post(address, {"code": code}).status_code == 302
    page = _text(browser.get(reverse("paper_seals", args=[paper.code])))
    assert "印章图片" in page
    assert by.name in page
    assert page.count("待盖章") >= 3
    again = browser.post(reverse("paper_stamp", args=[paper.code, "unit"]), {"code": code})
    assert "已使用过" in _text(again)
    taken = b"".join(browser.get(reverse("paper_file", args=[paper.code])))
    with walls.system("test"):
        assert hashlib.sha256(taken).hexdigest() == Stamping.objects.get().after


def test_signature_is_confirmed_on_the_page(
    people: People, paper: Paper, client_as: Callable[..., Client], with_keys: None
) -> None:
    _stamp(paper, "unit", people.unit_head)
    for actor in (people.unit_officer, people.enterprise_admin_a):
        page = _text(client_as(actor).get(reverse("paper_seals", args=[paper.code])))
        assert "签名有效" in page
        assert "未列入" not in page


def test_neighbours_find_no_paper_and_no_place(people: People, paper: Paper, client_as: Callable[..., Client]) -> None:
    for actor in (people.enterprise_admin_b, people.city_head_b, people.unit_head_hunan):
        browser = client_as(actor)
        assert browser.get(reverse("paper_seals", args=[paper.code])).status_code == 404
        assert browser.get(reverse("paper_stamp", args=[paper.code, "unit"])).status_code == 404
    own = client_as(people.unit_joint)
    assert own.get(reverse("paper_stamp", args=[paper.code, "unit"])).status_code == 403
    assert own.get(reverse("paper_stamp", args=[paper.code, "nowhere"])).status_code == 404
    assert own.get(reverse("paper_stamp", args=[paper.code, "unit-finance"])).status_code == 200


def test_files_that_nothing_points_at_are_swept(people: People, scan: bytes) -> None:
    row = _keep(people.unit_head, scan)
    stray = default_storage.save("stampings/200001/stray.pdf", io.BytesIO(b"x"))
    for name in (row.stored, stray):
        os.utime(default_storage.path(name), (0, 0))
    with walls.system("test"):
        assert services.sweep() >= 1
    assert default_storage.exists(row.stored)
    assert not default_storage.exists(stray)
