"""Keeping an organisation's seal, and putting it on papers."""

import hashlib
import uuid
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction

from portal import audit, clock, walls
from portal.actors import Actor, Place
from portal.errors import Denied, Refused
from portal.models import Mark, Paper, Seal, Stamping
from portal.papers import Standing, document
from portal.rules import may
from portal.seals.pictures import seal_picture
from portal.seals.signing import Words, signed, time_stamper
from portal.seals.stamping import stamped
from portal.selectors.papers import standing_of
from portal.selectors.seals import (
    Holder,
    Means,
    StampPlace,
    content_of,
    file_of,
    holder_of,
    keys,
    means_of,
    place_on,
    seal_of,
)
from portal.services import stored
from portal.uploads import MB, Allowed, examined

PICTURES = Allowed(("png", "jpg"), 5 * MB)
SEALS, STAMPINGS = "seals", "stampings"


# -- the seal ---------------------------------------------------------------------------------------------------------
def keep(stream: Any, name: str, *, actor: Actor) -> Seal:
    """Keep the picture of the actor's organisation's seal, in the place of the one before. Raises Denied, Refused."""
    holder = holder_of(actor)
    picture = seal_picture(examined(stream, name, allowed=PICTURES).content)
    path = f"{SEALS}/{clock.now():%Y%m}/{uuid.uuid4().hex}.png"
    try:
        with transaction.atomic():
            return _taken(holder, picture, default_storage.save(path, ContentFile(picture)), actor)
    except IntegrityError as error:  # a colleague did the same at the same moment
        raise Refused("印章图片刚刚被更换，请刷新后再试。") from error


def _taken(holder: Holder, picture: bytes, path: str, actor: Actor) -> Seal:
    digest = hashlib.sha256(picture).hexdigest()
    former = _locked(holder)
    if former and former.digest == digest:
        raise Refused("与现用的印章图片相同，无需重复上传。")
    _put_away(former)
    row = Seal.objects.create(
        **holder.walls,
        office_id=holder.office_id,
        digest=digest,
        stored=path,
        uploaded_at=clock.now(),
        uploaded_by=actor.person,
    )
    audit.record("seal.keep", row, actor, organisation=holder.name, digest=digest)
    return row


@transaction.atomic
def remove(*, actor: Actor) -> None:
    """Use the seal's picture no longer; papers that bear it keep it. Raises Denied, Refused."""
    holder = holder_of(actor)
    row = _locked(holder)
    if row is None:
        raise Refused("没有在用的印章图片。")
    _put_away(row)
    audit.record("seal.remove", row, actor, organisation=holder.name, digest=row.digest)


def _locked(holder: Holder) -> Seal | None:
    found = seal_of(holder)
    return Seal.objects.select_for_update().get(pk=found.pk) if found else None


def _put_away(row: Seal | None) -> None:
    if row:
        row.removed_at = clock.now()
        row.save(update_fields=["removed_at"])


# -- its use ----------------------------------------------------------------------------------------------------------
def stamp(paper: Paper, key: str, *, proved_by: str, actor: Actor) -> Stamping:
    """Put the actor's organisation's seal on a paper: signed with its key if there is one, else its picture alone.

    Raises Hidden (no such place), Denied (another's place), Refused: proved by less than the second factor, stamped
    already, the paper is no longer valid, nothing to stamp with, a signature that the picture would break.
    """
    with transaction.atomic():
        row = lock(paper)
        place = place_on(row, key)
        if not may(actor, "paper.stamp", place):
            raise Denied("paper.stamp")
        means = means_of(holder_of(actor))
        _check(row, place, means, proved_by)
        picture = _picture(means.seal)
        if means.mark is Mark.SIGNATURE:
            content, signer = _signed(row, place, picture, actor)
        else:
            content, signer = stamped(content_of(row), picture or b"", key), ""
        made = _kept(row, place, content, actor, mark=means.mark, has_picture=picture is not None, signer=signer)
        audit.record(
            "paper.stamp", row, actor, place=key, organisation=place.name, mark=str(made.mark),
            digest_before=made.before, digest_after=made.after, proved_by=proved_by,
        )  # fmt: skip
    return made


def lock(paper: Paper) -> Paper:
    """The paper, held until the transaction ends: each stamp goes on the file that the one before left."""
    return Paper.objects.select_for_update().get(pk=paper.pk)


def _check(row: Paper, place: StampPlace, means: Means, proved_by: str) -> None:
    """Raises Refused with every reason why not now."""
    reasons = []
    if proved_by != "second_factor":
        reasons.append("用印须以动态口令确认身份。")
    if place.stamping:
        reasons.append("这个位置已经用印。")
    with walls.stand(Place(office="system")):
        standing = standing_of(row)
    if standing is not Standing.VALID:
        reasons.append(f"该文书{standing.label}，不能用印。")
    if means.mark is None:
        reasons.append("本单位没有印章图片，也没有签名密钥：请先上传印章图片，或打印后在纸质件上盖章。")
    if reasons:
        raise Refused(*reasons)


def _picture(seal: Seal | None) -> bytes | None:
    if seal is None:
        return None
    with default_storage.open(seal.stored) as file:
        return bytes(file.read())


def _signed(row: Paper, place: StampPlace, picture: bytes | None, actor: Actor) -> tuple[bytes, str]:
    """The paper signed, and in whose name."""
    now = clock.now()
    words = Words(clock.beijing(now), f"{document(row.kind).name} {row}：{place.name}用印")
    with keys().signer(holder_of(actor).key) as signer:
        certificate = signer.signing_cert
        if certificate is None or not certificate.not_valid_before <= now <= certificate.not_valid_after:
            raise Refused("签名证书不在有效期内，文书未签名：请联系平台管理员更换证书。")
        tsa = time_stamper(settings.TIMESTAMP_URL)
        content = signed(content_of(row), place.key, signer, words, picture=picture, tsa=tsa)
        return content, signer.subject_name or ""


def _kept(row: Paper, place: StampPlace, content: bytes, actor: Actor, **facts: Any) -> Stamping:
    digest = hashlib.sha256(content).hexdigest()
    return Stamping.objects.create(
        **row.keys,
        **facts,
        is_timestamped=bool(facts["signer"] and settings.TIMESTAMP_URL),
        paper=row,
        place=place.key,
        office_id=place.office_id,
        organisation=place.name,
        at=clock.now(),
        by=actor.person,
        before=file_of(row)[1],
        after=digest,
        stored=default_storage.save(f"{STAMPINGS}/{clock.now():%Y%m}/{digest}.pdf", ContentFile(content)),
        size=len(content),
    )


def sweep() -> int:
    """Remove stored files that nothing points at: a stamping that was rolled back. How many went."""
    seals, done = Seal.objects, Stamping.objects
    gone = stored.sweep(SEALS, lambda names: set(seals.filter(stored__in=names).values_list("stored", flat=True)))
    return gone + stored.sweep(
        STAMPINGS, lambda names: set(done.filter(stored__in=names).values_list("stored", flat=True))
    )
