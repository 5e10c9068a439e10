"""Packages: asked for at once, put together when their last paper is made, taken in pieces if need be."""

import hashlib
import tempfile
import zipfile
from collections.abc import Iterable
from datetime import timedelta
from typing import IO, Any

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction

from portal import audit, clock, walls
from portal.actors import Actor, Place
from portal.errors import Denied, Refused
from portal.models import Package, PackageItem, Paper
from portal.packages import bundles
from portal.references import new_ref
from portal.rules import may
from portal.selectors.seals import file_of
from portal.services import papers, stored, worker
from portal.states import PaperState
from portal.workflow import move

FOLDER = "packages"
MOST_ITEMS = 200
MANIFEST = "清单.csv"
_PRESS = Actor(system="文书打包")
_LOST = timedelta(minutes=10)
_PIECE = 256 * 1024


def begin(kind: str, ref: str, *, actor: Actor) -> Package:
    """Ask for a package; papers that aren't there yet are asked for with it. Raises Hidden, Denied, Refused."""
    bundle = bundles()[kind]
    if not may(actor, bundle.permission):
        raise Denied(bundle.permission)
    items = bundle.items(actor, bundle.scope.find(actor, ref))
    if not items:
        raise Refused("没有可以打包的文书：该批次尚无已提交的申报。")
    if len(items) > MOST_ITEMS:
        raise Refused(f"一次最多打包{MOST_ITEMS}份文书，请分批办理。")
    keys = {"unit_id": actor.stands("unit"), "city_id": actor.stands("city")}
    with transaction.atomic():
        facts = {"ref": new_ref("WB"), "kind": kind, "about": ref, "asked_at": clock.now(), "asked_by": actor.person}
        row = Package.objects.create(**facts, **keys)
        for position, item in enumerate(items, 1):
            made = papers.issue(item.kind, item.key, actor=actor)
            if made.state == PaperState.FAILED:
                made = papers.retry(made, actor=actor)
            PackageItem.objects.create(package=row, paper=made, name=item.name, position=position, **keys)
        audit.record("package.begin", row, actor, kind=kind, ref=ref, rows=len(items))
        worker.ask("portal.tasks.make_package", row.pk)
    return row


def retry(package: Package, *, actor: Actor) -> Package:
    """Try a package again that failed, and the papers for which it did. Raises Denied, Refused."""
    with transaction.atomic():
        row = move(package, "retry", actor=actor, changes={"failure": "", "begun_at": None})
        for paper in Paper.objects.filter(pk__in=row.items.values("paper"), state=PaperState.FAILED):
            papers.retry(paper, actor=actor)
        worker.ask("portal.tasks.make_package", row.pk)
    return row


def told(paper_id: int) -> None:
    """A paper is made, or failed: whatever package waits for it may go on."""
    with walls.stand(Place(office="system")):
        waiting = Package.objects.filter(items__paper=paper_id, state=PaperState.MAKING)
        for pk in waiting.values_list("pk", flat=True):
            worker.ask("portal.tasks.make_package", pk)


# -- in the worker ---------------------------------------------------------------------------------------------------
def make(pk: int) -> None:
    """Put a package together if its papers are all there. Twice, or at two workers at once, does no harm."""
    with walls.stand(Place(office="system")):
        row = _taken(pk)
        if row is None:
            return
        files = [(item.name, *file_of(item.paper), item.paper) for item in row.items.select_related("paper")]
    with tempfile.TemporaryFile() as stream:
        _packed(stream, files)
        size, digest = stream.tell(), digest_of(stream)
        kept = default_storage.save(f"{FOLDER}/{row.asked_at:%Y%m}/{row.ref}.zip", File(stream))
    with walls.stand(Place(office="system")):
        move(row, "finish", actor=_PRESS, changes={"stored": kept, "size": size, "digest": digest})


def _taken(pk: int) -> Package | None:
    now = clock.now()
    with transaction.atomic():
        row = Package.objects.select_for_update(skip_locked=True).filter(pk=pk, state=PaperState.MAKING).first()
        if row is None or (row.begun_at and now - row.begun_at < _LOST):
            return None
        states = set(row.items.values_list("paper__state", flat=True))
        if PaperState.MAKING in states:
            return None
        if PaperState.FAILED in states:
            failed = row.items.filter(paper__state=PaperState.FAILED).values_list("name", flat=True)
            move(row, "fail", actor=_PRESS, changes={"failure": f"以下文书生成失败：{'、'.join(failed)}"[:300]})
            return None
        row.begun_at = now
        row.save(update_fields=["begun_at"])
    return row


def _packed(stream: IO[bytes], files: Iterable[tuple[str, str, str, Paper]]) -> None:
    """Papers as they are (a PDF is packed already), and the list of their digests at the end."""
    lines = ["文件名,文书编号,版本,核验码,页数,SHA-256"]
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as package:
        for name, place, digest, paper in files:
            put(package, name, place)
            lines.append(f"{name},{paper.number},{paper.version},{paper.printed_code},{paper.pages},{digest}")
        package.writestr(entry(MANIFEST), "\ufeff" + "\r\n".join(lines) + "\r\n")


def put(package: zipfile.ZipFile, name: str, place: str) -> None:
    """A stored file into a package, piece by piece."""
    with default_storage.open(place) as source, package.open(entry(name), "w", force_zip64=True) as target:
        while piece := source.read(_PIECE):
            target.write(piece)


def entry(name: str) -> zipfile.ZipInfo:
    """An entry with a date that says nothing, so that the same papers give the same package."""
    return zipfile.ZipInfo(name, (2024, 1, 1, 0, 0, 0))


def digest_of(stream: IO[bytes]) -> str:
    """SHA-256 of a file that is open; it stands at its beginning afterwards."""
    stream.seek(0)
    found = hashlib.file_digest(stream, "sha256").hexdigest()  # type: ignore[arg-type]
    stream.seek(0)
    return found


def sweep() -> int:
    """Remove stored packages that nothing points at. How many went."""
    with walls.stand(Place(office="system")):
        return stored.sweep(
            FOLDER, lambda names: set(Package.objects.filter(stored__in=names).values_list("stored", flat=True))
        )


def waiting() -> list[int]:
    """Packages that nobody is putting together."""
    with walls.stand(Place(office="system")):
        rows: Any = Package.objects.filter(state=PaperState.MAKING).exclude(begun_at__gte=clock.now() - _LOST)
        return list(rows.order_by("asked_at").values_list("pk", flat=True)[:20])
