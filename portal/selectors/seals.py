"""Whose seal goes where on a paper, what an organisation stamps with, and the file that stands after the last stamp."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import structlog
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.files.storage import default_storage
from django.db.models import QuerySet

from portal.actors import Actor
from portal.errors import Denied, Hidden, Refused
from portal.models import Enterprise, Mark, Office, OfficeLevel, Paper, Seal, Stamping
from portal.papers import Standing, document
from portal.rules import may
from portal.seals import keys as key_files
from portal.seals.keys import Certificate, Keys
from portal.seals.places import places
from portal.seals.reading import Signature, signatures
from portal.states import PaperState

log = structlog.get_logger(__name__)

FOR_INK = "待盖章"
_LOST = (
    "本文书的文件在服务器上缺失或已损坏，暂不能查看、下载和用印。"
    "所依据的申报材料不受影响，请联系平台管理员从备份中恢复该文件。"
)


@dataclass(frozen=True)
class Holder:
    """An organisation that may have a seal. `key` names its key file, `walls` holds the key of its own floor."""

    name: str
    key: str
    walls: dict[str, Any]
    office_id: int | None = None
    enterprise_id: int | None = None


def keys() -> Keys:
    """Where this installation keeps its keys."""
    folder = settings.SEALS_FOLDER
    return Keys(
        folder=folder / "keys" if folder else None,
        passphrases=settings.SEAL_PASSPHRASES,
        **settings.SEAL_PKCS11,
        in_token=tuple(settings.SEAL_PKCS11_KEYS),
    )


def holder_of(actor: Actor) -> Holder:
    """The organisation whose seal the actor keeps. Raises Denied when it isn't theirs to keep."""
    if not may(actor, "seal.keep") or actor.membership is None:
        raise Denied("seal.keep")
    if office := actor.membership.office:
        return _office_holder(office)
    enterprise = Enterprise.objects.get(pk=actor.stands("enterprise"))
    return Holder(enterprise.name, enterprise.code, {"enterprise_id": enterprise.pk}, enterprise_id=enterprise.pk)


def _office_holder(office: Office) -> Holder:
    city, unit = office.city, office.unit
    if city is not None:
        return Holder(office.name, f"{city.region_id}-{office.department}", {"city_id": city.pk}, office_id=office.pk)
    if unit is not None:
        return Holder(office.name, f"{unit.code}-{office.department}", {"unit_id": unit.pk}, office_id=office.pk)
    raise Denied("seal.keep")  # the ministry issues nothing here


def seal_of(holder: Holder) -> Seal | None:
    """The picture that is in use."""
    whose: dict[str, Any] = {"office_id": holder.office_id, "enterprise_id": holder.enterprise_id}
    return Seal.objects.filter(**whose, removed_at=None).first()


@dataclass(frozen=True)
class Means:
    """What an organisation stamps with today."""

    seal: Seal | None
    has_key: bool

    @property
    def mark(self) -> Mark | None:
        """What a stamp of theirs leaves: a signature if there is a key; None: nothing but room for ink."""
        if self.has_key:
            return Mark.SIGNATURE
        return Mark.PICTURE if self.seal else None

    @property
    def label(self) -> str:
        """In a word."""
        return str(self.mark.label) if self.mark else FOR_INK


def means_of(holder: Holder) -> Means:
    """What the organisation has: a picture, a key, both, neither."""
    return Means(seal_of(holder), keys().has(holder.key))


# -- on a paper -------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class StampPlace:
    """A seal's place on a paper, whose it is, and what stands there."""

    key: str
    page: int
    name: str
    office_id: int | None
    enterprise_id: int | None
    stamping: Stamping | None

    @property
    def label(self) -> str:
        """What it is: 印章图片, 数字签名 or 待盖章."""
        return self.stamping.get_mark_display() if self.stamping else FOR_INK


def stampings(paper: Paper) -> QuerySet[Stamping]:
    """Every stamp on a paper, oldest first."""
    return Stamping.objects.filter(paper=paper).select_related("by").order_by("id")


def newest(paper: Paper) -> Stamping | None:
    """The last stamp on a paper."""
    return stampings(paper).last()


def file_of(paper: Paper) -> tuple[str, str]:
    """The file that stands today, and its digest: what the last stamp left, else what was issued."""
    last = newest(paper)
    return (last.stored, last.after) if last else (paper.stored, paper.digest)


def size_of(paper: Paper) -> int:
    """How large that file is."""
    last = newest(paper)
    return last.size if last else paper.size


def content_of(paper: Paper) -> bytes:
    """The file that stands today, to the byte as it was kept. Raises Refused when it is lost or was changed."""
    stored, digest = file_of(paper)
    try:
        with default_storage.open(stored) as file:
            content = bytes(file.read())
    except OSError as error:
        log.error("paper.unreadable", code=paper.code, stored=stored, error=str(error))
        raise Refused(_LOST) from error
    if hashlib.sha256(content).hexdigest() != digest:
        log.error("paper.damaged", code=paper.code, stored=stored, digest=digest)
        raise Refused(_LOST)
    return content


def is_stampable(paper: Paper) -> bool:
    """It is made, and no draft."""
    return paper.state == PaperState.MADE and paper.version > 0


def places_on(paper: Paper) -> list[StampPlace]:
    """The places for seals on a paper, page by page, with what stands there."""
    if not is_stampable(paper):
        return []
    there = {stamping.place: stamping for stamping in stampings(paper)}
    found = places(content_of(paper))
    owners = _owners(paper, found)
    return [
        StampPlace(key, place.page + 1, *owners.get(key, (key, None, None)), there.get(key))
        for key, place in found.items()
    ]


def place_on(paper: Paper, key: str) -> StampPlace:
    """One of them. Raises Hidden."""
    found = next((place for place in places_on(paper) if place.key == key), None)
    if found is None:
        raise Hidden("seal place", key[:40])
    return found


def _owners(paper: Paper, wanted: Iterable[str]) -> dict[str, tuple[str, int | None, int | None]]:
    """Whose seal each place is for: name, office, enterprise. `unit` is the lead office there, `unit-finance` another.

    A book's own enterprise is named as the paper names it: it may stand behind a wall.
    """
    found: dict[str, tuple[str, int | None, int | None]] = {}
    if "enterprise" in wanted and paper.enterprise_id:
        found["enterprise"] = (paper.issuer, None, paper.enterprise_id)
    of_unit = Office.objects.filter(level=OfficeLevel.UNIT, unit_id=paper.unit_id) if paper.unit_id else ()
    of_city = Office.objects.filter(level=OfficeLevel.CITY, city_id=paper.city_id) if paper.city_id else ()
    for office in (*of_unit, *of_city):
        found[f"{office.level}-{office.department}"] = (office.name, office.pk, None)
        if office.is_lead:
            found[str(office.level)] = (office.name, office.pk, None)
    return found


def signatures_on(paper: Paper) -> list[Signature]:
    """The signatures in the file that stands today, read back from it and judged by this installation's roots."""
    last = newest(paper)
    if last is None or not stampings(paper).filter(mark=Mark.SIGNATURE).exists():
        return []
    folder = settings.SEALS_FOLDER
    return signatures(content_of(paper), key_files.roots(folder / "roots" if folder else None))


@dataclass(frozen=True)
class KeyShown:
    """An organisation's key as its page tells of it: its certificate, or why it can't be used."""

    certificate: Certificate | None
    trouble: str = ""


def certificate_of(holder: Holder) -> KeyShown | None:
    """The key of an organisation; None when it has none."""
    held = keys()
    if not held.has(holder.key):
        return None
    try:
        return KeyShown(held.certificate(holder.key))
    except Refused as refusal:
        return KeyShown(None, refusal.reasons[0])


def stamping_facts(actor: Actor, paper: Paper, place: StampPlace) -> dict[str, Any]:
    """What somebody about to stamp is shown: with what, on which file, and whether anything stands in the way."""
    means, standing = means_of(holder_of(actor)), document(paper.kind).standing(paper.subject, paper.version)
    has_second_factor = Authenticator.objects.filter(user=actor.user).exists()
    may_now = means.mark and has_second_factor and standing is Standing.VALID and not place.stamping
    return {
        "means": means,
        "digest": file_of(paper)[1],
        "has_second_factor": has_second_factor,
        "standing": standing,
        "may_stamp": bool(may_now),
    }
